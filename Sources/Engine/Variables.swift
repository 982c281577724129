import Language

/// The user's variables with what made them; knows what the running statement has changed, to take
/// that back.
struct Variables {
  private struct Entry {
    var value: Value?
    var origin: Origin?
    /// The last statement that changed it.
    var statement = 0
  }

  /// By symbol.
  private var entries: [Entry] = []
  private var statement = 0
  /// What the running statement has changed, as it was before.
  private var before: [Change] = []

  private struct Change {
    var symbol: Symbol
    var value: Value?
    var origin: Origin?
  }

  subscript(symbol: Symbol) -> Value? {
    get { symbol.number < entries.count ? entries[symbol.number].value : nil }
    set {
      makeRoom(for: symbol)
      if entries[symbol.number].statement != statement {
        let old = entries[symbol.number]
        before.append(Change(symbol: symbol, value: old.value, origin: old.origin))
        entries[symbol.number].statement = statement
      }
      entries[symbol.number].value = newValue
    }
  }

  subscript(name: String) -> Value? {
    get { self[Symbol(name)] }
    set { self[Symbol(name)] = newValue }
  }

  func holds(_ symbol: Symbol) -> Bool {
    symbol.number < entries.count && entries[symbol.number].value != nil
  }

  /// Of a variable that is a number in double precision.
  func number(_ symbol: Symbol) -> Double? {
    guard symbol.number < entries.count,
      case .number(let number, .f64)? = entries[symbol.number].value
    else { return nil }
    return number
  }

  /// Of a variable that is a tensor.
  func elementCount(_ symbol: Symbol) -> Int? {
    guard symbol.number < entries.count, case .tensor(let tensor)? = entries[symbol.number].value
    else { return nil }
    return tensor.count
  }

  func origin(of symbol: Symbol) -> Origin? {
    symbol.number < entries.count ? entries[symbol.number].origin : nil
  }

  mutating func setOrigin(of symbol: Symbol, _ origin: Origin) {
    entries[symbol.number].origin = origin
  }

  var tableLength: Int { entries.count }

  /// In no order.
  var all: [(name: String, value: Value, origin: Origin?)] {
    entries.enumerated().compactMap { number, entry in
      entry.value.map { (Symbol(number: number).text, $0, entry.origin) }
    }
  }

  var byName: [String: Value] {
    Dictionary(all.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  @inline(__always)
  private mutating func makeRoom(for symbol: Symbol) {
    while entries.count <= symbol.number { entries.append(Entry()) }
  }

  /// Another value for a while; not a change, because the old one comes back.
  mutating func exchange(_ symbol: Symbol, _ value: Value?) -> Value? {
    makeRoom(for: symbol)
    defer { entries[symbol.number].value = value }
    return entries[symbol.number].value
  }

  // MARK: - Statements

  mutating func beginStatement() {
    statement += 1
    before.removeAll(keepingCapacity: true)
  }

  /// In the order in which the running statement first changed them.
  var changed: [Symbol] { before.map(\.symbol) }

  /// Makes everything as it was before the running statement.
  mutating func takeBack() {
    for change in before {
      entries[change.symbol.number] = Entry(value: change.value, origin: change.origin)
    }
    before.removeAll(keepingCapacity: true)
  }
}

/// The names of one running function: few, so looking through them is quick.
struct Locals: Sendable {
  private struct Entry {
    var symbol: Symbol
    var value: Value
  }

  private var entries: [Entry] = []

  init() {}

  init(_ values: [String: Value]) {
    entries = values.map { Entry(symbol: Symbol($0.key), value: $0.value) }
  }

  subscript(symbol: Symbol) -> Value? {
    get { place(of: symbol).map { entries[$0].value } }
    set {
      let place = place(of: symbol)
      if let newValue {
        if let place {
          entries[place].value = newValue
        } else {
          entries.append(Entry(symbol: symbol, value: newValue))
        }
      } else if let place {
        entries.remove(at: place)
      }
    }
  }

  subscript(name: String) -> Value? {
    get { self[Symbol(name)] }
    set { self[Symbol(name)] = newValue }
  }

  var byName: [String: Value] {
    Dictionary(
      entries.map { ($0.symbol.text, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  var names: [String] { entries.map(\.symbol.text) }
  var values: [Value] { entries.map(\.value) }

  private func place(of symbol: Symbol) -> Int? {
    for place in entries.indices where entries[place].symbol == symbol { return place }
    return nil
  }
}
