"""The workloads in PyTorch."""


class Torch:
    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        self.torch, self.f, self.version = torch, torch.nn.functional, torch.__version__

    def given(self, array):
        return self.torch.from_numpy(array)

    def fetched(self, result):
        return result.detach().numpy()

    def gemm(self, a, b):
        out = self.torch.empty(a.shape[0], b.shape[1], dtype=a.dtype)
        return lambda: self.torch.mm(a, b, out=out)

    def scores(self, a, b):
        return self.gemm(a, b.T)

    def softmax(self, x):
        # Into the same memory each time: fresh pages cost more than the softmax.
        out = self.torch.empty_like(x)
        return lambda: self.torch.softmax(x, -1, out=out)

    def attention(self, q, k, v, causal=False):
        four = [x[(None,) * (4 - x.dim())] for x in (q, k, v)]
        attend = self.f.scaled_dot_product_attention
        return lambda: attend(*four, is_causal=causal).reshape(q.shape)

    def causal(self, q, k, v):
        return self.attention(q, k, v, causal=True)

    decode = attention

    def gradient(self, q, k, v, g):
        leaves = [x.clone().requires_grad_() for x in (q, k, v)]

        def work():
            out = self.f.scaled_dot_product_attention(*(x[None, None] for x in leaves))
            return self.torch.autograd.grad(out, leaves, g[None, None])
        return work

    def linear(self, q, k, v):
        def work():
            a, b = self.f.elu(q) + 1, self.f.elu(k) + 1
            return (a @ (b.T @ v)) / (a @ b.sum(0))[:, None]
        return work

    def linear_causal(self, q, k, v, block=128):
        n, d = q.shape

        def work():
            a, b = self.f.elu(q) + 1, self.f.elu(k) + 1
            x, y, z = (self.f.pad(t, (0, 0, 0, -n % block)).view(-1, block, d) for t in (a, b, v))
            products = y.transpose(1, 2) @ z
            state = products.cumsum(0) - products
            sums = y.sum(1).cumsum(0) - y.sum(1)
            w = (x @ y.transpose(1, 2)).tril()
            total = w.sum(-1) + (x @ sums[:, :, None]).squeeze(-1)
            return ((w @ z + x @ state) / total[..., None]).reshape(-1, d)[:n]
        return work

    def mha(self, x, wq, wk, wv, wo, heads):
        n, width = x.shape
        w = self.torch.cat([wq, wk, wv], 1)

        def work():
            q, k, v = (x @ w).view(n, 3, heads, -1).permute(1, 2, 0, 3)[:, None]
            a = self.f.scaled_dot_product_attention(q, k, v)[0]
            return a.transpose(0, 1).reshape(n, width) @ wo
        return work

    def layernorm(self, x, g, b):
        return lambda: self.f.layer_norm(x, g.shape, g, b, 1e-5)

    def angles(self, n, d, dtype):
        rates = 10000.0 ** (-self.torch.arange(0, d, 2, dtype=self.torch.float64) / d)
        return self.torch.arange(n, dtype=dtype)[:, None] * rates.to(dtype)

    def rope(self, x):
        def work():
            angles = self.angles(*x.shape, x.dtype)
            turn = self.torch.complex(angles.cos(), angles.sin())
            pairs = self.torch.view_as_complex(x.view(len(x), -1, 2))
            return self.torch.view_as_real(pairs * turn).view(x.shape)
        return work

    def sinusoidal(self, n, d, dtype):
        dtype = {"f32": self.torch.float32, "f64": self.torch.float64}[dtype]

        def work():
            angles = self.angles(n, d, dtype)
            return self.torch.stack((angles.sin(), angles.cos()), -1).view(n, d)
        return work

    def moe(self, x, gate, w1, w2):
        def work():
            p, chosen = self.torch.softmax(x @ gate, -1).topk(2, -1)
            flat = chosen.reshape(-1)
            order = flat.argsort()
            token, weight = order // 2, p.reshape(-1)[order]
            out, first = self.torch.zeros_like(x), 0
            for e, count in enumerate(self.torch.bincount(flat, minlength=len(w1)).tolist()):
                rows = token[first : first + count]
                y = self.torch.relu(x[rows] @ w1[e]) @ w2[e]
                out.index_add_(0, rows, y * weight[first : first + count, None])
                first += count
            return out
        return work

    def training(self, embedding, head, batch, tokens, width, heads, hidden):
        nn = self.torch.nn
        block = nn.TransformerEncoderLayer(width, heads, hidden, dropout=0.0, batch_first=True)
        block = block.to(embedding.dtype)
        e, w = nn.Parameter(embedding.clone()), nn.Parameter(head.clone())
        adam = self.torch.optim.Adam([e, w, *block.parameters()], lr=1e-3, fused=True)
        t = self.torch.randint(0, 16, (batch, tokens))
        y = self.torch.randint(0, 2, (batch,))

        def work():
            for _ in range(10):
                adam.zero_grad(set_to_none=True)
                self.f.cross_entropy(block(e[t]).mean(1) @ w, y).backward()
                adam.step()
        return work
