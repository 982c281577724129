import Engine

/// A picture as a page, its lines equally wide and none wider than the window.
public func layout(_ figure: Figure, _ view: View) -> Page {
  var view = view
  view.display.width = view.display.columns
  if view.display.full {
    // A picture is never shown in full but drawn for some window: one that every script can expect.
    (view.display.full, view.display.height) = (false, nil)
    view.display.width = min(view.display.width, DisplayOptions().width)
  }
  return PanelLayout(view: view).page(figure).squared()
}

private struct PanelLayout {
  let view: View

  /// A narrower chart shows too little.
  private static let fewestColumns = 36
  private static let gap = 3

  func page(_ figure: Figure) -> Page {
    switch figure {
    case .heat(let heat): return heatmap(heat.values, options: HeatOptions(heat, view))
    case .chart(let chart): return ChartLayout(chart, view).page()
    case .strips(let strips): return StripLayout(strips: strips, view: view).page()
    case .panels(let figures, let title): return panels(figures, title)
    }
  }

  private func panels(_ figures: [Figure], _ title: String?) -> Page {
    var page = Page()
    let width = view.display.columns
    if let title {
      page.append(
        view.charset.text(title).truncated(to: width, ellipsis: view.charset.ellipsis), .title)
    }
    let perRow = max(1, min(figures.count, (width + Self.gap) / (Self.fewestColumns + Self.gap)))
    var panel = view
    panel.display.width = (width - Self.gap * (perRow - 1)) / perRow
    let pages = figures.map { PanelLayout(view: panel).page($0) }
    page.append(Page.beside(pages, gap: Self.gap, width: width))
    return page
  }
}

extension Page {
  /// Every line filled with blanks to the width of the widest.
  func squared() -> Page {
    let width = width
    return Page(lines: lines.map { $0.padded(to: width) })
  }
}
