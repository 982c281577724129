"""products.txt: matrix products, einsum, and what only moves elements."""

import numpy as np

from fixtures import File

rng = np.random.default_rng(3)
normal = rng.normal

with File("products.txt", __doc__) as file:
    shapes = [
        [(4,), (4,)],
        [(4,), (4, 3)],
        [(3, 4), (4,)],
        [(3, 4), (4, 5)],
        [(2, 3, 4), (4, 5)],
        [(4,), (2, 4, 3)],
        [(2, 3, 4), (4,)],
        [(2, 1, 3, 4), (3, 4, 2)],
        [(1, 3, 4), (2, 4, 1)],
        [(3, 0), (0, 2)],
        [(0, 3), (3, 2)],
        [(2, 0, 3), (3, 2)],
        [(1, 1), (1, 1)],
    ]
    for left, right in shapes:
        text = " @ ".join("×".join(map(str, shape)) for shape in [left, right])
        a, b = normal(size=left), normal(size=right)
        file.case(f"matmul {text}", tolerance=1e-14)
        file.let(a=a, b=b)
        file.equals("a @ b", a @ b)

    file.case("matmul past every tile", tolerance=1e-13)
    np.random.seed(6)
    a, b = np.random.randn(67, 301), np.random.randn(301, 69)
    file.run("seed 6", "a = randn 67 301", "b = randn 301 69", "c = a @ b")
    file.equals("c[::16, ::17]", (a @ b)[::16, ::17])
    file.equals("c[-1]", (a @ b)[-1])
    file.equals("sum(c, axis=0)[-9:]", (a @ b).sum(axis=0)[-9:])

    file.case("matmul with NaN and ∞")
    a, b = np.array([[1, np.inf], [0, np.nan], [2, 3]]), np.array([[1.0, 0, 2], [2, 1, np.inf]])
    file.let(a=a, b=b)
    file.equals("a @ b", a @ b)

    a, b = normal(size=(3, 9)).astype(np.float32), normal(size=(9, 5)).astype(np.float32)
    file.case("matmul in single precision", tolerance=2e-6)
    file.let(a=a, b=b)
    file.equals("a @ b", a @ b)
    file.equals("a @ f64(b)", a.astype(float) @ b.astype(float))

    specs = [
        ("ij,jk->ik", [(3, 4), (4, 2)]),
        ("ij,jk", [(3, 4), (4, 2)]),
        ("ij,kj->ik", [(3, 4), (2, 4)]),
        ("bij,bjk->bik", [(2, 3, 4), (2, 4, 2)]),
        ("...ij,...jk->...ik", [(2, 1, 3, 4), (3, 4, 2)]),
        ("bhqd,bhkd->bhqk", [(2, 2, 3, 4), (2, 2, 5, 4)]),
        ("ii", [(3, 3)]),
        ("ii->i", [(3, 3)]),
        ("ij->ji", [(3, 4)]),
        ("ij->", [(3, 4)]),
        ("ij->j", [(3, 4)]),
        ("ba", [(3, 4)]),
        ("i,j->ij", [(3,), (4,)]),
        ("i,i", [(5,), (5,)]),
        ("ij,ij->i", [(3, 4), (3, 4)]),
        ("ijk,jl,kl->il", [(2, 3, 4), (3, 5), (4, 5)]),
        ("iji->j", [(3, 2, 3)]),
        ("...i->...", [(2, 3, 4)]),
        ("ij,jk->ik", [(3, 0), (0, 2)]),
        ("i,->i", [(3,), ()]),
        ("ij,j->ji", [(3, 4), (4,)]),
    ]
    for spec, shapes in specs:
        operands = dict(zip("abc", [normal(size=shape) for shape in shapes]))
        text = ", ".join("×".join(map(str, shape)) or "number" for shape in shapes)
        file.case(f"einsum {spec} of {text}", tolerance=1e-14)
        file.let(**operands)
        file.equals(f'einsum("{spec}", {", ".join(operands)})', np.einsum(spec, *operands.values()))

    a, b = normal(size=(2, 3)), normal(size=(2, 3))
    file.case("concat, stack")
    file.let(a=a, b=b, e=np.zeros((0, 3)))
    file.equals("concat(a, b, a)", np.concatenate([a, b, a]))
    for axis in [0, 1, -1, -2]:
        file.equals(f"concat(a, b, axis={axis})", np.concatenate([a, b], axis=axis))
    for axis in [0, 1, 2, -1, -3]:
        file.equals(f"stack(a, b, axis={axis})", np.stack([a, b], axis=axis))
    file.equals("concat(a, e)", a)
    file.equals("concat(f32(a), f32(b))", np.concatenate([a, b]).astype(np.float32))
    file.equals("concat(f32(a), b)", np.concatenate([a.astype(np.float32), b]))

    x = normal(size=(4, 6))
    file.case("split")
    file.let(x=x)
    file.run("a, b = split x 2")
    for name, part in zip("ab", np.split(x, 2)):
        file.equals(name, part)
    file.run("a, b, c = split x 3 axis=1")
    for name, part in zip("abc", np.split(x, 3, axis=1)):
        file.equals(name, part)
    file.run("a, b, c = split x [0 5] axis=-1")
    for name, part in zip("abc", np.split(x, [0, 5], axis=-1)):
        file.equals(name, part)

    x = np.array([[3, -1, np.inf, 3, -np.inf, 0], [np.nan, 2, np.nan, -2, 7, 0.5]])
    file.case("sort, topk")
    file.let(x=x)
    file.equals("sort x", np.sort(x))
    file.equals("sort(x, axis=0)", np.sort(x, axis=0))
    file.run("y = sort(x[0], descending=1)")
    file.equals("y", np.sort(x[0])[::-1])
    file.run("v, i = topk(x[0], 4)")
    order = np.argsort(-x[0], kind="stable")[:4]
    file.equals("v", x[0][order])
    file.equals("i", order)
    file.run("v, i = topk(x, 1, axis=0)")
    file.equals("v[:, 1:]", [[2, np.inf, 3, 7, 0.5]])
    file.equals("i[:, 1:]", np.array([[1, 0, 0, 1, 1]]))

    x = normal(size=(2, 3, 5))
    file.case("tril, triu")
    file.let(x=x)
    for k in [-4, -1, 0, 2, 6]:
        file.equals(f"tril(x, {k})", np.tril(x, k))
        file.equals(f"triu(x, {k})", np.triu(x, k))
    file.let(y=[[np.nan, np.inf], [-np.inf, 1]])
    file.equals("tril(y)", np.tril([[np.nan, np.inf], [-np.inf, 1]]))

    x = normal(size=(2, 3, 4))
    file.case("transpose, reshape, indexing")
    file.let(x=x)
    file.equals("x'", np.swapaxes(x, -1, -2))
    file.equals("transpose(x, 2, 0, 1)", x.transpose(2, 0, 1))
    file.equals("transpose(x, 1, 0, 2)", x.transpose(1, 0, 2))
    file.equals("reshape(x, 4, -1)", x.reshape(4, -1))
    file.equals("x[1, ::-1, 1:3]", x[1, ::-1, 1:3])
    file.equals("x[-1, :, -2]", x[-1, :, -2])
    file.equals("x[:, [2 0 0]]", x[:, [2, 0, 0]])
    file.equals("x[:, :, 3:0:-2]", x[:, :, 3:0:-2])
    file.equals("x[x > 0]", x[x > 0])

    file.case("making tensors", tolerance=1e-15)
    file.equals("eye(2, 3)", np.eye(2, 3))
    file.equals("range(0, 1, 0.1)", np.arange(0, 1, 0.1))
    file.equals("range(5, -1, -2)", np.arange(5, -1, -2))
    file.equals("linspace(-1, 2, 7)", np.linspace(-1, 2, 7))
    file.equals("diag([1 2], 1)", np.diag([1, 2], 1))
    file.equals("diag([1 2 3; 4 5 6], -1)", np.diag(np.array([[1, 2, 3], [4, 5, 6]]), -1))
