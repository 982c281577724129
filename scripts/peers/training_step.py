#!/usr/bin/env python3
"""One training step of a one-block transformer classifier: attn beside PyTorch and JAX.

    training_step.py ATTN [--threads 1 2] [--rounds 7] [--steps 200]

ATTN is the program to measure.  Batch 32, 16 tokens, width 32, 4 heads, feed-forward 128, post-norm,
relu, cross-entropy of four classes read at the last token, Adam, float64.  Each round runs every
program once, one after the other, so that what is compared was measured in the same minute; of the
rounds the median counts.  attn is run with two numbers of steps, and the difference of their times is
divided by the difference of the steps: its start drops out.  Needs numpy, torch and jax; one that is
missing is left out.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

BATCH, TOKENS, WIDTH, HEADS, INNER, CLASSES = 32, 16, 32, 4, 128, 4

SCRIPT = f"""seed 42
X = randn {BATCH} {TOKENS} {WIDTH}; y = randint 0 {CLASSES} {BATCH};
p = record(block = init_block({WIDTH}, {HEADS}, ff={INNER}), out = randn({WIDTH}, {CLASSES}) / 6);
def loss(p) {{
  H = encoder_block(X, p.block, heads={HEADS})
  cross_entropy (H[:, -1] @ p.out) y
}}
p, history = minimize loss p steps=STEPS lr=0.001;
print history[-1]
"""


def data():
    import numpy as np
    r = np.random.RandomState(42)
    d, f = WIDTH, INNER
    p = {n: r.randn(d, d) / d**0.5 for n in ("wq", "wk", "wv", "wo")}
    p |= dict(w1=r.randn(d, f) / d**0.5, w2=r.randn(f, d) / f**0.5, out=r.randn(d, CLASSES) / 6)
    p |= {n: np.zeros(d) for n in ("bq", "bk", "bv", "bo", "b2", "beta1", "beta2")}
    p |= dict(b1=np.zeros(f), gamma1=np.ones(d), gamma2=np.ones(d))
    return r.randn(BATCH, TOKENS, d), r.randint(0, CLASSES, BATCH), p


def run_torch(steps):
    import torch
    import torch.nn.functional as F
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    x, y, p = data()
    x, y = torch.tensor(x), torch.tensor(y)
    p = {k: torch.tensor(v, requires_grad=True) for k, v in p.items()}
    adam = torch.optim.Adam(p.values(), lr=1e-3)

    def heads(t):
        return t.view(BATCH, TOKENS, HEADS, WIDTH // HEADS).transpose(1, 2)

    def step():
        adam.zero_grad(set_to_none=True)
        q, k, v = (heads(x @ p["w" + n] + p["b" + n]) for n in "qkv")
        a = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(BATCH, TOKENS, WIDTH)
        h = F.layer_norm(x + a @ p["wo"] + p["bo"], (WIDTH,), p["gamma1"], p["beta1"])
        f = F.relu(h @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]
        h = F.layer_norm(h + f, (WIDTH,), p["gamma2"], p["beta2"])
        loss = F.cross_entropy(h[:, -1] @ p["out"], y)
        loss.backward()
        adam.step()
        return loss
    return timed(lambda n: [step() for _ in range(n)][-1].item(), steps)


def run_jax(steps):
    import jax
    jax.config.update("jax_enable_x64", True)
    import jax.numpy as np
    x, y, p = data()
    p = {k: np.array(v) for k, v in p.items()}

    def norm(x, gamma, beta):
        m = x.mean(-1, keepdims=True)
        return (x - m) / np.sqrt(((x - m) ** 2).mean(-1, keepdims=True) + 1e-5) * gamma + beta

    def heads(t):
        return t.reshape(BATCH, TOKENS, HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3)

    def loss(p):
        q, k, v = (heads(x @ p["w" + n] + p["b" + n]) for n in "qkv")
        a = jax.nn.softmax(q @ k.swapaxes(-1, -2) / (WIDTH // HEADS) ** 0.5) @ v
        a = a.transpose(0, 2, 1, 3).reshape(BATCH, TOKENS, WIDTH)
        h = norm(x + a @ p["wo"] + p["bo"], p["gamma1"], p["beta1"])
        f = jax.nn.relu(h @ p["w1"] + p["b1"]) @ p["w2"] + p["b2"]
        h = norm(h + f, p["gamma2"], p["beta2"])
        z = jax.nn.log_softmax(h[:, -1] @ p["out"])
        return -z[np.arange(BATCH), y].mean()

    @jax.jit
    def step(p, m, v, t):
        value, g = jax.value_and_grad(loss)(p)
        m = {k: 0.9 * m[k] + 0.1 * g[k] for k in p}
        v = {k: 0.999 * v[k] + 0.001 * g[k] ** 2 for k in p}
        p = {k: p[k] - 1e-3 * (m[k] / (1 - 0.9**t)) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-8) for k in p}
        return p, m, v, value
    zeros = {k: np.zeros_like(a) for k, a in p.items()}
    state = [p, zeros, zeros, 0.0]

    def run(n):
        for t in range(1, n + 1):
            state[:] = step(*state[:3], float(t))
        return float(state[3])
    return timed(run, steps)


def timed(run, steps):
    run(20)
    start = time.perf_counter()
    run(steps)
    return (time.perf_counter() - start) / steps


def run_attn(program, steps):
    def seconds(n):
        with tempfile.NamedTemporaryFile("w", suffix=".attn") as file:
            file.write(SCRIPT.replace("STEPS", str(n)))
            file.flush()
            start = time.perf_counter()
            subprocess.run([program, file.name], check=True, capture_output=True)
            return time.perf_counter() - start
    return (seconds(steps + 20) - seconds(20)) / steps


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("attn")
    a.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    a.add_argument("--rounds", type=int, default=7)
    a.add_argument("--steps", type=int, default=200)
    a.add_argument("--child", help=argparse.SUPPRESS)
    o = a.parse_args()
    if o.child:
        names = {"torch": run_torch, "jax": run_jax}
        seconds = run_attn(o.attn, o.steps) if o.child == "attn" else names[o.child](o.steps)
        return print(json.dumps(seconds))
    for threads in o.threads:
        cores = ",".join(map(str, sorted(os.sched_getaffinity(0))[:threads]))
        env = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
        times = {"attn": [], "torch": [], "jax": []}
        for _ in range(o.rounds):
            for name, list in times.items():
                command = ["taskset", "-c", cores, sys.executable, __file__, o.attn, "--child", name, "--steps", str(o.steps)]
                run = subprocess.run(command, env=env, capture_output=True, text=True)
                if run.returncode == 0:
                    list.append(json.loads(run.stdout.splitlines()[-1]))
        medians = {name: statistics.median(list) for name, list in times.items() if list}
        for name, median in medians.items():
            print(f"{threads} thread(s)  {name:6} {median * 1e3:7.3f} ms a step   {median / medians['attn']:.2f} of attn's time")


if __name__ == "__main__":
    main()
