// SAFETY: here and in the other kernels all offsets stay inside what the caller measured; vectors
// are loaded unaligned.

/// How many rows of a product stay in registers at once, each as two vectors of columns, beside
/// what they are made from: there are 32 registers, or 16, or 16 and products need one more.
#if KERNELS_V4 || arch(arm64)
  let tileRows = 12
#elseif KERNELS_V3
  let tileRows = 6
#else
  let tileRows = 4
#endif

/// Two registers of neighbouring columns.
struct Two<V: Lanes> {
  var l: V
  var h: V
}

/// Where the numbers of a tile come from: A(i, k) at i·rowOfA + k·stepOfA, rows of B one after the
/// other.
struct TileSource<T> {
  var a: UnsafePointer<T>
  let rowOfA: Int
  let stepOfA: Int
  var b: UnsafePointer<T>
  let stepOfB: Int
  let depth: Int
}

/// Where a tile goes.
struct TileTarget<T> {
  var c: UnsafeMutablePointer<T>
  let rowOfC: Int
  /// Fewer than the tile has at the right edge.
  var columns: Int
  let addsTo: Bool
}

/// C = Σₖ A(i, k) B(k, …), all of it in registers, and then to memory: two vectors wide, or one.
@inline(__always)
private func wide<let rows: Int, V: Lanes>(
  _ c: InlineArray<rows, Two<V>>, _ s: TileSource<V.Scalar>, _ t: TileTarget<V.Scalar>
) {
  var (c, a, b) = (c, s.a, s.b)
  for _ in 0..<s.depth {
    let (low, high) = (V.load(b), V.load(b + V.width))
    for i in 0..<rows {
      let factor = V(repeating: a[i &* s.rowOfA])
      c[unchecked: i].l = V.multiplyAdd(factor, low, c[unchecked: i].l)
      c[unchecked: i].h = V.multiplyAdd(factor, high, c[unchecked: i].h)
    }
    a += s.stepOfA
    b += s.stepOfB
  }
  for i in 0..<rows {
    let target = t.c + i &* t.rowOfC
    put(c[unchecked: i].l, target, V.width, t.addsTo)
    put(c[unchecked: i].h, target + V.width, t.columns &- V.width, t.addsTo)
  }
}

@inline(__always)
private func narrow<let rows: Int, V: Lanes>(
  _ c: InlineArray<rows, V>, _ s: TileSource<V.Scalar>, _ t: TileTarget<V.Scalar>
) {
  var (c, a, b) = (c, s.a, s.b)
  for _ in 0..<s.depth {
    let low = V.load(b)
    for i in 0..<rows {
      c[unchecked: i] = V.multiplyAdd(V(repeating: a[i &* s.rowOfA]), low, c[unchecked: i])
    }
    a += s.stepOfA
    b += s.stepOfB
  }
  for i in 0..<rows { put(c[unchecked: i], t.c + i &* t.rowOfC, t.columns, t.addsTo) }
}

@inline(__always)
private func put<V: Lanes>(
  _ value: V, _ c: UnsafeMutablePointer<V.Scalar>, _ count: Int, _ addsTo: Bool
) {
  if count == V.width { return (addsTo ? V.load(c) + value : value).store(c) }
  (addsTo ? V.load(c, count: count) + value : value).store(c, count: count)
}

/// One tile of at most `tileRows` rows and two vectors of columns.
@inline(never)
func tile<V: Lanes>(
  _ type: V.Type, rows: Int, _ s: TileSource<V.Scalar>, _ t: TileTarget<V.Scalar>
) {
  let zero = V.zero
  if t.columns > V.width {
    let zero = Two(l: zero, h: zero)
    switch rows {
    case 1: wide(InlineArray<1, _>(repeating: zero), s, t)
    case 2: wide(InlineArray<2, _>(repeating: zero), s, t)
    case 3: wide(InlineArray<3, _>(repeating: zero), s, t)
    case 4: wide(InlineArray<4, _>(repeating: zero), s, t)
    #if KERNELS_V4 || KERNELS_V3 || arch(arm64)
      case 5: wide(InlineArray<5, _>(repeating: zero), s, t)
      case 6: wide(InlineArray<6, _>(repeating: zero), s, t)
    #endif
    #if KERNELS_V4 || arch(arm64)
      case 7: wide(InlineArray<7, _>(repeating: zero), s, t)
      case 8: wide(InlineArray<8, _>(repeating: zero), s, t)
      case 9: wide(InlineArray<9, _>(repeating: zero), s, t)
      case 10: wide(InlineArray<10, _>(repeating: zero), s, t)
      case 11: wide(InlineArray<11, _>(repeating: zero), s, t)
      case 12: wide(InlineArray<12, _>(repeating: zero), s, t)
    #endif
    default: break
    }
    return
  }
  switch rows {
  case 1: narrow(InlineArray<1, _>(repeating: zero), s, t)
  case 2: narrow(InlineArray<2, _>(repeating: zero), s, t)
  case 3: narrow(InlineArray<3, _>(repeating: zero), s, t)
  case 4: narrow(InlineArray<4, _>(repeating: zero), s, t)
  #if KERNELS_V4 || KERNELS_V3 || arch(arm64)
    case 5: narrow(InlineArray<5, _>(repeating: zero), s, t)
    case 6: narrow(InlineArray<6, _>(repeating: zero), s, t)
  #endif
  #if KERNELS_V4 || arch(arm64)
    case 7: narrow(InlineArray<7, _>(repeating: zero), s, t)
    case 8: narrow(InlineArray<8, _>(repeating: zero), s, t)
    case 9: narrow(InlineArray<9, _>(repeating: zero), s, t)
    case 10: narrow(InlineArray<10, _>(repeating: zero), s, t)
    case 11: narrow(InlineArray<11, _>(repeating: zero), s, t)
    case 12: narrow(InlineArray<12, _>(repeating: zero), s, t)
  #endif
  default: break
  }
}
