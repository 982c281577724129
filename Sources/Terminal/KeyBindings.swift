import CEdit

/// Which key does what.
enum KeyBindings {
  private struct Command {
    var name: String
    var help: String
    var keys: [String]
    var function: @convention(c) (OpaquePointer?, Int32) -> UInt8
  }

  /// Our own commands; adding one is one entry.
  private static let commands = [
    Command(
      name: "attn-complete", help: "Complete a name, list what fits, show help", keys: ["^I"],
      function: completeCommand),
    Command(
      name: "attn-older", help: "Older entry with the same beginning",
      keys: ["\\e[A", "\\eOA", "^P"], function: olderCommand),
    Command(
      name: "attn-newer", help: "Newer entry with the same beginning",
      keys: ["\\e[B", "\\eOB", "^N"], function: newerCommand),
    Command(
      name: "attn-search", help: "Search the history while typing", keys: ["^R", "^S"],
      function: searchCommand),
    Command(
      name: "attn-paste", help: "Take what is pasted as one block", keys: ["\\e[200~"],
      function: pasteCommand),
    Command(
      name: "attn-delete-or-leave", help: "Delete a character; leave on an empty line",
      keys: ["^D"],
      function: deleteOrLeaveCommand),
    Command(
      name: "attn-clear-screen", help: "Clear the screen", keys: ["^L"],
      function: clearScreenCommand),
    // Alt-X asks for a command of libedit, and 3.1-20221030 crashes at an empty one.
    Command(
      name: "attn-ignore", help: "Nothing", keys: ["\\ex", "\\eX"], function: ignoreCommand),
  ]

  /// Keys that terminals send and libedit does not know.
  private static let others: [(keys: [String], command: String)] = [
    (["\\e[H", "\\eOH", "\\e[1~", "\\e[7~"], "ed-move-to-beg"),
    (["\\e[F", "\\eOF", "\\e[4~", "\\e[8~"], "ed-move-to-end"),
    (["\\e[3~"], "ed-delete-next-char"),
    (["\\e[1;5D", "\\e[1;3D", "\\e[5D", "\\eOd"], "ed-prev-word"),
    (["\\e[1;5C", "\\e[1;3C", "\\e[5C", "\\eOc"], "em-next-word"),
    (["\\e^?", "^W"], "ed-delete-prev-word"),
    (["\\ed"], "em-delete-next-word"),
    (["\\e[3;5~"], "em-delete-next-word"),
  ]

  /// The user's own file may bind all keys but those of `commands`.
  static func install(on handle: OpaquePointer) {
    cedit_use_emacs_keys(handle)
    cedit_set_prompt(handle, currentPrompt, Int32(Prompt.mark.value))
    cedit_set_reader(handle, readScalar)
    for command in commands {
      cedit_add_command(handle, command.name, command.help, command.function)
    }
    // Without these, the tail of an unknown sequence would be typed into the line.
    for key in unusedSequences() { cedit_bind(handle, key, "attn-ignore") }
    for (keys, command) in others { for key in keys { cedit_bind(handle, key, command) } }
    el_source(handle, nil)
    for command in commands { for key in command.keys { cedit_bind(handle, key, command.name) } }
  }

  /// Function keys, modified arrows and what else xterm and its like may send.
  private static func unusedSequences() -> [String] {
    var keys = [
      "\\e[2~", "\\e[5~", "\\e[6~", "\\e[I", "\\e[O", "\\e[Z", "\\e[201~", "\\e[E", "\\e[G",
    ]
    keys += (11...34).map { "\\e[\($0)~" }
    keys += ["P", "Q", "R", "S"].map { "\\eO\($0)" }
    for modifier in 2...8 {
      keys += ["A", "B", "C", "D", "E", "F", "H", "P", "Q", "R", "S"].map {
        "\\e[1;\(modifier)\($0)"
      }
      keys += [2, 3, 5, 6, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24].map {
        "\\e[\($0);\(modifier)~"
      }
    }
    return keys
  }
}
