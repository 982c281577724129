/// A Hangul syllable or letter, composed of the strokes of its letters.
///
/// Source: Unicode Standard 3.12, conjoining jamo behavior.
struct Hangul {
  typealias Stroke = StrokeFont.Stroke
  typealias Point = StrokeFont.Point

  private var initial: String?
  private var vowel: String?
  /// Empty where the syllable is open.
  private var final = ""

  /// Nil for what is no Hangul.
  init?(_ character: Character) {
    let values = character.unicodeScalars.map { Int($0.value) }
    guard let first = values.first else { return nil }
    switch first {
    case 0xAC00...0xD7A3:
      let index = first - 0xAC00
      initial = Self.initials[index / (21 * 28)]
      vowel = Self.vowels[index / 28 % 21]
      final = Self.finals[index % 28]
      // A final may follow as a character of its own.
      if values.count > 1, index % 28 == 0 { final = Self.final(values[1]) }
    case 0x1100...0x1112:
      initial = Self.initials[first - 0x1100]
      if values.count > 1, (0x1161...0x1175).contains(values[1]) {
        vowel = Self.vowels[values[1] - 0x1161]
      }
      if values.count > 2 { final = Self.final(values[2]) }
    case 0x3131...0x3163:
      let letter = character.description
      if Self.parts[letter] != nil || Self.consonants[letter] != nil {
        initial = letter
      } else {
        vowel = letter
      }
    default: return nil
    }
  }

  private static func final(_ value: Int) -> String {
    (0x11A8...0x11C2).contains(value) ? finals[value - 0x11A7] : ""
  }

  // MARK: - Letters

  private static let initials = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ".map(String.init)
  private static let vowels = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ".map(String.init)
  private static let finals = [""] + "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ".map(String.init)

  /// In a square from 0 to 10.
  private static let consonants: [String: String] = [
    "ㄱ": "0.5,1 9.5,1 9.5,10", "ㄴ": "0.5,0 0.5,9 10,9", "ㄷ": "9.5,1 0.5,1 0.5,9 10,9",
    "ㄹ": "0.5,0.5 9.5,0.5 9.5,5 0.5,5 0.5,9.5 10,9.5",
    "ㅁ": "0.5,0.5 9.5,0.5 9.5,9.5 0.5,9.5 0.5,0.5",
    "ㅂ": "0.5,0 0.5,9.5 9.5,9.5 9.5,0 / 0.5,5 9.5,5", "ㅅ": "5,0 ~4.8,5 0,10 / 5,3 ~6,7 10,10",
    "ㅇ": "5,0 ~0,0 0,5 ~0,10 5,10 ~10,10 10,5 ~10,0 5,0",
    "ㅈ": "0.5,1 9.5,1 / 5,1 ~4.8,6 0,10 / 5,4.5 ~6.5,8 10,10",
    "ㅊ": "3.2,-0.5 6.8,-0.5 / 0.5,2.7 9.5,2.7 / 5,2.7 ~4.8,7 0,10 / 5,5.5 ~6.5,8.5 10,10",
    "ㅋ": "0.5,1 9.5,1 9.5,10 / 0.5,5.2 9.5,5.2",
    "ㅌ": "9.5,0.5 0.5,0.5 0.5,9.5 10,9.5 / 0.5,5 9.5,5",
    "ㅍ": "0,1 10,1 / 3,1 3,9 / 7,1 7,9 / 0,9 10,9",
    "ㅎ": "3.2,-0.5 6.8,-0.5 / 0,2.3 10,2.3 / "
      + "5,4.5 ~1,4.5 1,7.3 ~1,10 5,10 ~9,10 9,7.3 ~9,4.5 5,4.5",
  ]

  /// Letters written side by side.
  private static let parts: [String: [String]] = [
    "ㄲ": ["ㄱ", "ㄱ"], "ㄸ": ["ㄷ", "ㄷ"], "ㅃ": ["ㅂ", "ㅂ"], "ㅆ": ["ㅅ", "ㅅ"], "ㅉ": ["ㅈ", "ㅈ"],
    "ㄳ": ["ㄱ", "ㅅ"], "ㄵ": ["ㄴ", "ㅈ"], "ㄶ": ["ㄴ", "ㅎ"], "ㄺ": ["ㄹ", "ㄱ"], "ㄻ": ["ㄹ", "ㅁ"],
    "ㄼ": ["ㄹ", "ㅂ"], "ㄽ": ["ㄹ", "ㅅ"], "ㄾ": ["ㄹ", "ㅌ"], "ㄿ": ["ㄹ", "ㅍ"], "ㅀ": ["ㄹ", "ㅎ"],
    "ㅄ": ["ㅂ", "ㅅ"],
  ]

  /// In a syllable's square of 32.
  private static let standing: [String: String] = [
    "ㅏ": "22,3 22,29 / 22,15 28,15", "ㅑ": "22,3 22,29 / 22,12 28,12 / 22,18.5 28,18.5",
    "ㅐ": "20,4 20,28 / 26.5,3 26.5,29 / 20,15.5 26.5,15.5",
    "ㅒ": "20,4 20,28 / 26.5,3 26.5,29 / 20,12.5 26.5,12.5 / 20,18.5 26.5,18.5",
    "ㅓ": "25,3 25,29 / 18,15 25,15", "ㅕ": "25,3 25,29 / 18,12 25,12 / 18,18.5 25,18.5",
    "ㅔ": "21.5,4 21.5,28 / 27,3 27,29 / 16.5,15.5 21.5,15.5",
    "ㅖ": "21.5,4 21.5,28 / 27,3 27,29 / 16.5,12.5 21.5,12.5 / 16.5,18.5 21.5,18.5",
    "ㅣ": "24,3 24,29",
  ]
  private static let lying: [String: String] = [
    "ㅗ": "3,24.5 29,24.5 / 16,17 16,24.5", "ㅜ": "3,20 29,20 / 16,20 16,29",
    "ㅛ": "3,24.5 29,24.5 / 11.5,17 11.5,24.5 / 20.5,17 20.5,24.5",
    "ㅠ": "3,20 29,20 / 11.5,20 11.5,29 / 20.5,20 20.5,29", "ㅡ": "3,23 29,23",
  ]
  /// The lying part and the standing one, whose arm passes below.
  private static let mixed: [String: (String, String)] = [
    "ㅘ": ("ㅗ", "22,3 22,29 / 22,15 28,15"),
    "ㅙ": ("ㅗ", "21,4 21,28 / 27,3 27,29 / 21,15.5 27,15.5"), "ㅚ": ("ㅗ", "25,3 25,29"),
    "ㅝ": ("ㅜ", "26,3 26,29 / 18,24.5 26,24.5"),
    "ㅞ": ("ㅜ", "22.5,4 22.5,28 / 27.5,3 27.5,29 / 17,24.5 22.5,24.5"), "ㅟ": ("ㅜ", "25,3 25,29"),
    "ㅢ": ("ㅡ", "25,3 25,29"),
  ]

  // MARK: - Composing

  private struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
  }

  /// Lower than the square, so that lines do not touch.
  func strokes() -> [Stroke] {
    composed().map { $0.moved { Point(x: $0.x, y: 3.5 + ($0.y - 3) * 0.88) } }
  }

  private func composed() -> [Stroke] {
    guard let vowel else {
      return Self.consonant(initial ?? "", in: Box(x: 6, y: 6, width: 20, height: 20))
    }
    let room = Self.room(besides: vowel)
    let open = (initial.map { Self.consonant($0, in: room) } ?? []) + Self.vowel(vowel)
    if final.isEmpty { return open }
    // A closed syllable leaves its lower part to the final.
    return open.map { $0.moved { Point(x: $0.x, y: 2.5 + ($0.y - 3) * 0.6) } }
      + Self.consonant(final, in: Box(x: 7, y: 21.5, width: 19, height: 8))
  }

  /// Where the initial stands.
  private static func room(besides vowel: String) -> Box {
    if lying[vowel] != nil { return Box(x: 8, y: 4, width: 16, height: 10.5) }
    if mixed[vowel] != nil { return Box(x: 3.5, y: 4, width: 12.5, height: 10) }
    return Box(x: 3.5, y: 7.5, width: ["ㅔ", "ㅖ"].contains(vowel) ? 10.5 : 12.5, height: 15)
  }

  private static func vowel(_ vowel: String) -> [Stroke] {
    if let path = standing[vowel] ?? lying[vowel] { return StrokeFont.path(path) }
    guard let (below, beside) = mixed[vowel] else { return [] }
    let narrow = StrokeFont.path(lying[below] ?? "").map {
      $0.moved { Point(x: 2 + ($0.x - 3) * 0.66, y: $0.y) }
    }
    return narrow + StrokeFont.path(beside)
  }

  private static func consonant(_ letter: String, in box: Box) -> [Stroke] {
    if let pair = parts[letter] {
      let gap = 2.5
      let half = Box(x: box.x, y: box.y, width: (box.width - gap) / 2, height: box.height)
      var second = half
      second.x += half.width + gap
      return consonant(pair[0], in: half) + consonant(pair[1], in: second)
    }
    return StrokeFont.path(consonants[letter] ?? "").map {
      $0.moved {
        Point(x: box.x + $0.x * box.width / 10, y: box.y + $0.y * box.height / 10)
      }
    }
  }
}
