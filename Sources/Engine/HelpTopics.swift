extension Help {
  struct Topic {
    let name: String
    /// One line, for lists.
    let summary: String
    /// Words by which `apropos` finds it.
    var keywords = ""
    let document: Document
  }

  static let topics = pages + working + measuring

  /// What the session, its files and a lecture can do.
  private static let working = [
    Topic(
      name: "gradients",
      summary: "derivatives of your own functions, checks, training",
      keywords: "gradient derivative backward backpropagation jacobian training",
      document: Document([
        .heading("Gradients"),
        .terms([
          ("grad f x", "of a function that gives one number, by x; x -> … makes a function"),
          ("value_grad f x", "the value and the gradient, in one go"),
          ("grad f a b", "by several arguments: a tuple in their order"),
          ("grad f p", "by a record: a record of the same names"),
          ("jacobian f x", "by every result: rows are results, columns are arguments"),
          ("gradcheck f x", "against central differences"),
          ("minimize f p", "downhill with Adam: steps=100 lr=0.01"),
          ("explain grad f x", "the chain backwards, step by step"),
        ]),
        .example(
          "> grad (x -> sum(x^2)) [1 2 3]\n2 4 6\n> jacobian (z -> softmax z) [0 0]\n2×2\n   0.2500  -0.2500\n  -0.2500   0.2500"
        ),
        .paragraph(
          "At corners: relu, abs and norm have the gradient 0 at 0. Masked cells pass no gradient. source NAME shows the rule of a builtin."
        ),
      ])),
    Topic(
      name: "session",
      summary: "undo, save, load, history, settings, the init file",
      keywords: "undo redo save load history edit settings init editrc prompt restore",
      document: Document([
        .heading("The session"),
        .terms([
          (":undo :redo", "values and random state, the last 100 steps; :undo 3 takes back three"),
          (":save x.attn", "the lines that worked, and the seed: replays to the same bits"),
          (":save x.md", "notes: your # comments, the lines and what they showed"),
          (":load x.attn", "runs a script here; its variables stay"),
          (":history", "the last lines; :history softmax those with a word"),
          (":edit", "the last line in your editor ($VISUAL, $EDITOR); :edit f the def of f"),
          (":vars :why x", "the variables, and what one was made of"),
          (":time LINE", "how long it takes"),
          (":set", "digits, width, colour, memory"),
          (":help", "all commands with a colon"),
        ]),
        .paragraph(
          "~/.config/attn/init.attn (or under XDG_CONFIG_HOME) is run before the first prompt, never before a script; --no-init skips it. ~/.editrc binds keys, as for every program with libedit."
        ),
      ])),
    Topic(
      name: "lecture",
      summary: "how a script becomes a lecture",
      keywords: "lecture teach present script prose notes section slide talk",
      document: Document([
        .heading("Writing a lecture"),
        .paragraph("A lecture is a script; attn present FILE shows it step by step (help stage)."),
        .code(
          "## Temperature\n# Small τ sharpens, large τ flattens.\n#| ask the room before this line\nsoftmax [1 2 3] tau=0.1\n#> 0.0000 0.0000 1.0000"
        ),
        .terms([
          ("## Title", "begins a section"),
          ("# text", "is shown to the audience above the next statement"),
          ("#| text", "is for the speaker alone"),
          ("#> output", "is what must come out: attn check FILE compares, bless rewrites"),
        ]),
        .paragraph("An error that is expected is part of the lecture: #> error: … below its line."),
      ])),
    Topic(
      name: "stage",
      summary: "giving a lecture: keys, projector, notes, recordings",
      keywords: "stage present lecture projector keys record cast resume speaker",
      document: Document([
        .heading("On stage: attn present FILE"),
        .terms([
          ("space n", "run the statement, then on to the next step"),
          ("b", "back: values and random state too"),
          ("g 7", "to step 7; s lists the sections, ? the keys"),
          ("r", "rerun this step"),
          ("e", "edit the statement before it runs"),
          ("!", "a free prompt with everything in scope; resume goes back"),
          ("q", "leave"),
        ]),
        .terms([
          ("--big", "for a projector: at most 60 columns, high contrast"),
          ("--type", "statements appear as if they were typed"),
          ("--notes FILE", "the speaker's notes of the present step, for a second terminal"),
          ("--record NAME", "NAME.cast, NAME.md and NAME.attn: what was really shown"),
          ("--resume", "goes on at the step where a lecture was broken off"),
        ]),
        .paragraph(
          "An error waits: r retry, e edit, s skip, b back. Without --record the files bear the script's name and the date; they are written at each step, so that neither a dead terminal nor Ctrl-C loses anything."
        ),
      ])),
  ]

  private static let pages = [
    Topic(
      name: "language",
      summary: "how a line is written: calls, options, brackets, indices, loops",
      keywords: "syntax grammar operator function loop index comment def lambda",
      document: Document([
        .heading("The language"),
        .terms([
          ("f x y", "calls f; options by name: softmax z tau=0.5; also f(x, y)"),
          ("f x - 1", "a call binds tighter than an operator: f(x) - 1"),
          ("[1 2; 3 4]", "a matrix; [1 2 3] is a vector; [K; k] appends a row"),
          ("A @ B", "the matrix product; A * B multiplies element by element; A' transposes"),
          ("A[0, 1:]", "indices from 0, ends excluded, negative from the end; A[A > 0] selects"),
          ("qr, kr = rope q k", "several results; one name takes them together, r[0] is the first"),
          ("x -> x^2", "a function; def f x tau=1 = softmax(x) / tau names one"),
          ("x |> f a", "f(x, a)"),
          ("for i in 0:4 { }", "a loop; also while, if, else, break"),
          ("x = 3;", "a semicolon hides the result"),
          ("# text", "a comment"),
        ]),
        .example("> f = x -> x^2;\n> sum(f [1 2 3]) - 1\n13"),
      ])),
    Topic(
      name: "masks",
      summary: "who may attend to whom, as values that combine",
      keywords: "mask attend visible padding window causal combine",
      document: Document([
        .heading("Masks"),
        .paragraph(
          "A mask is a value: a rule without a shape (causal, window 3), or a 0/1 matrix where 1 = may attend. Rules combine with *, and, or, not."
        ),
        .example("> mask (causal * window 2) 3\n3×3 bool\n  1  0  0\n  1  1  0\n  0  1  1"),
        .paragraph("attn Q K V causal    attn Q K V (causal * window 3)    attn Q K V bias=B"),
      ])),
    Topic(
      name: "shapes",
      summary: "ranks, broadcasting, axes",
      keywords: "rank axis axes broadcast dimension vector matrix",
      document: Document([
        .heading("Shapes"),
        .paragraph(
          "[1 2 3] is a vector (rank 1), [1 2 3;] no different; [1; 2] is a matrix 2×1. Broadcasting is NumPy's: lengths are compared from the last axis, and an axis of length 1 stretches."
        ),
        .paragraph(
          "sum, mean, max … go over everything unless axis= is given; softmax, argmax, sort go along the last axis. col v and row v make matrices of a vector."
        ),
      ])),
    Topic(
      name: "temperature",
      summary: "what τ does to a softmax, and where it is used",
      keywords: "tau sharp uniform softmax",
      document: Document([
        .heading("Temperature τ"),
        .paragraph(
          "softmax z tau=τ is softmax(z/τ): τ → 0 puts everything on the largest score, τ = 1 is the softmax itself, τ = ∞ forgets the scores. The order of the probabilities never changes, their entropy grows with τ."
        ),
        .example(
          "> for t in [0.1 1 10 ∞] { print t (softmax [1 2 3] tau=t) }\n0.1 <1e-4 <1e-4 1.0000\n1 0.0900 0.2447 0.6652\n10 0.3006 0.3322 0.3672\n∞ 0.3333 0.3333 0.3333"
        ),
        .terms([
          ("tau=", "of softmax and its kin, gumbel_softmax, distill, attn, self_attn, mha"),
          ("τ = 0", "is refused; the limit is one_hot (argmax z) n"),
          ("overflow", "none: the maximum is subtracted before the division"),
          ("uses", "sampling (τ < 1 is more cautious), distillation (τ = 2 to 20), Gumbel-softmax"),
        ]),
      ])),
    Topic(
      name: "pictures",
      summary: "heat, plot, bar and their kin",
      keywords: "plot heat graph chart color",
      document: Document([
        .heading("Pictures"),
        .terms([
          ("heat A", "a matrix as coloured cells: attention weights, encodings, masks"),
          ("plot", "lines: plot y, plot x y, plot (x -> x^2) -1 1; scatter draws points alone"),
          ("loglog", "growth: fitted slopes, and lines of slope 1 and 2 to compare with"),
          ("bar hist spark", "bars of values, histograms on one axis, one-line curves"),
          ("panels a b", "pictures side by side"),
          ("sweep", "sweep tau=[.1 1 10] heat(softmax A tau=tau): one picture for each value"),
        ]),
        .paragraph(
          "A picture is a value: f = plot y; keeps it, f draws it for the window as it is then. Colours follow the terminal; without them cells show a ramp of characters and series differ by their markers."
        ),
      ])),
    Topic(
      name: "sweep",
      summary: "one expression for many values",
      keywords: "many values option table compare small multiples",
      document: Document([
        .heading("sweep name=values expression"),
        .paragraph(
          "The expression once for each value: an option of the called function where it has one of that name, otherwise a variable. Numbers and vectors make a table, matrices and pictures small multiples; several names take all combinations. Each time the random state is the same, and stays as it was."
        ),
        .example(
          "> sweep tau=[.1 1 10] softmax [1 2 3]\nsoftmax [1 2 3]\n  tau       0       1       2\n  0.1   <1e-4   <1e-4  1.0000\n    1  0.0900  0.2447  0.6652\n   10  0.3006  0.3322  0.3672"
        ),
        .terms([
          (
            "as a value",
            "S = (sweep tau=[.1 1 10] softmax z): a tensor with one more axis in front"
          ),
          ("other values", "sweep mask=(causal, window 2) attn Q K V"),
        ]),
      ])),
    Topic(
      name: "explain",
      summary: "every step of a formula with your own numbers",
      keywords: "step trace walk why how",
      document: Document([
        .heading("explain"),
        .paragraph(
          "explain EXPR shows how a value comes about, step by step with your own numbers, one cell followed through all steps and what must hold checked at the end."
        ),
        .code("explain attn Q K V causal row=2"),
        .terms([
          (
            "a builtin",
            "explain attn Q K V causal: a finished layout, else its definition by lines"
          ),
          ("your own def", "its lines with their values, the branches that are taken"),
          ("other expressions", "their parts from the inside out"),
          ("row= col=", "the cell that is followed: explain attn Q K V causal row=2 col=1"),
          ("at the prompt", "space next, b back, digits jump, arrows another cell, c code, q quit"),
          ("elsewhere", "everything at once"),
        ]),
        .paragraph("Variables and random state stay as they are."),
        .terms([
          (
            "layouts", Registry.all.filter { $0.explain != nil }.map(\.name).joined(separator: " ")
          )
        ]),
      ])),
    Topic(
      name: "scripts",
      summary: "files of statements: replay, check, bless",
      keywords: "file test expected output check bless run",
      document: Document([
        .heading("Scripts"),
        .paragraph(
          "attn FILE replays a file. # text is prose, ## a section, #| speaker's notes, #> the output that is expected."
        ),
        .paragraph(
          "attn check FILE compares each written number at its own digits and exits 1 where one differs; attn bless FILE rewrites the #> lines."
        ),
      ])),
  ]
}
