/// What the elements of a tensor are.
public enum DType: UInt8, Sendable, CaseIterable {
  case bool, f32, f64

  public var byteCount: Int {
    switch self {
    case .bool: 1
    case .f32: 4
    case .f64: 8
    }
  }

  public var name: String {
    switch self {
    case .bool: "bool"
    case .f32: "f32"
    case .f64: "f64"
    }
  }
}

/// A Swift type that a tensor can hold.
public protocol Element: BitwiseCopyable, Sendable {
  static var dtype: DType { get }
}

extension Double: Element { public static var dtype: DType { .f64 } }
extension Float: Element { public static var dtype: DType { .f32 } }
extension Bool: Element { public static var dtype: DType { .bool } }

/// The memory behind one or more tensors: aligned for vectors, counted, never zeroed for nothing.
struct Storage: @unchecked Sendable {
  fileprivate var memory: StorageMemory

  var byteCount: Int { memory.header.byteCount }
  var dtype: DType { memory.header.dtype }
  var base: UnsafeMutableRawPointer { memory.header.base }

  init(byteCount: Int, _ dtype: DType) throws(KernelError) {
    try Memory.reserve(byteCount)
    memory = .make(byteCount: byteCount, dtype)
  }
}

private struct StorageHeader {
  let byteCount: Int
  let dtype: DType
  let base: UnsafeMutableRawPointer
  /// Nil where the memory lies behind the object itself.
  let block: Blocks.Block?
}

private final class StorageMemory: ManagedBuffer<StorageHeader, UInt8> {
  static func make(byteCount: Int, _ dtype: DType) -> StorageMemory {
    let block = byteCount < Blocks.smallest ? nil : Blocks.take(byteCount)
    let room = block == nil ? byteCount + Blocks.cacheLine : 0
    let memory = create(minimumCapacity: room) { memory in
      memory.withUnsafeMutablePointerToElements { room in
        // SAFETY: aligned up by less than a cache line, byteCount bytes still lie in the room.
        let base = UnsafeMutableRawPointer(room).alignedUp(toMultipleOf: Blocks.cacheLine)
        return StorageHeader(
          byteCount: byteCount, dtype: dtype, base: block?.base ?? base, block: block)
      }
    }
    // SAFETY: `create` makes an object of the class that it is called on.
    return unsafeDowncast(memory, to: StorageMemory.self)
  }

  deinit {
    if let block = header.block { Blocks.give(block) }
    Memory.release(header.byteCount)
  }
}

/// An immutable-by-sharing array of rank 0…N, row-major and contiguous.
///
/// A copy shares its elements; writing through `withMutableElements` copies them first when
/// somebody else still holds them. A slice of leading rows (`subtensor`) shares too.
///
/// Four words: what holds a tensor or less is returned in registers.
public struct Tensor: Sendable {
  public let shape: [Int]
  /// The product of the shape; 1 for rank 0.
  public let count: Int
  /// In elements.
  private var offset: Int
  private var storage: Storage

  public var dtype: DType { storage.dtype }
  public var rank: Int { shape.count }
  public var byteCount: Int { count * dtype.byteCount }

  /// Which memory holds the elements; tensors that share it have the same.
  public var buffer: ObjectIdentifier { ObjectIdentifier(storage.memory) }
  /// Of all of that memory.
  public var bufferBytes: Int { storage.byteCount }

  /// Makes a tensor whose elements `fill` writes, every one of them.
  ///
  /// - Throws: `KernelError.memory` where the limit is too small, and what `fill` throws.
  public init<E: Element>(
    shape: [Int], of type: E.Type = E.self,
    fill: (UnsafeMutableBufferPointer<E>) throws -> Void
  ) throws {
    self = try Tensor(uninitialized: shape, of: E.self)
    try fill(UnsafeMutableBufferPointer(start: start(of: E.self), count: count))
  }

  /// - Precondition: `values.count` is the product of `shape`.
  public init<E: Element>(_ values: [E], shape: [Int]) throws {
    precondition(values.count == shape.reduce(1, *))
    try self.init(shape: shape, of: E.self) { elements in
      _ = elements.initialize(from: values)
    }
  }

  /// A vector.
  public init<E: Element>(_ values: [E]) throws { try self.init(values, shape: [values.count]) }

  public init<E: Element>(repeating value: E, shape: [Int]) throws {
    try self.init(shape: shape, of: E.self) { try $0.fill(with: value) }
  }

  /// The caller writes every element before anybody else sees the tensor.
  init<E: Element>(uninitialized shape: [Int], of type: E.Type) throws {
    let count = try Self.checkedCount(shape, E.dtype)
    let storage = try Storage(byteCount: count * E.dtype.byteCount, E.dtype)
    _ = storage.base.bindMemory(to: E.self, capacity: count)
    self.init(shape: shape, count: count, storage: storage, offset: 0)
  }

  private init(shape: [Int], count: Int, storage: Storage, offset: Int) {
    self.shape = shape
    self.count = count
    self.storage = storage
    self.offset = offset
  }

  /// More bytes than any memory has; sums of a few such numbers still do not overflow.
  private static let mostBytes = 1 << 53

  /// The number of elements, refused where it can not be counted.
  public static func checkedCount(_ shape: [Int], _ dtype: DType) throws(KernelError) -> Int {
    var bytes = dtype.byteCount
    // Also of an empty tensor, so that products of some of its lengths can be counted.
    for length in shape where length != 0 {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
      bytes = overflow ? Int.max : product
    }
    if bytes > mostBytes { throw .memory(needed: bytes, limit: Memory.limit) }
    return shape.contains(0) ? 0 : bytes / dtype.byteCount
  }

  // MARK: - Elements

  /// - Precondition: `E.dtype == dtype`.
  @inline(__always)
  public func withElements<E: Element, R>(
    of type: E.Type, _ body: (UnsafeBufferPointer<E>) throws -> R
  ) rethrows -> R {
    precondition(E.dtype == dtype)
    let start = UnsafePointer(storage.base.assumingMemoryBound(to: E.self)) + offset
    // SAFETY: the storage outlives the call because self does.
    return try withExtendedLifetime(storage.memory) {
      try body(UnsafeBufferPointer(start: start, count: count))
    }
  }

  /// Copies the elements first when they are shared.
  ///
  /// - Precondition: `E.dtype == dtype`.
  public mutating func withMutableElements<E: Element, R>(
    of type: E.Type, _ body: (UnsafeMutableBufferPointer<E>) throws -> R
  ) throws -> R {
    precondition(E.dtype == dtype)
    if !isKnownUniquelyReferenced(&storage.memory) {
      let fresh = try Storage(byteCount: byteCount, dtype)
      fresh.base.copyMemory(
        from: storage.base + offset * dtype.byteCount, byteCount: byteCount)
      storage = fresh
      offset = 0
    }
    let start = storage.base.assumingMemoryBound(to: E.self) + offset
    return try withExtendedLifetime(storage.memory) {
      try body(UnsafeMutableBufferPointer(start: start, count: count))
    }
  }

  /// Where the elements lie, for as long as the tensor lives.
  ///
  /// - Precondition: `E.dtype == dtype`.
  @inline(__always)
  func start<E: Element>(of type: E.Type) -> UnsafeMutablePointer<E> {
    precondition(E.dtype == dtype)
    return storage.base.assumingMemoryBound(to: E.self) + offset
  }

  /// Whether nobody else holds the elements, so that they may be overwritten.
  @inline(__always)
  var isUniquelyHeld: Bool {
    mutating get { isKnownUniquelyReferenced(&storage.memory) }
  }

  /// One element, by its place in row-major order, as a double.
  public subscript(flat index: Int) -> Double {
    precondition(index >= 0 && index < count)
    let place = offset + index
    switch dtype {
    case .f64: return storage.base.assumingMemoryBound(to: Double.self)[place]
    case .f32: return Double(storage.base.assumingMemoryBound(to: Float.self)[place])
    case .bool: return storage.base.assumingMemoryBound(to: Bool.self)[place] ? 1 : 0
    }
  }

  /// All elements in row-major order as doubles.
  public var doubles: [Double] {
    switch dtype {
    case .f64: withElements(of: Double.self) { Array($0) }
    case .f32: withElements(of: Float.self) { $0.map(Double.init) }
    case .bool: withElements(of: Bool.self) { $0.map { $0 ? 1 : 0 } }
    }
  }

  // MARK: - Sharing

  /// The same elements under another shape.
  ///
  /// - Precondition: the product of `shape` is `count`.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count)
    return Tensor(shape: shape, count: count, storage: storage, offset: offset)
  }

  /// As `reshaped`, in what it costs where the shape is the same.
  consuming func shaped(_ shape: [Int]) -> Tensor {
    shape == self.shape ? self : reshaped(shape)
  }

  /// Rows `range` of the first axis, sharing the elements.
  ///
  /// - Precondition: `rank ≥ 1` and the range is inside the axis.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(rank >= 1 && range.lowerBound >= 0 && range.upperBound <= shape[0])
    let rowCount = shape.dropFirst().reduce(1, *)
    return Tensor(
      shape: [range.count] + shape.dropFirst(), count: range.count * rowCount,
      storage: storage, offset: offset + range.lowerBound * rowCount)
  }

  /// Entry `index` of the first axis, with that axis gone, sharing the elements.
  public func subtensor(_ index: Int) -> Tensor {
    rows(index..<index + 1).reshaped(Array(shape.dropFirst()))
  }
}
