import Kernels
import Testing

@testable import Files

@Suite struct CSVTests {
  @Test func allDigits() throws {
    let tensor = try Tensor([0.1, -2, 1e-300, .nan, .infinity, -0.0], shape: [2, 3])
    #expect(try CSV.encode(tensor) == "0.1,-2,1e-300\nnan,inf,-0\n")
  }

  @Test func singlePrecisionHasItsOwnDigits() throws {
    let tensor = try Tensor([0.1, 16_777_216], shape: [2]).converted(to: .f32)
    #expect(try CSV.encode(tensor) == "0.1,16777216\n")
  }

  @Test(arguments: [[0], [0, 3], [3, 0]])
  func nothingIsNoLine(_ shape: [Int]) throws {
    #expect(try CSV.encode(try Tensor([Double](), shape: shape)) == "")
  }

  @Test func aNumber() throws {
    #expect(try CSV.encode(try Tensor(scalar: 3, dtype: .f64)) == "3\n")
  }
}
