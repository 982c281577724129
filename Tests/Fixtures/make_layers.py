"""layers.txt: norms, feed-forward networks and a mixture of experts with PyTorch."""

import torch
import torch.nn.functional as F

from fixtures import File

torch.manual_seed(4)
torch.set_default_dtype(torch.float64)


def moe(x, gate, experts, k, renorm):
    """The k largest probabilities weigh the outputs of their experts."""
    probabilities = torch.softmax(x @ gate, -1)
    best, chosen = probabilities.topk(k)
    if renorm:
        best = best / best.sum(-1, keepdim=True)
    gates = torch.zeros_like(probabilities).scatter(-1, chosen, best)
    return torch.einsum("...ne,edf,...nd->...nf", gates, experts, x), gates


with File("layers.txt", __doc__) as file:
    x, gain, bias = torch.randn(2, 3, 5) * 3 + 1, torch.randn(5), torch.randn(5)
    file.case("layernorm, rmsnorm", tolerance=1e-12)
    file.let(X=x, g=gain, b=bias)
    file.equals("layernorm(X)", F.layer_norm(x, (5,)))
    file.equals("layernorm(X, g)", F.layer_norm(x, (5,), gain))
    file.equals("layernorm(X, g, b)", F.layer_norm(x, (5,), gain, bias))
    file.equals("layernorm(X, g, b, eps=0.1)", F.layer_norm(x, (5,), gain, bias, 0.1))
    file.equals("rmsnorm(X)", F.rms_norm(x, (5,), eps=1e-6))
    file.equals("rmsnorm(X, g)", F.rms_norm(x, (5,), gain, eps=1e-6))
    file.equals("rmsnorm(X, g, eps=0.1)", F.rms_norm(x, (5,), gain, eps=0.1))

    flat = torch.tensor([[2.0, 2, 2], [0, 0, 0], [1e-8, 0, -1e-8], [1e8, 1e8 + 1, 1e8 + 2]])
    file.case("norms of rows that are all equal, tiny, far from 0", tolerance=1e-9)
    file.let(X=flat)
    file.equals("layernorm(X)", F.layer_norm(flat, (3,)))
    file.equals("rmsnorm(X)", F.rms_norm(flat, (3,), eps=1e-6))
    file.equals("layernorm(X[:, :1])", F.layer_norm(flat[:, :1], (1,)))

    single = x.float()
    file.case("norms in single precision", tolerance=1e-5)
    file.let(X=single)
    file.equals("layernorm(X)", F.layer_norm(single, (5,)))
    file.equals("rmsnorm(X)", F.rms_norm(single, (5,), eps=1e-6))

    x = torch.linspace(-6, 6, 25)
    file.case("activations", tolerance=1e-15)
    file.let(x=x)
    for text, y in {
        "gelu(x)": F.gelu(x),
        'gelu(x, form="tanh")': F.gelu(x, approximate="tanh"),
        "relu(x)": F.relu(x),
        "silu(x)": F.silu(x),
        "elu(x)": F.elu(x),
        "softplus(x)": torch.logaddexp(x, torch.zeros(())),
        "sigmoid(x)": torch.sigmoid(x),
        "tanh(x)": torch.tanh(x),
    }.items():
        file.equals(text, y)

    x = torch.randn(2, 3, 4)
    p = {
        "w1": torch.randn(4, 6),
        "b1": torch.randn(6),
        "w2": torch.randn(6, 4),
        "b2": torch.randn(4),
    }
    w3 = torch.randn(4, 6)
    file.case("ffn", tolerance=1e-12)
    file.let(X=x, **p, w3=w3)
    file.run(
        "p = record(w1=w1, b1=b1, w2=w2, b2=b2)",
        "q = record(w1=w1, w2=w2)",
        "s = record(w1=w1, w2=w2, w3=w3)",
    )
    for name, act in {"relu": F.relu, "gelu": F.gelu, "silu": F.silu}.items():
        file.equals(f"ffn(X, p, act={name})", act(x @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"])
    file.equals("ffn(X, q)", F.relu(x @ p["w1"]) @ p["w2"])
    file.equals("ffn(X, s, act=silu)", (F.silu(x @ p["w1"]) * (x @ w3)) @ p["w2"])

    w = torch.randn(7, 3)
    ids = torch.tensor([[0, 6, 2], [2, 2, 1]])
    file.case("embed")
    file.let(W=w)
    file.equals("embed(W, [0 6 2; 2 2 1])", F.embedding(ids, w))

    for name, x in {"a matrix": torch.randn(6, 4), "a batch": torch.randn(2, 3, 4)}.items():
        gate, experts = torch.randn(4, 5), torch.randn(5, 4, 3)
        file.case(f"mixture of experts, {name}", tolerance=1e-12)
        file.let(X=x, G=gate, E=experts)
        for k in [1, 2, 5]:
            for renorm in [0, 1]:
                out, gates = moe(x, gate, experts, k, renorm)
                file.run(f"out, gates = moe X G E k={k} renorm={renorm}")
                file.equals("out", out)
                file.equals("gates", gates)
        out, _ = moe(x, gate, experts, 2, 0)
        file.equals("moe(X, G, E)", out)

    # torch's topk promises no order of equal ones; here the lower number comes first.
    x, experts = torch.ones(1, 2), torch.arange(12.0).reshape(3, 2, 2)
    file.case("experts that are equally likely", tolerance=1e-15)
    file.let(X=x, E=experts)
    file.equals("moe(X, zeros(2, 3), E, k=2)", (x @ experts[0] + x @ experts[1]) / 3)
