"""Writes fixture files: cases of the language with the numbers that must come out."""

import math
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
# Overflow and 0/0 are among the cases.
np.seterr(all="ignore")
DTYPES = {"float64": "", "float32": "f32", "bool": "bool"}


class File:
    """One file of cases, written when the block ends."""

    def __init__(self, name, about):
        self.path = FOLDER / name
        self.lines = [f"# {line}" for line in about.strip().splitlines()]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.path.write_text("\n".join(self.lines) + "\n")

    def case(self, name, *, tolerance=None, relative=None, hexadecimal=False):
        """Begins a case; without a tolerance its numbers are exact."""
        self.hexadecimal = hexadecimal
        self.lines += ["", f"case {name}"]
        self.agreement(tolerance=tolerance, relative=relative)

    def agreement(self, *, tolerance=None, relative=None):
        """How near the numbers that follow must be."""
        if tolerance is not None:
            self.lines.append(f"tolerance {tolerance!r}")
        elif relative is not None:
            self.lines.append(f"relative {relative!r}")
        else:
            self.lines.append("exact")

    def let(self, **values):
        for name, value in values.items():
            self._value("let", name, value)

    def run(self, *statements):
        self.lines += [f"run {statement}" for statement in statements]

    def equals(self, expression, value):
        self._value("is", expression, value)

    def _value(self, word, name, value):
        array = np.asarray(value)
        if array.dtype.kind in "iu":
            array = array.astype(np.float64)
        shape = [str(length) for length in array.shape]
        self.lines.append(" ".join(filter(None, [word, name, DTYPES[array.dtype.name], *shape])))
        width = array.shape[-1] if array.ndim else 1
        for row in array.reshape(-1, width) if array.size else []:
            self._numbers(row)

    def _numbers(self, row):
        line = ""
        for word in map(self._number, row):
            if line and len(line) + len(word) > 99:
                self.lines.append(line)
                line = ""
            line += (" " if line else "") + word
        self.lines.append(line)

    def _number(self, x):
        if x.dtype.kind == "b":
            return str(int(x))
        if self.hexadecimal and math.isfinite(x):
            return float(x).hex()
        text = str(x)
        return text[:-2] if text.endswith(".0") and text != "-0.0" else text
