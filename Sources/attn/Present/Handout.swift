import Render

/// What a lecture leaves in the end: its text, the statements that were run and what they gave.
struct Handout {
  private let performance: Performance
  private let player: Player
  private let seed: UInt32

  init(_ performance: Performance, _ player: Player, seed: UInt32) {
    self.performance = performance
    self.player = player
    self.seed = seed
  }

  var markdown: String { "" }
  var script: String { "" }
}
