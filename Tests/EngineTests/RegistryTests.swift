import Kernels
import Language
import Testing

@testable import Engine

extension Builtin: CustomTestStringConvertible {
  public var testDescription: String { name }
}

/// What every entry of the registry must keep, with no test written by hand for any of them.
@Suite struct RegistryTests {
  @Test func namesAreUnique() {
    let names = Registry.all.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: Registry.all)
  func signatureCanBeRead(_ builtin: Builtin) throws {
    let signature = try Signature(builtin.signatureText)
    #expect(signature.name == builtin.name)
    for (name, _) in builtin.parameters {
      #expect(signature.parameter(name) != nil, "help describes \(name), which does not exist")
    }
  }

  @Test(arguments: Registry.all)
  func isDescribed(_ builtin: Builtin) {
    #expect(!builtin.summary.isEmpty && !builtin.summary.hasSuffix("."))
    let bench = Bench()
    let help = bench.run("help \(builtin.name)")
    #expect(help.first?.hasPrefix(builtin.name) == true)
    #expect(help.allSatisfy { $0.count <= 88 }, "a line of help is too wide: \(help)")
    #expect(!bench.run("source \(builtin.name)").isEmpty)
  }

  @Test(arguments: Registry.all.filter { !$0.examples.isEmpty })
  func examplesAreTrue(_ builtin: Builtin) {
    let transcript = Transcript(builtin.examples)
    #expect(!transcript.steps.isEmpty)
    for (written, real) in zip(transcript.steps, transcript.recorded(width: Transcript.widthInHelp))
    {
      #expect(
        written.output == real.output,
        "\(builtin.name): > \(written.input)\n\(real.output.joined(separator: "\n"))")
    }
  }

  @Test func mathematicsHasExamples() {
    let silent = Registry.families.filter { !["The session", "Pictures"].contains($0.title) }
      .flatMap(\.builtins).filter { $0.examples.isEmpty && !$0.isConstant }.map(\.name)
    #expect(silent == [])
  }

  @Test(arguments: Registry.all.filter { $0.definition != nil })
  func definitionIsAProgramTheUserCanType(_ builtin: Builtin) throws {
    let text = try #require(builtin.definitionText)
    #expect(text.split(separator: "\n").count <= 17)
    let bench = Bench()
    #expect(bench.run(text) == ["\(builtin.name) defined"])
  }

  @Test(arguments: Registry.all.filter { $0.definition != nil }, [1, 2, 3])
  func kernelAgreesWithDefinition(_ builtin: Builtin, seed: Int) throws {
    let definition = try #require(try builtin.compiledDefinition())
    for call in try Calls.random(of: builtin, seed: seed) {
      let count = builtin.signature.results.count
      let wanted: Wanted = count > 1 ? .several(count) : .one
      let kernel = Calls.items(try call.kernel(wanted))
      let defined = Calls.items(try call.run(definition, wanted))
      #expect(kernel.count == defined.count, "\(call.text)")
      for (a, b) in zip(kernel, defined) {
        let difference = Calls.difference(a, b)
        #expect(difference <= call.tolerance, "\(call.text): differs by \(difference)")
      }
    }
  }

  @Test(arguments: Registry.all, [1, 2])
  func resultsHaveTheShapesTheyPromise(_ builtin: Builtin, seed: Int) throws {
    for call in try Calls.random(of: builtin, seed: seed) {
      let given = Calls.items(try call.kernel(.one)).compactMap(\.shape)
      for (shape, expected) in zip(given, try promised(call)) {
        #expect(shape == expected, "\(call.text)")
      }
    }
  }

  private func promised(_ call: Calls) throws -> [[Int]] {
    let bound = try call.bound(.one)
    do {
      return try call.builtin.resultShapes?(bound)
        ?? call.builtin.signature.results.compactMap { result in
          result.pattern.flatMap { Signature.shape(of: $0, bound.dimensions) }
        }
    } catch is NotForeseen {
      return []
    }
  }

  @Test(arguments: Registry.all.filter(\.isDifferentiable), [1, 2])
  func gradientAgreesWithDifferences(_ builtin: Builtin, seed: Int) throws {
    for call in try Calls.random(of: builtin, seed: seed)
    where call.tolerance < 1e-9 && !call.text.contains("hard=1") {
      let gradients = try call.gradients(.kernel)
      for (leaf, gradient) in gradients.enumerated() {
        for place in Self.places(gradient.count, seed, of: builtin) {
          guard let numeric = try call.slope(of: leaf, at: place) else { continue }
          let error = abs(numeric - gradient[flat: place])
          #expect(
            error <= 1e-6 * max(1, abs(numeric)),
            "\(call.text), number \(leaf) at \(place): \(gradient[flat: place]), not \(numeric)")
        }
      }
    }
  }

  /// All places where the entry's own rule has no other check.  Some of a larger tensor, others for
  /// another seed, where a definition stands beside it: with a rule every place is compared with the
  /// differentiated definition besides, without one the gradient is made of other entries' steps.
  private static func places(_ count: Int, _ seed: Int, of builtin: Builtin) -> StrideTo<Int> {
    let step = builtin.definition == nil ? 1 : max(1, count / 16)
    return stride(from: seed % step, to: count, by: step)
  }

  @Test(
    arguments: Registry.all.filter { $0.isDifferentiable && $0.definition != nil && $0.vjp != nil },
    [1, 2])
  func gradientAgreesWithDefinition(_ builtin: Builtin, seed: Int) throws {
    for call in try Calls.random(of: builtin, seed: seed) {
      let pairs = zip(try call.gradients(.kernel), try call.gradients(.definition))
      for (leaf, (a, b)) in pairs.enumerated() {
        // Where a definition divides 0 by 0 the rule knows better.
        guard b.doubles.allSatisfy(\.isFinite) else { continue }
        let difference = Calls.difference(Value(a), Value(b))
        #expect(difference <= 100 * call.tolerance, "\(call.text), number \(leaf)")
      }
    }
  }
}
