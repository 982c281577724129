/// Text for terminals and files that hold ASCII only.
public enum ASCII {
  private static let replacements: [Character: String] = [
    "×": "x", "−": "-", "–": "-", "—": "-", "…": "...", "·": ".", "│": "|", "─": "-", "∞": "inf",
    "→": "->", "↦": "->", "√": "sqrt ", "≠": "!=", "≤": "<=", "≥": ">=", "✓": "ok", "ᵀ": "^T",
    "Σ": "sum", "Π": "prod", "π": "pi", "∂": "d", "∈": "in", "≈": "~", "∃": "some", "∀": "all",
    "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "∫": "integral", "°": "deg", "⊙": "*",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "θ": "theta",
    "λ": "lambda", "μ": "mu", "σ": "sigma", "τ": "tau", "φ": "phi", "Φ": "Phi", "ω": "omega",
    "ℓ": "l", "ᵢ": "_i", "ⱼ": "_j", "ₖ": "_k", "ₙ": "_n", "²": "^2", "³": "^3", "⁻": "^-",
    "ˣ": "^x", "₀": "_0", "₁": "_1", "₂": "_2", "₃": "_3", "₄": "_4", "₅": "_5", "₆": "_6",
    "₇": "_7", "₈": "_8", "₉": "_9", "₊": "+", "“": "\"", "”": "\"", "’": "'", "█": "#", "▀": "#",
  ]

  public static func text(_ text: String) -> String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    var result = ""
    for character in text {
      if character.isASCII {
        result.append(character)
      } else if let replacement = replacements[character] {
        result += replacement
      } else {
        for scalar in character.unicodeScalars {
          result += scalar.isASCII ? String(Character(scalar)) : "\\u{\(String(scalar.value, radix: 16))}"
        }
      }
    }
    return result
  }
}
