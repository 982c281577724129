import Kernels
import Language

let lossFamily = Family(
  "Losses and divergences",
  [
    Builtin(
      "cross_entropy z[…,c] y smoothing=0 ignore=:int axis=-1:int -> :number",
      "the mean surprise, in nats, of labels or target probabilities under softmax(z)",
      formula: "mean over rows of −Σᵢ tᵢ log softmax(z)ᵢ,  t = (1−ε) y + ε/c",
      definition: """
        logp = log_softmax(z, axis=axis)
        t = y
        if shape(shape y)[0] < shape(shape z)[0] {
          t = stack(y, axis=axis) == cumsum(ones(shape z), axis=axis) - 1
        }
        t = (1 - smoothing) * t + smoothing / shape(z)[axis]
        loss = -sum(where(t == 0, 0, t * logp), axis=axis)
        if ignore == none { mean(loss) } else {
          sum(where(y == ignore, 0, loss)) / sum(y != ignore)
        }
        """,
      parameters: [
        "z": "logits, not probabilities",
        "y": "a label 0 to c−1 for each row of z, or probabilities in the shape of z",
        "smoothing": "ε from 0 to 1, the share that goes to all classes alike",
        "ignore": "a label whose rows do not count, -100 in PyTorch",
        "axis": "the axis of the classes",
      ],
      notes: [
        "PyTorch's cross_entropy with reduction=\"mean\": rows that are ignored do not enter the mean; of no rows, NaN",
        "a class with target 0 adds 0 even where its logit is -∞ (PyTorch gives NaN for soft targets)",
        "label smoothing: Szegedy et al. 2016",
      ],
      keywords: "loss nll likelihood log classification 교차 엔트로피 크로스 엔트로피 손실",
      examples: """
        > cross_entropy [2 1 0] 0
        0.407606
        > cross_entropy [2 1 0; 0 3 0] [0 1]
        0.251264
        > cross_entropy [2 1 0; 0 3 0] [0 -100] ignore=-100
        0.407606
        > cross_entropy [2 1 0] [0.5 0.5 0] smoothing=0.1
        0.957606
        """,
      samples: [
        "cross_entropy (randn 4) 2", "cross_entropy (randn 3 5) [4 0 2] smoothing=0.2",
        "cross_entropy (randn 2 3 4) [0 3 1; 2 2 0] ignore=2",
        "cross_entropy (randn 4 3) [0 3 1] axis=0 smoothing=0.3 ignore=1",
        "cross_entropy (randn 3 5) (softmax (randn 3 5)) smoothing=0.7",
        "cross_entropy (randn 2 5 3) (softmax (randn 2 5 3) axis=1) axis=1",
        "cross_entropy (f32 (randn 3 5)) [4 0 2] smoothing=1",
        "cross_entropy (f32 (randn 5)) (f32 (softmax (randn 5)))",
        "cross_entropy [0 -∞ 1] [0.5 0 0.5]", "cross_entropy (zeros 0 3) (zeros 0)",
        "cross_entropy (zeros 2 0) (zeros 2 0)", "cross_entropy (randn 1 1) [0]",
      ],
      resultShapes: { _ in [[]] },
      vjp: .kernel(of: ["z"]) { step in
        let question = try CrossEntropy(step.call)
        guard case .labels(let labels) = question.targets, question.axis == question.z.rank - 1
        else { return nil }
        return [
          "z": try crossEntropyGradient(
            question.z, labels: labels, smoothing: question.smoothing,
            upstream: try step.g()[flat: 0])
        ]
      }
    ) { call -> Tensor in try CrossEntropy(call).loss() },

    Builtin(
      "perplexity z[…,c] y ignore=:int axis=-1:int -> :number",
      "how many equally likely choices the mean surprise of the labels amounts to",
      formula: "exp(cross_entropy(z, y))",
      definition: "exp(cross_entropy(z, y, ignore=ignore, axis=axis))",
      parameters: [
        "z": "logits, one row for each token",
        "y": "the token that came, 0 to c−1, for each row, or probabilities in the shape of z",
        "ignore": "a label whose rows do not count",
        "axis": "the axis of the classes",
      ],
      notes: [
        "1 is certainty, c is guessing among all c; of one distribution p: exp(entropy p)",
        "Jelinek et al. 1977",
      ],
      keywords: "language model surprise loss 퍼플렉시티 혼란도",
      examples: """
        > perplexity (zeros 3 50) [4 0 49]
        50
        > perplexity [2 1 0; 0 3 0] [0 1]
        1.28565
        """,
      samples: [
        "perplexity (randn 3 5) [4 0 2]", "perplexity (randn 3 5) [4 0 2] ignore=0",
        "perplexity (f32 (randn 5)) 1", "perplexity (randn 5 3) [4 0 2] axis=0",
      ],
      resultShapes: { _ in [[]] }
    ) { call -> Tensor in try CrossEntropy(call).loss().map(.exp) },

    Builtin(
      "kl p[…,n] q[…,n] -> […]",
      "what it costs, in nats, to take q for the truth when p is: the Kullback-Leibler divergence",
      formula: "KL(p‖q) = Σᵢ pᵢ log(pᵢ/qᵢ)",
      definition: "sum(where(p == 0, 0 * q, p * (log p - log q)), axis=-1)",
      parameters: ["p": "probabilities, the truth", "q": "probabilities, the model"],
      notes: [
        "never negative, 0 only where p = q; not symmetric",
        "0 log 0 is 0; ∞ where q is 0 and p is not. PyTorch's kl_div takes log q first, then p",
        "Kullback and Leibler 1951",
      ],
      keywords: "relative entropy divergence distance 쿨백 라이블러 발산",
      examples: """
        > kl [0.5 0.5] [0.9 0.1]
        0.510826
        > kl [0.9 0.1] [0.5 0.5]
        0.368064
        > kl [1 0] [0.5 0.5]
        0.693147
        > kl [0.5 0.5] [1 0]
        ∞
        """,
      samples: [
        "kl (softmax (randn 5)) (softmax (randn 5))",
        "kl (softmax (randn 2 3 4)) (softmax (randn 3 4))",
        "kl (f32 (softmax (randn 2 8))) (f32 (softmax (randn 2 8)))",
        "kl [1 0 0] [0.5 0.5 0]", "kl [0.5 0.5] [1 0]", "kl (zeros 2 0) (zeros 0)",
        "kl [-1 2] [0.5 0.5]",
      ],
      vjp: [
        "p": "stack(g, axis=-1) * where(p == 0, 0, log(where(p == 0, 1, p)) - log q + 1)",
        "q": "-stack(g, axis=-1) * where(p == 0, 0, p / q)",
      ]
    ) { call -> Tensor in try relativeEntropy(try call.tensor("p"), try call.tensor("q")) },

    Builtin(
      "distill student[…,n] teacher[…,n] tau=1 -> :number",
      "knowledge distillation: how far a student's softened probabilities are from its teacher's",
      formula: "τ² · mean over rows of KL(softmax(teacher/τ) ‖ softmax(student/τ))",
      definition: """
        p = softmax(teacher, tau=tau)
        d = where(p == 0, 0, log_softmax(teacher, tau=tau) - log_softmax(student, tau=tau))
        tau^2 * mean(sum(p * d, axis=-1))
        """,
      parameters: [
        "student": "logits", "teacher": "logits",
        "tau": "temperature τ > 0 of both; 2 to 20 show what the teacher thinks of wrong classes",
      ],
      notes: [
        "τ² keeps the gradient's size when τ changes; for large τ the loss becomes half the mean squared difference of the centred logits",
        "training adds it to the labels' loss: 0.9 * distill(s, t, tau=4) + 0.1 * cross_entropy(s, y)",
        "Hinton et al. 2015",
      ],
      keywords: "knowledge distillation teacher student soft targets 지식 증류 온도",
      examples: """
        > distill [1 2 3] [1 2 3] tau=4
        0
        > distill [1 2 3] [3 2 1]
        1.15042
        > distill [1 2 3] [3 2 1] tau=4
        1.31963
        """,
      samples: [
        "distill (randn 5) (randn 5)", "distill (randn 3 4) (randn 3 4) tau=2.5",
        "distill (randn 2 3 4) (randn 3 4) tau=0.4",
        "distill (f32 (randn 3 8)) (f32 (randn 3 8)) tau=4",
        "distill [0 1 -∞] [1 0 -∞]", "distill (zeros 0 3) (zeros 0 3)",
      ],
      resultShapes: { _ in [[]] }
    ) { call -> Tensor in
      let tau = try call.temperature(of: "teacher", limit: nil)
      guard tau.isFinite else {
        throw Fault(
          "distill needs a finite temperature", .argument("tau"),
          detail: "the limit is half the mean squared difference of the centred logits")
      }
      return try distillation(
        student: try call.real("student"), teacher: try call.real("teacher"), tau: tau)
    },
  ])

/// What a call of cross_entropy or perplexity asks.
private struct CrossEntropy {
  let z: Tensor
  let axis: Int
  let smoothing: Double
  let targets: Targets

  enum Targets {
    /// nil for a row that does not count.
    case labels([Int?])
    case probabilities(Tensor)
  }

  init(_ call: Call) throws {
    z = try call.real("z")
    let y = try call.tensor("y")
    axis = try call.axis(of: z.rank)
    smoothing = call.has("smoothing") ? try call.number("smoothing") : 0
    guard (0...1).contains(smoothing) else {
      throw Fault(
        "smoothing is a share from 0 to 1, not \(smoothing.plain)", .argument("smoothing"))
    }
    var rows = z.shape
    let classes = rows.remove(at: axis)
    if y.shape == z.shape {
      guard !call.has("ignore") else {
        throw Fault("ignore needs labels, not target probabilities", .argument("ignore"))
      }
      targets = .probabilities(y)
      return
    }
    guard y.shape == rows else {
      throw Fault(
        "\(call.builtin.name) needs a label for each row of z, or targets of its shape",
        .arguments(["z", "y"]),
        detail:
          "labels: \(rows.isEmpty ? "a number" : rows.timesText), targets: \(z.shape.timesText)")
    }
    let ignored = try call.optionalInteger("ignore").map(Double.init)
    targets = .labels(
      try y.doubles.map { label in
        label == ignored ? nil : try Labels.place(label, below: classes, of: "y")
      })
  }

  func loss() throws -> Tensor {
    switch targets {
    case .labels(let labels):
      try crossEntropy(z, labels: labels, axis: axis, smoothing: smoothing)
    case .probabilities(let y):
      try crossEntropy(z, targets: y, axis: axis, smoothing: smoothing)
    }
  }
}
