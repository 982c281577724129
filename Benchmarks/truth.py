"""What a workload should give, in f64 and by the formula, at some of its rows."""

import math

import numpy as np

ROWS = 32


def softmax(s):
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def attended(rows, q, k, v, causal=False):
    s = q[..., rows, :] @ np.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1])
    if causal:
        s = np.where(np.arange(k.shape[-2]) <= rows[:, None], s, -np.inf)
    return softmax(s) @ v


def weighed(rows, q, k, v, causal=False):
    features = lambda x: np.where(x > 0, x + 1, np.exp(np.minimum(x, 0)))
    w = features(q[rows]) @ features(k).T
    if causal:
        w = w * (np.arange(len(k)) <= rows[:, None])
    return w @ v / w.sum(-1, keepdims=True)


def query_gradient(rows, q, k, v, g):
    p = softmax(q[rows] @ k.T / math.sqrt(q.shape[-1]))
    d = g[rows] @ v.T
    return (d - (d * p).sum(-1, keepdims=True)) * p @ k / math.sqrt(q.shape[-1])


def multi_head(rows, x, wq, wk, wv, wo, heads):
    split = lambda y: y.reshape(len(y), heads, -1).transpose(1, 0, 2)
    q, k, v = split(x @ wq), split(x @ wk), split(x @ wv)
    return attended(rows, q, k, v).transpose(1, 0, 2).reshape(len(rows), -1) @ wo


def normalised(rows, x, g, b):
    x = x[rows]
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * g + b


def angles(rows, d):
    return rows[:, None] * 10000.0 ** (-np.arange(0, d, 2) / d)


def turned(rows, x):
    x, a = x[rows], angles(rows, x.shape[1])
    pair = x.view(np.complex128) * np.exp(1j * a)
    return pair.view(np.float64)


def sinusoidal(rows, n, d):
    out, a = np.empty((len(rows), d)), angles(rows, d)
    out[:, 0::2], out[:, 1::2] = np.sin(a), np.cos(a)
    return out


def mixed(rows, x, gate, w1, w2):
    x = x[rows]
    p = softmax(x @ gate)
    out = np.zeros_like(x)
    for row, chosen in enumerate(np.argsort(-p, axis=1, kind="stable")[:, :2]):
        for e in chosen:
            out[row] += p[row, e] * (np.maximum(x[row] @ w1[e], 0) @ w2[e])
    return out


TRUTHS = {
    "attention": attended, "causal": lambda *a: attended(*a, causal=True), "decode": attended,
    "gradient": query_gradient, "gemm": lambda rows, a, b: a[rows] @ b,
    "scores": lambda rows, a, b: a[rows] @ b.T, "softmax": lambda rows, x: softmax(x[rows]),
    "linear": weighed, "linear_causal": lambda *a: weighed(*a, causal=True), "mha": multi_head,
    "layernorm": normalised, "rope": turned, "sinusoidal": sinusoidal, "moe": mixed}


def error_of(workload, dtype, path):
    """The largest error of the result in a file, over the largest magnitude."""
    result = np.load(path, mmap_mode="r")
    inputs = {k: a.astype(np.float64) for k, a in workload.arrays(dtype).items()}
    if workload.kind == "mha":
        inputs["heads"] = workload.sizes["heads"]
    if workload.kind == "sinusoidal":
        inputs = workload.sizes
    n = result.shape[-2]
    rows = np.unique(np.linspace(0, n - 1, ROWS).astype(int))
    expected = TRUTHS[workload.kind](rows, *inputs.values())
    found = np.asarray(result[..., rows, :], np.float64).reshape(expected.shape)
    return float(np.abs(found - expected).max() / np.abs(expected).max())
