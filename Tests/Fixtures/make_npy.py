"""npy/: files that NumPy wrote, what attn must write for the same array, and what it refuses."""

from pathlib import Path

import numpy as np
from numpy.lib import format

FOLDER = Path(__file__).parent / "npy"
INTEGERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
KINDS = ["f4", "f8", *INTEGERS, "b1"]


def save(path, array, version=(1, 0)):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        format.write_array(file, array, version=version)


def pair(name, array, version=(1, 0)):
    """An array in `read`, and in `written` as attn keeps it: f4, f8 or b1, C order."""
    kind = array.dtype.str[1:]
    kept = array.astype("<" + kind if kind in ["f4", "f8", "b1"] else "<f8")
    save(FOLDER / "read" / f"{name}.npy", array, version)
    save(FOLDER / "written" / f"{name}.npy", np.array(kept, order="C"))


def values(shape, kind="f8"):
    count = int(np.prod(shape))
    numbers = np.arange(count) % 2 if kind == "b1" else np.arange(count) * 3 + 1
    return numbers.reshape(shape).astype(kind)


for old in FOLDER.glob("*/*.npy"):
    old.unlink()

for kind in KINDS:
    pair(f"{kind}-little", values((2, 3), "<" + kind))
    pair(f"{kind}-fortran", np.asfortranarray(values((2, 3), "<" + kind)))
    if kind[1] != "1":
        pair(f"{kind}-big", values((2, 3), ">" + kind))

for kind in INTEGERS:
    limits = np.iinfo(kind)
    # Beyond 2^53 not every whole number is a double.
    least, most = max(limits.min, -(2**53)), min(limits.max, 2**53)
    pair(f"{kind}-limits", np.array([least, 0, 1, most - 1, most], "<" + kind))

for kind in ["f4", "f8"]:
    limits = np.finfo(kind)
    special = [
        0.0,
        -0.0,
        np.inf,
        -np.inf,
        np.nan,
        limits.max,
        limits.tiny,
        limits.smallest_subnormal,
    ]
    pair(f"{kind}-special", np.array(special, "<" + kind))
    pair(f"{kind}-special-big", np.array(special, ">" + kind))

for shape in [(), (5,), (2, 3), (2, 3, 2), (2, 1, 3, 2), (2, 1, 2, 1, 2), (0,), (3, 0, 2)]:
    name = "x".join(map(str, shape)) or "number"
    pair(f"shape-{name}", values(shape))
    pair(f"shape-{name}-fortran", np.asfortranarray(values(shape)))

# Headers of all lengths about the places where the padding grows.
for rank in range(6, 40):
    pair(f"rank-{rank}", np.ones((1,) * rank))
pair("rank-64", np.ones((1,) * 64))
pair("version-2", values((2, 3)), version=(2, 0))
pair("version-3", values((2, 3)), version=(3, 0))

for name, array in {
    "object": np.array([{"a": 1}, None], object),
    "half": np.ones(3, "<f2"),
    "complex": np.ones(3, "<c16"),
    "text": np.array(["ab", "c"]),
    "bytes": np.array([b"ab", b"c"]),
    "dates": np.array(["2024-01-01"], "M8[D]"),
    "record": np.zeros(2, [("a", "<f8"), ("b", "<i4")]),
    "void": np.zeros(2, "V4"),
}.items():
    save(FOLDER / "refused" / f"{name}.npy", array)

save(FOLDER / "inexact" / "i8.npy", np.array([1, -(2**53) - 1]))
save(FOLDER / "inexact" / "u8.npy", np.array([2**64 - 1], ">u8"))
