import Testing

/// Tensors without elements whose other lengths are as large as they can be typed.
@Suite struct EmptyTests {
  struct Case: CustomTestStringConvertible {
    let code: String
    let answer: String
    var testDescription: String { code }
    init(_ code: String, _ answer: String) { (self.code, self.answer) = (code, answer) }
  }

  private static let tooLarge = "error: this needs more memory than the limit"

  @Test(arguments: [
    Case("zeros (2^40) 0", "1099511627776×0"),
    Case("shape ((zeros (2^40) 0)')", "0 1099511627776"),
    Case("sum (zeros (2^40) 0)", "0"),
    Case("softmax (zeros (2^40) 0)", "1099511627776×0"),
    Case("sort (zeros (2^40) 0)", "1099511627776×0"),
    Case("zeros 0 (2^40) (2^40)", tooLarge),
    Case("zeros (2^62) 2 0", tooLarge),
    Case("reshape (zeros 0) 0 (2^40) (2^40)", tooLarge),
    Case("sum(zeros(2^40, 0), axis=1)", tooLarge),
    Case("zeros(1, 2^40, 0) + zeros(2^40, 1, 0)", tooLarge),
    Case("zeros(2^40, 0) @ zeros(0, 2^40)", tooLarge),
    Case("x = zeros (2^40) 0; concat x x", "2199023255552×0"),
    Case("rope (zeros (2^40) 0)", tooLarge),
    Case("permutation (2^45)", tooLarge),
    Case("max []", "error: max of nothing has no value"),
    Case("min (zeros 2 0) axis=1", "error: min of nothing has no value"),
    Case("max (zeros 0 3) axis=1", "[]"),
    Case("max (zeros 0 3) axis=0", "error: max of nothing has no value"),
    Case("randint 0 (2^53)", "error: high must be smaller than 2^53, not 9007199254740992"),
  ])
  func isAnswered(_ item: Case) {
    #expect(Bench().run(item.code).first == item.answer)
  }
}
