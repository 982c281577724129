"""Contestants as processes that are asked, one at a time, to do some work."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# ATTN names another build, to compare two.
PROGRAM = Path(os.environ.get("ATTN", ROOT / ".build" / "release" / "attn"))
NO_ANSWER = 180


class Failure(Exception):
    """Why a contestant gave no number."""


def cores(count):
    available = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return set(available[:count])


def environment(threads):
    names = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
    return {
        **os.environ, **{f"{name}_NUM_THREADS": str(threads) for name in names},
        "JAX_PLATFORMS": "cpu", "OPENVINO_TELEMETRY": "0", "TF_CPP_MIN_LOG_LEVEL": "3",
        # Large arrays on large pages, as torch and malloc can, but do not by themselves.
        "THP_MEM_ALLOC_ENABLE": "1", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    }


class Process:
    """Stopped while it is not asked, for some spin on a processor while they wait."""

    def __init__(self, command, threads):
        self.threads = threads
        self.unread = b""
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment(threads), start_new_session=True,
            preexec_fn=lambda: cores(threads) and os.sched_setaffinity(0, cores(threads)))

    def ask(self, question):
        """The lines of the answer up to the one that says END."""
        group = self.process.pid
        try:
            os.killpg(group, signal.SIGCONT)
            self.process.stdin.write(question.encode())
            self.process.stdin.flush()
            lines = []
            while (line := self.line(lines)) != "END":
                lines.append(line)
            os.killpg(group, signal.SIGSTOP)
            return lines
        except (BrokenPipeError, ProcessLookupError):
            raise self.failure("the process ended") from None

    def line(self, lines):
        output = self.process.stdout.fileno()
        while b"\n" not in self.unread:
            ready, _, _ = select.select([output], [], [], NO_ANSWER)
            if not ready:
                raise self.failure(" ".join(["no answer in time", *lines[-1:]]))
            new = os.read(output, 1 << 16)
            if not new:
                raise self.failure(" ".join(["the process ended", *lines[-1:]]))
            self.unread += new
        line, self.unread = self.unread.split(b"\n", 1)
        return line.decode().strip()

    def failure(self, reason):
        self.end()
        return Failure(reason)

    def end(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    @property
    def is_alive(self):
        return self.process.poll() is None


class Attn(Process):
    name = "attn"

    def __init__(self, threads):
        super().__init__([str(PROGRAM), "--keep-going"], threads)
        self.ready = None
        # Without this setting it works on as many processors as it may use.
        self.ask(f':set threads {threads}\nprint "END"\n')

    def evaluate(self, code):
        lines = self.ask(f'{code}\nprint "END"\n')
        for line in lines:
            if line.startswith("error:"):
                raise Failure(line.removeprefix("error: "))
        return lines

    def prepare(self, workload, dtype):
        if self.ready != (workload.name, dtype):
            self.evaluate(workload.program(dtype) + f"work = () -> {workload.call};")
            self.ready = (workload.name, dtype)

    def seconds(self, workload, dtype):
        self.prepare(workload, dtype)
        return float(self.evaluate("seconds work")[-1]) / workload.calls

    def save(self, workload, dtype, path):
        """The result as a file of NumPy; of several the first."""
        self.prepare(workload, dtype)
        first = "first = work()[0]" if workload.kind == "gradient" else "first = work()"
        self.evaluate(f'{first}; save first "{path}" force=1')

    def peak(self, dtype):
        """Operations and bytes a second of all its threads, measured in this run."""
        of = "f32" if dtype == "f32" else ""
        self.evaluate(f"probe = {of}(randn(64, 64)); report = (bench attn probe probe probe);")
        lines = self.evaluate("report.peak\nreport.bandwidth")
        return float(lines[0]) * 1e9, float(lines[1]) * 1e9


class Peer(Process):
    """A Python process that answers in JSON: see peers.py."""

    def __init__(self, name, threads):
        self.name = name
        script = Path(__file__).with_name("peers.py")
        super().__init__([sys.executable, str(script), name, str(threads)], threads)

    def request(self, **question):
        lines = self.ask(json.dumps(question) + "\n")
        answer = json.loads(lines[-1])
        if "error" in answer:
            raise Failure(answer["error"])
        return answer

    def seconds(self, workload, dtype):
        return self.request(workload=workload.name, dtype=dtype)["seconds"] / workload.calls

    def save(self, workload, dtype, path):
        self.request(workload=workload.name, dtype=dtype, save=str(path))
