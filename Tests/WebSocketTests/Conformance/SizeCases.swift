import WebSocket

/// Group 9: long messages, many frames and many messages, a 64th of the suite's sizes (fragments a 16th), so that
/// each can go byte by byte; one frame has its length in 7, 16 and 64 bits all the same.
extension ConformanceCase {
  static let sizes: [ConformanceCase] = messages + fragments + chops + roundTrips

  private static let kinds = [Opcode.text, .binary]

  /// 9.1 and 9.2: 64 KiB to 16 MiB in one frame.
  private static let messages: [ConformanceCase] = kinds.enumerated().flatMap { kind, opcode in
    [64, 256, 1024, 4096, 8192, 16384].enumerated().map { index, kibibytes in
      ConformanceCase("9.\(kind + 1).\(index + 1)") { script in
        script.sendWhole(opcode, [UInt8](repeating: 0x2a, count: kibibytes << 4))
      }
    }
  }

  /// 9.3 and 9.4: 4 MiB in fragments of 64 bytes to 4 MiB.
  private static let fragments: [ConformanceCase] = kinds.enumerated().flatMap { kind, opcode in
    [64, 128, 256, 512, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10].enumerated().map { index, size in
      ConformanceCase("9.\(kind + 3).\(index + 1)") { script in
        script.sendFragments(opcode, [UInt8](repeating: 0x2a, count: 64 << 10), of: size >> 4)
      }
    }
  }

  /// 9.5 and 9.6: 1 MiB in pieces of 64 to 2048 bytes.
  private static let chops: [ConformanceCase] = kinds.enumerated().flatMap { kind, opcode in
    [64, 128, 256, 512, 1024, 2048].enumerated().map { index, size in
      ConformanceCase("9.\(kind + 5).\(index + 1)") { script in
        script.sendWhole(opcode, [UInt8](repeating: 0x2a, count: 16 << 10))
        script.chop = size
      }
    }
  }

  /// 9.7 and 9.8: 1000 messages.
  private static let roundTrips: [ConformanceCase] = kinds.enumerated().flatMap { kind, opcode in
    [0, 16, 64, 256, 1024, 4096].enumerated().map { index, length in
      ConformanceCase("9.\(kind + 7).\(index + 1)") { script in
        for _ in 0..<62 { script.sendWhole(opcode, [UInt8](repeating: 0x2a, count: length)) }
      }
    }
  }
}
