"""gradients.txt: gradients of PyTorch's autograd in double precision, and steps of its Adam."""

import torch
import torch.nn.functional as F
from torch.nn.attention.bias import causal_lower_right

from fixtures import File
from make_blocks import layer_of, let_record, parts

torch.set_default_dtype(torch.float64)
TOLERANCE = 1e-9


def leaves(*tensors):
    return [tensor.detach().clone().requires_grad_() for tensor in tensors]


class Case:
    """A case with a weight W for the result: the gradients are those of sum(W * out)."""

    def __init__(self, file, name, **tensors):
        self.file = file
        self.tensors = {key: leaves(value)[0] for key, value in tensors.items()}
        file.case(name, tolerance=TOLERANCE)
        file.let(**{key: value.detach() for key, value in self.tensors.items()})

    def __getattr__(self, name):
        return self.tensors[name]

    def check(self, text, out):
        """The gradients of all tensors, `text` being the same in the language."""
        w = torch.randn(out.shape)
        self.file.let(W=w)
        gradients = torch.autograd.grad((w * out).sum(), self.tensors.values(), allow_unused=True)
        names = list(self.tensors)
        call = f"grad(({', '.join(names)}) -> sum(W * {text}), {', '.join(names)})"
        self.file.run(f"gradients = {call}")
        for index, gradient in enumerate(gradients):
            if gradient is None:
                continue
            expression = f"gradients[{index}]" if len(names) > 1 else "gradients"
            self.file.equals(f"({expression})", gradient)


def language(file):
    """Indexing, broadcasting, stacking and reductions; corners as PyTorch has them."""
    a, v, t = torch.randn(3, 4), torch.randn(5), torch.randn(2, 3, 4)
    one = {
        "x[-1] * x[1]": (v, lambda x: x[-1] * x[1]),
        "x[::-1]": (v, lambda x: x.flip(0)),
        "x[4:1:-2]": (v, lambda x: x[[4, 2]]),
        "x[1, ::2]": (a, lambda x: x[1, ::2]),
        "x[x > 0]": (a, lambda x: x[x > 0]),
        "x[[2 2 0]]": (a, lambda x: x[[2, 2, 0]]),
        "x[:, [2 2 0]]": (a, lambda x: x[:, [2, 2, 0]]),
        "pick x [3 0 3]": (a, lambda x: x[[0, 1, 2], [3, 0, 3]]),
        "reshape([x[0] 3; x[1] x[0]], -1)": (v, lambda x: torch.stack([x[0], 0 * x[0] + 3, x[1], x[0]])),
        "where(x > 0, x^2, -x)": (a, lambda x: torch.where(x > 0, x**2, -x)),
        "var(x, axis=1, keep=1)": (t, lambda x: x.var(1, unbiased=False, keepdim=True)),
        "std(x, axis=0)": (a, lambda x: x.std(0, unbiased=False)),
        "prod(x, axis=-1)": (t, lambda x: x.prod(-1)),
        "max(x, axis=1, keep=1)": (t, lambda x: x.amax(1, keepdim=True)),
        "norm(x, axis=0)": (a, lambda x: torch.linalg.vector_norm(x, dim=0)),
        "cumsum(x, axis=0)": (a, lambda x: x.cumsum(0)),
        "sort(x, axis=0)": (a, lambda x: x.sort(0).values),
        "logsumexp(x, axis=0)": (a, lambda x: x.logsumexp(0)),
        'einsum("bij,bij->b", x, x)': (t, lambda x: (x * x).sum((1, 2))),
        'einsum("bii->b", x)': (torch.randn(2, 3, 3), lambda x: x.diagonal(0, 1, 2).sum(-1)),
        "norm(x)": (torch.zeros(3), torch.linalg.vector_norm),
        "prod x": (torch.tensor([2.0, 0, 3, 0]), torch.prod),
        "max x": (torch.tensor([2.0, 3, 3]), torch.amax),
        "clip x 0 1": (torch.tensor([0.0, 0.5, 1, 2]), lambda x: x.clamp(0, 1)),
        "sqrt x": (torch.tensor([0.0, 1]), torch.sqrt),
        "abs x": (torch.tensor([0.0, -1]), torch.abs),
        "x^2": (torch.tensor([0.0, -2]), lambda x: x**2),
        "x^0": (torch.tensor([0.0, 1]), lambda x: x**0),
    }
    for text, (x, function) in one.items():
        case = Case(file, text.replace('"', ""), x=x)
        out = function(case.x)
        case.check(text, out)
    two = {
        "(x * y)": (a, torch.randn(3, 1), lambda x, y: x * y),
        "(x / y)": (t, torch.randn(4), lambda x, y: x / y),
        "(x % y)": (5 * a, torch.randn(4), torch.remainder),
        "(x @ y)": (t, torch.randn(4), lambda x, y: x @ y),
        "[x; y]": (a, a + 1, lambda x, y: torch.cat([x, y])),
        "[x y]": (a, a + 1, lambda x, y: torch.cat([x, y], 1)),
        "concat x y axis=1": (t, t + 1, lambda x, y: torch.cat([x, y], 1)),
        "maximum x y": (torch.tensor([2.0, 3]), torch.tensor([2.0, 1]), torch.maximum),
        "x^y": (torch.tensor([0.0, 0, 2]), torch.tensor([2.0, 1, 0]), torch.pow),
    }
    for text, (x, y, function) in two.items():
        case = Case(file, f"two: {text}", x=x, y=y)
        case.check(text, function(case.x, case.y))


def attention(file):
    n = m = 5
    visible = {
        "full": torch.ones(n, m).bool(),
        "causal": torch.ones(n, m).tril().bool(),
        "(window 2)": torch.ones(n, m).tril().bool() & torch.ones(n, m).triu(-1).bool(),
        "(prefix 2)": torch.ones(n, m).tril().bool() | (torch.arange(m) < 2),
        "(padding 3)": (torch.arange(m) < 3).expand(n, m),
        "(causal * padding(3))": torch.ones(n, m).tril().bool() & (torch.arange(m) < 3),
        "(not causal)": ~torch.ones(n, m).tril().bool(),
    }
    for text, mask in visible.items():
        for name in ["attn", "flash"]:
            case = Case(
                file,
                f"{name}, {text}",
                Q=torch.randn(n, 4),
                K=torch.randn(m, 4),
                V=torch.randn(m, 3),
            )
            scores = (case.Q @ case.K.mT / 2).masked_fill(~mask, -1e30)
            # Without the rows that see nothing, whose gradient is 0.
            weights = torch.softmax(scores, -1) * mask.any(-1, keepdim=True)
            case.check(f"{name}(Q, K, V, {text})", weights @ case.V)
    case = Case(
        file,
        "attn, causal_right",
        Q=torch.randn(2, 3, 4),
        K=torch.randn(2, 5, 4),
        V=torch.randn(2, 5, 2),
    )
    out = F.scaled_dot_product_attention(case.Q, case.K, case.V, attn_mask=causal_lower_right(3, 5))
    case.check("attn(Q, K, V, causal_right)", out)
    bias = torch.randn(2, 3, 5)
    case = Case(
        file,
        "attn, bias, scale",
        Q=torch.randn(2, 3, 4),
        K=torch.randn(2, 5, 4),
        V=torch.randn(5, 2),
        B=bias,
    )
    out = F.scaled_dot_product_attention(
        case.Q, case.K, case.V.expand(2, 5, 2), attn_mask=case.B, scale=0.3
    )
    case.check("attn(Q, K, V, bias=B, scale=0.3)", out)
    case = Case(
        file,
        "attn, softcap, tau, causal",
        Q=torch.randn(4, 3),
        K=torch.randn(4, 3),
        V=torch.randn(4, 2),
    )
    scores = 2 * torch.tanh(case.Q @ case.K.mT / 3**0.5 / 2)
    scores = scores.masked_fill(~torch.ones(4, 4).tril().bool(), -torch.inf)
    out = torch.softmax(scores / 0.7, -1) @ case.V
    case.check("attn(Q, K, V, causal, softcap=2, tau=0.7)", out)
    case = Case(file, "the gradient of a gradient, attn", X=torch.randn(4, 3))
    inner = F.scaled_dot_product_attention(case.X, case.X, case.X)
    (g,) = torch.autograd.grad((inner**2).sum(), case.X, create_graph=True)
    case.check("grad(X -> sum(attn(X, X, X)^2), X)", g)


def layers(file):
    for norm in ["post", "pre"]:
        layer = layer_of(torch.nn.TransformerEncoderLayer, norm, "gelu")
        x = torch.randn(2, 5, 4)
        file.case(f"encoder layer, {norm}", tolerance=TOLERANCE)
        let_record(file, layer)
        w = torch.randn(2, 5, 4)
        file.let(X=x, W=w)
        out = layer(x, src_mask=torch.ones(5, 5).triu(1).bool())
        (w * out).sum().backward()
        file.run(
            f'g = grad(p -> sum(W * encoder_block(X, p, causal, heads=2, norm="{norm}", act=gelu)), p)'
        )
        check_parts(file, layer)


def check_parts(file, layer):
    attention = layer.self_attn
    wq, wk, wv = attention.in_proj_weight.grad.chunk(3)
    bq, bk, bv = attention.in_proj_bias.grad.chunk(3)
    for name, value in {
        "wq": wq.mT,
        "wk": wk.mT,
        "wv": wv.mT,
        "wo": attention.out_proj.weight.grad.mT,
        "bq": bq,
        "bk": bk,
        "bv": bv,
        "bo": attention.out_proj.bias.grad,
    }.items():
        file.equals(f"g.mha.{name}", value)
    for name, value in {
        "w1": layer.linear1.weight.grad.mT,
        "b1": layer.linear1.bias.grad,
        "w2": layer.linear2.weight.grad.mT,
        "b2": layer.linear2.bias.grad,
    }.items():
        file.equals(f"g.ffn.{name}", value)
    for name in ["norm1", "norm2"]:
        file.equals(f"g.{name}.gain", getattr(layer, name).weight.grad)
        file.equals(f"g.{name}.bias", getattr(layer, name).bias.grad)


def multi_head(file):
    d, heads = 6, 3
    mha = torch.nn.MultiheadAttention(d, heads, batch_first=True)
    for parameter in mha.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(2, 4, d).requires_grad_()
    y = torch.randn(2, 5, d).requires_grad_()
    w = torch.randn(2, 4, d)
    file.case("multi-head attention with biases, padding", tolerance=TOLERANCE)
    q, k, v = mha.in_proj_weight.detach().chunk(3)
    bq, bk, bv = mha.in_proj_bias.detach().chunk(3)
    file.let(
        X=x.detach(),
        Y=y.detach(),
        W=w,
        wq=q.mT,
        wk=k.mT,
        wv=v.mT,
        wo=mha.out_proj.weight.detach().mT,
        bq=bq,
        bk=bk,
        bv=bv,
        bo=mha.out_proj.bias.detach(),
    )
    out, _ = mha(x, y, y, key_padding_mask=torch.arange(5) >= torch.tensor([[3], [5]]))
    (w * out).sum().backward()
    file.run(
        "p = record(wq=wq, wk=wk, wv=wv, wo=wo, bq=bq, bk=bk, bv=bv, bo=bo)",
        "g = grad((X, Y, p) -> sum(W * mha(X, Y, Y, p, padding(3, 5), heads=3)), X, Y, p)",
        "gx, gy, gp = g",
    )
    file.equals("gx", x.grad)
    file.equals("gy", y.grad)
    for name, value in zip(["wq", "wk", "wv"], mha.in_proj_weight.grad.chunk(3)):
        file.equals(f"gp.{name}", value.mT)
    for name, value in zip(["bq", "bk", "bv"], mha.in_proj_bias.grad.chunk(3)):
        file.equals(f"gp.{name}", value)
    file.equals("gp.wo", mha.out_proj.weight.grad.mT)
    file.equals("gp.bo", mha.out_proj.bias.grad)


def others(file):
    for causal in [False, True]:
        case = Case(
            file,
            f"linear attention{', causal' * causal}",
            Q=torch.randn(5, 3),
            K=torch.randn(5, 3),
            V=torch.randn(5, 2),
        )
        weights = (F.elu(case.Q) + 1) @ (F.elu(case.K) + 1).mT
        weights = weights.tril() if causal else weights
        out = weights @ case.V / weights.sum(-1, keepdim=True)
        case.check(f"linear_attn(Q, K, V{', causal' * causal})", out)

    case = Case(file, "rotary embedding", X=torch.randn(2, 4, 6))
    angles = torch.arange(4.0)[:, None] * 10000 ** (-torch.arange(0, 6, 2) / 6)
    pairs = torch.view_as_complex(case.X.unflatten(-1, (3, 2)))
    turned = torch.view_as_real(pairs * torch.polar(torch.ones(()), angles)).flatten(-2)
    case.check("rope(X)", turned)

    case = Case(file, "layernorm", X=torch.randn(3, 5) * 2 + 1, G=torch.randn(5), B=torch.randn(5))
    case.check("layernorm(X, G, B)", F.layer_norm(case.X, (5,), case.G, case.B))
    case = Case(file, "rmsnorm", X=torch.randn(3, 5), G=torch.randn(5))
    case.check("rmsnorm(X, G)", F.rms_norm(case.X, (5,), case.G, eps=1e-6))

    for renorm in [0, 1]:
        case = Case(
            file,
            f"mixture of experts, renorm={renorm}",
            X=torch.randn(6, 4),
            G=torch.randn(4, 3),
            E=torch.randn(3, 4, 2),
        )
        probabilities = torch.softmax(case.X @ case.G, -1)
        best, chosen = probabilities.topk(2)
        best = best / best.sum(-1, keepdim=True) if renorm else best
        gates = torch.zeros(6, 3).scatter(-1, chosen, best)
        out = torch.einsum("ne,edf,nd->nf", gates, case.E, case.X)
        case.check(f"moe(X, G, E, renorm={renorm})", out)

    labels = torch.tensor([4, 0, 2])
    for smoothing in [0, 0.2]:
        case = Case(file, f"cross-entropy, smoothing={smoothing}", Z=torch.randn(3, 5))
        file.let(y=labels)
        out = F.cross_entropy(case.Z, labels, label_smoothing=smoothing)
        case.check(f"cross_entropy(Z, y, smoothing={smoothing})", out)
    case = Case(file, "cross-entropy, ignored rows", Z=torch.randn(3, 5))
    file.let(y=labels)
    case.check("cross_entropy(Z, y, ignore=0)", F.cross_entropy(case.Z, labels, ignore_index=0))
    case = Case(
        file,
        "cross-entropy, soft targets",
        Z=torch.randn(3, 5),
        T=torch.softmax(torch.randn(3, 5), -1),
    )
    case.check("cross_entropy(Z, T)", F.cross_entropy(case.Z, case.T))

    noise = -torch.log(-torch.log(torch.rand(3, 4)))
    case = Case(file, "Gumbel-softmax, straight-through", Z=torch.randn(3, 4))
    file.let(N=noise)
    soft = torch.softmax((case.Z + noise) / 0.5, -1)
    hard = F.one_hot(soft.argmax(-1), 4).double()
    case.check("gumbel_softmax(Z, noise=N, tau=0.5, hard=1)", hard + soft - soft.detach())

    case = Case(file, "reductions", X=torch.randn(3, 4))
    x = case.X
    parts = [
        x.var(0, correction=0),
        x.std(0, correction=0),
        x.amax(0),
        x.amin(0),
        x.prod(0),
        x.norm(dim=0),
        x.logsumexp(0),
        x.mean(0),
    ]
    case.check(
        "stack(var(X, axis=0), std(X, axis=0), max(X, axis=0), min(X, axis=0), prod(X, axis=0), "
        "norm(X, axis=0), logsumexp(X, axis=0), mean(X, axis=0))",
        torch.stack(parts),
    )
    case = Case(file, "ties and corners", X=torch.tensor([2.0, 0, 2, -1]))
    case.check(
        "stack(relu X, abs X, maximum(X, 2), minimum(X, 0))",
        torch.stack(
            [
                case.X.relu(),
                case.X.abs(),
                torch.maximum(case.X, torch.tensor(2.0)),
                torch.minimum(case.X, torch.tensor(0.0)),
            ]
        ),
    )
    case = Case(file, "max of equal elements", X=torch.tensor([2.0, 0, 2, -1]))
    case.check("max X", case.X.amax())
    case = Case(file, "prod with a zero", X=torch.tensor([2.0, 0, 3]))
    case.check("prod X", case.X.prod())
    case = Case(file, "norm at its corner", X=torch.zeros(3))
    case.check("norm X", case.X.norm())


def adam(file):
    """20 steps of a small classifier; the losses are those before each step."""
    x, y = torch.randn(12, 4), torch.randint(0, 3, (12,))
    for name, make, options in [
        ("adam", lambda p: torch.optim.Adam(p, lr=0.05), "lr=0.05"),
        (
            "adamw",
            lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1),
            'lr=0.05, with="adamw", decay=0.1',
        ),
        (
            "sgd",
            lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
            'lr=0.1, with="sgd", momentum=0.9',
        ),
        ("adam, clipped", lambda p: torch.optim.Adam(p, lr=0.05), "lr=0.05, clip=0.3"),
    ]:
        w1, b1, w2, b2 = leaves(
            torch.randn(4, 6), torch.randn(6), torch.randn(6, 3), torch.zeros(3)
        )
        file.case(f"20 steps of {name}", tolerance=TOLERANCE)
        file.let(X=x, y=y, w1=w1.detach(), b1=b1.detach(), w2=w2.detach(), b2=b2.detach())
        parameters = [w1, b1, w2, b2]
        optimizer, losses = make(parameters), []
        for _ in range(20):
            optimizer.zero_grad()
            loss = F.cross_entropy(torch.tanh(x @ w1 + b1) @ w2 + b2, y)
            loss.backward()
            if "clip" in options:
                torch.nn.utils.clip_grad_norm_(parameters, 0.3)
            optimizer.step()
            losses.append(loss.item())
        file.run(
            "def loss(p) = cross_entropy(tanh(X @ p.w1 + p.b1) @ p.w2 + p.b2, y)",
            "p = record(w1=w1, b1=b1, w2=w2, b2=b2)",
            f"p, history = minimize(loss, p, steps=20, {options})",
        )
        file.equals("history", torch.tensor(losses))
        for key, value in zip(["w1", "b1", "w2", "b2"], parameters):
            file.equals(f"p.{key}", value.detach())


def options(file):
    """Options of attention and its relatives beyond those above; tangents."""
    n, m = 4, 5
    causal = torch.ones(n, m).tril().bool()

    def heads(x, count):
        return x.unflatten(-1, (count, -1)).transpose(-2, -3)

    for name in ["attn", "flash"]:
        case = Case(
            file,
            f"{name}, bias, softcap, tau, scale, causal",
            Q=torch.randn(2, n, 3),
            K=torch.randn(2, m, 3),
            V=torch.randn(2, m, 2),
            B=torch.randn(n, m),
            s=torch.tensor(0.6),
            t=torch.tensor(0.7),
            c=torch.tensor(1.5),
        )
        scores = case.c * torch.tanh(case.s * case.Q @ case.K.mT / case.c) + case.B
        # Hidden after the division: the gradient of -inf / t would be NaN.
        scores = (scores / case.t).masked_fill(~causal, -torch.inf)
        out = torch.softmax(scores, -1) @ case.V
        case.check(f"{name}(Q, K, V, causal, bias=B, scale=s, tau=t, softcap=c)", out)

    case = Case(file, "attn, alibi", Q=torch.randn(2, n, 3), K=torch.randn(2, n, 3))
    slopes = torch.tensor([1 / 16, 1 / 256])[:, None, None]
    distance = (torch.arange(n)[:, None] - torch.arange(n)).double()
    scores = case.Q @ case.K.mT / 3**0.5 - slopes * distance
    scores = scores.masked_fill(~causal[:, :n], -torch.inf)
    case.check("attn(Q, K, K, causal, bias=alibi(2))", torch.softmax(scores, -1) @ case.K)

    case = Case(
        file,
        "mha, grouped keys, bias, causal",
        X=torch.randn(2, n, 4),
        q=torch.randn(4, 8),
        k=torch.randn(4, 4),
        v=torch.randn(4, 4),
        o=torch.randn(8, 4),
        a=torch.randn(8),
        b=torch.randn(4),
        c=torch.randn(4),
        d=torch.randn(4),
        B=torch.randn(4, n, n),
    )
    queries = heads(case.X @ case.q + case.a, 4)
    keys, values = (heads(case.X @ w + b, 2) for w, b in [(case.k, case.b), (case.v, case.c)])
    out = F.scaled_dot_product_attention(
        queries,
        keys.repeat_interleave(2, 1),
        values.repeat_interleave(2, 1),
        attn_mask=case.B.masked_fill(~causal[:, :n], -torch.inf),
    )
    p = "record(wq=q, wk=k, wv=v, wo=o, bq=a, bk=b, bv=c, bo=d)"
    case.check(
        f"mha(X, X, X, {p}, causal, heads=4, kv_heads=2, bias=B)",
        out.transpose(1, 2).flatten(-2) @ case.o + case.d,
    )

    for name, phi in {"relu+1": lambda x: F.relu(x) + 1, "x -> exp(x)": torch.exp}.items():
        case = Case(
            file,
            f"linear attention, {name}, eps, causal",
            Q=torch.randn(5, 3),
            K=torch.randn(5, 3),
            V=torch.randn(5, 2),
        )
        weights = (phi(case.Q) @ phi(case.K).mT).tril()
        out = weights @ case.V / (weights.sum(-1, keepdim=True) + 0.1)
        option = f"({name})" if "->" in name else f'"{name}"'
        case.check(f"linear_attn(Q, K, V, causal, phi={option}, eps=0.1)", out)

    case = Case(file, "rotary embedding, half, positions, base", X=torch.randn(2, 4, 6))
    positions = torch.tensor([3.0, 0, 7, 2])
    angles = positions[:, None] * 100 ** (-torch.arange(0, 6, 2) / 6)
    x, y = case.X.chunk(2, -1)
    turned = [x * angles.cos() - y * angles.sin(), x * angles.sin() + y * angles.cos()]
    case.check('rope(X, layout="half", positions=[3 0 7 2], base=100)', torch.cat(turned, -1))

    case = Case(
        file,
        "mixture of experts, functions",
        X=torch.randn(6, 4),
        G=torch.randn(4, 3),
        w=torch.randn(4, 4),
    )
    probabilities = torch.softmax(case.X @ case.G, -1)
    best, chosen = probabilities.topk(1)
    gates = torch.zeros(6, 3).scatter(-1, chosen, best)
    parts = [torch.tanh(case.X @ case.w), case.X**2, case.X * case.w[0]]
    out = sum(gates[:, i : i + 1] * part for i, part in enumerate(parts))
    case.check("moe(X, G, (x -> tanh(x @ w), x -> x^2, x -> x * w[0]), k=1)", out)

    for norm in ["post", "pre"]:
        layer = layer_of(torch.nn.TransformerDecoderLayer, norm, "relu")
        x, memory = leaves(torch.randn(2, 5, 4), torch.randn(2, 3, 4))
        w = torch.randn(2, 5, 4)
        file.case(f"decoder layer, {norm}", tolerance=TOLERANCE)
        let_record(file, layer, mha="self")
        file.let(X=x.detach(), M=memory.detach(), W=w)
        out = layer(x, memory, tgt_mask=torch.ones(5, 5).triu(1).bool())
        (w * out).sum().backward()
        call = f'decoder_block(X, M, p, heads=2, norm="{norm}")'
        file.run(f"dx, dm, dp = grad((X, M, p) -> sum(W * {call}), X, M, p)")
        file.equals("dx", x.grad)
        file.equals("dm", memory.grad)
        file.equals("dp.ffn.b1", layer.linear1.bias.grad)
        file.equals("dp.cross.wo", layer.multihead_attn.out_proj.weight.grad.mT)
        file.equals("dp.norm3.gain", layer.norm3.weight.grad)

    for name, function in {
        "attn(x, x, x, causal)": lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True),
        "layernorm x": lambda x: F.layer_norm(x, (3,)),
        "gelu x": F.gelu,
        "softmax(x, tau=0.5)": lambda x: torch.softmax(2 * x, -1),
        "logsumexp x": lambda x: x.logsumexp(-1),
    }.items():
        x, v = torch.randn(4, 3), torch.randn(4, 3)
        file.case(f"tangent of {name}", tolerance=TOLERANCE)
        file.let(X=x, v=v)
        # The double backward of the fused attention is not there in every release.
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
            _, tangent = torch.autograd.functional.jvp(function, x, v)
        file.equals(f"jvp(x -> {name}, X, v)", tangent)


def single(file):
    """Single precision beside double: what a caller with f32 weights gets."""
    cases = {
        "attn": (
            "attn(Q, K, V, causal)",
            lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        ),
        "layernorm": ("layernorm(Q * K) + V", lambda q, k, v: F.layer_norm(q * k, (4,)) + v),
        "softmax": ("softmax(Q @ K') @ V", lambda q, k, v: torch.softmax(q @ k.mT, -1) @ v),
    }
    for name, (text, function) in cases.items():
        inputs = [torch.randn(6, 4, dtype=torch.float32) for _ in range(3)]
        w = torch.randn(6, 4, dtype=torch.float32)
        q, k, v = leaves(*(x.double() for x in inputs))
        gradients = torch.autograd.grad((w.double() * function(q, k, v)).sum(), [q, k, v])
        file.case(f"single precision, {name}", tolerance=1e-5)
        file.let(Q=inputs[0], K=inputs[1], V=inputs[2], W=w)
        file.run(f"dq, dk, dv = grad((Q, K, V) -> sum(W * ({text})), Q, K, V)")
        for key, gradient in zip(["dq", "dk", "dv"], gradients):
            file.equals(key, gradient.float())


if __name__ == "__main__":
    torch.manual_seed(7)
    with File("gradients.txt", __doc__) as file:
        attention(file)
        multi_head(file)
        layers(file)
        others(file)
        adam(file)
        language(file)
        options(file)
        single(file)
