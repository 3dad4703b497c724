import Diagnosis
import Packets

/// A measured value as a person reads it.
enum EvidenceText {
  static func text(_ value: EvidenceValue, limit: Int) -> String {
    switch value {
    case .number(let number): Quantity.decimal(.seconds(number), digits: 3)
    case .count(let count): Quantity.count(count)
    case .text(let text): DisplayWidth.cut(Sanitizer.visible(text), to: limit)
    case .flag(let flag): flag ? "yes" : "no"
    }
  }
}
