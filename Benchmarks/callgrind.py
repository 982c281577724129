"""Counts the instructions of chosen work: the same from run to run, whatever else the machine does.

    callgrind.py [--record] [--only WORD]…

Each count is the difference between many and few repeats of the work, so that start and setup drop
out. The counts are compared with the recorded ones of the same compiler and the same kernels; more
than 3 % away is a failure. Where valgrind or such a record is missing, nothing is checked.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from contestant import PROGRAM

COUNTS = Path(__file__).with_name("instructions.json")
MOST_AWAY = 0.03

# Name: setup, work, repeats. A line of a script is work that stands there once for each repeat.
LOOPS = {
    "scalar loop": ("x = 0;", "x = x*1.0001 + 1;", 2000),
    "4×4 loop": ("x = zeros 4 4;", "x = x*0.5 + 1;", 1000),
    "call of attn 4×8": ("q = randn 4 8;", "y = attn q q q;", 200),
    "attn 128×64": ("q = randn 128 64;", "y = attn q q q;", 2),
    "attn 128×64 causal": ("q = randn 128 64;", "y = attn q q q causal;", 2),
    "attn 128×64 f32": ("q = f32(randn(128, 64));", "y = attn q q q;", 2),
    "gemm 64×64×64": ("a = randn 64 64;", "y = a @ a;", 10),
    "gemm 37×53×29": ("a = randn 37 53; b = randn 53 29;", "y = a @ b;", 10),
    "softmax 64×64": ("x = randn 64 64;", "y = softmax x;", 10),
    "exp 4096": ("x = randn 4096;", "y = exp x;", 10),
    "layernorm 64×64": ("x = randn 64 64;", "y = layernorm x;", 10),
    "linear_attn 128×64 causal": ("q = randn 128 64;", "y = linear_attn q q q causal;", 2),
}
LINES = {"line of a script": ("x = zeros 4 4;", "x = x*0.5 + 1;", 400)}


def repeated(name, count):
    if name in LOOPS:
        setup, work, _ = LOOPS[name]
        return f"seed 1; {setup}\nfor i in 0:{count} {{ {work} }}\n"
    setup, work, _ = LINES[name]
    return f"seed 1; {setup}\n" + f"{work}\n" * count


def instructions(code, folder):
    """Of one run of a script, on one processor, always in the same places of memory."""
    script = Path(folder) / "work.attn"
    script.write_text(code)
    command = [
        "valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", str(PROGRAM),
        str(script)]
    for tool, options in (("setarch", ["-R"]), ("taskset", ["-c", "0"])):
        if shutil.which(tool):
            command = [tool, *options, *command]
    run = subprocess.run(
        command, capture_output=True, text=True,
        env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"})
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode or not found:
        sys.exit(f"valgrind failed: {run.stderr[-300:]}")
    return int(found[1])


def count(name, folder):
    repeats = (LOOPS | LINES)[name][2]
    few, many = (instructions(repeated(name, n), folder) for n in (repeats, 3 * repeats))
    return round((many - few) / (2 * repeats))


def configuration():
    """What the counts depend on: the compiler, and the kernels that run under valgrind."""
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    version = re.search(r"Swift version (\S+)", swift)
    about = subprocess.run(["valgrind", "-q", PROGRAM, "--version"], capture_output=True, text=True)
    return ", ".join([f"Swift {version[1] if version else 'unknown'}", *about.stdout.splitlines()])


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench --callgrind")
    parser.add_argument("--record", action="store_true", help="keep the counts as they are now")
    parser.add_argument("--only", nargs="*", default=[], help="work whose name holds a word")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        print("skipped: no valgrind")
        return 0
    recorded = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    key = configuration()
    if key not in recorded and not options.record:
        print(f"skipped: no counts of {key}; --record keeps them")
        return 0
    known, failed = recorded.setdefault(key, {}), False
    for name in LOOPS | LINES:
        if options.only and not any(word in name for word in options.only):
            continue
        with tempfile.TemporaryDirectory() as folder:
            now = count(name, folder)
        before = known.get(name)
        away = now / before - 1 if before else 0
        failed |= abs(away) > MOST_AWAY and not options.record
        print(f"{name:28}{now:12,}{f'{100 * away:+8.1f} %' if before else '':>10}", flush=True)
        if options.record:
            known[name] = now
    if options.record:
        COUNTS.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")
    elif failed:
        print("more than 3 % away from the recorded counts: mend it, or --record where it is meant")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
