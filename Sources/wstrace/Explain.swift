import ArgumentParser
import Diagnosis
import Glibc
import Reports

/// `wstrace explain`: what a finding means, what proves it, what causes it, and how to fix it.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a finding means, what proves it, what causes it and how to fix it.")

  @Argument(
    help: "A finding's name, such as missing-101; without one, all are listed.",
    completion: .list(Diagnostician.catalogue.map(\.id.rawValue)))
  var finding: String?

  @Flag(help: "Write the whole catalogue in Markdown.")
  var markdown = false

  func run() throws {
    let catalogue = Diagnostician.catalogue
    if markdown {
      print(CatalogueMarkdown.text(catalogue), terminator: "")
      return
    }
    guard let finding else {
      print(CatalogueText.list(catalogue), terminator: "")
      return
    }
    guard let entry = catalogue.first(where: { $0.id.rawValue == finding }) else {
      Diagnostics.say("no finding is called '\(Sanitizer.visible(finding))'; `wstrace explain` lists them all")
      throw ExitCode(2)
    }
    print(CatalogueText.text(entry), terminator: "")
  }
}
