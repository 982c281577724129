let panels = Builtin(
  "panels figures*:any title=:string -> :any",
  "pictures side by side, in as many rows as the window needs",
  parameters: ["figures": "pictures, or tuples of them", "title": "what stands above all"],
  keywords: "plot picture subplot grid multiples beside",
  examples: """
    > panels (plot [1 2] title="up") (plot [2 1] title="down")
    up                                   down
    2.0 ┤                           ·•   2.0 ┤•·
        │                        ···         │  ···
    1.8 ┤                     ···        1.8 ┤     ···
        │                   ··               │        ··
    1.6 ┤                ···             1.6 ┤          ···
        │             ···                    │             ···
    1.4 ┤          ···                   1.4 ┤                ···
        │       ···                          │                   ···
    1.2 ┤     ··                         1.2 ┤                      ··
        │  ···                               │                        ···
    1.0 ┤•·                              1.0 ┤                           ·•
        └┬───────────────────────────┬       └┬───────────────────────────┬
         0                           1        0                           1
    """
) { call in
  let figures = try call.variadic.flatMap(pictures)
  guard !figures.isEmpty else { throw Fault("there is nothing to draw") }
  guard figures.count <= 64 else {
    throw Fault("these are too many pictures", detail: "\(figures.count), at most 64")
  }
  return [.figure(.panels(figures.sharingBars(), title: try call.optionalString("title")))]
}

private func pictures(in value: Value) throws -> [Figure] {
  switch value {
  case .figure(let figure): return [figure]
  case .tuple(let tuple): return try tuple.items.flatMap(pictures)
  default: throw Fault("panels takes pictures, not \(value.kindName)")
  }
}
