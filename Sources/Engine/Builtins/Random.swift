import Kernels
import Language

private let streamNote =
  "after `seed s` the stream is that of NumPy's np.random.seed(s), bit for bit (MT19937, Matsumoto and Nishimura 1998)"

let randomFamily = Family(
  "Random numbers",
  [
    Builtin(
      "seed s:int ->", "starts the random stream anew, as NumPy's np.random.seed(s)",
      parameters: ["s": "0 to 4294967295"], notes: [streamNote],
      keywords: "random reproducible start",
      examples: """
        > seed 42; randn 3
        0.4967 -0.1383 0.6477
        """
    ) { call in
      guard let seed = UInt32(exactly: try call.number("s")) else {
        throw Fault("a seed is a whole number from 0 to 4294967295", .argument("s"))
      }
      call.evaluator.state.random = RandomState(seed: seed)
      return []
    },

    Builtin(
      "randn dims:any* -> ?", "normal random numbers, mean 0 and variance 1",
      parameters: ["dims": "the lengths of the axes; none gives one number"],
      notes: [streamNote], keywords: "random gauss normal",
      examples: """
        > seed 42
        > randn 2 3
        2×3
           0.4967  -0.1383   0.6477
           1.5230  -0.2342  -0.2341
        """,
      samples: ["randn 2 3", "randn 0 2"],
      resultShapes: { [try $0.lengths()] }
    ) { call -> Tensor in
      try call.evaluator.state.random.randn(shape: try call.lengths())
    },

    Builtin(
      "rand dims:any* -> ?", "uniform random numbers from 0 to 1, 1 excluded",
      parameters: ["dims": "the lengths of the axes; none gives one number"],
      notes: [streamNote], keywords: "random uniform",
      examples: """
        > seed 42; rand 3
        0.3745 0.9507 0.7320
        """,
      samples: ["rand 2 3", "rand 0 2"],
      resultShapes: { [try $0.lengths()] }
    ) { call -> Tensor in
      try call.evaluator.state.random.rand(shape: try call.lengths())
    },

    Builtin(
      "randint low:int high:int dims:any* -> ?", "random whole numbers, high excluded",
      parameters: [
        "low": "the least", "high": "the first that can not come",
        "dims": "the lengths of the axes; none gives one number",
      ],
      notes: [streamNote], keywords: "random integer dice",
      examples: """
        > seed 42; randint 0 10 5
        6 3 7 4 6
        """,
      samples: ["randint 0 10 2 3"],
      resultShapes: { [try $0.lengths()] }
    ) { call -> Tensor in
      let (low, high) = (try call.integer("low"), try call.integer("high"))
      guard low < high else {
        throw Fault(
          "randint needs low < high", .arguments(["low", "high"]), detail: "\(low) ≥ \(high)")
      }
      return try call.evaluator.state.random.randint(
        low: low, high: high, shape: try call.lengths())
    },

    Builtin(
      "permutation n:int -> [n]", "0 to n−1 in random order",
      notes: [streamNote], keywords: "random shuffle order",
      examples: """
        > seed 42; permutation 5
        1 4 2 0 3
        """,
      samples: ["permutation 6"],
      resultShapes: { [[try $0.integer("n")]] }
    ) { call -> Tensor in
      try call.evaluator.state.random.permutation(try call.integer("n", atLeast: 0))
    },
  ])
