/// What is wrong with a Socket.IO packet whose head could be read.
///
/// For all but `missingPayload`, which Node's parser lets pass, the receiver reports a parser error and closes the
/// connection without a reason.
package enum SocketMalformation: UInt8, Hashable, Sendable, CaseIterable {
  /// An event or acknowledgement has no payload.
  case missingPayload
  /// A DISCONNECT has one.
  case unexpectedPayload
  /// An event's or acknowledgement's payload is not an array.
  case payloadNotArray
  /// A CONNECT's payload is not an object, or a CONNECT_ERROR's neither an object nor a string.
  case payloadNotObject
  /// An event's array does not begin with a string or a number.
  case missingEventName
  /// The event has a name that the libraries keep for themselves.
  case reservedEventName
  /// The JSON does not end as it began.
  case unterminatedPayload
}
