"""random.txt: NumPy's legacy random stream, to the last bit."""

import numpy as np

from fixtures import File

with File("random.txt", __doc__) as file:

    def case(name):
        file.case(name, hexadecimal=True)

    case("seed 42, the Q of the chapter")
    np.random.seed(42)
    file.run("seed 42")
    file.equals("randn(4, 8)", np.random.randn(4, 8))

    for seed in [0, 1, 12345, 2**32 - 1]:
        case(f"seed {seed}")
        np.random.seed(seed)
        file.run(f"seed {seed}")
        file.equals("rand(5)", np.random.rand(5))
        file.equals("randn(5)", np.random.randn(5))

    for limit in [1, 2, 10, 256, 257, 2**31, 2**32, 2**32 + 1, 2**40, 2**53 - 1]:
        case(f"whole numbers below {limit}")
        np.random.seed(7)
        file.run("seed 7")
        file.equals(f"randint(0, {limit}, 8)", np.random.randint(0, limit, 8, dtype=np.int64))
        # How many words of the stream were used.
        file.equals("rand()", np.random.rand())

    case("whole numbers from a negative one")
    np.random.seed(8)
    file.run("seed 8")
    file.equals("randint(-5, 6, 3, 4)", np.random.randint(-5, 6, (3, 4)))
    file.equals("randint(-(2^40), 2^41, 4)", np.random.randint(-(2**40), 2**41, 4))

    case("an odd number of normal draws keeps one for later")
    np.random.seed(3)
    file.run("seed 3")
    file.equals("randn(3)", np.random.randn(3))
    file.equals("rand(2)", np.random.rand(2))
    file.equals("randn(2)", np.random.randn(2))
    file.equals("randint(0, 100, 3)", np.random.randint(0, 100, 3))
    file.equals("randn()", np.random.randn())

    case("a new seed forgets the kept normal draw")
    np.random.seed(3)
    np.random.randn(1)
    np.random.seed(3)
    file.run("seed 3", "x = randn 1", "seed 3")
    file.equals("randn(2)", np.random.randn(2))

    for n in [0, 1, 2, 10, 100]:
        case(f"permutation of {n}")
        np.random.seed(42)
        file.run("seed 42")
        file.equals(f"permutation({n})", np.random.permutation(n))
        file.equals("rand()", np.random.rand())

    case("everything in turn")
    np.random.seed(2024)
    file.run("seed 2024")
    file.equals("randn(3, 3)", np.random.randn(3, 3))
    file.equals("permutation(7)", np.random.permutation(7))
    file.equals("rand(2, 2)", np.random.rand(2, 2))
    file.equals("randint(0, 2^40, 3)", np.random.randint(0, 2**40, 3))
    file.equals("randn(0)", np.random.randn(0))
    file.equals("randn(4)", np.random.randn(4))
    file.equals("rand(0, 3)", np.random.rand(0, 3))
    file.equals("permutation(4)", np.random.permutation(4))
    file.equals("randn(2)", np.random.randn(2))

    case("far down the stream")
    np.random.seed(99)
    file.run("seed 99", "x = rand 100003", "y = randn 50001", "p = permutation 5001")
    x, y, p = np.random.rand(100003), np.random.randn(50001), np.random.permutation(5001)
    file.equals("x[-3:]", x[-3:])
    file.equals("y[-3:]", y[-3:])
    file.equals("p[-5:]", p[-5:])
    file.equals("randn(2)", np.random.randn(2))
