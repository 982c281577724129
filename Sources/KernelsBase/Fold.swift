import CMachine
import KernelInterface

/// Sums and the like of columns, block after block of rows so that memory is read about in its order.
struct Fold<V: Lanes> {
  typealias T = V.Scalar
  let c: FoldCall<T>

  func run(_ remains: Remains) {
    switch remains {
    case .sum: run(Sum<V>.self)
    case .variance: run(Squares<V>.self)
    case .largest: run(Largest<V>.self)
    case .smallest: run(Smallest<V>.self)
    }
  }

  @inline(__always)
  private func run<O: Folding>(_ operation: O.Type) where O.V == V {
    var (row, block) = (0, 0)
    while row < c.rows {
      if machineIsSet(c.isCancelled) { return }
      let end = min(row &+ rowsOfFold, c.rows)
      let y = c.to + block &* c.row
      var first = row
      while first < end {
        let rows = min(heightOfStep, end &- first)
        fold(c.from + first &* c.row, y, rows, addsTo: first > row, operation)
        first += rows
      }
      row += rowsOfFold
      block += 1
    }
  }

  /// Long rows are few at a time, as memory is read ahead along few of them.
  private var heightOfStep: Int {
    c.row &* MemoryLayout<T>.size > 8192 ? Self.rowsOfPart / 2 : rowsOfFold
  }

  /// Rows whose sum is found by itself: errors of 32 after each other would be twice as large.
  private static var rowsOfPart: Int { 8 }

  /// Some rows into y, or to what is there.
  @inline(__always)
  private func fold<O: Folding>(
    _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ rows: Int, addsTo: Bool,
    _ operation: O.Type
  ) where O.V == V {
    let four = InlineArray<4, V>(repeating: O.start)
    let one = InlineArray<1, V>(repeating: O.start)
    var j = 0
    while j &+ 4 &* V.width <= c.columns {
      fold(x, y, j, rows, four, addsTo: addsTo, count: V.width, operation)
      j += 4 &* V.width
    }
    while j &+ V.width <= c.columns {
      fold(x, y, j, rows, one, addsTo: addsTo, count: V.width, operation)
      j += V.width
    }
    if j < c.columns {
      fold(x, y, j, rows, one, addsTo: addsTo, count: c.columns &- j, operation)
    }
  }

  /// Some vectors of neighbouring columns; of a single one perhaps only the first lanes.
  @inline(__always)
  private func fold<O: Folding, let vectors: Int>(
    _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ j: Int, _ rows: Int,
    _ start: InlineArray<vectors, V>, addsTo: Bool, count: Int, _ operation: O.Type
  ) where O.V == V {
    var (so, means) = (start, start)
    if addsTo {
      for i in 0..<vectors { so[unchecked: i] = V.load(y + j + i &* V.width, first: count) }
    }
    if let all = c.means {
      for i in 0..<vectors { means[unchecked: i] = V.load(all + j + i &* V.width, first: count) }
    }
    var row = 0
    while row < rows {
      let end = min(row &+ Self.rowsOfPart, rows)
      var part = start
      while row < end {
        let x = x + row &* c.row + j
        for i in 0..<vectors {
          let lanes = V.load(x + i &* V.width, first: count)
          part[unchecked: i] = O.next(part[unchecked: i], lanes, means[unchecked: i])
        }
        row += 1
      }
      for i in 0..<vectors {
        so[unchecked: i] = O.joined(so[unchecked: i], part[unchecked: i])
      }
    }
    for i in 0..<vectors { so[unchecked: i].store(y + j + i &* V.width, first: count) }
  }
}

/// What becomes of a column, from what it begins with.
///
/// A protocol and no closures: several of them kept together are called, not compiled in.
private protocol Folding {
  associatedtype V: Lanes
  static var start: V { get }
  static func next(_ so: V, _ x: V, _ mean: V) -> V
  static func joined(_ a: V, _ b: V) -> V
}

private enum Sum<V: Lanes>: Folding {
  @inline(__always) static var start: V { V.zero }
  @inline(__always) static func next(_ so: V, _ x: V, _ mean: V) -> V { so + x }
  @inline(__always) static func joined(_ a: V, _ b: V) -> V { a + b }
}

private enum Squares<V: Lanes>: Folding {
  @inline(__always) static var start: V { V.zero }
  @inline(__always)
  static func next(_ so: V, _ x: V, _ mean: V) -> V {
    V.multiplyAdd(x - mean, x - mean, so)
  }
  @inline(__always) static func joined(_ a: V, _ b: V) -> V { a + b }
}

private enum Largest<V: Lanes>: Folding {
  @inline(__always) static var start: V { V.minusInfinity }
  @inline(__always)
  static func next(_ so: V, _ x: V, _ mean: V) -> V { V.largerOrNaN(so, x) }
  @inline(__always) static func joined(_ a: V, _ b: V) -> V { V.largerOrNaN(a, b) }
}

private enum Smallest<V: Lanes>: Folding {
  @inline(__always) static var start: V { V.zero - V.minusInfinity }
  @inline(__always) static func next(_ so: V, _ x: V, _ mean: V) -> V { joined(so, x) }
  @inline(__always)
  static func joined(_ a: V, _ b: V) -> V {
    V.zero - V.largerOrNaN(V.zero - a, V.zero - b)
  }
}
