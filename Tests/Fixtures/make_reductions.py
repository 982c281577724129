"""reductions.txt: sums, means, extremes and running sums along axes."""

import numpy as np

from fixtures import File

rng = np.random.default_rng(2)
NAMES = {
    "sum": np.sum,
    "mean": np.mean,
    "var": np.var,
    "std": np.std,
    "min": np.min,
    "max": np.max,
    "prod": np.prod,
    "any": np.any,
    "all": np.all,
    "norm": lambda x, **options: np.sqrt(np.sum(x * x, **options)),
}

with File("reductions.txt", __doc__) as file:
    x = rng.normal(size=(2, 3, 4))
    for name, function in NAMES.items():
        file.case(f"{name}, every axis", tolerance=1e-14)
        file.let(x=x)
        file.equals(f"{name} x", function(x))
        file.equals(f"{name}(x, keep=1)", function(x, keepdims=True))
        for axis in [0, 1, 2, -2]:
            file.equals(f"{name}(x, axis={axis})", function(x, axis=axis))
        file.equals(f"{name}(x, axis=1, keep=1)", function(x, axis=1, keepdims=True))

    x = np.array([[3, 1, 3, -1], [2, 2, 0, 5], [3, 5, 0, -1]], dtype=float)
    file.case("argmax, argmin: the first of equal ones")
    file.let(x=x)
    for name, function in [("argmax", np.argmax), ("argmin", np.argmin)]:
        file.equals(f"{name} x", function(x, axis=-1))
        file.equals(f"{name}(x, axis=0)", function(x, axis=0))
        file.equals(f"{name}(x, axis=0, keep=1)", function(x, axis=0, keepdims=True))

    x = np.array([[1, np.nan, 3], [np.inf, 0, -np.inf], [-0.0, 2, np.inf]])
    file.case("NaN and ∞")
    file.let(x=x)
    for name in ["sum", "mean", "min", "max", "prod", "norm", "var", "any", "all"]:
        file.equals(f"{name}(x, axis=1)", NAMES[name](x, axis=1))
    file.equals("argmax x", np.argmax(x, axis=1))
    file.equals("argmin x", np.argmin(x, axis=1))

    file.case("of nothing")
    file.let(x=np.zeros((3, 0)))
    file.equals("sum(x, axis=1)", np.zeros(3))
    file.equals("sum(x, axis=0)", np.zeros(0))
    file.equals("prod(x, axis=1)", np.ones(3))
    file.equals("mean(x, axis=1)", np.full(3, np.nan))
    file.equals("var(x, axis=1)", np.full(3, np.nan))
    file.equals("norm(x)", 0.0)
    file.equals("any(x, axis=1)", np.zeros(3, bool))
    file.equals("all(x, axis=1)", np.ones(3, bool))
    file.equals("cumsum(x)", np.zeros((3, 0)))

    file.case("norms whose squares leave the range", relative=4e-16)
    file.let(x=[[3e200, 4e200], [3e-200, 4e-200], [3e-320, 4e-320], [0, 0], [1e308, 1e308]])
    file.equals("norm(x, axis=1)", [5e200, 5e-200, 5e-320, 0, np.sqrt(2) * 1e308])

    file.case("a hundred thousand numbers", relative=1e-14)
    np.random.seed(5)
    x = np.random.rand(100_000)
    wide = x.astype(np.longdouble)
    file.run("seed 5", "x = rand 100000", "y = reshape(x, 100, 1000)", "s = f32 x")
    file.equals("sum x", float(wide.sum()))
    file.equals("mean x", float(wide.mean()))
    file.equals("var x", float(wide.var()))
    file.equals("norm x", float(np.sqrt((wide * wide).sum())))
    file.equals("sum(y, axis=0)[::100]", wide.reshape(100, 1000).sum(axis=0)[::100].astype(float))
    file.equals("sum(y, axis=1)[::10]", wide.reshape(100, 1000).sum(axis=1)[::10].astype(float))
    file.equals("cumsum(x)[::12345]", np.cumsum(wide)[::12345].astype(float))
    file.agreement(relative=1e-6)
    single = x.astype(np.float32).astype(float)
    file.equals("sum s", np.float32(single.sum()))
    file.equals("mean s", np.float32(single.mean()))
    file.equals("var s", np.float32(single.var()))
    file.equals("cumsum(s)[::12345]", np.cumsum(single)[::12345].astype(np.float32))

    file.case("a variance far from 0", relative=1e-9)
    x = 1e6 + rng.normal(size=20)
    file.let(x=x)
    file.equals("var x", float(x.astype(np.longdouble).var()))

    x = rng.normal(size=(2, 3, 4)).astype(np.float32)
    file.case("single precision", tolerance=1e-6)
    file.let(x=x)
    for name, function in NAMES.items():
        expected = function(x.astype(np.float64), axis=1)
        file.equals(
            f"{name}(x, axis=1)",
            expected if name in ["any", "all"] else expected.astype(np.float32),
        )

    file.case("truth counts as 0 and 1")
    file.let(b=np.array([[True, False], [True, True]]))
    file.equals("sum(b, axis=0)", np.array([2.0, 1.0]))
    file.equals("mean(b)", 0.75)
    file.equals("any(b, axis=1)", np.array([True, True]))
    file.equals("all(b, axis=1)", np.array([False, True]))

    x = rng.normal(size=(3, 4))
    file.case("cumsum", tolerance=1e-15)
    file.let(x=x)
    file.equals("cumsum x", np.cumsum(x, axis=-1))
    file.equals("cumsum(x, axis=0)", np.cumsum(x, axis=0))

    file.case("cumsum past NaN and ∞")
    x = [[1, np.inf, 2, -np.inf, 3], [1, np.nan, 2, 0, 0]]
    file.let(x=x)
    file.equals("cumsum x", np.cumsum(x, axis=1))
