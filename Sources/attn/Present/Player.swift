import Terminal

/// Where a lecture stands and what a key does there; it knows neither terminal nor mathematics.
struct Player: Equatable {
  enum Phase: String {
    /// The statement is shown and has not run.
    case waiting
    case done
    /// It ended with an error that nobody expected.
    case failed
  }

  /// What keys are for.
  enum Mode: Equatable {
    case lecture
    case keys
    case sections(chosen: Int, digits: String)
    case going(digits: String)
    case leaving
  }

  /// What is to be done; the one who does it says with `arrive` where the lecture stands then.
  enum Action: Equatable {
    /// Run the statement; where it has run before, as if it had not.
    case run
    /// Leave the statement out.
    case skip
    /// Let the speaker change the statement of a step before it runs.
    case edit(Int)
    case prompt
    case advance
    case back
    case jump(to: Int)
    /// The page below of a long output, or one line up or down.
    case turnPage
    case scroll(by: Int)
    case leave
  }

  struct Outline: Equatable {
    var hasCode: [Bool]
    /// The first step of each section.
    var sections: [Int]
  }

  let outline: Outline
  private(set) var step = 0
  private(set) var phase = Phase.waiting
  private(set) var mode = Mode.lecture
  /// One sentence until the next key.
  var notice: String?

  init(_ outline: Outline) {
    self.outline = outline
    arrive(at: 0, .waiting)
  }

  var count: Int { outline.hasCode.count }

  var isAtEnd: Bool { step == count - 1 && phase == .done }

  /// A step without a statement is done as soon as it is shown.
  mutating func arrive(at step: Int, _ phase: Phase) {
    self.step = min(max(step, 0), max(0, count - 1))
    let hasCode = outline.hasCode.indices.contains(self.step) && outline.hasCode[self.step]
    self.phase = hasCode ? phase : .done
    mode = .lecture
  }

  /// - Parameter hasMore: a part of the output is still below the window.
  mutating func press(_ key: Key, hasMore: Bool = false) -> Action? {
    if [.timeout, .resize, .other].contains(key) { return nil }
    notice = nil
    if key == .endOfInput { return .leave }
    switch mode {
    case .lecture: return pressInLecture(key, hasMore)
    case .keys: mode = .lecture
    case .sections(let chosen, let digits): return pressInList(key, chosen, digits)
    case .going(let digits): return pressInNumber(key, digits)
    case .leaving: return pressAtDoor(key)
    }
    return nil
  }

  // MARK: - The lecture

  private mutating func pressInLecture(_ key: Key, _ hasMore: Bool) -> Action? {
    switch key {
    case .character("n"), .character(" "), .enter, .right, .pageDown:
      return hasMore ? .turnPage : next()
    case .character("b"), .backspace, .left, .pageUp: return back()
    case .character("g"): mode = .going(digits: "")
    case .character("s"):
      if phase == .failed { return .skip }
      openList()
    case .character("r"):
      if outline.hasCode[step] { return .run }
      notice = "nothing runs in this step"
    case .character("!"): return .prompt
    case .character("e"): return edit()
    case .character("?"): mode = .keys
    case .character("q"), .interrupt: mode = .leaving
    case .up: return .scroll(by: -1)
    case .down: return .scroll(by: 1)
    default: break
    }
    return nil
  }

  private mutating func next() -> Action? {
    switch phase {
    case .waiting: return .run
    case .failed: notice = "an error waits: r retry  e edit  s skip  b back"
    case .done:
      if step < count - 1 { return .advance }
      notice = "this was the last step"
    }
    return nil
  }

  private mutating func back() -> Action? {
    if step > 0 || phase != .waiting && outline.hasCode[step] { return .back }
    notice = "this is the first step"
    return nil
  }

  /// The statement that runs next: the present one, or the one of the step after it.
  private mutating func edit() -> Action? {
    let target = phase == .done ? step + 1 : step
    if target < count, outline.hasCode[target] { return .edit(target) }
    notice = "no statement comes next"
    return nil
  }

  private mutating func openList() {
    guard !outline.sections.isEmpty else {
      notice = "this lecture has no sections"
      return
    }
    let present = outline.sections.lastIndex { $0 <= step } ?? 0
    mode = .sections(chosen: present, digits: "")
  }

  // MARK: - Numbers and lists

  private mutating func pressInNumber(_ key: Key, _ digits: String) -> Action? {
    switch key {
    case .character(let digit) where digit.isASCII && digit.isNumber:
      // No lecture is longer.
      mode = .going(digits: String((digits + String(digit)).prefix(6)))
    case .character(" ") where digits.isEmpty: break
    case .backspace where !digits.isEmpty: mode = .going(digits: String(digits.dropLast()))
    case .enter, .character(" "):
      mode = .lecture
      guard let number = Int(digits) else { return nil }
      guard 1...count ~= number else {
        notice = "there is no step \(number): the last one is \(count)"
        return nil
      }
      return .jump(to: number - 1)
    default: mode = .lecture
    }
    return nil
  }

  private mutating func pressInList(_ key: Key, _ chosen: Int, _ digits: String) -> Action? {
    let last = outline.sections.count - 1
    switch key {
    case .up, .character("k"): mode = .sections(chosen: max(0, chosen - 1), digits: "")
    case .down, .character("j"): mode = .sections(chosen: min(last, chosen + 1), digits: "")
    case .character(let digit) where digit.isASCII && digit.isNumber:
      // The longest number that is one, else the digit begins another.
      let typed = [digits + String(digit), String(digit)].first { 1...(last + 1) ~= Int($0) ?? 0 }
      if let typed, let number = Int(typed) { mode = .sections(chosen: number - 1, digits: typed) }
    case .enter, .character(" "), .right:
      mode = .lecture
      return .jump(to: outline.sections[chosen])
    default: mode = .lecture
    }
    return nil
  }

  private mutating func pressAtDoor(_ key: Key) -> Action? {
    switch key {
    case .character("y"), .character("Y"), .character("q"), .interrupt: return .leave
    default: mode = .lecture
    }
    return nil
  }

  /// Where a list can not be worked in: lines of a pipe.
  mutating func closeList() { mode = .lecture }
}
