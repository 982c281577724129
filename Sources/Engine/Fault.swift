import Kernels
import Language

/// An error inside a call, before it is known where the call was written.
///
/// The evaluator turns it into a `Diagnostic` with the user's own text, names and shapes.
struct Fault: Error {
  enum Blame {
    /// The called name, or the operator.
    case head
    /// The whole call.
    case call
    case argument(String)
    case arguments([String])
    /// A step inside a function that was called.
    case step(Source, Span)
  }

  /// A way out, written with the texts of the arguments.
  struct Proposal {
    enum Place {
      case head, call
      case argument(String)
    }

    var place: Place
    var note: String
    var text: @Sendable (_ textOf: (String) -> String) -> String
  }

  var message: String
  var blame: Blame
  var detail: String?
  var proposals: [Proposal] = []
  var notes: [String] = []

  init(
    _ message: String, _ blame: Blame = .call, detail: String? = nil, proposals: [Proposal] = [],
    notes: [String] = []
  ) {
    self.message = message
    self.blame = blame
    self.detail = detail
    self.proposals = proposals
    self.notes = notes
  }
}

extension Fault.Proposal {
  static func instead(
    of place: Place, _ note: String = "", _ text: @escaping @Sendable ((String) -> String) -> String
  ) -> Self {
    Self(place: place, note: note, text: text)
  }

  static func write(_ text: String, insteadOf argument: String, _ note: String = "") -> Self {
    Self(place: .argument(argument), note: note) { _ in text }
  }
}

/// What went wrong outside the session: the executable's file access throws it, with the parameter
/// that named the file.
public struct EffectFailure: Error {
  public var message: String
  public var argument: String

  public init(_ message: String, argument: String) {
    self.message = message
    self.argument = argument
  }
}
