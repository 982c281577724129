"""The table of scripts/bench: how long each workload takes, and how near that is to the limit.

    measure.py [--peers] [--only WORD]… [--dtypes f32 f64] [--threads 1 2] [--rounds N] [--out FILE]

With --peers the contestants take turns, round by round, so that what disturbs the machine disturbs
all of them; each result is compared with one computed in f64 by another program.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from contestant import Attn, Failure, Peer
from truth import error_of
from workloads import WORKLOADS

PEERS = ("numpy", "torch", "jax", "onnxruntime", "openvino")
SIZE = {"f32": 4, "f64": 8}
# Largest error over largest magnitude.
TOLERANCE = {"f32": 2e-4, "f64": 1e-9}
# Peers make angles of up to 8192 radians in f32.
COARSE = {("rope", "f32"), ("sinusoidal", "f32")}


def quantity(seconds):
    for unit, scale in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


class Row:
    """One workload, one dtype, one count of threads."""

    def __init__(self, workload, dtype, threads):
        self.workload, self.dtype, self.threads = workload, dtype, threads
        self.times, self.failures, self.errors = {}, {}, {}

    def run(self, contestants, rounds, checks):
        for _ in range(rounds):
            for contestant in contestants:
                if contestant.name in self.failures:
                    continue
                try:
                    seconds = contestant.seconds(self.workload, self.dtype)
                    self.times.setdefault(contestant.name, []).append(seconds)
                except Failure as failure:
                    self.failures[contestant.name] = str(failure)
        if checks and self.workload.is_checked:
            for contestant in contestants:
                if contestant.name not in self.failures:
                    self.check(contestant)

    def check(self, contestant):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "result.npy"
            try:
                contestant.save(self.workload, self.dtype, path)
                error = error_of(self.workload, self.dtype, path)
            except Failure as failure:
                self.failures[contestant.name] = str(failure)
                return
        self.errors[contestant.name] = error
        is_coarse = (self.workload.kind, self.dtype) in COARSE and contestant.name != "attn"
        if not error < (5e-3 if is_coarse else TOLERANCE[self.dtype]):
            self.failures[contestant.name] = f"error {error:.1e}"

    def median(self, name):
        return statistics.median(self.times[name]) if name in self.times else None

    @property
    def best_peer(self):
        fit = {n: self.median(n) for n in self.times if n != "attn" and n not in self.failures}
        return min(fit, key=fit.get) if fit else None

    def cells(self, peaks):
        """Workload, dtype, threads, time, rate, share of the limit."""
        seconds, work = self.median("attn"), self.workload
        cells = [work.name, self.dtype, str(self.threads)]
        if seconds is None:
            return [*cells, "–", self.failures.get("attn", "–"), "–"]
        operations, bandwidth = peaks[self.dtype]
        if work.moved:
            rate, limit, unit = work.moved * SIZE[self.dtype] / seconds, bandwidth, "GB/s"
        else:
            rate, limit, unit = work.operations / seconds, operations, "GFLOP/s"
        share = f"{100 * rate / limit:.0f} %"
        return [*cells, quantity(seconds), f"{rate / 1e9:.3g} {unit}", share]

    def comparison(self):
        """The best peer, its time, our lead, and the others."""
        best, own = self.best_peer, self.median("attn")
        if best is None or own is None:
            return ["–", "–", "–", self.others(None)]
        ratio = self.median(best) / own
        lead = f"**{ratio:.2f}**" if ratio >= 1 else f"{ratio:.2f}"
        return [best, quantity(self.median(best)), lead, self.others(best)]

    def others(self, best):
        parts = []
        for name in PEERS:
            if name in self.failures:
                parts.append(f"{name}: {self.failures[name]}")
            elif name != best and name in self.times:
                parts.append(f"{name} {quantity(self.median(name))}")
        return "; ".join(parts).replace("|", "/")


HEADER = ["workload", "dtype", "threads", "attn", "rate", "of the limit"]
COMPARISON = ["best peer", "its time", "ratio", "the others"]


def line(cells):
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--only", nargs="*", default=[], help="workloads whose name holds a word")
    parser.add_argument("--dtypes", nargs="*", default=["f32", "f64"])
    parser.add_argument("--threads", nargs="*", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", nargs="*", default=PEERS, help="which peers")
    parser.add_argument("--out", help="a file for the table, else standard output")
    options = parser.parse_args()
    if options.only:
        chosen = [w for w in WORKLOADS if any(word in w.name for word in options.only)]
    else:
        chosen = WORKLOADS
    out = open(options.out, "w") if options.out else sys.stdout
    print(line(HEADER + COMPARISON * options.peers), file=out)
    print(line(["---"] * len(HEADER + COMPARISON * options.peers)), file=out, flush=True)
    for threads in options.threads:
        table(chosen, threads, options, out)


def table(workloads, threads, options, out):
    attn = Attn(threads)
    peaks = {dtype: attn.peak(dtype) for dtype in options.dtypes}
    peers = [Peer(name, threads) for name in options.against] if options.peers else []
    try:
        for workload in workloads:
            for dtype in options.dtypes:
                attn = attn if attn.is_alive else Attn(threads)
                peers = [p if p.is_alive else Peer(p.name, threads) for p in peers]
                row = Row(workload, dtype, threads)
                row.run([attn, *peers], options.rounds, checks=options.peers)
                cells = row.cells(peaks) + (row.comparison() if options.peers else [])
                print(line(cells), file=out, flush=True)
    finally:
        for process in [attn, *peers]:
            process.end()
    summary = ", ".join(
        f"{dtype} {peak / 1e9:.3g} GFLOP/s" for dtype, (peak, _) in peaks.items())
    bandwidth = max(b for _, b in peaks.values())
    cores = "one core" if threads == 1 else f"{threads} threads together"
    print(f"\nlimit of {cores}: {summary}; memory read at {bandwidth / 1e9:.3g} GB/s\n", file=out)


if __name__ == "__main__":
    main()
