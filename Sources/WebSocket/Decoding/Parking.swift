import Bytes

extension MessageDecoder {
  /// Packs what changes in a decoder, or unpacks it into one that was made for the same direction with the same limits.
  package mutating func code(_ parcel: Parcel) {
    parcel.code(&frames)
    parcel.code(&texts)
    parcel.code(&binaries)
    parcel.code(&payloadBytes)
    parcel.keep(&assembly)
    parcel.code(&agreement)
    parcel.code(&phase)
    parcel.code(&isMessageOpen)
    parcel.code(&hasClosed)
    parcel.code(&isJoining)
    parcel.code(&wantsPieces)
  }
}
