/// The check of permessage-deflate parameters (RFC 7692 section 7.1).
///
/// The names are compared in lower case. A quoted value is as good as a plain one.
enum DeflateAgreement {
  static let name = "permessage-deflate"

  /// The faults of one offer, apart from any answer.
  static func faults(offer: ExtensionOffer) -> [HandshakeFault] {
    faults(offer, .request)
  }

  /// The faults of an answer that accepts one of these offers.
  ///
  /// An answer need not say which offer it accepts: it is measured by the one that it breaks least.
  static func faults(answer: ExtensionOffer, to offers: [ExtensionOffer]) -> [HandshakeFault] {
    let own = faults(answer, .response)
    let broken = offers.map { mismatches(answer, $0) }.min { $0.count < $1.count } ?? []
    return own + broken
  }

  private static func faults(_ offer: ExtensionOffer, _ side: HandshakeFault.Side) -> [HandshakeFault] {
    var seen: [String] = []
    var faults: [HandshakeFault] = []
    for parameter in offer.parameters {
      let name = parameter.name.lowercased()
      let fault = seen.contains(name) ? .repeated : self.fault(name, parameter.value, side)
      seen.append(name)
      if let fault { faults.append(.deflateParameter(side, name: name, value: parameter.value, fault)) }
    }
    return faults
  }

  private static func fault(
    _ name: String, _ value: String?, _ side: HandshakeFault.Side
  ) -> HandshakeFault.DeflateFault? {
    switch name {
    case "server_no_context_takeover", "client_no_context_takeover":
      return value == nil ? nil : .valueUnexpected
    case "server_max_window_bits", "client_max_window_bits":
      guard let value else {
        // "This parameter has no value or a decimal integer value": only the client's hint (section 7.1.2.2).
        return name.hasPrefix("client") && side == .request ? nil : .valueMissing
      }
      return windowBits(value) == nil ? .outOfRange : nil
    default:
      return .unknown
    }
  }

  /// "… a decimal integer value without leading zeros between 8 to 15 inclusive".
  private static func windowBits(_ value: String) -> Int? {
    guard value.utf8.first != UInt8(ascii: "0"), value.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let bits = Int(value),
      8...15 ~= bits
    else { return nil }
    return bits
  }

  /// Where an answer leaves what an offer allows.
  ///
  /// A server may limit its own window unasked, and either side's takeover (sections 7.1.1 and 7.1.2.1).
  private static func mismatches(_ answer: ExtensionOffer, _ offer: ExtensionOffer) -> [HandshakeFault] {
    var faults: [HandshakeFault] = []
    func add(_ name: String, _ fault: HandshakeFault.DeflateFault) {
      let value = answer.parameters(named: name).first?.value
      faults.append(.deflateParameter(.response, name: name, value: value, fault))
    }
    for name in ["server_no_context_takeover", "server_max_window_bits"]
    where !offer.parameters(named: name).isEmpty && answer.parameters(named: name).isEmpty { add(name, .ignored) }
    if !answer.parameters(named: "client_max_window_bits").isEmpty,
      offer.parameters(named: "client_max_window_bits").isEmpty
    {
      add("client_max_window_bits", .notOffered)
    }
    for name in ["server_max_window_bits", "client_max_window_bits"] {
      guard let got = answer.parameters(named: name).first?.value.flatMap(windowBits),
        let offered = offer.parameters(named: name).first?.value.flatMap(windowBits), got > offered
      else { continue }
      add(name, .greaterThanOffered(offered))
    }
    return faults
  }
}
