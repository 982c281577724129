"""softmax.txt: softmax and its relatives, computed with 64-bit mantissas and a wider exponent."""

import numpy as np
from scipy.special import entr, logsumexp

from fixtures import File

TINY = 5e-324
rng = np.random.default_rng(1)


def shifted(z, tau, axis):
    z = np.asarray(z, np.longdouble)
    return (z - z.max(axis=axis, keepdims=True)) / np.longdouble(tau)


def softmax(z, tau=1, axis=-1):
    e = np.exp(shifted(z, tau, axis))
    return (e / e.sum(axis=axis, keepdims=True)).astype(np.asarray(z).dtype)


def log_softmax(z, tau=1, axis=-1):
    s = shifted(z, tau, axis)
    return (s - np.log(np.exp(s).sum(axis=axis, keepdims=True))).astype(np.asarray(z).dtype)


with File("softmax.txt", __doc__) as file:
    z = rng.normal(size=(2, 3, 5)) * 3
    file.case("every axis", tolerance=1e-15)
    file.let(z=z)
    for axis in [0, 1, 2, -1, -3]:
        file.equals(f"softmax(z, axis={axis})", softmax(z, axis=axis))
        file.equals(f"log_softmax(z, axis={axis})", log_softmax(z, axis=axis))
        file.equals(f"logsumexp(z, axis={axis})", logsumexp(z, axis=axis))
        file.equals(
            f"entropy(softmax(z, axis={axis}), axis={axis})",
            entr(softmax(z, axis=axis)).sum(axis=axis),
        )
    file.equals("logsumexp(z, axis=1, keep=1)", logsumexp(z, axis=1, keepdims=True))

    z = rng.normal(size=(2, 7)) * 5
    file.case("temperatures", relative=1e-13)
    file.let(z=z)
    for tau in [0.1, 0.5, 2, 10, 1e6]:
        file.equals(f"softmax(z, tau={tau})", softmax(z, tau))
    file.equals("softmax(z, tau=∞)", np.full((2, 7), 1 / 7))
    file.agreement(tolerance=1e-14)
    for tau in [0.1, 0.5, 2, 10, 1e6]:
        file.equals(f"log_softmax(z, tau={tau})", log_softmax(z, tau))

    def extreme(name, z, tau=1, relative=1e-15):
        z = np.array(z, dtype=np.float64)
        file.case(name, relative=relative)
        file.let(z=z)
        option = f", tau={tau}" if tau != 1 else ""
        file.equals(f"softmax(z{option})", softmax(z, tau))
        file.agreement(tolerance=relative)
        file.equals(f"log_softmax(z{option})", log_softmax(z, tau))
        if tau == 1:
            file.equals("logsumexp(z)", logsumexp(z))

    extreme("one element", [3.5])
    extreme("one huge element", [-1e308])
    extreme("all equal", [0.1] * 7)
    extreme("all equal and huge", [1e308] * 3)
    extreme("both ends of the range", [1e308, -1e308])
    extreme("both ends at a high temperature", [1e308, -1e308, 0], tau=1e308)
    extreme("both ends at the highest temperature", [1.7e308, -1.7e308, 0], tau=1.7e308)
    extreme("the lowest temperature", [1.0, 1.0, 0.5], tau=TINY)
    extreme("subnormal scores", [TINY, 2 * TINY, 0.0])
    extreme("subnormal scores at a subnormal temperature", [TINY, 2 * TINY, 0.0], tau=TINY)
    extreme("far apart", [0, -30, -300, -700], relative=1e-13)
    extreme("a subnormal probability", [0.0, -740.0], relative=0.02)
    extreme("below the range", [0.0, -1000.0, -800.0])
    extreme("a hidden entry", [-np.inf, 0.0, 1.0])
    extreme("a hidden entry at a temperature", [-np.inf, 0.0, 1.0], tau=0.5)
    extreme("all but one hidden", [-np.inf, -2.0, -np.inf])
    extreme("all hidden", [-np.inf, -np.inf])
    extreme("∞ among numbers", [np.inf, 0.0])
    extreme("two of ∞", [np.inf, np.inf, 0.0])
    extreme("NaN among numbers", [np.nan, 0.0, 1.0])
    extreme("NaN, ∞ and -∞", [np.nan, np.inf, -np.inf])

    file.case("hidden entries at an infinite temperature", relative=1e-15)
    file.let(z=[-np.inf, 0.0, 5.0])
    file.equals("softmax(z, tau=∞)", [0, 0.5, 0.5])

    file.case("nothing to choose from")
    file.let(z=np.zeros((2, 0)))
    file.equals("softmax(z)", np.zeros((2, 0)))
    file.equals("log_softmax(z)", np.zeros((2, 0)))
    file.equals("logsumexp(z)", [-np.inf, -np.inf])
    file.equals("softmax(z, axis=0)", np.zeros((2, 0)))

    z = (rng.normal(size=(3, 6)) * 4).astype(np.float32)
    file.case("single precision", relative=2e-6)
    file.let(z=z)
    for tau in [1, 0.25, 8]:
        file.equals(f"softmax(z, tau={tau})", softmax(z, tau))
    file.equals("logsumexp(z)", logsumexp(z.astype(np.float64), axis=-1).astype(np.float32))
    file.agreement(tolerance=2e-6)
    file.equals("log_softmax(z)", log_softmax(z))

    file.case("single precision, temperatures beyond its range", relative=1e-6)
    file.let(z=np.array([1, 1, 0.5], np.float32))
    file.equals("softmax(z, tau=1e-60)", np.array([0.5, 0.5, 0], np.float32))
    file.equals("softmax(z, tau=1e60)", np.full(3, 1 / 3, np.float32))

    file.case("a long row", relative=1e-13)
    file.run("seed 11", "z = 10 * randn(1000, 3)", "p = softmax(z, axis=0)")
    np.random.seed(11)
    z = 10 * np.random.randn(1000, 3)
    file.equals("p[::250]", softmax(z, axis=0)[::250])
    file.equals("logsumexp(z, axis=0)", logsumexp(z, axis=0))
    file.equals("entropy(p, axis=0)", entr(softmax(z, axis=0)).sum(axis=0))

    p = np.array([[1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0], [1, TINY, 0, 0]])
    file.case("entropy", relative=1e-15)
    file.let(p=p)
    file.equals("entropy(p)", entr(p).sum(axis=-1))

    z = rng.normal(size=(2, 4))
    file.case("softmax_jacobian, softargmax", tolerance=1e-15)
    file.let(z=z)
    for tau in [1, 0.3, 4]:
        p = softmax(z, tau)
        file.equals(
            f"softmax_jacobian(z, tau={tau})",
            (np.einsum("bi,ij->bij", p, np.eye(4)) - np.einsum("bi,bj->bij", p, p)) / tau,
        )
        file.equals(f"softargmax(z, tau={tau})", p @ np.arange(4))
