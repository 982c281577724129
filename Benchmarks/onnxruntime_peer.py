"""The workloads in ONNX Runtime."""


class OnnxRuntime:
    def __init__(self, threads):
        import numpy
        import onnx
        import onnxruntime

        self.np, self.onnx, self.runtime = numpy, onnx, onnxruntime
        self.threads, self.version = threads, onnxruntime.__version__

    def session(self, nodes, feed, constants=()):
        h, np = self.onnx.helper, self.np
        feed = {k: np.ascontiguousarray(v) for k, v in feed.items()}
        kinds = {"float32": self.onnx.TensorProto.FLOAT, "float64": self.onnx.TensorProto.DOUBLE}
        kind = kinds[next(iter(feed.values())).dtype.name]
        graph = h.make_graph(
            [h.make_node(*node[:3], **node[3]) for node in nodes], "work",
            [h.make_tensor_value_info(k, kind, v.shape) for k, v in feed.items()
             if k not in constants],
            [h.make_tensor_value_info("out", kind, None)],
            [h.make_tensor(k, kind, feed[k].shape, feed[k].tobytes(), raw=True)
             for k in constants])
        versions = [h.make_opsetid("", 23), h.make_opsetid("com.microsoft", 1)]
        model = h.make_model(graph, opset_imports=versions, ir_version=10)
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        options.log_severity_level = 4
        session = self.runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        feed = {k: v for k, v in feed.items() if k not in constants}
        return lambda: session.run(None, feed)[0]

    def gemm(self, a, b):
        return self.session([("MatMul", ["a", "b"], ["out"], {})], {"a": a, "b": b})

    def scores(self, a, b):
        return self.gemm(a, b.T)

    def softmax(self, x):
        return self.session([("Softmax", ["x"], ["out"], {"axis": -1})], {"x": x})

    def attention(self, q, k, v, causal=False):
        """In f32 the operator with a tiled kernel, which takes heads side by side in a row."""
        q, k, v = (x.reshape(-1, *x.shape[-2:]) for x in (q, k, v))
        if q.dtype.name == "float64":
            node = ("Attention", ["q", "k", "v"], ["out"], {"is_causal": int(causal)})
            return self.session([node], {"q": q[None], "k": k[None], "v": v[None]})
        heads, n, d = q.shape
        feed = {name: x.transpose(1, 0, 2).reshape(1, x.shape[1], -1)
                for name, x in (("q", q), ("k", k), ("v", v))}
        options = {"domain": "com.microsoft", "num_heads": heads, "unidirectional": int(causal)}
        work = self.session([("MultiHeadAttention", ["q", "k", "v"], ["out"], options)], feed)
        work.fetch = lambda y: y[0].reshape(n, heads, d).transpose(1, 0, 2)
        return work

    def causal(self, q, k, v):
        return self.attention(q, k, v, causal=True)

    def decode(self, q, k, v):
        node = ("Attention", ["q", "k", "v"], ["out"], {})
        return self.session([node], {"q": q[None], "k": k[None], "v": v[None]})

    def mha(self, x, wq, wk, wv, wo, heads):
        plain = {"q_num_heads": heads, "kv_num_heads": heads}
        tiled = {"domain": "com.microsoft", "num_heads": heads}
        attend = ("MultiHeadAttention", tiled) if x.dtype.name == "float32" else ("Attention", plain)
        nodes = [("MatMul", ["x", f"w{c}"], [c], {}) for c in "qkv"]
        nodes += [(attend[0], ["q", "k", "v"], ["a"], attend[1])]
        nodes += [("MatMul", ["a", "wo"], ["out"], {})]
        feed = {"x": x[None], "wq": wq, "wk": wk, "wv": wv, "wo": wo}
        return self.session(nodes, feed, ("wq", "wk", "wv", "wo"))

    def layernorm(self, x, g, b):
        node = ("LayerNormalization", ["x", "g", "b"], ["out"], {"axis": -1, "epsilon": 1e-5})
        return self.session([node], {"x": x, "g": g, "b": b})
