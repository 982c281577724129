import Foundation
import Testing

/// The language against the numbers of NumPy, SciPy and PyTorch in `Tests/Fixtures`.
@Suite struct FixtureTests {
  /// A case with the file it stands in, or the reason why the file can not be read.
  struct Entry: CustomTestStringConvertible {
    let file: String
    let fixture: Result<Fixture, Fixture.Malformed>

    var testDescription: String {
      switch fixture {
      case .success(let fixture): "\(file): \(fixture.name)"
      case .failure: file
      }
    }
  }

  static let folder = TranscriptFileTests.root.appendingPathComponent("Tests/Fixtures")

  static let entries: [Entry] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted().flatMap(entries(of:))
  }()

  private static func entries(of file: String) -> [Entry] {
    let text = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    do {
      let fixtures = try Fixture.read(text ?? "", file: file)
      return fixtures.map { Entry(file: file, fixture: .success($0)) }
    } catch {
      return [Entry(file: file, fixture: .failure(error))]
    }
  }

  @Test func thereAreCases() {
    #expect(!Self.entries.isEmpty, "\(Self.folder.path) holds no case")
  }

  @Test(arguments: entries)
  func agrees(_ entry: Entry) throws {
    let problems = try entry.fixture.get().problems()
    #expect(problems == [], "\(problems.joined(separator: "\n"))")
  }

  // MARK: - The format itself

  struct Broken: CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let message: String
    init(_ name: String, _ text: String, _ message: String) {
      (testDescription, self.text, self.message) = (name, text, message)
    }
  }

  @Test(arguments: [
    Broken("nothing", "# only a remark\n", "f:0: the last case expects nothing"),
    Broken("no case", "let x 1\n2", "f:1: a file begins with a case"),
    Broken("no name", "case", "f:1: a case needs a name"),
    Broken("unknown word", "case a\nexpect x\n1", "f:2: 'expect' begins no line of a fixture"),
    Broken("no agreement", "case a\nis x\n1", "f:2: say how exact before the first 'is'"),
    Broken(
      "loose agreement", "case a\ntolerance 1\nis x\n1",
      "f:2: 'tolerance' needs one small number"),
    Broken(
      "too few numbers", "case a\nexact\nis x 2 2\n1 2 3",
      "f:3: 4 numbers are promised, 3 given"),
    Broken(
      "too many numbers", "case a\nexact\nis x 2\n1 2 3", "f:3: 2 numbers are promised, 3 given"),
    Broken(
      "a word among numbers", "case a\nexact\nis x 2\n1 two", "f:4: 'two' is no number"),
    Broken(
      "numbers left over", "case a\nexact\nis x 2\n1 2\n3", "f:5: '3' begins no line of a fixture"),
    Broken("expects nothing", "case a\nexact\nrun x = 1", "f:3: the last case expects nothing"),
    Broken(
      "expects nothing, then a case", "case a\ncase b\nexact\nis x\n1",
      "f:2: the case before this one expects nothing"),
    Broken(
      "a name twice", "case a\nexact\nis x\n1\ncase a\nexact\nis x\n1",
      "f:5: there is a case 'a' already"),
    Broken("half a truth", "case a\nexact\nis x bool 1\n0.5", "f:4: '0.5' is no number"),
  ])
  func isRefused(_ broken: Broken) {
    #expect(throws: Fixture.Malformed.self) { try Fixture.read(broken.text, file: "f") }
    do {
      _ = try Fixture.read(broken.text, file: "f")
    } catch {
      #expect("\(error)" == broken.message)
    }
  }

  struct Disagreement: CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let fails: Bool
    init(_ name: String, _ text: String, fails: Bool = true) {
      (testDescription, self.text, self.fails) = (name, "case a\n" + text, fails)
    }
  }

  @Test(arguments: [
    Disagreement("equal", "exact\nlet x 2\n1 0x1.8p0\nis 1 + x 2\n2 2.5", fails: false),
    Disagreement("NaN is NaN", "exact\nlet x 3\nnan inf -inf\nis x 3\nnan inf -inf", fails: false),
    Disagreement("NaN is no number", "tolerance 1e-3\nlet x 1\nnan\nis x 1\n0"),
    Disagreement("a number is not NaN", "tolerance 1e-3\nlet x 1\n0\nis x 1\nnan"),
    Disagreement("-∞ is not ∞", "tolerance 1e-3\nlet x 1\n-inf\nis x 1\ninf"),
    Disagreement("a number is not ∞", "relative 1e-3\nlet x 1\n1e308\nis x 1\ninf"),
    Disagreement("the last bit", "exact\nlet x 1\n0x1.0000000000001p0\nis x 1\n1"),
    Disagreement("-0 is not 0", "exact\nlet x 1\n-0.0\nis x 1\n0"),
    Disagreement("beyond the tolerance", "tolerance 1e-3\nlet x 1\n1.002\nis x 1\n1"),
    Disagreement("within the tolerance", "tolerance 1e-3\nis (1000.5)\n1000", fails: false),
    Disagreement("small, absolutely", "tolerance 1e-3\nis (1e-9)\n2e-9", fails: false),
    Disagreement("small, relatively", "relative 1e-3\nis (1e-9)\n2e-9"),
    Disagreement("another shape", "exact\nlet x 2 1\n1 2\nis x 2\n1 2"),
    Disagreement("another dtype", "exact\nlet x f32 2\n1 2\nis x 2\n1 2"),
    Disagreement("single precision", "exact\nlet x f32 1\n0.1\nis x f32 1\n0.1", fails: false),
    Disagreement("no tensor", "exact\nis causal\n1"),
    Disagreement("an error", "exact\nrun x = nonsense\nis x\n1"),
    Disagreement("an error when compared", "exact\nis nonsense\n1"),
  ])
  func isNoticed(_ item: Disagreement) throws {
    let fixtures = try Fixture.read(item.text, file: "f")
    #expect(fixtures[0].problems().isEmpty != item.fails, "\(fixtures[0].problems())")
  }
}
