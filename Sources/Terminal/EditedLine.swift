import CEdit

/// The line as libedit holds it.
struct EditedLine: Equatable {
  var text: String
  /// In code points.
  var cursor: Int

  var left: String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(cursor)))
  }
}

/// Strings as the arrays of code points that libedit wants.
enum Scalars {
  static func string(_ start: UnsafePointer<UInt32>, count: Int) -> String {
    // SAFETY: libedit's own start and length.
    let buffer = UnsafeBufferPointer(start: start, count: max(0, count))
    var view = String.UnicodeScalarView()
    for value in buffer { view.append(Unicode.Scalar(value) ?? "\u{FFFD}") }
    return String(view)
  }

  static func terminated(_ text: String) -> [UInt32] {
    text.unicodeScalars.filter { $0 != "\0" }.map(\.value) + [0]
  }
}

extension LineEditor {
  var line: EditedLine {
    guard let handle else { return EditedLine(text: "", cursor: 0) }
    var length: Int32 = 0
    var cursor: Int32 = 0
    guard let start = cedit_line(handle, &length, &cursor) else {
      return EditedLine(text: "", cursor: 0)
    }
    return EditedLine(text: Scalars.string(start, count: Int(length)), cursor: Int(cursor))
  }

  func insert(_ text: String) {
    guard let handle, !text.isEmpty else { return }
    cedit_insert(handle, Scalars.terminated(text))
  }

  /// Removes `count` code points left of the cursor.
  func delete(_ count: Int) {
    guard let handle, count > 0 else { return }
    el_deletestr(handle, Int32(clamping: count))
  }

  func replaceLine(with text: String, cursor: Int) {
    guard let handle else { return }
    el_cursor(handle, Int32.max / 2)
    delete(line.cursor)
    insert(text)
    el_cursor(handle, Int32(clamping: cursor - text.unicodeScalars.count))
  }

  func moveCursor(to position: Int) {
    guard let handle else { return }
    el_cursor(handle, Int32(clamping: position - line.cursor))
  }
}
