"""What is measured, once for attn and for its peers.

The inputs are the numbers of `seed 1` and `randn`, which are NumPy's `np.random.seed(1)` and
`randn` bit for bit: every contestant works on the same ones.
"""

from dataclasses import dataclass, field


@dataclass
class Workload:
    kind: str
    """The name under which a peer knows how to do it."""
    sizes: dict
    inputs: dict
    """Name: shape, in the order in which they are drawn."""
    call: str
    """The same work in the language of attn."""
    operations: float = 0
    moved: float = 0
    """Elements read and written once, for work bound by memory."""
    setup: str = ""
    """Lines after the inputs; SINGLE(x) is x in the precision of the workload."""
    calls: int = 1
    """Of the work in one call of `call`."""
    scales: dict = field(default_factory=dict)
    """What inputs are multiplied by."""
    is_checked: bool = True

    @property
    def name(self):
        return f"{self.kind} " + " ".join(f"{k}={v}" for k, v in self.sizes.items())

    def program(self, dtype):
        """The lines of attn that make the inputs."""
        lines = ["seed 1"]
        for name, shape in self.inputs.items():
            scale = self.scales.get(name, 1)
            draw = f"randn({', '.join(map(str, shape))})" + (f" * {scale!r}" if scale != 1 else "")
            lines.append(f"{name} = f32({draw});" if dtype == "f32" else f"{name} = {draw};")
        setup = self.setup.replace("SINGLE", "f32" if dtype == "f32" else "")
        return "\n".join([*lines, setup]) + "\n"

    def arrays(self, dtype):
        """The same inputs in NumPy."""
        import numpy as np

        np.random.seed(1)
        arrays = {}
        for name, shape in self.inputs.items():
            draw = np.random.randn(*shape)
            if self.scales.get(name, 1) != 1:
                draw = draw * self.scales[name]
            arrays[name] = draw.astype({"f32": np.float32, "f64": np.float64}[dtype])
        return arrays


def attention(n, d=64, heads=1, causal=False):
    shape = (heads, n, d) if heads > 1 else (n, d)
    pairs = 2 * n * (n + 1) if causal else 4 * n * n
    sizes = {"n": n, "d": d, "heads": heads} if heads > 1 else {"n": n, "d": d}
    return Workload(
        "causal" if causal else "attention", sizes, {"q": shape, "k": shape, "v": shape},
        "attn q k v causal" if causal else "attn q k v", operations=pairs * d * heads)


def attention_gradient(n, d=64):
    shape = (n, d)
    return Workload(
        "gradient", {"n": n, "d": d}, {"q": shape, "k": shape, "v": shape, "g": shape},
        "grad ((q, k, v) -> sum(g * attn(q, k, v))) q k v", operations=12 * n * n * d)


def product(m, n, k):
    return Workload(
        "gemm", {"m": m, "n": n, "k": k}, {"a": (m, k), "b": (k, n)}, "a @ b",
        operations=2 * m * n * k)


def scores(n, d):
    return Workload(
        "scores", {"n": n, "d": d}, {"a": (n, d), "b": (n, d)}, "a @ b'", operations=2 * n * n * d)


def softmax(rows, columns):
    return Workload(
        "softmax", {"rows": rows, "columns": columns}, {"x": (rows, columns)}, "softmax x",
        moved=2 * rows * columns)


def linear(n, d=64, causal=False):
    shape = (n, d)
    return Workload(
        "linear_causal" if causal else "linear", {"n": n, "d": d},
        {"q": shape, "k": shape, "v": shape},
        "linear_attn q k v causal" if causal else "linear_attn q k v", operations=4 * n * d * d)


def decode(tokens, d=64, heads=8):
    """The attention of one new token to a cache that already holds it."""
    cache = (heads, tokens, d)
    return Workload(
        "decode", {"heads": heads, "tokens": tokens, "d": d},
        {"q": (heads, 1, d), "k": cache, "v": cache}, "attn q k v", moved=2 * tokens * d * heads)


def multi_head(n, width, heads):
    weights = {name: (width, width) for name in ("wq", "wk", "wv", "wo")}
    return Workload(
        "mha", {"n": n, "width": width, "heads": heads}, {"x": (n, width), **weights},
        f"mha x x x p heads={heads}", setup="p = record(wq=wq, wk=wk, wv=wv, wo=wo);",
        scales={name: width**-0.5 for name in weights},
        operations=8 * n * width**2 + 4 * n * n * width)


def layer_norm(n, d):
    return Workload(
        "layernorm", {"n": n, "d": d}, {"x": (n, d), "g": (d,), "b": (d,)}, "layernorm x g b",
        moved=2 * n * d)


def rope(n, d):
    """With its tables of sines and cosines."""
    return Workload("rope", {"n": n, "d": d}, {"x": (n, d)}, "rope x", moved=2 * n * d)


def sinusoidal(n, d):
    return Workload("sinusoidal", {"n": n, "d": d}, {}, f"sinusoidal {n} {d}", moved=n * d)


def experts(tokens, d, hidden, count):
    work = "; ".join(f"e{i} = x -> relu(x @ a{i}) @ b{i}" for i in range(count))
    split = "; ".join(f"a{i} = w1[{i}]; b{i} = w2[{i}]" for i in range(count))
    names = ", ".join(f"e{i}" for i in range(count))
    return Workload(
        "moe", {"tokens": tokens, "d": d, "hidden": hidden, "experts": count},
        {"x": (tokens, d), "gate": (d, count), "w1": (count, d, hidden), "w2": (count, hidden, d)},
        f"moe x gate ({names}) k=2", setup=f"{split}; {work};",
        scales={"gate": d**-0.5, "w1": d**-0.5, "w2": hidden**-0.5},
        operations=8 * tokens * d * hidden + 2 * tokens * d * count)


def training(batch, tokens, width, heads, hidden, steps=10):
    """Adam steps of a classifier with one transformer block."""
    drawn = ["mha." + name for name in ("wq", "wk", "wv", "wo", "bq", "bk", "bv", "bo")]
    drawn += ["ffn.w1", "ffn.w2", "ffn.b1", "ffn.b2"]
    drawn += [f"norm{i}.{name}" for i in (1, 2) for name in ("gain", "bias")]
    return Workload(
        "training",
        {"batch": batch, "tokens": tokens, "width": width, "heads": heads, "hidden": hidden},
        {"embedding": (16, width), "head": (width, 2)},
        f"minimize loss p steps={steps} lr=0.001",
        setup=f"t = randint 0 16 {batch} {tokens}; y = randint 0 2 {batch};"
        f"block = init_block({width}, {heads}, ff={hidden});"
        + "".join(f"block.{name} = SINGLE(block.{name});" for name in drawn)
        + "p = record(e = embedding, block = block, w = head);"
        "loss = p -> cross_entropy(mean(encoder_block(embed(p.e, t), p.block,"
        f" heads={heads}), axis=-2) @ p.w, y);",
        calls=steps, is_checked=False,
        operations=3 * batch * (
            tokens * (8 * width**2 + 4 * width * hidden) + 4 * tokens * tokens * width))


WORKLOADS = (
    [attention(n) for n in (512, 1024, 2048, 4096, 8192)]
    + [attention(n, heads=8) for n in (1024, 2048)]
    + [attention(n, causal=True) for n in (512, 1024, 2048, 4096, 8192)]
    + [attention(n, heads=8, causal=True) for n in (1024, 2048)]
    + [attention(128), attention(4, 8), attention_gradient(1024)]
    + [product(n, n, n) for n in (64, 1024, 2048)] + [scores(1024, 64)]
    + [softmax(4096, 4096), softmax(1024, 64)]
    + [linear(n) for n in (1000, 16384, 65536)]
    + [linear(n, causal=True) for n in (1000, 16384, 65536)]
    + [decode(4096), decode(16384), multi_head(512, 512, 8), layer_norm(4096, 1024)]
    + [rope(8192, 128), sinusoidal(8192, 512), experts(1024, 256, 512, 8)]
    + [training(32, 16, 32, 4, 128)])
