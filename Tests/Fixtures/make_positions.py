"""positions.txt: rotary and sinusoidal positions, angles computed with 64-bit mantissas."""

import numpy as np

from fixtures import File

rng = np.random.default_rng(4)


def angles(positions, d, base):
    frequencies = np.longdouble(base) ** (-2 * np.arange((d + 1) // 2, dtype=np.longdouble) / d)
    return np.outer(np.asarray(positions, np.longdouble), frequencies)


def rope(x, positions, base=10000, layout="interleaved"):
    d = x.shape[-1]
    turn = angles(positions, d, base)
    cos, sin = np.cos(turn), np.sin(turn)
    first, second = (
        (x[..., 0::2], x[..., 1::2])
        if layout == "interleaved"
        else (x[..., : d // 2], x[..., d // 2 :])
    )
    a, b = first * cos - second * sin, first * sin + second * cos
    turned = (
        np.stack([a, b], axis=-1).reshape(x.shape)
        if layout == "interleaved"
        else np.concatenate([a, b], axis=-1)
    )
    return turned.astype(x.dtype)


def sinusoidal(positions, d, base=10000):
    turn = angles(positions, d, base)
    table = np.stack([np.sin(turn), np.cos(turn)], axis=-1).reshape(len(turn), -1)
    return table[:, :d].astype(float)


with File("positions.txt", __doc__) as file:
    q, k = rng.normal(size=(2, 5, 6)), rng.normal(size=(2, 3, 6))
    for layout in ["interleaved", "half"]:
        file.case(f"rope, {layout}", tolerance=1e-13)
        file.let(q=q, k=k)
        file.run(f"qr, kr = rope q k layout={layout}")
        file.equals("qr", rope(q, range(5), layout=layout))
        file.equals("kr", rope(k, range(3), layout=layout))
        file.run(f"qr, kr = rope q k layout={layout} base=500 offset=7")
        file.equals("qr", rope(q, range(7, 12), 500, layout))
        file.equals("kr", rope(k, range(7, 10), 500, layout))
        positions = [0, 2.5, -3, 1000, 100000]
        file.run(f"p = [{' '.join(map(str, positions))}]")
        file.agreement(tolerance=1e-10)
        file.equals(f'rope(q, positions=p, layout="{layout}")', rope(q, positions, layout=layout))

    file.case("rope, keys at positions of their own", tolerance=1e-13)
    file.let(q=q, k=k)
    file.run("qr, kr = rope q k positions=[4 5 6 7 8] kpositions=[0 2 9]")
    file.equals("qr", rope(q, [4, 5, 6, 7, 8]))
    file.equals("kr", rope(k, [0, 2, 9]))

    single = q.astype(np.float32)
    file.case("rope in single precision", tolerance=1e-6)
    file.let(q=single)
    file.equals("rope(q, offset=50)", rope(single, range(50, 55)))

    file.case("rope of nothing")
    file.equals("rope(zeros(0, 4))", np.zeros((0, 4)))
    file.equals("rope(zeros(3, 0))", np.zeros((3, 0)))

    for n, d in [(4, 8), (3, 5), (2, 1), (5, 2), (1, 7)]:
        file.case(f"sinusoidal {n} {d}", tolerance=1e-14)
        file.equals(f"sinusoidal({n}, {d})", sinusoidal(range(n), d))
        file.equals(f"sinusoidal({n}, {d}, base=100)", sinusoidal(range(n), d, 100))

    file.case("sinusoidal, given positions", tolerance=1e-10)
    file.equals("sinusoidal(4, 6, positions=[0 2.5 -3 5000])", sinusoidal([0, 2.5, -3, 5000], 6))

    file.case("sinusoidal of nothing")
    file.equals("sinusoidal(0, 4)", np.zeros((0, 4)))
    file.equals("sinusoidal(3, 0)", np.zeros((3, 0)))
