import KernelInterface
import CMachine

@inline(__always)
func machineIsSet(_ flag: UnsafeRawPointer) -> Bool { machine_is_set(flag) }

/// The kernels of this variant.
public enum Variant: KernelSet {
  #if KERNELS_V4
    public static var name: String { "v4" }
  #elseif KERNELS_V3
    public static var name: String { "v3" }
  #else
    public static var name: String { "base" }
  #endif

  public static func multiply(_ p: Product<Float>) { Multiplication<F32>(p: p).run() }
  public static func multiply(_ p: Product<Double>) { Multiplication<F64>(p: p).run() }
}
