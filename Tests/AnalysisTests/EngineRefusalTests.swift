import Analysis
import Testing

@Suite struct EngineRefusalTests {
  @Test(
    "a server's words are taken out of what it wraps them in",
    arguments: [
      ("Session ID unknown", "Session ID unknown"),
      (#"{"code":1,"message":"Session ID unknown"}"#, "Session ID unknown"),
      (#""Invalid session abc""#, "Invalid session abc"), ("Invalid session abc", "Invalid session abc"),
    ])
  func words(body: String, words: String) {
    let refusal = EngineRefusal(body: body)
    #expect(refusal?.reason == .unknownSession)
    #expect(refusal?.words == words)
  }

  @Test("the application's own words come with the code of a refusal")
  func ownWords() {
    let refusal = EngineRefusal(body: #"{"code":4,"message":"not \"you\""}"#)
    #expect(refusal?.reason == .forbidden)
    #expect(refusal?.words == #"not "you""#)
  }

  @Test(
    "other bodies are nobody's of these",
    arguments: ["", "<html>Bad request</html>", "Bad Request", #"{"message":"Forbidden"}"#, #"{"code":9}"#])
  func unknown(body: String) { #expect(EngineRefusal(body: body) == nil) }
}
