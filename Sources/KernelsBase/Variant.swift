import KernelInterface
import CMachine

@inline(__always)
func machineIsSet(_ flag: UnsafeRawPointer) -> Bool { machine_is_set(flag) }

@inline(__always)
func prefetchToWrite(_ p: UnsafeRawPointer) { machine_prefetch_to_write(p) }

/// The line so many elements behind p is on its way into the second-level cache; there need be none.
@inline(__always)
func prefetch<T>(_ p: UnsafePointer<T>, ahead elements: Int) {
  let address = UInt(bitPattern: p) &+ UInt(bitPattern: elements &* MemoryLayout<T>.stride)
  if let line = UnsafeRawPointer(bitPattern: address) { machine_prefetch(line) }
}

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
