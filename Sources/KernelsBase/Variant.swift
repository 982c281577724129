import KernelInterface
import CMachine

@inline(__always)
func machineIsSet(_ flag: UnsafeRawPointer) -> Bool { machine_is_set(flag) }

@inline(__always)
func prefetchToWrite(_ p: UnsafeRawPointer) { machine_prefetch_to_write(p) }

/// The line is on its way into the second-level cache; the address need not be valid.
@inline(__always)
func prefetch(_ p: UnsafeRawPointer) { machine_prefetch(p) }

/// The kernels of this variant.
public enum Variant: KernelSet {
  #if KERNELS_V4
    public static var name: String { "v4" }
  #elseif KERNELS_V3
    public static var name: String { "v3" }
  #else
    public static var name: String { "base" }
  #endif

  public static var single: any KernelTable<Float>.Type { SingleKernels.self }
  public static var double: any KernelTable<Double>.Type { DoubleKernels.self }
}
