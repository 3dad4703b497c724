/// Writes samples in Prometheus' text format, version 0.0.4.
struct PrometheusText {
  private(set) var text = ""

  /// A count that only grows; its name ends in `_total`.
  mutating func counter(_ name: String, _ help: String, _ value: Int) {
    family(name, help, "counter")
    sample(name, value)
  }

  /// A value that goes up and down.
  mutating func gauge(_ name: String, _ help: String, _ value: Int, labels: [(name: String, value: String)] = []) {
    family(name, help, "gauge")
    sample(name, value, labels: labels)
  }

  /// Begins a family of samples.
  mutating func family(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func sample(_ name: String, _ value: Int, labels: [(name: String, value: String)] = []) {
    let list = labels.map { "\($0.name)=\"\(PrometheusText.escaped($0.value))\"" }.joined(separator: ",")
    text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
  }

  /// A label's value with its backslashes, quotes and line feeds escaped.
  private static func escaped(_ value: String) -> String {
    var result = ""
    for character in value {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result
  }
}
