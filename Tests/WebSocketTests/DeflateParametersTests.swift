import Testing
import WebSocket

@Suite struct DeflateParametersTests {
  @Test("an answer's parameters are read in any order and either quoting")
  func parameters() {
    let answer =
      "permessage-deflate; server_max_window_bits=\"10\" ;client_no_context_takeover; client_max_window_bits=8"
    let parameters = DeflateParameters(answer: answer)
    #expect(parameters?.serverMaxWindowBits == 10)
    #expect(parameters?.clientMaxWindowBits == 8)
    #expect(parameters?.clientNoContextTakeover == true)
    #expect(parameters?.serverNoContextTakeover == false)
    #expect(parameters?.isConformant == true)
  }

  @Test(
    "without permessage-deflate there are no parameters",
    arguments: ["", "x-webkit-deflate-frame", "foo; permessage-deflate"])
  func absent(answer: String) {
    #expect(DeflateParameters(answer: answer) == nil)
  }

  @Test("the extension is found beside others, whatever its case")
  func others() {
    #expect(DeflateParameters(answer: "foo; a=b, Permessage-Deflate") == DeflateParameters())
  }

  @Test(
    "what RFC 7692 does not allow is not conformant",
    arguments: [
      "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=08", "server_max_window_bits",
      "client_max_window_bits", "client_max_window_bits=+9", "server_no_context_takeover=1",
      "client_no_context_takeover; client_no_context_takeover", "mystery",
    ])
  func illegal(parameter: String) {
    #expect(DeflateParameters(answer: "permessage-deflate; " + parameter)?.isConformant == false)
  }
}
