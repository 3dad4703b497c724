import Bytes

/// What a captured frame turned out to be.
package enum Decoded: Sendable {
  /// A TCP segment whose payload lies in the frame.
  case segment(Segment)
  /// A TCP segment whose datagram was put together from fragments; its payload lies in these bytes.
  case reassembled(Segment, [UInt8])
  /// Something else than TCP over IP: ARP, UDP, ICMP, …
  case otherTransport
  /// A piece of a datagram that is not complete yet.
  case fragment
  case skipped(SkipReason)
}

/// Decodes frames down to TCP, and keeps IP fragments until their datagram is complete.
package struct PacketDecoder: Sendable {
  private var fragments: FragmentTable

  package init(limits: FragmentLimits = FragmentLimits()) {
    fragments = FragmentTable(limits: limits)
  }

  /// Decodes one frame.
  ///
  /// Lengths come from the IP header and not from the frame, which may be padded or end in a checksum; only a total
  /// length of 0, which the network card was to fill in, makes the frame's length count.
  ///
  /// - Parameters:
  ///   - frame: The captured bytes.
  ///   - wireLength: The frame's length before the snap length cut it, in octets.
  package mutating func decode(
    _ frame: RawSpan, linkType: LinkType, wireLength: Int, reference: PacketReference
  ) -> Decoded {
    do {
      let link = try LinkLayer(parsing: frame, linkType: linkType)
      switch link.etherType {
      case .ipv4: return try decodeIPv4(frame, link, wireLength, reference)
      case .ipv6: return try decodeIPv6(frame, link, wireLength, reference)
      default: return .otherTransport
      }
    } catch {
      return .skipped(error)
    }
  }

  private mutating func decodeIPv4(
    _ frame: RawSpan, _ link: LinkLayer, _ wireLength: Int, _ reference: PacketReference
  ) throws(SkipReason) -> Decoded {
    var rest = frame.extracting(link.payloadOffset..<frame.byteCount)
    let header: IPv4Header
    do { header = try IPv4Header(parsing: &rest) } catch { throw SkipReason(error) }
    let start = link.payloadOffset + header.headerLength
    let onWire = header.totalLength == 0 ? wireLength - start : header.totalLength - header.headerLength
    let context = Datagram(
      source: header.source, destination: header.destination, timeToLive: header.timeToLive,
      identification: UInt32(header.identification), payload: start..<min(frame.byteCount, start + max(onWire, 0)),
      payloadLength: max(onWire, 0))
    if header.isFragment {
      let piece = FragmentTable.Piece(
        key: .init(
          source: header.source, destination: header.destination, identification: UInt32(header.identification),
          nextProtocol: header.nextProtocol),
        offset: header.fragmentOffset, isLast: !header.moreFragments)
      return try keep(piece, context, link, frame, reference)
    }
    guard header.nextProtocol == .tcp else { return .otherTransport }
    return .segment(try segment(frame, context, link, reference))
  }

  private mutating func decodeIPv6(
    _ frame: RawSpan, _ link: LinkLayer, _ wireLength: Int, _ reference: PacketReference
  ) throws(SkipReason) -> Decoded {
    var rest = frame.extracting(link.payloadOffset..<frame.byteCount)
    let header: IPv6Header
    do { header = try IPv6Header(parsing: &rest) } catch { throw SkipReason(error) }
    let start = link.payloadOffset + 40 + header.extensionLength
    let onWire = header.payloadLength == 0 ? wireLength - start : header.payloadLength - header.extensionLength
    let context = Datagram(
      source: header.source, destination: header.destination, timeToLive: header.hopLimit, identification: 0,
      payload: start..<min(frame.byteCount, start + max(onWire, 0)), payloadLength: max(onWire, 0))
    if let fragment = header.fragment, fragment.offset > 0 || fragment.moreFragments {
      let piece = FragmentTable.Piece(
        key: .init(
          source: header.source, destination: header.destination, identification: fragment.identification,
          nextProtocol: .fragment),
        offset: fragment.offset, isLast: !fragment.moreFragments)
      return try keep(piece, context, link, frame, reference)
    }
    guard header.nextProtocol == .tcp else { return .otherTransport }
    return .segment(try segment(frame, context, link, reference))
  }

  /// What the network layer says about its payload.
  private struct Datagram {
    var source, destination: IPAddress
    var timeToLive: UInt8
    var identification: UInt32
    var payload: Range<Int>
    var payloadLength: Int
  }

  private func segment(
    _ bytes: RawSpan, _ datagram: Datagram, _ link: LinkLayer, _ reference: PacketReference
  ) throws(SkipReason) -> Segment {
    var rest = bytes.extracting(datagram.payload)
    let header: TCPHeader
    do { header = try TCPHeader(parsing: &rest) } catch { throw SkipReason(error) }
    let headerLength = datagram.payload.count - rest.byteCount
    var segment = Segment(
      reference: reference, source: Endpoint(address: datagram.source, port: header.sourcePort),
      destination: Endpoint(address: datagram.destination, port: header.destinationPort), tcp: header,
      payload: (datagram.payload.upperBound - rest.byteCount)..<datagram.payload.upperBound,
      payloadLength: max(datagram.payloadLength - headerLength, 0))
    segment.vlan = link.vlan
    segment.ipIdentification = datagram.identification
    segment.timeToLive = datagram.timeToLive
    segment.interfaceIndex = link.interfaceIndex
    return segment
  }

  private mutating func keep(
    _ piece: FragmentTable.Piece, _ datagram: Datagram, _ link: LinkLayer, _ frame: RawSpan,
    _ reference: PacketReference
  ) throws(SkipReason) -> Decoded {
    guard datagram.payload.count == datagram.payloadLength else { throw .truncated(.fragment) }
    guard let whole = try fragments.receive(piece, frame.extracting(datagram.payload), at: reference.time) else {
      return .fragment
    }
    guard piece.key.nextProtocol == .tcp || piece.key.nextProtocol == .fragment else { return .otherTransport }
    var complete = datagram
    complete.payload = 0..<whole.count
    complete.payloadLength = whole.count
    return .reassembled(try segment(whole.span.bytes, complete, link, reference), whole)
  }
}
