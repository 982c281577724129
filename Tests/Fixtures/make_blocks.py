"""blocks.txt: PyTorch's transformer layers in double precision."""

import torch

from fixtures import File
from make_heads import projections

torch.set_default_dtype(torch.float64)


def parts(layer):
    """A layer's parameters for `x @ w`: attention, feed-forward network, norms."""
    yield "mha", projections(layer.self_attn)
    if hasattr(layer, "multihead_attn"):
        yield "cross", projections(layer.multihead_attn)
    yield "ffn", {
        "w1": layer.linear1.weight.mT,
        "b1": layer.linear1.bias,
        "w2": layer.linear2.weight.mT,
        "b2": layer.linear2.bias,
    }
    for name in ["norm1", "norm2", "norm3"]:
        if hasattr(layer, name):
            norm = getattr(layer, name)
            yield name, {"gain": norm.weight, "bias": norm.bias}


def let_record(file, layer, **rename):
    names = []
    for name, fields in parts(layer):
        file.let(**{f"{name}_{field}": value.detach() for field, value in fields.items()})
        inner = ", ".join(f"{field}={name}_{field}" for field in fields)
        names.append(f"{rename.get(name, name)}=record({inner})")
    file.run(f"p = record({', '.join(names)})")


def layer_of(kind, norm, act, eps=1e-5):
    layer = kind(
        4,
        2,
        dim_feedforward=6,
        dropout=0,
        activation=act,
        layer_norm_eps=eps,
        batch_first=True,
        norm_first=norm == "pre",
    )
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    return layer


def main(file):
    hidden = torch.ones(5, 5).triu(1).bool()
    lengths = torch.tensor([3, 5])
    for norm in ["post", "pre"]:
        for act in ["relu", "gelu"]:
            layer = layer_of(torch.nn.TransformerEncoderLayer, norm, act)
            x = torch.randn(2, 5, 4)
            options = f'heads=2, norm="{norm}", act={act}'
            file.case(f"encoder_block, {norm}, {act}", tolerance=1e-11)
            let_record(file, layer)
            file.let(X=x)
            file.equals(f"encoder_block(X, p, {options})", layer(x).detach())
            file.equals(
                f"encoder_block(X, p, causal, {options})", layer(x, src_mask=hidden).detach()
            )
            out = layer(x, src_key_padding_mask=torch.arange(5) >= lengths[:, None])
            file.equals(f"encoder_block(X, p, padding(3, 5), {options})", out.detach())

            layer = layer_of(torch.nn.TransformerDecoderLayer, norm, act)
            x, memory = torch.randn(2, 5, 4), torch.randn(2, 3, 4)
            file.case(f"decoder_block, {norm}, {act}", tolerance=1e-11)
            let_record(file, layer, mha="self")
            file.let(X=x, M=memory)
            out = layer(x, memory, tgt_mask=hidden)
            file.equals(f"decoder_block(X, M, p, {options})", out.detach())
            out = layer(
                x, memory, memory_key_padding_mask=torch.arange(3) >= torch.tensor([[2], [1]])
            )
            file.equals(
                f"decoder_block(X, M, p, full, memory_mask=padding(2, 1), {options})", out.detach()
            )

    layer = layer_of(torch.nn.TransformerEncoderLayer, "pre", "relu", eps=0.1)
    x = torch.randn(3, 4)
    file.case("encoder_block, another eps, without a batch", tolerance=1e-11)
    let_record(file, layer)
    file.let(X=x)
    file.equals('encoder_block(X, p, heads=2, norm="pre", eps=0.1)', layer(x).detach())


with File("blocks.txt", __doc__) as file:
    torch.manual_seed(5)
    main(file)
