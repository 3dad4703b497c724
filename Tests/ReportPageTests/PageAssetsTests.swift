import ReportPage
import Testing

struct PageAssetsTests {
  @Test("style and script together stay small, because they compile slowly")
  func size() {
    #expect(PageAssets.style.count + PageAssets.script.count < 100_000)
  }

  @Test("the page asks for nothing outside and runs nothing that is text")
  func isSelfContained() {
    let script = String(decoding: PageAssets.script, as: UTF8.self)
    let style = String(decoding: PageAssets.style, as: UTF8.self)
    for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(", "import("] {
      #expect(!script.contains(forbidden))
    }
    #expect(!style.contains("url("))
    #expect(!style.contains("@import"))
    #expect(!script.contains("</script"))
  }
}
