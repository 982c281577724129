"""The workloads in JAX."""

import math


class Jax:
    def __init__(self, threads):
        import jax

        jax.config.update("jax_enable_x64", True)
        jax.config.update("jax_default_matmul_precision", "highest")
        self.jax, self.np, self.version = jax, jax.numpy, jax.__version__

    def given(self, array):
        return self.np.asarray(array)

    def compiled(self, function, *arguments):
        compiled = self.jax.jit(function)
        return lambda: self.jax.block_until_ready(compiled(*arguments))

    def gemm(self, a, b):
        return self.compiled(self.np.matmul, a, b)

    def scores(self, a, b):
        return self.compiled(lambda a, b: a @ b.T, a, b)

    def softmax(self, x):
        return self.compiled(lambda x: self.jax.nn.softmax(x, -1), x)

    def attended(self, q, k, v, causal=False):
        """Written out, because jax.nn.dot_product_attention takes its softmax in f32."""
        s = q @ self.np.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1])
        if causal:
            s = self.np.where(self.np.tril(self.np.ones(s.shape[-2:], bool)), s, -self.np.inf)
        return self.jax.nn.softmax(s, -1) @ v

    def attention(self, q, k, v):
        return self.compiled(self.attended, q, k, v)

    decode = attention

    def causal(self, q, k, v):
        return self.compiled(lambda q, k, v: self.attended(q, k, v, True), q, k, v)

    def gradient(self, q, k, v, g):
        loss = lambda q, k, v, g: (g * self.attended(q, k, v)).sum()
        return self.compiled(self.jax.grad(loss, (0, 1, 2)), q, k, v, g)

    def features(self, x):
        return self.jax.nn.elu(x) + 1

    def linear(self, q, k, v):
        def work(q, k, v):
            a, b = self.features(q), self.features(k)
            return (a @ (b.T @ v)) / (a @ b.sum(0))[:, None]
        return self.compiled(work, q, k, v)

    def linear_causal(self, q, k, v, block=128):
        np, (n, d) = self.np, q.shape
        below = np.tril(np.ones((block, block), q.dtype))

        def step(state, rows):
            (s, z), (x, y, u) = state, rows
            w = (x @ y.T) * below
            out = (w @ u + x @ s) / (w.sum(1) + x @ z)[:, None]
            return (s + y.T @ u, z + y.sum(0)), out

        def work(q, k, v):
            rows = [np.pad(t, ((0, -n % block), (0, 0))).reshape(-1, block, d)
                    for t in (self.features(q), self.features(k), v)]
            start = np.zeros((d, d), q.dtype), np.zeros(d, q.dtype)
            return self.jax.lax.scan(step, start, tuple(rows))[1].reshape(-1, d)[:n]
        return self.compiled(work, q, k, v)

    def mha(self, x, wq, wk, wv, wo, heads):
        n, width = x.shape

        def work(x, w, wo):
            q, k, v = (x @ w).reshape(n, 3, heads, -1).transpose(1, 2, 0, 3)
            return self.attended(q, k, v).transpose(1, 0, 2).reshape(n, width) @ wo
        return self.compiled(work, x, self.np.concatenate([wq, wk, wv], 1), wo)

    def layernorm(self, x, g, b):
        def work(x, g, b):
            centred = x - x.mean(-1, keepdims=True)
            return centred * self.jax.lax.rsqrt(x.var(-1, keepdims=True) + 1e-5) * g + b
        return self.compiled(work, x, g, b)

    def angles(self, n, d, dtype):
        rates = 10000.0 ** (-self.np.arange(0, d, 2) / d)
        return self.np.arange(n, dtype=dtype)[:, None] * rates.astype(dtype)

    def rope(self, x):
        def work(x):
            angles, pairs = self.angles(*x.shape, x.dtype), x.reshape(len(x), -1, 2)
            c, s, a, b = self.np.cos(angles), self.np.sin(angles), pairs[..., 0], pairs[..., 1]
            return self.np.stack((a * c - b * s, a * s + b * c), -1).reshape(x.shape)
        return self.compiled(work, x)

    def sinusoidal(self, n, d, dtype):
        dtype = {"f32": self.np.float32, "f64": self.np.float64}[dtype]

        def work(zero):
            # Depends on an argument, or it would be computed once, by the compiler.
            angles = self.angles(n, d, dtype) + zero
            return self.np.stack((self.np.sin(angles), self.np.cos(angles)), -1).reshape(n, d)
        return self.compiled(work, self.np.zeros((), dtype))

    def moe(self, x, gate, w1, w2):
        def work(x, gate, w1, w2):
            p = self.jax.nn.softmax(x @ gate, -1)
            weight, chosen = self.jax.lax.top_k(p, 2)
            flat = chosen.reshape(-1)
            order = self.np.argsort(flat)
            token, sizes = order // 2, self.np.bincount(flat, length=len(w1))
            dot = self.jax.lax.ragged_dot
            y = dot(self.jax.nn.relu(dot(x[token], w1, sizes)), w2, sizes)
            return self.np.zeros_like(x).at[token].add(y * weight.reshape(-1)[order][:, None])
        return self.compiled(work, x, gate, w1, w2)

    def training(self, embedding, head, batch, tokens, width, heads, hidden):
        import numpy

        jax, np, dtype = self.jax, self.np, embedding.dtype
        random = numpy.random.default_rng(0)
        draw = lambda a, b: np.asarray(random.standard_normal((a, b)) / math.sqrt(a), dtype)
        t = np.asarray(random.integers(0, 16, (batch, tokens)))
        y = np.asarray(random.integers(0, 2, batch))
        p = {
            "e": embedding, "w": head, "in": draw(width, 3 * width), "out": draw(width, width),
            "up": draw(width, hidden), "down": draw(hidden, width),
            "b": [np.zeros(n, dtype) for n in (3 * width, width, hidden, width)],
            "gain": [np.ones(width, dtype)] * 2, "bias": [np.zeros(width, dtype)] * 2}

        def normalised(x, g, b):
            centred = x - x.mean(-1, keepdims=True)
            return centred * jax.lax.rsqrt(x.var(-1, keepdims=True) + 1e-5) * g + b

        def loss(p):
            x = p["e"][t]
            joined = (x @ p["in"] + p["b"][0]).reshape(batch, tokens, 3, heads, -1)
            a = self.attended(*np.transpose(joined, (2, 0, 3, 1, 4))).swapaxes(1, 2)
            x = normalised(x + a.reshape(x.shape) @ p["out"] + p["b"][1], p["gain"][0], p["bias"][0])
            hidden = jax.nn.relu(x @ p["up"] + p["b"][2])
            x = normalised(x + hidden @ p["down"] + p["b"][3], p["gain"][1], p["bias"][1])
            logs = jax.nn.log_softmax(x.mean(1) @ p["w"])
            return -logs[np.arange(batch), y].mean()

        def step(p, m, v, i):
            each, g = jax.tree_util.tree_map, jax.grad(loss)(p)
            m = each(lambda m, g: 0.9 * m + 0.1 * g, m, g)
            v = each(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
            move = lambda p, m, v: p - 1e-3 * (m / (1 - 0.9**i)) / (
                np.sqrt(v / (1 - 0.999**i)) + 1e-8)
            return each(move, p, m, v), m, v, i + 1

        compiled = jax.jit(step)
        zeros = lambda: jax.tree_util.tree_map(np.zeros_like, p)
        state = [p, zeros(), zeros(), np.asarray(1.0, dtype)]

        def work():
            for _ in range(10):
                state[:] = compiled(*state)
            jax.block_until_ready(state)
        return work
