import Testing

@testable import Render

/// Text that is read on a dark terminal and on a light one.
@Suite struct ThemeTests {
  /// WCAG's ratio for large text; these words are short and mostly bold.
  private static let least = 3.5

  @Test(arguments: Role.allCases.compactMap { Theme.standard[$0] })
  func contrastIsEnoughOnBlackAndOnWhite(_ parameters: String) throws {
    guard let number = parameters.split(separator: ";").last.flatMap({ Int($0) }),
      parameters.contains("38;5;")
    else { return }
    let luminance = RGB(xterm: number).luminance
    #expect((luminance + 0.05) / 0.05 >= Self.least, "too dark on black")
    #expect(1.05 / (luminance + 0.05) >= Self.least, "too bright on white")
  }

  @Test func sixteenColoursHaveNoYellowAndNoBlue() {
    for parameters in Role.allCases.compactMap({ Theme.basic[$0] }) {
      #expect(!["33", "34"].contains(parameters.split(separator: ";").last.map(String.init) ?? ""))
    }
  }
}
