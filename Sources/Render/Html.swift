/// A page as a document of its own: text that can be selected and searched, or the picture that
/// `svg` draws where anything is painted. Nothing is fetched and no script runs.
public func htmlDocument(_ page: Page, title: String, paper: Paper = .light) -> String {
  """
  <!DOCTYPE html>
  <html lang="en">
  <head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>\(Markup.escaped(Sanitise.text(title)))</title>
  <style>
  body { margin: 0; background: \(paper.background.hexadecimal) }
  pre { margin: 12px; font: 14px/1.25 \(Markup.fonts) }
  pre i { display: inline-block; width: 2ch; text-align: center; font-style: normal }
  svg { display: block; max-width: 100%; height: auto }
  </style>
  </head>
  <body>
  \(html(page, paper: paper))</body>
  </html>

  """
}

/// A page as a part of a document: a `<pre>` or an `<svg>`.
public func html(_ page: Page, paper: Paper = .light) -> String {
  let isPainted = page.lines.contains { line in
    line.contains { run in
      run.style.cell != nil || run.style.ink != nil
        || run.text.unicodeScalars.contains { CellShape.of($0) != nil }
    }
  }
  if isPainted { return svg(page, paper: paper) }
  let lines = page.lines.map { line in line.map { html($0, paper) }.joined() }
  return "<pre style=\"color:\(paper.ink(.plain).hexadecimal)\">\n"
    + lines.joined(separator: "\n") + "</pre>\n"
}

private func html(_ run: Run, _ paper: Paper) -> String {
  let text = Charset.unicode.text(run.text).map(html).joined()
  let role = run.style.role
  let ink = paper.ink(role)
  var style = ink == paper.ink(.plain) ? "" : "color:\(ink.hexadecimal)"
  if paper.isStrong(role) { style += (style.isEmpty ? "" : ";") + "font-weight:bold" }
  var attributes = style.isEmpty ? "" : " style=\"\(style)\""
  if let value = run.value { attributes += " title=\"\(NumberText.shortest(value))\"" }
  return attributes.isEmpty ? text : "<span\(attributes)>\(text)</span>"
}

/// Wide characters come from a font whose widths need not be twice those of the other one.
private func html(_ character: Character) -> String {
  let text = Markup.escaped(String(character))
  return DisplayWidth().columns(of: character) == 2 ? "<i>\(text)</i>" : text
}
