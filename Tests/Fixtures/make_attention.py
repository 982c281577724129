"""attention.txt: scaled dot-product attention of PyTorch in double precision, every mask."""

import torch
import torch.nn.functional as F
from torch.nn.attention.bias import causal_lower_right

from fixtures import File

torch.manual_seed(0)
INFINITY = float("inf")


def randn(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def causal(n, m):
    return torch.ones(n, m).tril().bool()


def causal_right(n, m):
    return torch.ones(n, m).tril(m - n).bool()


def window(n, m, w):
    return causal(n, m) & torch.ones(n, m).triu(1 - w).bool()


def prefix(n, m, k):
    return causal(n, m) | (torch.arange(m) < k)


def padding(lengths, m):
    return torch.arange(m) < torch.tensor(lengths)[:, None]


def weights(q, k, visible=None, bias=None, scale=None, softcap=None, tau=1):
    """The weights by the formula; a row that sees nothing is 0, as in torch."""
    scores = q @ k.mT * (q.shape[-1] ** -0.5 if scale is None else scale)
    if softcap is not None:
        scores = softcap * torch.tanh(scores / softcap)
    if bias is not None:
        scores = scores + bias
    if visible is not None:
        scores = scores.masked_fill(~visible, -INFINITY)
    return torch.softmax(scores / tau, -1).nan_to_num(0)


with File("attention.txt", __doc__) as file:

    def case(name, q, k, v, tolerance=1e-12):
        file.case(name, tolerance=tolerance)
        file.let(Q=q, K=k, V=v)

    def check(text, q, k, v, out, a):
        """out of torch's own function, and the weights that belong to it."""
        torch.testing.assert_close(a @ v, out, rtol=1e-12, atol=1e-12)
        file.run(f"out, A = attn Q K V {text}".rstrip())
        file.equals("out", out)
        file.equals("A", a)

    def sdpa(name, q, k, v, text="", visible=None, bias=None, **options):
        case(name, q, k, v)
        mask = visible if bias is None else bias
        if bias is not None and visible is not None:
            mask = bias.masked_fill(~visible, -INFINITY)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, **options)
        check(text, q, k, v, out, weights(q, k, visible, bias, options.get("scale")))

    square = randn(5, 4), randn(5, 4), randn(5, 4)
    wide = randn(3, 4), randn(6, 4), randn(6, 2)
    tall = randn(6, 4), randn(3, 4), randn(3, 5)

    sdpa("full, n = m", *square)
    sdpa("full, n < m, dv < dk", *wide)
    sdpa("full, n > m, dv > dk", *tall)
    sdpa("one query, one key", randn(1, 1), randn(1, 1), randn(1, 1))
    sdpa("batch and heads", randn(2, 3, 4, 5), randn(2, 3, 6, 5), randn(2, 3, 6, 2))

    for kind, (q, k, v) in {"n = m": square, "n < m": wide, "n > m": tall}.items():
        n, m = len(q), len(k)
        case(f"causal, {kind}", q, k, v)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        check("causal", q, k, v, out, weights(q, k, causal(n, m)))

        case(f"causal_right, {kind}", q, k, v)
        visible = causal_right(n, m)
        if n <= m:
            mask = causal_lower_right(n, m)
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        else:
            # Here the class itself would give NaN for the rows that see nothing.
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
        check("causal_right", q, k, v, out, weights(q, k, visible))

        sdpa(f"window 1, {kind}", q, k, v, "(window 1)", window(n, m, 1))
        sdpa(f"window 3, {kind}", q, k, v, "(window 3)", window(n, m, 3))
        sdpa(f"window 9, {kind}", q, k, v, "(window 9)", window(n, m, 9))
        sdpa(f"prefix 2, {kind}", q, k, v, "(prefix 2)", prefix(n, m, 2))
        sdpa(f"prefix 8, {kind}", q, k, v, "(prefix 8)", prefix(n, m, 8))
        sdpa(f"padding 2, {kind}", q, k, v, "(padding 2)", (torch.arange(m) < 2).expand(n, m))

    q, k, v = wide
    for kind, rows in {
        "a 0/1 matrix": [[1, 0, 1, 0, 0, 1], [0, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]],
        "a 0/1 matrix with rows that see nothing": [[0] * 6, [0, 0, 1, 0, 1, 0], [0] * 6],
        "a 0/1 matrix of zeros": [[0] * 6] * 3,
    }.items():
        visible = torch.tensor(rows).bool()
        case(kind, q, k, v)
        file.let(M=visible.double())
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
        check("M", q, k, v, out, weights(q, k, visible))
        file.run("M = bool M")
        check("M", q, k, v, out, weights(q, k, visible))

    q, k, v = randn(2, 3, 4, 5), randn(2, 3, 6, 5), randn(2, 3, 6, 2)
    for shape in [(4, 6), (3, 4, 6), (2, 1, 4, 6), (2, 3, 4, 6), (1, 6), (4, 1)]:
        visible = torch.rand(*shape) < 0.6
        case(f"a mask {'×'.join(map(str, shape))} of weights 2×3×4×6", q, k, v)
        file.let(M=visible)
        full = visible.expand(2, 3, 4, 6)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=full)
        check("M", q, k, v, out, weights(q, k, full))

    for shape in [(4, 6), (3, 4, 6), (2, 1, 4, 6), (3, 1, 1)]:
        bias = randn(*shape)
        case(f"a bias {'×'.join(map(str, shape))} of weights 2×3×4×6", q, k, v)
        file.let(B=bias)
        full = bias.expand(2, 3, 4, 6)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=full)
        check("bias=B", q, k, v, out, weights(q, k, bias=full))

    bias = randn(4, 6)
    bias[0, 2] = bias[2, :5] = bias[3] = -INFINITY
    case("a bias of -∞ hides, also a whole row", q, k, v)
    file.let(B=bias)
    full = bias.expand(2, 3, 4, 6)
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=full)
    check("bias=B", q, k, v, out, weights(q, k, bias=full))

    visible = padding([2, 5], 6)[:, None, None, :].expand(2, 3, 4, 6)
    sdpa("padding of a batch with heads", q, k, v, "(padding 2 5)", visible)
    sdpa(
        "causal and padding of a batch with heads",
        q,
        k,
        v,
        "(causal * padding(2, 5))",
        visible & causal(4, 6),
    )
    sdpa(
        "padding of nothing",
        q,
        k,
        v,
        "(padding 0 6)",
        padding([0, 6], 6)[:, None, None, :].expand(2, 3, 4, 6),
    )
    sdpa(
        "padding of a batch without heads",
        q[:, 0],
        k[:, 0],
        v[:, 0],
        "(padding 2 5)",
        padding([2, 5], 6)[:, None, :].expand(2, 4, 6),
    )

    q, k, v = square
    sdpa("causal and window", q, k, v, "(causal * window(2))", window(5, 5, 2))
    sdpa(
        "a rule or another", q, k, v, "(window(2) or prefix(1))", window(5, 5, 2) | prefix(5, 5, 1)
    )
    sdpa("not causal", q, k, v, "(not causal)", ~causal(5, 5))

    for scale in [0.3, 1, 0, -2]:
        sdpa(f"scale {scale}", q, k, v, f"causal scale={scale}", causal(5, 5), scale=scale)

    bias = randn(5, 5)
    for text, options in {
        "softcap=2": {"softcap": 2},
        "softcap=0.5 scale=3": {"softcap": 0.5, "scale": 3},
        "tau=0.25": {"tau": 0.25},
        "causal tau=4 softcap=1.5 bias=B": {
            "tau": 4,
            "softcap": 1.5,
            "bias": bias,
            "visible": causal(5, 5),
        },
    }.items():
        case(f"by the formula: {text}", q, k, v)
        file.let(B=bias)
        a = weights(q, k, **options)
        check(text, q, k, v, a @ v, a)

    sdpa("no keys", randn(2, 3), randn(0, 3), randn(0, 2))
    sdpa("no queries", randn(0, 3), randn(2, 3), randn(2, 2))
    sdpa("no values", randn(2, 3), randn(4, 3), randn(4, 0))
    sdpa("scores beyond the range of exp", q * 1e3, k * 1e3, v, "causal", causal(5, 5))

    q, k, v = (x.float() for x in (randn(4, 8), randn(6, 8), randn(6, 3)))
    case("single precision", q, k, v, tolerance=1e-5)
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=causal_right(4, 6))
    file.run("out, A = attn Q K V causal_right")
    file.equals("out", out)
    file.equals("A", weights(q, k, causal_right(4, 6)))

    q, k, v = randn(70, 3), randn(67, 3), randn(67, 2)
    file.case("more rows than a block", tolerance=1e-12)
    file.let(Q=q, K=k, V=v)
    out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    file.equals("attn(Q, K, V, causal)[60:]", out[60:])
