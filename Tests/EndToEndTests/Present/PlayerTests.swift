import Terminal
import Testing

@testable import attn

/// Keys to actions, without a terminal.
@Suite struct PlayerTests {
  /// Six steps; the third one says something and computes nothing. Sections begin at the first
  /// and the fourth.
  private static let outline = Player.Outline(
    hasCode: [true, true, false, true, true, true], sections: [0, 3])

  private static func player(_ step: Int, _ phase: Player.Phase) -> Player {
    var player = Player(outline)
    player.arrive(at: step, phase)
    return player
  }

  /// The last action that the keys give; keys as a person would name them.
  private static func press(_ keys: String, on player: inout Player, hasMore: Bool = false)
    -> Player.Action?
  {
    var action: Player.Action?
    for key in keys { action = player.press(named[key] ?? .character(key), hasMore: hasMore) }
    return action
  }

  private static let named: [Character: Key] = [
    "⏎": .enter, "⌫": .backspace, "⎋": .escape, "▲": .up, "▼": .down, "⇞": .pageUp, "⇟": .pageDown,
    "☠": .interrupt, "␄": .endOfInput,
  ]

  struct Press: CustomTestStringConvertible {
    var name: String
    var player: Player
    var keys: String
    var action: Player.Action?
    var notice: String?

    init(
      _ name: String, _ step: Int, _ phase: Player.Phase, _ keys: String,
      _ action: Player.Action?, notice: String? = nil
    ) {
      self.name = name
      self.player = PlayerTests.player(step, phase)
      self.keys = keys
      self.action = action
      self.notice = notice
    }

    var testDescription: String { name }
  }

  @Test(arguments: [
    Press("space runs what is shown", 0, .waiting, " ", .run),
    Press("n does too", 0, .waiting, "n", .run),
    Press("and Enter", 0, .waiting, "⏎", .run),
    Press("and a presenter's remote control", 0, .waiting, "⇟", .run),
    Press("then the next step", 0, .done, " ", .advance),
    Press("prose alone is done at once", 2, .waiting, " ", .advance),
    Press("at the end", 5, .done, " ", nil, notice: "this was the last step"),
    Press(
      "an error waits", 1, .failed, " ", nil,
      notice: "an error waits: r retry  e edit  s skip  b back"),
    Press("retry", 1, .failed, "r", .run),
    Press("skip", 1, .failed, "s", .skip),
    Press("edit what failed", 1, .failed, "e", .edit(1)),
    Press("edit what is shown", 1, .waiting, "e", .edit(1)),
    Press("edit what comes next", 3, .done, "e", .edit(4)),
    Press("nothing to edit", 1, .done, "e", nil, notice: "no statement comes next"),
    Press("nothing to edit at the end", 5, .done, "e", nil, notice: "no statement comes next"),
    Press("back", 1, .done, "b", .back),
    Press("back before it has run", 1, .waiting, "b", .back),
    Press("back after an error", 1, .failed, "b", .back),
    Press("back by remote control", 1, .done, "⇞", .back),
    Press("back to before the first statement", 0, .done, "b", .back),
    Press("not further back", 0, .waiting, "b", nil, notice: "this is the first step"),
    Press("rerun", 1, .done, "r", .run),
    Press("nothing to rerun", 2, .done, "r", nil, notice: "nothing runs in this step"),
    Press("free prompt", 1, .done, "!", .prompt),
    Press("jump", 1, .done, "g 4⏎", .jump(to: 3)),
    Press("jump with a correction", 1, .done, "g13⌫⌫2⏎", .jump(to: 1)),
    Press("jump too far", 1, .done, "g7⏎", nil, notice: "there is no step 7: the last one is 6"),
    Press("jump to nowhere", 1, .done, "g0⏎", nil, notice: "there is no step 0: the last one is 6"),
    Press("no number", 1, .done, "g⏎", nil),
    Press(
      "a very long number", 1, .done, "g99999999999999999999⏎", nil,
      notice: "there is no step 999999: the last one is 6"),
    Press("jump given up", 1, .done, "g4⎋ ", .advance),
    Press("list of sections", 1, .done, "s▼⏎", .jump(to: 3)),
    Press("a section by its number", 1, .done, "s2⏎", .jump(to: 3)),
    Press("the list has an end", 4, .done, "s▼▼▲▲▲⏎", .jump(to: 0)),
    Press("no such section", 4, .done, "s9⏎", .jump(to: 3)),
    Press("list closed", 1, .done, "s⎋ ", .advance),
    Press("help closed by the key that it explains", 1, .done, "? ", nil),
    Press("leave", 1, .done, "qy", .leave),
    Press("leave by the same key twice", 1, .done, "qq", .leave),
    Press("stay", 1, .done, "q ", nil),
    Press("stay, and go on", 1, .done, "q  ", .advance),
    Press("Ctrl-C asks", 1, .done, "☠", nil),
    Press("Ctrl-C twice leaves", 1, .done, "☠☠", .leave),
    Press("a terminal that is gone", 1, .done, "␄", .leave),
    Press("scroll", 1, .done, "▲", .scroll(by: -1)),
    Press("other keys do nothing", 1, .done, "xzQ7한", nil),
  ])
  func aKeyHasItsAction(_ press: Press) {
    var player = press.player
    #expect(Self.press(press.keys, on: &player) == press.action)
    if press.notice != nil || press.action == nil, player.mode == .lecture {
      #expect(player.notice == press.notice)
    }
  }

  @Test func aLongOutputComesFirst() {
    var player = Self.player(1, .done)
    #expect(Self.press(" ", on: &player, hasMore: true) == .turnPage)
    #expect(Self.press("b", on: &player, hasMore: true) == .back)
  }

  @Test(arguments: ["g1", "s", "?", "q", "x"])
  func timeAndWindowChangeNothing(_ keys: String) {
    var player = Self.player(5, .done)
    _ = Self.press(keys, on: &player)
    let before = player
    for key in [.timeout, .resize, .other] as [Key] {
      #expect(player.press(key) == nil)
      #expect(player == before)
    }
  }

  @Test func anEmptyLectureHasNoStepToReach() {
    var player = Player(Player.Outline(hasCode: [false], sections: []))
    #expect(player.isAtEnd)
    #expect(Self.press("s", on: &player) == nil)
    #expect(player.notice == "this lecture has no sections")
  }
}
