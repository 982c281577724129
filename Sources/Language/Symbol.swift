import Synchronization

/// A name as a number: the same text has the same number everywhere, so that a variable is found
/// without comparing texts.
public struct Symbol: Hashable, Sendable, BitwiseCopyable {
  /// Counted from 0 in the order in which names are first met.
  public let number: Int

  private struct Table {
    /// With room for the names of all builtins.
    var numbers: [String: Int] = Dictionary(minimumCapacity: 256)
    var texts: [String] = []
  }

  private static let table = Mutex(Table())

  public init(_ text: String) {
    number = Self.table.withLock { table in
      if let number = table.numbers[text] { return number }
      table.numbers[text] = table.texts.count
      table.texts.append(text)
      return table.texts.count - 1
    }
  }

  /// Of a name of one Latin letter, as most are in mathematics: at hand.
  init?(letter: Unicode.Scalar) {
    guard letter.isASCII, (0x61...0x7A).contains(letter.value | 0x20) else { return nil }
    self = Self.letters[Int(letter.value)]
  }

  /// By their ASCII codes.
  private static let letters = (0..<128).map { Symbol(String(Unicode.Scalar(UInt8($0)))) }

  /// - Precondition: it is the number of a symbol.
  public init(number: Int) { self.number = number }

  public var text: String { Self.table.withLock { $0.texts[number] } }
}

/// Something that some names mean: found by their numbers, where a dictionary would hash them.
public struct SymbolTable<Meaning: Sendable>: Sendable {
  @usableFromInline private(set) var meanings: [Meaning?] = []

  /// Of several meanings of one name the first holds.
  @inlinable
  public init(_ all: [Meaning], name: (Meaning) -> String) {
    for meaning in all {
      let number = Symbol(name(meaning)).number
      while meanings.count <= number { meanings.append(nil) }
      if meanings[number] == nil { meanings[number] = meaning }
    }
  }

  @inlinable
  public subscript(symbol: Symbol) -> Meaning? {
    symbol.number < meanings.count ? meanings[symbol.number] : nil
  }
}
