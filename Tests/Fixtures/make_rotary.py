"""rotary.txt: rotary embedding as the published models compute it, with PyTorch."""

import torch

from fixtures import File

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)


def frequencies(d, base):
    return base ** (-torch.arange(0, d, 2) / d)


def interleaved(x, positions, base=10000.0):
    """Llama as Meta published it: pairs (2i, 2i+1) are complex numbers."""
    angles = torch.outer(positions, frequencies(x.shape[-1], base))
    turn = torch.polar(torch.ones_like(angles), angles)
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * turn).flatten(-2)


def half(x, positions, base=10000.0):
    """Llama as Hugging Face has it, and GPT-NeoX: rotate_half."""
    angles = torch.outer(positions, frequencies(x.shape[-1], base))
    angles = torch.cat([angles, angles], -1)
    first, second = x.chunk(2, -1)
    return x * angles.cos() + torch.cat([-second, first], -1) * angles.sin()


def partial(turn, x, positions, dims, base=10000.0):
    return torch.cat([turn(x[..., :dims], positions, base), x[..., dims:]], -1)


q, k = torch.randn(2, 3, 5, 8), torch.randn(2, 3, 4, 8)

with File("rotary.txt", __doc__) as file:
    for name, turn in {"interleaved": interleaved, "half": half}.items():
        option = f'layout="{name}"'
        file.case(name, tolerance=1e-12)
        file.let(Q=q, K=k)
        file.run(f"qr, kr = rope Q K layout={name}")
        file.equals("qr", turn(q, torch.arange(5.0)))
        file.equals("kr", turn(k, torch.arange(4.0)))
        file.equals(f"rope(Q, {option}, offset=100)", turn(q, torch.arange(100.0, 105)))
        file.equals(f"rope(Q, {option}, base=500000)", turn(q, torch.arange(5.0), 500000.0))
        positions = torch.tensor([3.0, 0, 7, 7, 1.5])
        file.equals(f"rope(Q, {option}, positions=[3 0 7 7 1.5])", turn(q, positions))
        for dims in [2, 4, 8]:
            file.equals(
                f"rope(Q, {option}, dims={dims})", partial(turn, q, torch.arange(5.0), dims)
            )

        angles = torch.outer(torch.arange(9.0), frequencies(8, 10000.0))
        file.case(f"{name}, given tables", tolerance=1e-12)
        file.let(Q=q[0], C=angles.cos() * 1.25, S=angles.sin() * 1.25)
        file.equals(
            f"rope(Q, {option}, cos=C, sin=S, offset=4)", 1.25 * turn(q[0], torch.arange(4.0, 9))
        )
