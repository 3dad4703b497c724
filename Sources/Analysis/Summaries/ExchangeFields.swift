import Bytes
import HTTP

/// The header fields of a request and its answer, in the order of the wire.
package struct ExchangeFields: Sendable {
  package var request: [HeaderLine]
  package var answer: [HeaderLine]
  /// Fields beyond the limit of those that are kept.
  package var leftOut: Int

  package init(request: [HeaderLine] = [], answer: [HeaderLine] = [], leftOut: Int = 0) {
    self.request = request
    self.answer = answer
    self.leftOut = leftOut
  }
}

/// One header field: its name as it was sent, and its value.
package struct HeaderLine: Sendable, Equatable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

extension ExchangeFields {
  /// Takes the fields of a request, as far as the limits allow.
  mutating func takeRequest(_ fields: HeaderFields, _ limits: AnalysisLimits) {
    request = kept(fields, limits)
  }

  /// Takes the fields of an answer, as far as the limits allow.
  mutating func takeAnswer(_ fields: HeaderFields, _ limits: AnalysisLimits) {
    answer = kept(fields, limits)
  }

  private mutating func kept(_ fields: HeaderFields, _ limits: AnalysisLimits) -> [HeaderLine] {
    leftOut += max(0, fields.count - limits.fieldsPerHead)
    return fields.prefix(limits.fieldsPerHead).map {
      HeaderLine(name: $0.name, value: String($0.value.prefix(limits.fieldValue)))
    }
  }
}

extension ExchangeFields: Parceled {
  package static var blank: ExchangeFields { ExchangeFields() }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&request)
    parcel.code(&answer)
    parcel.code(&leftOut)
  }
}

extension HeaderLine: Parceled {
  package static var blank: HeaderLine { HeaderLine(name: "", value: "") }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&name)
    parcel.code(&value)
  }
}
