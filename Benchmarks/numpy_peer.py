"""The workloads in NumPy."""

import math


class NumPy:
    """Whole arrays, in place where that is possible; attention in blocks of rows."""

    BLOCK = 128

    def __init__(self, threads):
        import numpy as np

        self.np, self.version = np, np.__version__

    def softmaxed(self, s):
        s -= s.max(-1, keepdims=True)
        self.np.exp(s, out=s)
        s /= s.sum(-1, keepdims=True)
        return s

    def gemm(self, a, b):
        out = self.np.empty((a.shape[0], b.shape[1]), a.dtype)
        return lambda: self.np.matmul(a, b, out=out)

    def scores(self, a, b):
        out = self.np.empty((a.shape[0], b.shape[0]), a.dtype)
        return lambda: self.np.matmul(a, b.T, out=out)

    def softmax(self, x):
        out = self.np.empty_like(x)

        def work():
            self.np.subtract(x, x.max(-1, keepdims=True), out=out)
            self.np.exp(out, out=out)
            self.np.divide(out, out.sum(-1, keepdims=True), out=out)
            return out
        return work

    def attention(self, q, k, v, causal=False):
        np, n, d = self.np, q.shape[-2], q.shape[-1]
        shape = q.shape
        q, k, v = (x.reshape(-1, *x.shape[-2:]) for x in (q, k, v))
        if n <= self.BLOCK and not causal:
            scale = q.dtype.type(1 / math.sqrt(d))
            return lambda: (self.softmaxed((q * scale) @ k.transpose(0, 2, 1)) @ v).reshape(shape)
        out = np.empty_like(q)
        scale = q.dtype.type(1 / math.sqrt(d))
        above = np.triu(np.full((self.BLOCK, self.BLOCK), -np.inf, q.dtype), 1)

        def work():
            for head in range(len(q)):
                for first in range(0, n, self.BLOCK):
                    last = min(first + self.BLOCK, n)
                    seen = last if causal else n
                    s = (q[head, first:last] * scale) @ k[head, :seen].T
                    if causal:
                        s[:, first:] += above[: last - first, : last - first]
                    s -= s.max(-1, keepdims=True)
                    np.exp(s, out=s)
                    total = s.sum(-1, keepdims=True)
                    np.matmul(s, v[head, :seen], out=out[head, first:last])
                    out[head, first:last] /= total
            return out.reshape(shape)
        return work

    def causal(self, q, k, v):
        return self.attention(q, k, v, causal=True)

    def gradient(self, q, k, v, g):
        scale = q.dtype.type(1 / math.sqrt(q.shape[-1]))

        def work():
            p = self.softmaxed((q * scale) @ k.T)
            p @ v
            d = g @ v.T
            d -= (d * p).sum(-1, keepdims=True)
            d *= p
            d *= scale
            return d @ k, d.T @ q, p.T @ g
        return work

    def features(self, x):
        return self.np.exp(self.np.minimum(x, 0)) + self.np.maximum(x, 0)

    def linear(self, q, k, v):
        def work():
            a, b = self.features(q), self.features(k)
            return (a @ (b.T @ v)) / (a @ b.sum(0))[:, None]
        return work

    def linear_causal(self, q, k, v):
        np, block = self.np, self.BLOCK
        below = np.tril(np.ones((block, block), q.dtype))

        def work():
            a, b, out = self.features(q), self.features(k), np.empty_like(v)
            state, sums = np.zeros((q.shape[1], v.shape[1]), q.dtype), np.zeros(q.shape[1], q.dtype)
            for first in range(0, len(q), block):
                x, y, z = (t[first : first + block] for t in (a, b, v))
                w = x @ y.T
                w *= below[: len(x), : len(x)]
                out[first : first + block] = (w @ z + x @ state) / (w.sum(1) + x @ sums)[:, None]
                state += y.T @ z
                sums += y.sum(0)
            return out
        return work

    def decode(self, q, k, v):
        scale = q.dtype.type(1 / math.sqrt(q.shape[-1]))

        def work():
            s = (k @ (q * scale).transpose(0, 2, 1)).transpose(0, 2, 1)
            return self.softmaxed(s) @ v
        return work

    def mha(self, x, wq, wk, wv, wo, heads):
        n, width = x.shape
        scale = x.dtype.type(1 / math.sqrt(width // heads))
        w = self.np.concatenate([wq * scale, wk, wv], 1)

        def work():
            q, k, v = (x @ w).reshape(n, 3, heads, -1).transpose(1, 2, 0, 3)
            a = self.softmaxed(q @ k.transpose(0, 2, 1)) @ v
            return a.transpose(1, 0, 2).reshape(n, width) @ wo
        return work

    def layernorm(self, x, g, b):
        np, out = self.np, self.np.empty_like(x)

        def work():
            np.subtract(x, x.mean(-1, keepdims=True), out=out)
            variance = np.einsum("ij,ij->i", out, out) / x.dtype.type(x.shape[-1])
            np.multiply(out, (1 / np.sqrt(variance + x.dtype.type(1e-5)))[:, None], out=out)
            np.multiply(out, g, out=out)
            return np.add(out, b, out=out)
        return work

    def rope(self, x):
        np, (n, d) = self.np, x.shape
        pair = {"float32": np.complex64, "float64": np.complex128}[x.dtype.name]
        rates = 10000.0 ** (-np.arange(0, d, 2) / d)

        def work():
            angles = (np.arange(n)[:, None] * rates).astype(x.dtype)
            turned = np.empty((n, d // 2), pair)
            turned.real, turned.imag = np.cos(angles), np.sin(angles)
            turned *= x.view(pair)
            return turned.view(x.dtype)
        return work

    def sinusoidal(self, n, d, dtype):
        np, dtype = self.np, {"f32": self.np.float32, "f64": self.np.float64}[dtype]
        rates = 10000.0 ** (-np.arange(0, d, 2) / d)

        def work():
            out, angles = np.empty((n, d), dtype), (np.arange(n)[:, None] * rates).astype(dtype)
            np.sin(angles, out=out[:, 0::2])
            np.cos(angles, out=out[:, 1::2])
            return out
        return work

    def moe(self, x, gate, w1, w2):
        np = self.np

        def work():
            p = self.softmaxed(x @ gate)
            top = np.argpartition(-p, 1, axis=1)[:, :2]
            out = np.zeros_like(x)
            for e in range(gate.shape[1]):
                rows = np.nonzero((top == e).any(1))[0]
                hidden = x[rows] @ w1[e]
                np.maximum(hidden, 0, out=hidden)
                out[rows] += p[rows, e : e + 1] * (hidden @ w2[e])
            return out
        return work
