import Engine

/// A picture as a page, its lines equally wide and none wider than the window.
public func layout(_ figure: Figure, _ view: View) -> Page {
  switch figure {
  case .heat(let heat): return heatmap(heat.values, options: HeatOptions(heat, view))
  default: return Page()
  }
}
