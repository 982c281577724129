/// The colours of a page that lies in a file: one for what it stands on and one for each role.
public struct Paper: Sendable {
  var background: RGB
  private var plain: RGB
  private var inks: [Role: RGB]

  private static let strongRoles: Set<Role> = [.strong, .error, .mark, .name, .prompt, .title]

  private init(background: Int, plain: Int, inks: [Role: Int]) {
    self.background = RGB(hexadecimal: background)
    self.plain = RGB(hexadecimal: plain)
    self.inks = inks.mapValues(RGB.init(hexadecimal:))
  }

  func ink(_ role: Role) -> RGB { inks[role] ?? plain }

  func isStrong(_ role: Role) -> Bool { Self.strongRoles.contains(role) }

  /// For print and projectors. Every ink has a contrast of at least 4.5 : 1, as WCAG 2.1 asks.
  public static let light = Paper(
    background: 0xFFFFFF, plain: 0x1F2328,
    inks: [
      .dim: 0x656D76, .location: 0x656D76, .error: 0xC62530, .mark: 0xC62530, .secondMark: 0x8A6100,
      .fix: 0x116B31, .note: 0x0B6B80, .header: 0x0B6B80, .prompt: 0x0A50B0,
    ])

  public static let dark = Paper(
    background: 0x15181D, plain: 0xD8DEE6,
    inks: [
      .dim: 0x8D96A1, .location: 0x8D96A1, .error: 0xFF7B72, .mark: 0xFF7B72, .secondMark: 0xE3B341,
      .fix: 0x6BCB7F, .note: 0x6CC4D8, .header: 0x6CC4D8, .prompt: 0x79B4FF,
    ])
}
