"""alibi.txt: attention with linear biases, slopes as in the code that Press et al. published."""

import math

import torch
import torch.nn.functional as F

from fixtures import File

torch.manual_seed(2)
torch.set_default_dtype(torch.float64)


def slopes(heads):
    def powers(n):
        start = 2 ** -(2 ** -(math.log2(n) - 3))
        return [start * start**i for i in range(n)]

    if math.log2(heads).is_integer():
        return powers(heads)
    lower = 2 ** math.floor(math.log2(heads))
    return powers(lower) + slopes(2 * lower)[0::2][: heads - lower]


def bias(heads, n, m, right=False):
    i = torch.arange(n)[:, None] + (m - n if right else 0)
    distance = (i - torch.arange(m)).abs()
    return -torch.tensor(slopes(heads), dtype=torch.float64)[:, None, None] * distance


with File("alibi.txt", __doc__) as file:
    for heads in range(1, 17):
        file.case(f"slopes of {heads}", relative=1e-14)
        file.equals(f"alibi_slopes({heads})", slopes(heads))

    for heads, n, m in [(1, 4, 4), (3, 4, 4), (4, 3, 5), (6, 5, 3)]:
        q, k, v = torch.randn(heads, n, 4), torch.randn(heads, m, 4), torch.randn(heads, m, 2)
        visible = torch.ones(n, m).tril().bool()
        b = bias(heads, n, m)
        file.case(f"causal attention of {heads} heads, {n} queries, {m} keys", tolerance=1e-12)
        file.let(Q=q, K=k, V=v, B=b)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=b.masked_fill(~visible, -math.inf))
        file.equals(f"attn(Q, K, V, causal, bias=alibi({heads}))", out)
        file.equals("attn(Q, K, V, causal, bias=B)", out)
        file.equals(
            f"attn(Q, K, V, bias=alibi({heads}))",
            F.scaled_dot_product_attention(q, k, v, attn_mask=b),
        )
        visible = torch.ones(n, m).tril(m - n).bool()
        b = bias(heads, n, m, right=True).masked_fill(~visible, -math.inf)
        file.equals(
            f"attn(Q, K, V, causal_right, bias=alibi({heads}, right=1))",
            F.scaled_dot_product_attention(q, k, v, attn_mask=b),
        )

    q = torch.randn(2, 3, 4, 2)
    b = bias(3, 4, 4).expand(2, 3, 4, 4)
    file.case("a batch", tolerance=1e-12)
    file.let(Q=q)
    file.equals(
        "attn(Q, Q, Q, bias=alibi(3))", F.scaled_dot_product_attention(q, q, q, attn_mask=b)
    )
