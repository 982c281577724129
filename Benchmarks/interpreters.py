"""attn beside other programs at what is no kernel: lines, loops, start, memory.

    interpreters.py [--rounds N]

Lines and loops are the difference between a long and a short run, so that the start drops out.
Programs that are not installed are left out.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from contestant import PROGRAM, ROOT

ATTN = str(PROGRAM)
PYTHON = sys.executable
LINE = "x = x*0.5 + 1"

# Group → program → (repeats, text of so many, command before the file's name).
RATES = {
    "lines of a script, one 4×4 x*0.5+1 each": {
        "attn": (200_000, lambda n: "x = zeros 4 4;\n" + f"{LINE};\n" * n, [ATTN]),
        "python, one number": (100_000, lambda n: "x=0.0\n" + f"{LINE}\n" * n, [PYTHON, "-S"]),
        "octave": (50_000, lambda n: "x=zeros(4);\n" + f"{LINE};\n" * n, ["octave-cli", "-qf"]),
        "bc, one number": (
            400_000, lambda n: "scale=16\nx=0\n" + f"{LINE}\n" * n + "quit\n", ["bc", "-l"]),
    },
    "the same in a loop": {
        "attn": (
            1_000_000, lambda n: f"x = zeros 4 4;\nfor i in 0:{n} {{ {LINE}; }}\n", [ATTN]),
        "numpy": (
            300_000, lambda n: "import numpy\nx=numpy.zeros((4,4))\n"
            f"for i in range({n}): {LINE}\n", [PYTHON]),
        "octave": (500_000, lambda n: f"x=zeros(4); for i=1:{n} {LINE}; end;", ["octave-cli", "-qf"]),
    },
    "a number: x*1.0001 + 1 in a loop": {
        "attn": (
            2_000_000, lambda n: f"x = 0;\nfor i in 0:{n} {{ x = x*1.0001 + 1; }}\n", [ATTN]),
        "python": (
            4_000_000, lambda n: f"x=0.0\nfor i in range({n}): x = x*1.0001 + 1\n", [PYTHON, "-S"]),
        "octave": (
            1_000_000, lambda n: f"x=0; for i=1:{n} x = x*1.0001 + 1; end;", ["octave-cli", "-qf"]),
    },
}
STARTS = {
    "attn": [ATTN, "-e", "softmax [1 2 3 4]"],
    "scripts/attn": [str(ROOT / "scripts" / "attn"), "-e", "softmax [1 2 3 4]"],
    "bc": ["bc", "-l"],
    "python3 -S -c pass": [PYTHON, "-S", "-c", "pass"],
    "numpy": [PYTHON, "-c", "import numpy as n; x=n.exp([1,2,3,4]); print(x/x.sum())"],
}
BC = "s=e(1)+e(2)+e(3)+e(4)\ne(1)/s\ne(2)/s\ne(3)/s\ne(4)/s\n"
MEMORY = [16384, 32768]


def run(command, text=""):
    """Wall seconds."""
    start = time.perf_counter()
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        raise OSError((done.stderr or done.stdout).strip()[-100:])
    return seconds


def rate(repeats, text, command, folder):
    script = Path(folder) / "work"
    times = []
    for count in (repeats // 20, repeats):
        script.write_text(text(count))
        times.append(run([*command, str(script)]))
    return (repeats - repeats // 20) / (times[1] - times[0])


def compare(title, programs, measure, rounds, show, lead):
    """The medians of programs that take turns, and each one's distance from attn."""
    found = {name: [] for name in programs}
    for _ in range(rounds):
        for name in list(found):
            try:
                found[name].append(measure(name))
            except OSError as problem:
                print(f"{name}: {problem}", file=sys.stderr)
                del found[name]
    print(f"\n{title}\n")
    own = statistics.median(found["attn"])
    for name, values in found.items():
        median = statistics.median(values)
        ratio = lead(own, median)
        print(f"  {name:24}{show(median):>14}" + ("" if name == "attn" else f"   ×{ratio:.2f}"))


def peak_memory(n):
    """Bytes that attention of n rows holds at most, over what its inputs do."""
    def most(code):
        child = (
            "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        done = subprocess.run(
            [PYTHON, "-c", child, ATTN, "-e", code], capture_output=True, text=True, check=True)
        return int(done.stdout.split()[-1]) * 1024
    inputs = f"q = f32(randn({n}, 64)); k = q*1; v = q*1;"
    return most(f"{inputs} y = attn q k v;") - most(inputs)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench --scripts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help="also memory, which takes long")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for title, programs in RATES.items():
            fit = {n: p for n, p in programs.items() if shutil.which(p[2][0])}
            compare(
                f"{title}, a second", fit, lambda name: rate(*fit[name], folder), options.rounds,
                lambda r: f"{r / 1e3:,.0f} k", lambda own, other: own / other)
    fit = {name: command for name, command in STARTS.items() if shutil.which(command[0])}
    compare(
        "start to the answer of a softmax of 4 numbers", fit,
        lambda name: run(fit[name], BC if name == "bc" else ""), 4 * options.rounds,
        lambda s: f"{s * 1e3:.2f} ms", lambda own, other: other / own)
    if options.memory:
        print("\nmemory of attention over its inputs, f32, d 64\n")
        for n in MEMORY:
            print(f"  n={n:<10}{peak_memory(n) / (1 << 20):8.1f} MiB")


if __name__ == "__main__":
    main()
