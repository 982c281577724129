import KernelInterface
import Testing

@testable import Kernels

/// Each variant is compiled as what it is called: one whose define is misspelt gives right answers
/// too, at the speed of the oldest processor.
@Suite struct KernelVariantTests {
  @Test(arguments: KernelVariant.allCases)
  func computesAtItsOwnWidth(_ variant: KernelVariant) {
    #if arch(x86_64)
      let bits: [KernelVariant: Int] = [.base: 128, .v3: 256, .v4: 512]
    #else
      // The others are not part of the program.
      let bits: [KernelVariant: Int] = [.base: 128]
    #endif
    guard let bits = bits[variant] else { return }
    #expect(variant.kernels.name == variant.rawValue)
    #expect(Float.kernels(of: variant).lanes == bits / 32)
    #expect(Double.kernels(of: variant).lanes == bits / 64)
  }
}
