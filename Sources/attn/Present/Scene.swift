import Render
import Terminal

/// What is to be seen at one moment.
struct Scene {
  /// The steps before this one.
  var history: [Line] = []
  /// The present step.
  var step: [Line] = []
  /// The line of the present step where what is to be read now begins.
  var focus = 0
  /// All of it has been seen already, part by part: its end is shown.
  var isRead = false
  /// Grows whenever another step is shown, or the same one anew.
  var visit = 0
  /// A list over everything else.
  var list: [Line]?
  /// The line of the list that has to be seen.
  var listFocus = 0
  var status: StatusLine
}

/// Where a lecture is shown and where its keys come from.
protocol Stage: AnyObject {
  /// What can be seen at once, in columns and lines.
  var view: View { get }
  /// Whether a list can be walked in.
  var hasLists: Bool { get }
  /// A part of the output is still below the window.
  var hasMore: Bool { get }
  func show(_ scene: Scene)
  func turnPage()
  func scroll(by lines: Int)
  /// Waits for a key; `.timeout` is nothing, `.resize` asks for the scene again.
  func nextKey() -> Key
  /// Forgets keys that were pressed while a statement ran: nobody had seen its result.
  func dropKeys()
  /// Gives true when the time is over, false at a key that shortens it.
  func pause(milliseconds: Int32) -> Bool
  /// An entry typed below what is shown; nil where none was given.
  func readEntry(prompt: String, prefill: String) -> String?
  /// Leaves the terminal to `work`, below what is shown or with all of the window.
  func lend(clear: Bool, _ work: () -> Void)
  func close()
}
