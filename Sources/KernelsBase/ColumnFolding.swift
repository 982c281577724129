import CMachine
import KernelInterface

/// Sums and the like of columns, block after block of rows so that memory is read about in its
/// order.
struct ColumnFolding<V: Lanes> {
  typealias T = V.Scalar
  let c: ColumnFoldCall<T>

  func run(_ fold: ColumnFold<T>) {
    switch fold {
    case .sum: run(Sum<V>.self)
    case .squares(let means): run(Squares<V>.self, means: means)
    case .largest: run(Largest<V>.self)
    case .smallest: run(Smallest<V>.self)
    }
  }

  @inline(__always)
  private func run<O: Folding>(_ operation: O.Type, means: UnsafePointer<T>? = nil) where O.V == V {
    var (row, block) = (0, 0)
    while row < c.rows {
      if machineIsSet(c.isCancelled) { return }
      let end = min(row &+ rowsOfFold, c.rows)
      let y = c.to + block &* c.row
      var first = row
      while first < end {
        let rows = min(heightOfStep, end &- first)
        fold(operation, c.from + first &* c.row, means, y, rows, addsTo: first > row)
        first += rows
      }
      row += rowsOfFold
      block += 1
    }
  }

  /// Of rows longer than two pages few at a time: along more of them memory is not read ahead.
  private var heightOfStep: Int {
    c.row &* MemoryLayout<T>.size > 8192 ? Self.rowsOfPart : rowsOfFold
  }

  /// Rows whose sum is found by itself: a sum of 32 is rounded 10 times on the way, not 31 times.
  private static var rowsOfPart: Int { 4 }

  /// Some rows into y, or to what is there.
  @inline(__always)
  private func fold<O: Folding>(
    _ operation: O.Type, _ x: UnsafePointer<T>, _ means: UnsafePointer<T>?,
    _ y: UnsafeMutablePointer<T>, _ rows: Int, addsTo: Bool
  ) where O.V == V {
    let four = InlineArray<4, V>(repeating: operation.start)
    let one = InlineArray<1, V>(repeating: operation.start)
    var j = 0
    @inline(__always)
    func next<let vectors: Int>(_ start: InlineArray<vectors, V>, count: Int) {
      foldVectors(operation, start, x + j, means.map { $0 + j }, y + j, rows, addsTo: addsTo, count)
      j += vectors &* count
    }
    while j &+ 4 &* V.width <= c.columns { next(four, count: V.width) }
    while j &+ V.width <= c.columns { next(one, count: V.width) }
    if j < c.columns { next(one, count: c.columns &- j) }
  }

  /// Some vectors of neighbouring columns; of a single one perhaps only the first lanes.
  @inline(__always)
  private func foldVectors<O: Folding, let vectors: Int>(
    _ operation: O.Type, _ start: InlineArray<vectors, V>, _ x: UnsafePointer<T>,
    _ allMeans: UnsafePointer<T>?, _ y: UnsafeMutablePointer<T>, _ rows: Int, addsTo: Bool,
    _ count: Int
  ) where O.V == V {
    var (soFar, means) = (start, start)
    if addsTo {
      for i in 0..<vectors { soFar[unchecked: i] = V.load(y + i &* V.width, first: count) }
    }
    if let allMeans {
      for i in 0..<vectors { means[unchecked: i] = V.load(allMeans + i &* V.width, first: count) }
    }
    var row = 0
    while row < rows {
      let end = min(row &+ Self.rowsOfPart, rows)
      var part = start
      while row < end {
        let x = x + row &* c.row
        for i in 0..<vectors {
          let lanes = V.load(x + i &* V.width, first: count)
          part[unchecked: i] = O.next(part[unchecked: i], lanes, means[unchecked: i])
        }
        row += 1
      }
      for i in 0..<vectors {
        soFar[unchecked: i] = O.joined(soFar[unchecked: i], part[unchecked: i])
      }
    }
    for i in 0..<vectors { soFar[unchecked: i].store(y + i &* V.width, first: count) }
  }
}

/// What becomes of a column, from what it begins with.
///
/// A protocol and no closures: several of them kept together are called, not compiled in.
private protocol Folding {
  associatedtype V: Lanes
  static var start: V { get }
  static func next(_ soFar: V, _ x: V, _ mean: V) -> V
  static func joined(_ a: V, _ b: V) -> V
}

private enum Sum<V: Lanes>: Folding {
  @inline(__always) static var start: V { V.zero }
  @inline(__always) static func next(_ soFar: V, _ x: V, _ mean: V) -> V { soFar + x }
  @inline(__always) static func joined(_ a: V, _ b: V) -> V { a + b }
}

private enum Squares<V: Lanes>: Folding {
  @inline(__always) static var start: V { V.zero }
  @inline(__always)
  static func next(_ soFar: V, _ x: V, _ mean: V) -> V {
    V.multiplyAdd(x - mean, x - mean, soFar)
  }
  @inline(__always) static func joined(_ a: V, _ b: V) -> V { a + b }
}

private enum Largest<V: Lanes>: Folding {
  @inline(__always) static var start: V { V.minusInfinity }
  @inline(__always)
  static func next(_ soFar: V, _ x: V, _ mean: V) -> V { V.largerOrNaN(soFar, x) }
  @inline(__always) static func joined(_ a: V, _ b: V) -> V { V.largerOrNaN(a, b) }
}

private enum Smallest<V: Lanes>: Folding {
  @inline(__always) static var start: V { V.zero - V.minusInfinity }
  @inline(__always) static func next(_ soFar: V, _ x: V, _ mean: V) -> V { joined(soFar, x) }
  @inline(__always)
  static func joined(_ a: V, _ b: V) -> V { V.smallerOrNaN(a, b) }
}
