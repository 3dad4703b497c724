/// All that a value holds, as text: two values with the same text are the same, wherever their parts lie.
enum Contents {
  /// The text of a value, without the fields of some names.
  static func text(of value: Any, except names: Set<String> = []) -> String {
    var text = ""
    write(value, except: names, to: &text)
    return text
  }

  private static func write(_ value: Any, except names: Set<String>, to text: inout String) {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .set || mirror.displayStyle == .dictionary {
      text +=
        "{" + mirror.children.map { Contents.text(of: $0.value, except: names) }.sorted().joined(separator: ",") + "}"
      return
    }
    guard let first = mirror.children.first else {
      text += mirror.displayStyle == .class ? "\(mirror.subjectType)" : "\(value)"
      return
    }
    if mirror.displayStyle == .optional { return write(first.value, except: names, to: &text) }
    text += "("
    for child in mirror.children where !names.contains(child.label ?? "") {
      text += "\(child.label ?? ""):"
      write(child.value, except: names, to: &text)
      text += ","
    }
    text += ")"
  }
}
