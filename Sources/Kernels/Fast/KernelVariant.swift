import CMachine
import KernelInterface
import KernelsBase
import Synchronization

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

/// The generations of processors for which this program holds the fast kernels.
public enum KernelVariant: String, CaseIterable, Sendable {
  case base
  /// AVX2 and FMA.
  case v3
  /// AVX-512.
  case v4

  /// Whether this processor runs them.
  public var isSupported: Bool {
    #if arch(x86_64)
      switch self {
      case .base: true
      case .v3: machine_has_v3()
      case .v4: machine_has_v4()
      }
    #else
      self == .base
    #endif
  }

  /// The newest that this processor runs.
  public static let best = allCases.last(where: \.isSupported) ?? .base

  /// What is used: the best unless another one was asked for.
  ///
  /// - Precondition: a new value is supported.
  public static var current: KernelVariant {
    get { all[chosen.load(ordering: .relaxed)] }
    set {
      precondition(newValue.isSupported)
      chosen.store(all.firstIndex(of: newValue) ?? 0, ordering: .relaxed)
    }
  }

  /// `allCases` makes a new list each time.
  private static let all = allCases
  private static let chosen = Atomic<Int>(all.firstIndex(of: best) ?? 0)

  /// The entry points of both precisions.
  var kernels: any KernelSet.Type {
    #if arch(x86_64)
      switch self {
      case .base: KernelsBase.Variant.self
      case .v3: KernelsV3.Variant.self
      case .v4: KernelsV4.Variant.self
      }
    #else
      KernelsBase.Variant.self
    #endif
  }
}

extension Float {
  public static func kernels(of variant: KernelVariant) -> any KernelTable<Float>.Type {
    variant.kernels.single
  }
}

extension Double {
  public static func kernels(of variant: KernelVariant) -> any KernelTable<Double>.Type {
    variant.kernels.double
  }
}
