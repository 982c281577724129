import KernelInterface
import Synchronization

/// The keys and values of the tokens so far. A value: appending gives a longer cache, and older
/// versions stay as they are.
public struct KVCache: Sendable {
  /// nil in an empty cache, which does not know its shape yet.
  private var rows: (keys: GrowingRows, values: GrowingRows)?

  /// An empty one.
  public init() {}

  /// How many tokens it holds.
  public var length: Int { rows?.keys.length ?? 0 }

  /// […, t, dk]; nil while it is empty.
  public func keys() throws -> Tensor? { try rows?.keys.tensor() }

  /// […, t, dv]; nil while it is empty.
  public func values() throws -> Tensor? { try rows?.values.tensor() }

  /// [… t dk] and [… t dv]; nil while it is empty.
  public var shapes: (keys: [Int], values: [Int])? { rows.map { ($0.keys.shape, $0.values.shape) } }

  public var dtype: DType? { rows?.keys.dtype }

  /// Which memory holds the keys; versions that share it have the same.
  public var buffer: ObjectIdentifier? { rows.map { $0.keys.identity } }

  /// With the rows of `k` […, n, dk] and `v` […, n, dv] behind the others: amortised O(1) a row.
  ///
  /// - Precondition: leading axes, widths and dtype are those of the cache.
  public func appending(_ k: Tensor, _ v: Tensor) throws -> KVCache {
    var result = self
    let (keys, values) = try rows ?? (GrowingRows(of: k), GrowingRows(of: v))
    result.rows = (try keys.appending(k), try values.appending(v))
    return result
  }

  /// Reads keys and values where they lie: `body` gets, for each plane, t rows of dk and of dv.
  fileprivate func withPlanes<T: Element>(
    of type: T.Type,
    _ body: (_ keys: RowPlanes<T>, _ values: RowPlanes<T>) throws -> Void
  ) rethrows {
    guard let rows else { return }
    try body(rows.keys.planes(of: T.self), rows.values.planes(of: T.self))
    withExtendedLifetime(rows) {}
  }
}

/// Rows that several versions share: each knows its length, and the buffer has room for more.
private struct GrowingRows: Sendable {
  private var buffer: RowBuffer
  let length: Int

  /// No rows yet, of the kind of `rows` [… n width].
  init(of rows: Tensor) throws {
    buffer = try RowBuffer(empty: rows)
    length = 0
  }

  private init(_ buffer: RowBuffer, _ length: Int) {
    self.buffer = buffer
    self.length = length
  }

  var identity: ObjectIdentifier { ObjectIdentifier(buffer) }
  var dtype: DType { buffer.dtype }
  var shape: [Int] { buffer.leading + [length, buffer.width] }

  func appending(_ rows: Tensor) throws -> GrowingRows {
    let count = rows.shape[rows.rank - 2]
    // The room behind the last row of this version may belong to another version already.
    let target = buffer.claims(length, count) ? buffer : try buffer.copied(length, adding: count)
    target.write(rows, at: length, count)
    return GrowingRows(target, length + count)
  }

  func tensor() throws -> Tensor { try buffer.tensor(length) }

  func planes<T: Element>(of type: T.Type) -> RowPlanes<T> { buffer.planes(of: T.self) }
}

/// Where the rows of each plane begin.
private struct RowPlanes<T: Element> {
  let base: UnsafePointer<T>
  let capacity: Int
  let width: Int

  subscript(plane: Int) -> UnsafePointer<T> { base + plane * capacity * width }
}

/// [planes, capacity, width] elements, of which the first `used` rows of each plane are taken.
private final class RowBuffer: @unchecked Sendable {
  let dtype: DType
  let leading: [Int]
  let width: Int
  private let capacity: Int
  private let storage: Storage
  private let used: Atomic<Int>

  init(empty rows: Tensor) throws {
    dtype = rows.dtype
    leading = Array(rows.shape.dropLast(2))
    width = rows.shape[rows.rank - 1]
    capacity = 0
    storage = try Storage(byteCount: 0, dtype)
    used = Atomic(0)
  }

  private init(_ old: RowBuffer, capacity: Int, used: Int) throws {
    (dtype, leading, width) = (old.dtype, old.leading, old.width)
    self.capacity = capacity
    let count = try Tensor.checkedCount(leading + [capacity, width], dtype)
    storage = try Storage(byteCount: count * dtype.byteCount, dtype)
    self.used = Atomic(used)
  }

  private var planeCount: Int { leading.reduce(1, *) }
  private var rowBytes: Int { width * dtype.byteCount }

  /// Takes `count` rows behind `length`, where they are free.
  func claims(_ length: Int, _ count: Int) -> Bool {
    guard length + count <= capacity else { return false }
    return used.compareExchange(
      expected: length, desired: length + count, ordering: .relaxed
    ).exchanged
  }

  /// The first `length` rows in a buffer of twice the room.
  func copied(_ length: Int, adding count: Int) throws -> RowBuffer {
    let copy = try RowBuffer(
      self, capacity: max(16, 2 * (length + count)), used: length + count)
    // SAFETY: both buffers hold at least `length` rows in each plane.
    for plane in 0..<planeCount {
      (copy.storage.base + plane * copy.capacity * rowBytes).copyMemory(
        from: storage.base + plane * capacity * rowBytes, byteCount: length * rowBytes)
    }
    return copy
  }

  /// - Precondition: the rows were claimed.
  func write(_ rows: Tensor, at length: Int, _ count: Int) {
    switch dtype {
    case .f64: write(rows, at: length, count, of: Double.self)
    case .f32: write(rows, at: length, count, of: Float.self)
    case .bool: write(rows, at: length, count, of: Bool.self)
    }
  }

  private func write<E: Element>(_ rows: Tensor, at length: Int, _ count: Int, of type: E.Type) {
    rows.withElements(of: E.self) { source in
      guard let source = source.baseAddress else { return }
      // SAFETY: length + count ≤ capacity, and nobody else owns these rows.
      for plane in 0..<planeCount {
        (storage.base + (plane * capacity + length) * rowBytes).copyMemory(
          from: source + plane * count * width, byteCount: count * rowBytes)
      }
    }
  }

  func tensor(_ length: Int) throws -> Tensor {
    switch dtype {
    case .f64: try tensor(length, of: Double.self)
    case .f32: try tensor(length, of: Float.self)
    case .bool: try tensor(length, of: Bool.self)
    }
  }

  private func tensor<E: Element>(_ length: Int, of type: E.Type) throws -> Tensor {
    let planes = planes(of: E.self)
    return try Tensor(shape: leading + [length, width], of: E.self) { y in
      guard let target = y.baseAddress else { return }
      for plane in 0..<planeCount {
        (target + plane * length * width).initialize(from: planes[plane], count: length * width)
      }
    }
  }

  func planes<E: Element>(of type: E.Type) -> RowPlanes<E> {
    RowPlanes(
      base: UnsafePointer(storage.base.assumingMemoryBound(to: E.self)), capacity: capacity,
      width: width)
  }
}

/// Attention of the newest tokens to all that a cache holds: the last n rows of the attention of
/// the whole sequence to itself.
///
/// Query i of `q` [… n dk] stands at position t − n + i, so masks and biases mean what they mean for
/// all t tokens at once. Costs O(n t (dk + dv)); reads keys and values where they lie.
/// Source: Shazeer, Fast Transformer Decoding, 2019.
///
/// - Precondition: as `attention`; the last n rows of the cache belong to the queries.
public func decodeAttention(_ q: Tensor, _ cache: KVCache, _ options: AttentionOptions) throws
  -> Tensor
{
  try q.dtype == .f32
    ? decode(q, cache, options, of: Float.self) : decode(q, cache, options, of: Double.self)
}

private func decode<T: Real>(
  _ q: Tensor, _ cache: KVCache, _ options: AttentionOptions, of type: T.Type
) throws -> Tensor {
  guard let (keys, values) = cache.shapes else { return q }
  let (n, t) = (q.shape[q.rank - 2], cache.length)
  let (dk, dv) = (keys[keys.count - 1], values[values.count - 1])
  let parts = [q.shape, keys].map { Array($0.dropLast(2)) }
  let leading = Broadcast.shape(parts) ?? []
  let strides = parts.map { Broadcast.strides(of: $0, in: leading) + [0] }
  let adjust = try ScoreAdjustment<T>(options, leading + [t, t], dk: dk)
  var planes: [(q: Int, cache: Int)] = []
  Broadcast.forEachRow(leading + [1], strides) { _, offsets in
    planes.append((offsets[0], offsets[1]))
  }
  return try Tensor(shape: leading + [n, dv], of: T.self) { out in
    try q.withElements(of: T.self) { q in
      try cache.withPlanes(of: T.self) { keys, values in
        guard let q = q.baseAddress, let out = out.baseAddress else { return }
        func attend(_ number: Int) {
          if Cancellation.isRequested { return }
          let (plane, i) = (number / n, number % n)
          let place = planes[plane]
          Scratch.with(bytes: t * MemoryLayout<T>.size) { scratch in
            let scores = UnsafeMutableBufferPointer(
              start: scratch.bindMemory(to: T.self, capacity: t), count: t)
            guard let weights = scores.baseAddress else { return }
            PlaneProduct(
              a: Strided(keys[place.cache], row: dk, column: 1),
              b: Strided(q + (place.q * n + i) * dk, row: 1, column: 1), c: weights
            ).run(rows: 0..<t, inner: dk, columns: 0..<1, of: 1, addsTo: false)
            adjust.adjust(scores, plane: plane, row: t - n + i)
            weigh(scores, tau: adjust.tau)
            PlaneProduct(
              a: Strided(UnsafePointer(weights), row: t, column: 1),
              b: Strided(values[place.cache], row: dv, column: 1), c: out + number * dv
            ).run(rows: 0..<1, inner: t, columns: 0..<dv, of: dv, addsTo: false)
          }
        }
        if planes.count * n * t * (dk + dv) < 1 << 20 {
          for number in 0..<planes.count * n { attend(number) }
        } else {
          Workers.run(planes.count * n, attend)
        }
        try Cancellation.check()
      }
    }
  }
}
