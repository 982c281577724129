import KernelInterface

// What softcap, biases and masks make of the scores of a tile.
extension Flash {
  func adjust(_ g: Group, _ key: Int, _ keys: Int) {
    if isPlain { return }
    if V.double(c.softcap) != 0 { cap(keys) }
    if c.bias != nil { addBias(g, key, keys) }
    if let slope = c.slope { addSlope(slope, g, key, keys) }
    let factor = inBaseTwo(1)
    each(keys) { place in (V.load(scores + place) * factor).store(scores + place) }
  }

  /// s = c·tanh(s/c)
  private func cap(_ keys: Int) {
    let softcap = V(repeating: c.softcap)
    each(keys) { place in
      (softcap * V.tanh(V.load(scores + place) / softcap)).store(scores + place)
    }
  }

  private func addBias(_ g: Group, _ key: Int, _ keys: Int) {
    guard let all = c.bias else { return }
    let bias = all + g.first &* c.biasRow + key &* c.biasStep
    if g.count < lanes { clear(addends, keys &* lanes) }
    if c.biasStep == 1 {
      transpose(
        V.self, bias, rowOfA: c.biasRow, rows: g.count, columns: keys, addends, rowOfB: lanes)
    } else {
      for j in 0..<keys {
        for i in 0..<g.count {
          addends[j &* lanes &+ i] = bias[i &* c.biasRow &+ j &* c.biasStep]
        }
      }
    }
    each(keys) { place in
      (V.load(scores + place) + V.load(addends + place)).store(scores + place)
    }
  }

  /// s = s − slope·|i − j|
  private func addSlope(_ factor: T, _ g: Group, _ key: Int, _ keys: Int) {
    let slope = V(repeating: factor)
    if lanes == 1 { return addSlope(slope, distance: c.position &+ g.first &- key, keys) }
    var lane = 0
    while lane < lanes {
      let distance = c.position &+ g.first &+ lane &- key
      let positions = V.ramp + V(repeating: V.scalar(distance))
      for j in 0..<keys {
        let s = scores + j &* lanes + lane
        let size = (positions - V(repeating: V.scalar(j))).magnitude
        (V.load(s) - slope * size).store(s)
      }
      lane += V.width
    }
  }

  /// The same of one query, whose keys are in the lanes.
  private func addSlope(_ slope: V, distance: Int, _ keys: Int) {
    each(keys) { j in
      let size = (V(repeating: V.scalar(distance &- j)) - V.ramp).magnitude
      (V.load(scores + j) - slope * size).store(scores + j)
    }
  }

  /// Which keys of a block any query of a group sees, and whether all see all of them.
  func seenKeys(_ g: Group, _ key: Int, _ block: Int)
    -> (from: Int, to: Int, isWhole: Bool)
  {
    guard let all = c.runs else { return (0, block, true) }
    var (from, to, common, until) = (block, 0, 0, block)
    for i in 0..<g.count {
      let runs = all + (g.first &+ i) &* c.runCount &* 2
      var (first, last, isOne) = (block, 0, false)
      for r in 0..<c.runCount {
        let lower = max(runs[2 &* r] &- key, 0)
        let upper = min(runs[2 &* r &+ 1] &- key, block)
        if lower >= upper { continue }
        isOne = first == block
        first = min(first, lower)
        last = max(last, upper)
      }
      (from, to) = (min(from, first), max(to, last))
      // What every query sees in one run.
      common = max(common, isOne ? first : block)
      until = min(until, isOne ? last : 0)
    }
    return (from, to, common <= from && until >= to)
  }

  func hide(_ g: Group, _ key: Int, _ keys: Int) {
    guard let all = c.runs else { return }
    for i in 0..<g.count {
      let runs = all + (g.first &+ i) &* c.runCount &* 2
      var open = 0
      for r in 0..<c.runCount {
        hide(open, min(runs[2 &* r] &- key, keys), of: scores + i)
        open = max(open, runs[2 &* r &+ 1] &- key)
      }
      hide(open, keys, of: scores + i)
    }
  }

  @inline(__always)
  private func hide(_ from: Int, _ to: Int, of query: UnsafeMutablePointer<T>) {
    var j = from
    while j < to {
      query[j &* lanes] = V.negativeInfinity
      j += 1
    }
  }

  func hideByMatrix(_ g: Group, _ key: Int, _ keys: Int) {
    guard let all = c.visible else { return }
    let visible = all + g.first &* c.visibleRow + key &* c.visibleStep
    for i in 0..<g.count {
      let row = visible + i &* c.visibleRow
      for j in 0..<keys where !row[j &* c.visibleStep] {
        scores[j &* lanes &+ i] = V.negativeInfinity
      }
    }
  }
}
