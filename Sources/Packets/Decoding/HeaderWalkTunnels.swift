import Bytes

/// The steps of a walk through tunnels.
extension HeaderWalk {
  func takeTunnel(_ kind: HeaderKind, _ rest: inout RawSpan) throws(ParseError) -> HeaderKind {
    switch kind {
    case .mpls:
      _ = try MPLSStack(parsing: &rest)
      return try MPLSStack.payload(&rest)
    case .gre: return try GREHeader(parsing: &rest).payload
    case .erspan2:
      _ = try ERSPANHeader(parsing: &rest, isTypeIII: false)
      return .ethernet
    case .erspan3:
      _ = try ERSPANHeader(parsing: &rest, isTypeIII: true)
      return .ethernet
    case .vxlan: return try VXLANHeader(parsing: &rest).payload
    case .geneve: return try GeneveHeader(parsing: &rest).payload
    case .gtp: return try GTPHeader(parsing: &rest).payload
    default: return .other
    }
  }
}
