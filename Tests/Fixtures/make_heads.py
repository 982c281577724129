"""heads.txt: PyTorch's MultiheadAttention and grouped heads in double precision."""

import torch
import torch.nn.functional as F

from fixtures import File

torch.set_default_dtype(torch.float64)


def split(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(-2, -3)


def merge(x):
    return x.transpose(-2, -3).flatten(-2)


def projections(module):
    """A module's parameters for `x @ w`; torch keeps the transposes, q, k and v in one or three."""
    if module.in_proj_weight is not None:
        ins = module.in_proj_weight.chunk(3)
    else:
        ins = module.q_proj_weight, module.k_proj_weight, module.v_proj_weight
    fields = {f"w{name}": w.mT for name, w in zip("qkv", ins)} | {"wo": module.out_proj.weight.mT}
    if module.in_proj_bias is not None:
        fields |= {f"b{name}": b for name, b in zip("qkv", module.in_proj_bias.chunk(3))}
        fields["bo"] = module.out_proj.bias
    return {name: x.detach() for name, x in fields.items()}


def main(file):
    def let_record(name, fields):
        file.let(**fields)
        file.run(f"{name} = record({', '.join(f'{field}={field}' for field in fields)})")

    def check(name, module, heads, q, k, v, text="", **options):
        torch.nn.init.normal_(module.out_proj.weight)
        if module.in_proj_bias is not None:
            torch.nn.init.normal_(module.in_proj_bias)
            torch.nn.init.normal_(module.out_proj.bias)
        file.case(name, tolerance=1e-12)
        let_record("p", projections(module))
        file.let(Q=q, K=k, V=v)
        with torch.no_grad():
            out, a = module(q, k, v, average_attn_weights=False, **options)
        file.run(f"out, A = mha Q K V p heads={heads} {text}".rstrip())
        file.equals("out", out)
        file.equals("A", a)

    def module(d, heads, **options):
        return torch.nn.MultiheadAttention(d, heads, batch_first=True, **options)

    x = torch.randn(4, 6)
    hidden = torch.ones(4, 4).triu(1).bool()
    for bias in [True, False]:
        text = "with biases" if bias else "without biases"
        check(f"self-attention {text}", module(6, 2, bias=bias), 2, x, x, x)
        check(f"causal {text}", module(6, 3, bias=bias), 3, x, x, x, "causal", attn_mask=hidden)
    check("one head", module(6, 1), 1, x, x, x)
    check("as many heads as columns", module(6, 6), 6, x, x, x)

    memory = torch.randn(5, 6)
    check("cross-attention", module(6, 2), 2, x, memory, memory)
    check("keys and values of their own", module(6, 2), 2, x, memory, torch.randn(5, 6))
    check(
        "keys and values of other widths",
        module(6, 2, kdim=3, vdim=5),
        2,
        x,
        torch.randn(5, 3),
        torch.randn(5, 5),
    )

    x, memory = torch.randn(2, 3, 4), torch.randn(2, 5, 4)
    check("a batch", module(4, 2), 2, x, memory, memory)
    check(
        "a batch with padding",
        module(4, 2),
        2,
        x,
        memory,
        memory,
        "(padding 2 4)",
        key_padding_mask=torch.arange(5) >= torch.tensor([2, 4])[:, None],
    )
    check(
        "a matrix mask, 1 = hidden in torch and visible here",
        module(4, 2),
        2,
        x,
        x,
        x,
        "([1 0 0; 1 1 0; 1 0 1])",
        attn_mask=~torch.tensor([[1, 0, 0], [1, 1, 0], [1, 0, 1]]).bool(),
    )
    check(
        "an additive mask",
        module(4, 2),
        2,
        x,
        x,
        x,
        "bias=[0 1 2; -1 0 1; -2 -1 0]",
        attn_mask=torch.tensor([[0, 1, 2], [-1, 0, 1], [-2, -1, 0.0]]),
    )

    def grouped(name, heads, kv_heads, text="", **given):
        d, width = 8, 8 // heads * kv_heads
        x = torch.randn(2, 5, d)
        p = {
            "wq": torch.randn(d, d),
            "wk": torch.randn(d, width),
            "wv": torch.randn(d, width),
            "wo": torch.randn(d, d),
        }
        file.case(name, tolerance=1e-11)
        let_record("p", p)
        file.let(X=x)
        q, k, v = (
            split(x @ p["wq"], heads),
            split(x @ p["wk"], kv_heads),
            split(x @ p["wv"], kv_heads),
        )
        out = F.scaled_dot_product_attention(q, k, v, enable_gqa=True, **given)
        file.equals(
            f"mha(X, X, X, p, heads={heads}, kv_heads={kv_heads}{text})", merge(out) @ p["wo"]
        )

    grouped("grouped queries", 4, 2)
    grouped("multi-query", 4, 1)
    grouped("grouped queries, causal", 4, 2, text=", mask=causal", is_causal=True)
    grouped("multi-query, a scale", 2, 1, text=", scale=0.7", scale=0.7)

    x = torch.randn(2, 3, 6)
    file.case("split_heads, merge_heads")
    file.let(X=x, Y=torch.arange(24.0).reshape(2, 3, 4))
    file.equals("split_heads(X, 3)", split(x, 3))
    file.equals("split_heads(X, 1)", split(x, 1))
    file.equals("merge_heads(Y)", merge(torch.arange(24.0).reshape(2, 3, 4)))

    x, (wq, wk, wv) = torch.randn(4, 5), torch.randn(3, 5, 3)
    file.case("self_attn, scores", tolerance=1e-12)
    file.let(X=x, Wq=wq, Wk=wk, Wv=wv)
    q, k, v = x @ wq, x @ wk, x @ wv
    file.equals("self_attn(X, Wq, Wk, Wv)", F.scaled_dot_product_attention(q, k, v))
    file.equals(
        "self_attn(X, Wq, Wk, Wv, causal)", F.scaled_dot_product_attention(q, k, v, is_causal=True)
    )
    file.equals("scores(X, X)", x @ x.mT / 5**0.5)
    file.equals("scores(X, X, scale=0.5)", x @ x.mT / 2)


if __name__ == "__main__":
    torch.manual_seed(1)
    with File("heads.txt", __doc__) as file:
        main(file)
