import Kernels

/// A number or tensor of which only the shape is known: what a line will give while it is typed.
public struct Outline: Sendable, Equatable {
  public let shape: [Int]
  /// nil where the shape rule does not say it.
  let dtype: DType?

  /// More elements than a number can count make no outline.
  private static let countLimit = 1 << 53

  init(_ shape: [Int], _ dtype: DType? = nil) throws {
    guard let count = product(of: shape), count <= Self.countLimit else { throw NotForeseen() }
    let bytes = count * (dtype ?? .f64).byteCount
    guard bytes <= Memory.limit else {
      throw KernelError.memory(needed: bytes, limit: Memory.limit)
    }
    (self.shape, self.dtype) = (shape, dtype)
  }

  func fits(_ kind: Signature.Kind) -> Bool {
    switch kind {
    case .tensor, .mask, .bias, .any: true
    case .number, .int, .flag: shape.allSatisfy { $0 == 1 }
    default: false
    }
  }
}

/// What a line will give depends on numbers that only running it would tell.
struct NotForeseen: Error {}

func foreseen<Known>(_ known: Known?) throws -> Known {
  guard let known else { throw NotForeseen() }
  return known
}

/// nil where a length is negative or the product too large.
func product(of lengths: [Int]) -> Int? {
  var product = 1
  for length in lengths {
    let (next, overflow) = product.multipliedReportingOverflow(by: length)
    guard length >= 0, !overflow else { return nil }
    product = next
  }
  return product
}

extension Value {
  /// Numbers worth keeping while a line is typed: indices, lengths, token numbers.
  private static let exactLimit = 64

  /// The value, or its shape where it holds many numbers.
  func outlined() throws -> Value {
    guard case .tensor(let tensor) = self, tensor.count > Self.exactLimit else { return self }
    return .outline(try Outline(tensor.shape, tensor.dtype))
  }
}
