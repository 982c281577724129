"""elementwise.txt: functions of one number, from SciPy or computed with 64-bit mantissas."""

import numpy as np
from scipy import special

from fixtures import File

wide = np.longdouble


def gelu_tanh(x):
    return x / 2 * (1 + np.tanh(np.sqrt(2 / wide(np.pi)) * (x + wide("0.044715") * x**3)))


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


ACTIVATIONS = {
    "erf(x)": lambda x: special.erf(x.astype(float)),
    "gelu(x)": lambda x: x.astype(float) * special.ndtr(x.astype(float)),
    'gelu(x, form="tanh")': gelu_tanh,
    "sigmoid(x)": lambda x: 1 / (1 + np.exp(-x)),
    "silu(x)": lambda x: x / (1 + np.exp(-x)),
    "softplus(x)": softplus,
    "elu(x)": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "relu(x)": lambda x: np.maximum(x, 0),
    "tanh(x)": np.tanh,
}
ELEMENTARY = {
    "exp(x)": np.exp,
    "expm1(x)": np.expm1,
    "sin(x)": np.sin,
    "cos(x)": np.cos,
    "atan(x)": np.arctan,
    "sinh(x)": np.sinh,
    "cosh(x)": np.cosh,
    "abs(x)": np.abs,
    "sign(x)": np.sign,
    "floor(x)": np.floor,
    "ceil(x)": np.ceil,
    "round(x)": np.round,
    "sqrt(abs(x))": lambda x: np.sqrt(np.abs(x)),
    "log(abs(x))": lambda x: np.log(np.abs(x)),
    "log2(abs(x))": lambda x: np.log2(np.abs(x)),
    "log10(abs(x))": lambda x: np.log10(np.abs(x)),
    "log1p(abs(x))": lambda x: np.log1p(np.abs(x)),
}

x = np.array([-40, -6.5, -3, -1.5, -0.5, -1e-3, -1e-9, 0, 1e-9, 1e-3, 0.5, 1, 2.5, 3.5, 6.5, 40])

with File("elementwise.txt", __doc__) as file:
    for name, function in (ACTIVATIONS | ELEMENTARY).items():
        file.case(name, tolerance=1e-15)
        file.let(x=x)
        file.equals(name, function(x.astype(wide)).astype(float))
        file.run("x = f32 x")
        file.agreement(tolerance=1e-6)
        file.equals(name, function(x.astype(np.float32).astype(wide)).astype(np.float32))

    file.case("activations at the ends of the range", relative=1e-15)
    file.let(x=[-1e308, -1000, 1000, 1e308])
    file.equals("sigmoid(x)", [0, 0, 1, 1])
    file.equals("softplus(x)", [0, 0, 1000, 1e308])
    file.equals("silu(x)", [0, 0, 1000, 1e308])
    file.equals("elu(x)", [-1, -1, 1000, 1e308])
    file.equals("gelu(x)", [0, 0, 1000, 1e308])
    file.equals('gelu(x, form="tanh")', [0, 0, 1000, 1e308])
    file.equals("tanh(x)", [-1, -1, 1, 1])
    file.equals("erf(x)", [-1, -1, 1, 1])

    file.case("activations of ±∞ and NaN")
    file.let(x=[-np.inf, np.inf, np.nan])
    for name, low in [
        ("sigmoid", 0),
        ("softplus", 0),
        ("silu", 0),
        ("elu", -1),
        ("gelu", 0),
        ("relu", 0),
        ("tanh", -1),
        ("erf", -1),
    ]:
        high = 1 if name in ["sigmoid", "tanh", "erf"] else np.inf
        file.equals(f"{name}(x)", [low, high, np.nan])
    file.equals('gelu(x, form="tanh")', [0, np.inf, np.nan])

    a = np.array([5, -5, 5, -5, 0, 5.5, -1e-20, np.inf, 3, 3])
    b = np.array([3, 3, -3, -3, 3, 2, 3, 2, np.inf, 0])
    file.case("arithmetic of two numbers")
    file.let(a=a, b=b, c=np.array([2, -2.0]), e=[3, -2])
    file.equals("a + b", a + b)
    file.equals("a / b", a / b)
    file.equals("(a % b)[:7]", np.mod(a, b)[:7])
    file.equals("maximum(a, b)", np.maximum(a, b))
    file.equals("c ^ e", [8, 0.25])
    file.equals("a >= b", a >= b)

    a, b = np.arange(3.0), np.arange(6.0).reshape(2, 1, 3)
    file.case("broadcasting")
    file.let(a=a, b=b, c=[[1], [2]])
    file.equals("a + b * c", a + b * [[1], [2]])
    file.equals("b == a", b == a)
