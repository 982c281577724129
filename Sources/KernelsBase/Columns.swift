import CMachine
import KernelInterface

/// softmax and log softmax of columns, row after row so that memory is read in its order: the
/// maxima, the exponentials and their sums, the quotients.
struct Columns<V: Lanes> {
  typealias T = V.Scalar
  let c: ColumnCall<T>
  /// As that of `Softmax`.
  let tau: T

  func run() {
    eachRun { run in
      run.findLargest()
      run.eachRow { place, vector, x in
        let p = V.exp(quotient(x - run.largest[vector]))
        p.store(run.to + place)
        run.part[vector] = run.part[vector] + p
      }
      run.finishSums()
      run.eachRow(of: UnsafePointer(run.to)) { place, vector, p in
        (p / run.whole[vector]).store(run.to + place)
      }
    }
  }

  /// The largest term, which is 1, is kept out of the sum as in `Softmax`.
  func runLog() {
    let one = V(repeating: V.scalar(1))
    eachRun { run in
      run.findLargest()
      run.eachRow { place, vector, x in
        let m = run.largest[vector]
        let p = V.exp(quotient(x - m))
        run.part[vector] = run.part[vector] + V.select(V.zero, where: x, equals: m, else: p)
        run.ties[vector] = run.ties[vector] + V.select(one, where: x, equals: m, else: V.zero)
      }
      run.finishSums()
      for vector in 0..<run.vectors {
        let m = run.largest[vector]
        // NaN where the largest is infinite.
        let others = run.whole[vector] + (run.ties[vector] - one) + (m - m)
        run.whole[vector] = V.each(others) { machine_log1p($0) }
      }
      run.eachRow { place, vector, x in
        (quotient(x - run.largest[vector]) - run.whole[vector]).store(run.to + place)
      }
    }
  }

  @inline(__always)
  private func quotient(_ x: V) -> V { V.isOne(tau) ? x : x / V(repeating: tau) }

  @inline(__always)
  private func eachRun(_ body: (ColumnRun<V>) -> Void) {
    let width = columnVectors &* V.width
    var room = InlineArray<320, V>(repeating: V.zero)
    withUnsafeMutablePointer(to: &room) { room in
      let room = UnsafeMutableRawPointer(room).assumingMemoryBound(to: V.self)
      var first = 0
      while first < c.columns {
        let vectors = min(width, c.columns &- first) / V.width
        body(ColumnRun(c, first, vectors, room: room))
        first += width
      }
    }
  }
}

/// Some neighbouring vectors of columns and what is known of them.
private struct ColumnRun<V: Lanes> {
  typealias T = V.Scalar
  let from: UnsafePointer<T>
  let to: UnsafeMutablePointer<T>
  let vectors: Int
  private let c: ColumnCall<T>
  /// One of each for every vector. The sum of some rows, of all before them, and what is lost of
  /// these (Neumaier 1974).
  let largest, ties, part, whole, lost: UnsafeMutablePointer<V>

  @inline(__always)
  init(_ c: ColumnCall<T>, _ first: Int, _ vectors: Int, room: UnsafeMutablePointer<V>) {
    (self.c, from, to, self.vectors) = (c, c.from + first, c.to + first, vectors)
    (largest, ties) = (room, room + columnVectors)
    (part, whole) = (room + 2 &* columnVectors, room + 3 &* columnVectors)
    lost = room + 4 &* columnVectors
    for i in 0..<vectors {
      largest[i] = V.minusInfinity
      (ties[i], part[i], whole[i], lost[i]) = (V.zero, V.zero, V.zero, V.zero)
    }
  }

  /// Each vector with its place and number, row after row; a sum is begun anew every 32 rows.
  @inline(__always)
  func eachRow(
    of matrix: UnsafePointer<T>? = nil, _ body: (_ place: Int, _ vector: Int, V) -> Void
  ) {
    let x = matrix ?? from
    for row in 0..<c.length {
      if row & 31 == 0 {
        if machineIsSet(c.isCancelled) { return }
        if row > 0 { flush() }
      }
      let start = row &* c.row
      for vector in 0..<vectors {
        let place = start &+ vector &* V.width
        body(place, vector, V.load(x + place))
      }
    }
  }

  @inline(__always)
  func findLargest() {
    eachRow { _, vector, x in largest[vector] = V.larger(largest[vector], x) }
  }

  /// Terms are not negative: the larger number is the larger magnitude.
  @inline(never)
  private func flush() {
    for i in 0..<vectors {
      let (x, before) = (part[i], whole[i])
      let next = before + x
      let rest = V.select(
        (x - next) + before, where: before, isLessThan: x, else: (before - next) + x)
      (part[i], whole[i], lost[i]) = (V.zero, next, lost[i] + rest)
    }
  }

  @inline(__always)
  func finishSums() {
    flush()
    for i in 0..<vectors { (whole[i], lost[i]) = (whole[i] + lost[i], V.zero) }
  }
}
