import Diagnosis
import Packets
import Reports
import Testing

@Suite("The catalogue")
struct CatalogueTests {
  private let entry = CatalogueEntry(
    "missing-101", summary: "no | 101", proof: "a 400", causes: "a proxy",
    remedy: "Set:\n    proxy_http_version 1.1;\nThen reload.",
    mistakenFor: "")

  @Test("an entry is explained")
  func explain() {
    #expect(
      CatalogueText.text(entry) == """
        missing-101
            no | 101

        What proves it
            a 400

        What causes it
            a proxy

        How to fix it
            Set:
                proxy_http_version 1.1;
            Then reload.

        """)
  }

  @Test("a threshold is told with its default, its reason and how to set it")
  func threshold() {
    var entry = entry
    entry.threshold = RuleThreshold(.milliseconds(1500), reason: "Less is nothing.")
    let text = CatalogueText.text(entry)
    #expect(text.contains("Threshold\n    1500ms by default; `--threshold missing-101=DURATION`"))
    #expect(text.contains("Less is nothing."))
  }

  @Test("all entries are listed")
  func list() {
    #expect(CatalogueText.list([entry]) == "missing-101   no | 101\n")
  }

  @Test("the page has a table and sections")
  func markdown() {
    #expect(
      CatalogueMarkdown.text([entry]) == """
        # Findings

        From a symptom to a finding: [troubleshooting.md](troubleshooting.md). What each rule does *not* report, and why: [near-misses.md](near-misses.md).

        | finding | what it means |
        | --- | --- |
        | [`missing-101`](#missing-101) | no \\| 101 |

        ## `missing-101`

        no | 101

        **What proves it.** a 400

        **What causes it.** a proxy

        **How to fix it.** Set:

        ```
        proxy_http_version 1.1;
        ```

        Then reload.

        """)
  }
}
