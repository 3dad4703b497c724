import Live
import Testing

@Suite("The newest of a series")
struct RecentTests {
  @Test("the newest are kept in order, and the others counted", arguments: [0, 1, 3, 10])
  func keepsNewest(capacity: Int) {
    var recent = Recent<Int>(capacity: capacity)
    for number in 1...10 { recent.append(number) }
    #expect(recent.elements == Array((1...10).suffix(capacity)))
    #expect(recent.leftOut == 10 - capacity)
  }
}
