"""linear_attention.txt: attention without softmax, by its quadratic formula, with PyTorch."""

import torch
import torch.nn.functional as F

from fixtures import File

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)


def attend(q, k, v, phi, causal=False, eps=0):
    scores = phi(q) @ phi(k).mT
    if causal:
        scores = scores.tril()
    return scores @ v / (scores.sum(-1, keepdim=True) + eps)


def elu(x):
    return F.elu(x) + 1


def relu(x):
    return F.relu(x) + 1


with File("linear_attention.txt", __doc__) as file:
    for name, q, k, v in [
        ("n = m", torch.randn(5, 4), torch.randn(5, 4), torch.randn(5, 4)),
        ("n < m, dv < dk", torch.randn(3, 4), torch.randn(6, 4), torch.randn(6, 2)),
        ("n > m, dv > dk", torch.randn(6, 3), torch.randn(2, 3), torch.randn(2, 5)),
        (
            "batch and heads",
            torch.randn(2, 2, 4, 3),
            torch.randn(2, 2, 4, 3),
            torch.randn(2, 2, 4, 2),
        ),
    ]:
        file.case(name, tolerance=1e-12)
        file.let(Q=q, K=k, V=v)
        file.equals("linear_attn(Q, K, V)", attend(q, k, v, elu))
        file.equals("linear_attn(Q, K, V, causal)", attend(q, k, v, elu, True))
        file.equals('linear_attn(Q, K, V, phi="relu+1", eps=1e-6)', attend(q, k, v, relu, eps=1e-6))
        file.equals(
            'linear_attn(Q, K, V, causal, phi="relu+1", eps=0.1)', attend(q, k, v, relu, True, 0.1)
        )
        file.equals("linear_attn(Q, K, V, phi=(x -> exp x))", attend(q, k, v, torch.exp))
