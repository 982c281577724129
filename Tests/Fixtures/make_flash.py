"""flash.txt: PyTorch's attention with the logarithm of each row's sum of exponentials."""

import math

import torch
import torch.nn.functional as F

from fixtures import File

torch.manual_seed(8)
torch.set_default_dtype(torch.float64)


def lse(q, k, visible=None, bias=0, scale=None):
    scores = q @ k.mT * (q.shape[-1] ** -0.5 if scale is None else scale) + bias
    if visible is not None:
        scores = scores.masked_fill(~visible, -math.inf)
    return torch.logsumexp(scores, -1)


with File("flash.txt", __doc__) as file:
    for name, q, k, v in [
        ("n = m", torch.randn(5, 4), torch.randn(5, 4), torch.randn(5, 4)),
        ("n < m, dv < dk", torch.randn(3, 4), torch.randn(7, 4), torch.randn(7, 2)),
        ("n > m, dv > dk", torch.randn(6, 3), torch.randn(3, 3), torch.randn(3, 5)),
        (
            "batch and heads",
            torch.randn(2, 2, 4, 3),
            torch.randn(2, 2, 6, 3),
            torch.randn(2, 2, 6, 2),
        ),
    ]:
        n, m = q.shape[-2], k.shape[-2]
        ones = torch.ones(n, m)
        masks = {
            "": None,
            "causal ": ones.tril().bool(),
            "causal_right ": ones.tril(m - n).bool(),
            "(window 2) ": (ones.tril() * ones.triu(-1)).bool(),
            "(prefix 2) ": ones.tril().bool() | (torch.arange(m) < 2),
            "(padding 1) ": (torch.arange(m) < 1).expand(n, m),
        }
        for text, visible in masks.items():
            file.case(f"{name}, {text or 'full'}".strip(), tolerance=1e-12)
            file.let(Q=q, K=k, V=v)
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
            for block in [1, 2, 64]:
                file.run(f"out, lse = flash Q K V {text}block={block}")
                file.equals("out", out)
                file.equals("lse", lse(q, k, visible))

    q, k, v, bias = torch.randn(4, 3), torch.randn(6, 3), torch.randn(6, 2), torch.randn(4, 6)
    visible = torch.tensor([[1, 0, 0, 1, 0, 1], [0] * 6, [0, 0, 0, 0, 0, 1], [1] * 6]).bool()
    file.case("a matrix, a bias, a scale", tolerance=1e-12)
    file.let(Q=q, K=k, V=v, B=bias, M=visible)
    file.run("out, lse = flash Q K V M bias=B scale=0.8 block=2")
    hidden = bias.masked_fill(~visible, -math.inf)
    file.equals("out", F.scaled_dot_product_attention(q, k, v, attn_mask=hidden, scale=0.8))
    file.equals("lse", lse(q, k, visible, bias, 0.8))

    q, k, v = torch.randn(130, 3), torch.randn(129, 3), torch.randn(129, 2)
    file.case("several blocks", tolerance=1e-12)
    file.let(Q=q, K=k, V=v)
    file.run("out, lse = flash Q K V causal block=64")
    visible = torch.ones(130, 129).tril().bool()
    file.equals("out[::13]", F.scaled_dot_product_attention(q, k, v, is_causal=True)[::13])
    file.equals("lse[::13]", lse(q, k, visible)[::13])
