import Language

// `Q @ ?` and `attn Q ? V` ask what fits: the answer is printed as any result.
extension Session {
  /// What could stand for the `?` of a statement, and what that would give; nil where there is no
  /// `?`, or nothing can be told about it.
  func answer(to statement: Statement, in source: Source) -> Document? {
    let bytes = source.bytes.prefix(statement.span.upper).dropFirst(statement.span.lower)
    guard bytes.contains(UInt8(ascii: "?")) else { return nil }
    let inference = ShapeInference(self, source)
    do {
      _ = try inference.infer(statement)
      return nil
    } catch let missing as MissingOperand where !missing.isMismatch {
      return answer(missing, inference, statement, source)
    } catch {
      // What else is wrong is said when it runs.
      return nil
    }
  }

  private func answer(
    _ missing: MissingOperand, _ inference: ShapeInference, _ statement: Statement,
    _ source: Source
  ) -> Document {
    let fitting = inference.candidates(for: missing).compactMap { candidate -> (String, String)? in
      let trial = ShapeInference(self, source)
      trial.filling = candidate.value
      let shape = candidate.value.shapeText
      do {
        let shown = try trial.infer(statement).map(\.value.shapeText).joined(separator: ", ")
        return (candidate.text, "\(shape) → \(shown)")
      } catch is NotForeseen {
        return (candidate.text, shape)
      } catch {
        return nil
      }
    }
    let words = inference.words(for: missing).map { (Faults.usage(of: $0), $0.summary) }
    let terms = (fitting + words).map { (term: $0.0, meaning: $0.1) }
    let needs = missing.needs.hasPrefix("needs") ? "? \(missing.needs)" : missing.needs
    let sentence = missing.meaning.isEmpty ? needs : "\(needs): \(missing.meaning)"
    return Document([
      .paragraph(sentence), terms.isEmpty ? .paragraph("nothing in scope fits") : .terms(terms),
    ])
  }
}
