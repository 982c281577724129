"""The workloads as an experienced user of each peer would write them.

A class for each peer; a method for each kind of work gives a function that does it once and
returns its result, finished. What a peer has no method for it can not do.

    peers.py NAME THREADS    answers one JSON question a line, then END
"""

import json
import math
import statistics
import sys
import time
from types import SimpleNamespace

from jax_peer import Jax
from numpy_peer import NumPy
from onnxruntime_peer import OnnxRuntime
from openvino_peer import OpenVino
from torch_peer import Torch
from workloads import WORKLOADS

BUDGET = 0.3

PEERS = {
    "numpy": NumPy, "torch": Torch, "jax": Jax, "onnxruntime": OnnxRuntime, "openvino": OpenVino}
# Sizes that the inputs do not show.
EXTRA = {
    "mha": ("heads",), "sinusoidal": ("n", "d"),
    "training": ("batch", "tokens", "width", "heads", "hidden")}


def prepared(peer, workload, dtype):
    make = getattr(peer, workload.kind, None)
    if make is None:
        raise NotImplementedError("has no such operation here")
    given = getattr(peer, "given", lambda array: array)
    inputs = {name: given(a) for name, a in workload.arrays(dtype).items()}
    inputs.update({name: workload.sizes[name] for name in EXTRA.get(workload.kind, ())})
    if not workload.inputs:
        inputs["dtype"] = dtype
    return make(**inputs)


def seconds(work):
    """The median of several runs, what is short many at once."""
    work()
    start = time.perf_counter()
    work()
    once = max(time.perf_counter() - start, 1e-7)
    calls = max(1, math.ceil(2e-4 / once))
    times = []
    for _ in range(max(3, min(100, int(BUDGET / (once * calls))))):
        start = time.perf_counter()
        for _ in range(calls):
            work()
        times.append((time.perf_counter() - start) / calls)
    return statistics.median(times)


def answer(peer, question, state):
    import numpy as np

    key = question["workload"], question["dtype"]
    if state.key != key:
        state.key, state.work = None, None
        workload = next(w for w in WORKLOADS if w.name == key[0])
        state.work = prepared(peer, workload, key[1])
        state.key = key
    if "save" not in question:
        return {"seconds": seconds(state.work), "version": peer.version}
    result = state.work()
    result = result[0] if isinstance(result, tuple) else result
    fetch = getattr(state.work, "fetch", getattr(peer, "fetched", np.asarray))
    np.save(question["save"], np.asarray(fetch(result)))
    return {"version": peer.version}


def main(name, threads):
    state = SimpleNamespace(key=None, work=None)
    peer, problem = None, None
    try:
        peer = PEERS[name](int(threads))
    except ImportError as error:
        problem = f"not installed: {error}"
    for line in sys.stdin:
        try:
            if problem:
                raise NotImplementedError(problem)
            reply = answer(peer, json.loads(line), state)
        except NotImplementedError as error:
            reply = {"error": str(error)}
        except Exception as error:  # A peer that fails says why and the next one goes on.
            reply = {"error": f"{type(error).__name__}: {error}".replace("\n", " ")[:200]}
        print(json.dumps(reply), "END", sep="\n", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
