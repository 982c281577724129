"""losses.txt: losses and divergences of PyTorch in double precision, Gumbel noise of NumPy."""

import numpy as np
import torch
import torch.nn.functional as F

from fixtures import File

torch.manual_seed(6)
torch.set_default_dtype(torch.float64)

with File("losses.txt", __doc__) as file:
    z, y = torch.randn(6, 4) * 2, torch.tensor([0, 3, 1, 1, 2, 0])
    soft = torch.softmax(torch.randn(6, 4), -1)
    file.case("cross_entropy", tolerance=1e-14)
    file.let(z=z, y=y, t=soft)
    file.equals("cross_entropy(z, y)", F.cross_entropy(z, y))
    file.equals("cross_entropy(z[2], 1)", F.cross_entropy(z[2], y[2]))
    file.equals("cross_entropy(z, t)", F.cross_entropy(z, soft))
    for share in [0.1, 0.5, 1]:
        file.equals(
            f"cross_entropy(z, y, smoothing={share})", F.cross_entropy(z, y, label_smoothing=share)
        )
        file.equals(
            f"cross_entropy(z, t, smoothing={share})",
            F.cross_entropy(z, soft, label_smoothing=share),
        )
    for label in [0, 1]:
        file.equals(
            f"cross_entropy(z, y, ignore={label})", F.cross_entropy(z, y, ignore_index=label)
        )
        file.equals(
            f"cross_entropy(z, y, ignore={label}, smoothing=0.2)",
            F.cross_entropy(z, y, ignore_index=label, label_smoothing=0.2),
        )
    file.equals("perplexity(z, y)", F.cross_entropy(z, y).exp())
    file.equals("perplexity(z, y, ignore=1)", F.cross_entropy(z, y, ignore_index=1).exp())

    y[2] = -100
    file.case("cross_entropy, a label outside the classes is ignored", tolerance=1e-14)
    file.let(z=z, y=y)
    file.equals("cross_entropy(z, y, ignore=-100)", F.cross_entropy(z, y))

    z, y = torch.randn(2, 4, 3), torch.randint(0, 4, (2, 3))
    file.case("cross_entropy along another axis", tolerance=1e-14)
    file.let(z=z, y=y)
    file.equals("cross_entropy(z, y, axis=1)", F.cross_entropy(z, y))

    z = torch.tensor([[1e4, 0, -1e4], [0, 1e300, 0]])
    file.case("cross_entropy of logits that are far apart", tolerance=1e-14)
    file.let(z=z)
    file.equals("cross_entropy(z, [2 1])", F.cross_entropy(z, torch.tensor([2, 1])))
    file.equals("cross_entropy(z, [0 0])", F.cross_entropy(z, torch.tensor([0, 0])))

    p, q = torch.softmax(torch.randn(3, 5), -1), torch.softmax(torch.randn(3, 5), -1)
    file.case("kl, entropy", tolerance=1e-14)
    file.let(p=p, q=q)
    file.equals("kl(p, q)", F.kl_div(q.log(), p, reduction="none").sum(-1))
    file.equals("kl(q, p)", F.kl_div(p.log(), q, reduction="none").sum(-1))
    file.equals("kl(p, p)", torch.zeros(3))
    file.equals(
        "kl([0 1], [0.5 0.5])",
        F.kl_div(torch.tensor([0.5, 0.5]).log(), torch.tensor([0.0, 1]), reduction="sum"),
    )
    file.equals("entropy(p)", torch.special.entr(p).sum(-1))

    s, t = torch.randn(4, 5), torch.randn(4, 5)
    file.case("distill", tolerance=1e-13)
    file.let(s=s, t=t)
    for tau in [1, 0.5, 4]:
        loss = F.kl_div(
            F.log_softmax(s / tau, -1),
            F.log_softmax(t / tau, -1),
            log_target=True,
            reduction="batchmean",
        )
        file.equals(f"distill(s, t, tau={tau})", tau**2 * loss)

    z, noise = torch.randn(3, 5), -torch.log(-torch.log(torch.rand(3, 5)))
    file.case("gumbel_softmax, given noise", tolerance=1e-14)
    file.let(z=z, g=noise)
    for tau in [1, 0.3, 5]:
        y = torch.softmax((z + noise) / tau, -1)
        hard = F.one_hot(y.argmax(-1), 5)
        file.equals(f"gumbel_softmax(z, tau={tau}, noise=g)", y)
        file.equals(f"gumbel_softmax(z, tau={tau}, noise=g, hard=1)", hard)

    file.case("gumbel noise, bit for bit", hexadecimal=True)
    np.random.seed(42)
    file.run("seed 42")
    file.equals("gumbel(3, 4)", np.random.gumbel(size=(3, 4)))
    file.equals("rand()", np.random.rand())
