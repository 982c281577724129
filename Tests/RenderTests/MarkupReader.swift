/// Reads XML as far as a viewer must: tags nest, attributes are quoted and named once, entities and
/// characters are those of XML 1.0.
struct MarkupReader {
  private var rest: Substring.UnicodeScalarView
  private(set) var problem: String?
  /// The names of all elements in their order.
  private(set) var elements: [String] = []

  init(_ text: String) {
    rest = Substring(text).unicodeScalars
    var open: [String] = []
    while problem == nil, let scalar = rest.first {
      if scalar == "<" { tag(&open) } else { character() }
    }
    if problem == nil, !open.isEmpty { problem = "\(open) left open" }
  }

  private mutating func fail(_ text: String) {
    problem = problem ?? text + " before \(String(rest.prefix(40)))"
  }

  private mutating func taken(while isWanted: (Unicode.Scalar) -> Bool) -> String {
    let part = rest.prefix(while: isWanted)
    rest = rest.dropFirst(part.count)
    return String(part)
  }

  private mutating func takes(_ text: String) -> Bool {
    guard rest.starts(with: text.unicodeScalars) else { return false }
    rest = rest.dropFirst(text.unicodeScalars.count)
    return true
  }

  private mutating func character() {
    guard let scalar = rest.popFirst() else { return }
    switch scalar {
    case "&":
      let name = taken { $0 != ";" && $0 != "<" && $0 != "\"" }
      if !["amp", "lt", "gt", "quot"].contains(name) || !takes(";") { fail("entity \(name)") }
    case "<", ">": fail("\(scalar) in text")
    default:
      let isAllowed = scalar == "\n" || (scalar.value >= 0x20 && scalar.value != 0x7F)
      if !isAllowed || (0x80..<0xA0).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE {
        fail("character \(scalar.value)")
      }
    }
  }

  private mutating func name() -> String {
    taken { $0.properties.isAlphabetic || $0 == "-" || $0 == ":" || ("0"..."9").contains($0) }
  }

  private mutating func tag(_ open: inout [String]) {
    rest = rest.dropFirst()
    if takes("/") {
      let name = name()
      if open.popLast() != name { fail("</\(name)>") }
      if !takes(">") { fail("</\(name)") }
      return
    }
    let name = name()
    if name.isEmpty { fail("a tag without a name") }
    elements.append(name)
    var seen: Set<String> = []
    while takes(" ") {
      if rest.first == "/" { break }
      let attribute = self.name()
      if !seen.insert(attribute).inserted || !takes("=\"") { fail("attribute \(attribute)") }
      while problem == nil, let scalar = rest.first, scalar != "\"" { character() }
      if !takes("\"") { fail("an open quote") }
    }
    if takes("/>") { return }
    open.append(name)
    if !takes(">") { fail("<\(name)") }
  }
}
