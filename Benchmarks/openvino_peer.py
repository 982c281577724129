"""The workloads in OpenVINO."""


class OpenVino:
    def __init__(self, threads):
        import numpy
        import openvino
        from openvino import opset13

        self.np, self.openvino, self.op = numpy, openvino, opset13
        self.threads, self.version = threads, openvino.__version__

    def compiled(self, make, *arrays):
        if arrays[0].dtype.name != "float32":
            raise NotImplementedError("its plugin for processors computes f64 in f32")
        inputs = [self.op.parameter(list(a.shape), self.np.float32) for a in arrays]
        model = self.openvino.Model([make(*inputs)], inputs, "work")
        settings = {
            # Told nothing it computes in bf16 on a processor that has it.
            "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": self.threads,
            "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY"}
        request = self.openvino.Core().compile_model(model, "CPU", settings).create_infer_request()
        arrays = [self.np.ascontiguousarray(a) for a in arrays]
        return lambda: request.infer(arrays, share_inputs=True, share_outputs=True)[0]

    def gemm(self, a, b):
        return self.compiled(lambda a, b: self.op.matmul(a, b, False, False), a, b)

    def scores(self, a, b):
        return self.compiled(lambda a, b: self.op.matmul(a, b, False, True), a, b)

    def softmax(self, x):
        return self.compiled(lambda x: self.op.softmax(x, -1), x)

    def attention(self, q, k, v, causal=False):
        arrays = [x.reshape(1, -1, *x.shape[-2:]) for x in (q, k, v)]
        attend = self.op.scaled_dot_product_attention
        return self.compiled(lambda q, k, v: attend(q, k, v, causal=causal), *arrays)

    def causal(self, q, k, v):
        return self.attention(q, k, v, causal=True)

    decode = attention

    def layernorm(self, x, g, b):
        op, last = self.op, self.np.array([1])
        return self.compiled(
            lambda x, g, b: op.add(
                op.multiply(op.mvn(x, last, True, 1e-5, "INSIDE_SQRT"), g), b), x, g, b)

    def mha(self, x, wq, wk, wv, wo, heads):
        op, np, (n, width) = self.op, self.np, x.shape

        def split(y):
            shape = np.array([1, n, heads, width // heads])
            return op.transpose(op.reshape(y, shape, False), np.array([0, 2, 1, 3]))

        def make(x):
            q, k, v = (split(op.matmul(x, op.constant(w), False, False)) for w in (wq, wk, wv))
            a = op.transpose(op.scaled_dot_product_attention(q, k, v), np.array([0, 2, 1, 3]))
            joined = op.reshape(a, np.array([n, width]), False)
            return op.matmul(joined, op.constant(wo), False, False)
        return self.compiled(make, x)
