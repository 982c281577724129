import Language
import Testing

@testable import Engine
@testable import Kernels

@Suite struct ArgumentTests {
  /// What is left out by `none`, in the middle, behind it or by name, is as if it were not there.
  @Test(arguments: [
    ("layernorm x none b", "layernorm x bias=b"), ("layernorm x g none", "layernorm x gain=g"),
    ("layernorm x none none", "layernorm x"), ("attn Q K V none tau=2", "attn Q K V tau=2"),
    ("attn Q K V bias=none scale=none", "attn Q K V"), ("softmax x tau=none", "softmax x"),
    ("attn Q K V mask=causal", "attn Q K V causal"), ("layernorm x 1 0", "layernorm x"),
    ("attn(V=V, K=K, Q=Q)", "attn Q K V"), ("attn Q K V softcap=∞", "attn Q K V"),
  ])
  func whatIsLeftOut(_ code: String, _ same: String) throws {
    let session = Session()
    let source = Source(
      text: """
        seed 1; x = randn 3 4; g = randn 4; b = randn 4
        Q = randn 2 4; K = randn 3 4; V = randn 3 2
        a = \(code); b = \(same)
        """)
    for statement in try Parser.statements(of: source) {
      try session.run(statement, in: source) { _ in }
    }
    let (a, b) = (try session["a"]?.asTensor(), try session["b"]?.asTensor())
    #expect(a?.shape == b?.shape && a?.doubles.isEmpty == false)
    #expect(a?.doubles.map(\.bitPattern) == b?.doubles.map(\.bitPattern))
  }

  @Test(arguments: [
    ("softmax [1 2] tau=1 tau=2", "tau is given twice"),
    ("softmax [1 2] tau=none tau=2", "tau is given twice"),
    ("softmax [1 2] 3", "softmax takes"), ("softmax tau=2", "softmax takes"),
  ])
  func whatIsRefused(_ code: String, _ message: String) throws {
    let source = Source(text: code)
    let session = Session()
    let statements = try Parser.statements(of: source)
    let error = #expect(throws: Diagnostic.self) {
      for statement in statements { try session.run(statement, in: source) { _ in } }
    }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  /// Matching against a dictionary, in any order.
  @Test func matchesAreThoseOfADictionary() {
    var random = RandomState(seed: 61)
    func draw(_ count: Int) -> Int { Int(random.interval(UInt64(count - 1))) }
    for _ in 0..<500 {
      var (matches, plain) = (Matches(), [Int: Int]())
      for step in 0..<12 {
        let place = draw(6)
        if plain[place] != nil, step % 3 == 2 {
          matches.remove(place)
          plain[place] = nil
        } else if plain[place] == nil {
          let index = draw(2) == 0 ? place : step + 6
          matches.add(place, index)
          plain[place] = index
        }
        for place in 0..<6 { #expect(matches[place] == plain[place]) }
      }
    }
  }

  @Test func signaturesHaveRoomForEightDimensions() throws {
    #expect(try Signature("f x[a,b,c,d,e,f,g,h] -> y[a]").parameters.count == 1)
    #expect(throws: (any Error).self) { try Signature("f x[a,b,c,d,e] y[f,g,h,i] -> z[a]") }
    #expect(throws: (any Error).self) { try Signature("f x[a,b,c,d,e,f,g,h,a] -> y[a]") }
  }
}
