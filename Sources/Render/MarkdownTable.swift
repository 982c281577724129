import Kernels

/// A matrix as a table of Markdown under the names of its columns; a vector as one row.
public func markdownTable(_ tensor: Tensor, digits: Int = 4) throws -> String {
  let isMatrix = tensor.rank >= 2
  let columns = tensor.shape.last ?? 1
  let format = CellFormat(Census(tensor), digits: digits, charset: .unicode, mayScale: false)
  var text = row((isMatrix ? [""] : []) + (0..<columns).map { "c\($0)" })
  text += row((isMatrix ? [":--"] : []) + (0..<columns).map { _ in "--:" })
  guard columns > 0 else { return text }
  for start in stride(from: 0, to: tensor.count, by: columns) {
    try Cancellation.check()
    let label = isMatrix ? ["r\(start / columns)"] : []
    text += row(label + (start..<start + columns).map { format.cell(tensor[flat: $0]).text })
  }
  return text
}

/// `<` and `>` would begin a tag.
private func row(_ cells: [String]) -> String {
  "| " + cells.map(Markup.escaped).joined(separator: " | ") + " |\n"
}
