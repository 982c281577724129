/// The rows of a window, each with its colours and none wider than the window.
struct Frame: Equatable {
  var rows: [String]

  /// What turns the window that shows `old` into this one; all is drawn anew where nothing is
  /// known of it or its height was another one.
  func update(from old: Frame?) -> String {
    guard let old, old.rows.count == rows.count else {
      return "\u{1B}[H\u{1B}[2J" + rows.indices.filter { !rows[$0].isEmpty }.map(row).joined()
    }
    return rows.indices.filter { rows[$0] != old.rows[$0] }.map(row).joined()
  }

  /// The row is wiped first: what is erased behind a row that fills the window would take its last
  /// character with it.
  private func row(_ index: Int) -> String { "\u{1B}[\(index + 1);1H\u{1B}[2K" + rows[index] }
}
