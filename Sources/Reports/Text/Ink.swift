import Diagnosis

/// The colours of a terminal (ECMA-48 SGR), or none.
package struct Ink: Sendable {
  /// Green, yellow and cyan are shades of the 256 colours that can be read on black and on white; many terminals' own
  /// are for black only.
  package enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "38;5;28"
    case yellow = "38;5;136"
    case cyan = "38;5;31"
  }

  package let isOn: Bool

  package init(isOn: Bool) { self.isOn = isOn }

  /// The text in a style; it must be safe to show.
  package func paint(_ text: String, _ style: Style) -> String {
    isOn && !text.isEmpty ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }
}

extension Severity {
  /// The mark before a finding.
  package var mark: String {
    switch self {
    case .error: "✖"
    case .warning: "▲"
    case .notice: "·"
    }
  }

  package var style: Ink.Style {
    switch self {
    case .error: .red
    case .warning: .yellow
    case .notice: .dim
    }
  }
}
