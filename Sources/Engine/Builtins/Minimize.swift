import Kernels
import Language

let minimize = Builtin(
  "minimize f:function p:any steps=100:int lr=0.01:any with:{adam,sgd,adamw} schedule:{constant,cosine,linear} warmup=0:int clip=∞ momentum=0 beta1=0.9 beta2=0.999 eps=1e-8 decay=:number -> p:any also history",
  "the parameters that make a function small, by steps against its gradient",
  formula: "p ← p − η · ∇f(p), scaled by what Adam remembers of earlier gradients",
  parameters: [
    "f":
      "the loss: a function of p that gives one number; with two parameters it gets the step too",
    "p": "where to start: a number, a tensor, or a record or tuple of them",
    "steps": "how many", "lr": "η, the learning rate: a number, or a function of the step",
    "with": "adam (Kingma and Ba 2015), sgd, or adamw, whose decay is apart from the gradient",
    "schedule": "of η, over all steps: constant, or down to 0 as a cosine or a line",
    "warmup": "over how many steps η first rises from 0",
    "clip": "the largest norm of all gradients together", "momentum": "μ of sgd",
    "beta1": "β₁ of adam", "beta2": "β₂ of adam", "eps": "ε of adam, after bias correction",
    "decay": "weight decay; 0, and 0.01 for adamw",
  ],
  notes: [
    "`p, history = minimize …` gives the loss of each step too, before that step",
    "Ctrl-C stops it and keeps the parameters so far; the same seed gives the same bits",
    "a loss that draws, such as a random batch, draws anew at each step",
    "adam, sgd and adamw step as PyTorch's optimizers; clip as its clip_grad_norm_",
    "what f does not depend on stays as it is, and so do strings, functions and masks",
  ],
  keywords:
    "train training optimize optimise gradient descent adam sgd adamw learn fit 학습 훈련 최적화 경사 하강",
  examples: """
    > p = minimize (x -> (x - 3)^2) 0 steps=500 lr=0.1; close p 3 tol=1e-6
    1
    > loss = p -> sum((p.a - [1 2])^2);
    > p, history = minimize loss record(a=[0 0]) with=sgd lr=0.25 steps=4;
    > p.a
    0.9375 1.8750
    > history
    5.0000 1.2500 0.3125 0.0781
    """
) { call in
  var training = try Training(call)
  let p = try training.run()
  return [p, Value(try Tensor(training.losses))]
}
