extension Help {
  /// How to give a lecture: the executable shows it, this says how.
  static let lecture = [
    Topic(
      name: "lecture",
      document: Document([
        .heading("A lecture"),
        .paragraph(
          "attn present FILE shows a script step by step: ## begins a section, # is prose for the audience, #| notes for the speaker, and each statement is shown first and runs at a key."
        ),
        .terms([
          ("space n Enter", "runs what is shown, then the next step; a long output goes on"),
          ("b", "one step back: values and random numbers are as they were then"),
          ("g 7 Enter", "to step 7; what lies between runs where it has not yet"),
          ("s ? q", "sections, keys, leave"),
          ("r e", "run again from the same values; edit the next statement before it runs"),
          ("!", "a free prompt with all variables; resume or Ctrl-D goes back to the lecture"),
          (
            "an error",
            "waits: r retry, e edit, s skip, b back; one that #> error: expects does not"
          ),
        ]),
        .terms([
          ("--big", "at most 60 columns, strong contrast, a clear screen for each step"),
          ("--type", "statements appear letter by letter; a key shows the rest"),
          ("--notes FILE", "the speaker's notes of the step: watch -n1 cat FILE in another window"),
          ("--resume", "goes on at the step where it ended, with the same values"),
          ("--record NAME", "writes NAME.cast, NAME.md, NAME.attn; --no-record leaves nothing"),
        ]),
        .paragraph(
          "Without --record the name is the script's with the date. .cast is all that was seen, for asciinema, with a marker for each step; .md and .attn are what was shown and run in the end. They are written at each step, so that neither a dead terminal nor Ctrl-C loses anything."
        ),
      ]))
  ]
}
