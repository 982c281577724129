extension LineEditor {
  /// Tab; gives false where there is nothing to offer.
  func complete() -> Bool {
    let before = line
    if isContinuation, before.left.allSatisfy({ $0 == " " }) {
      insert("  ")
      return true
    }
    let isRepeated = before == lastTab
    showsHintNext = isRepeated ? !showsHintNext : false
    let completion = completer(before.text, before.left.count)
    let step = CompletionStep(completion, left: before.left, isRepeated: showsHintNext)
    if !step.insertion.isEmpty {
      delete(String(before.left.suffix(step.replaced)).unicodeScalars.count)
      insert(DisplayText.withoutControls(step.insertion))
    }
    lastTab = line
    let size = TerminalSize.current()
    let list = CandidateList(columns: size.columns, rows: size.rows, isDim: capabilities.hasColor)
    let lines = list.lines(ofHint: step.hint) + list.lines(for: step.listed)
    if !lines.isEmpty { showBelow(lines, drawn: before) }
    return !lines.isEmpty || !step.insertion.isEmpty
  }
}
