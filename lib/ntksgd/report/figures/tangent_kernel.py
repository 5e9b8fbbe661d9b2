"""Figures of notebook 01: the tangent kernel, its concentration, its spectrum, its RKHS."""

import matplotlib.pyplot as plt
import numpy as np

from ntksgd.report.figures import THEORY, palette, shades

MARKERS = "osD^vP"


def kernels(curves, gaps, law):
    """Kernels kappa(t)/kappa(1) (left); distance of squareplus to ReLU against s (right)."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.5, 3.0))
    for (name, rows), style in zip(curves.groupby("activation", sort=False),
                                   ("-", "--", "-.", ":"), strict=False):
        left.plot(rows["t"], rows["kappa"] / rows["kappa"].iloc[-1], style, label=name)
    left.set(xlabel="inner product $t$ of the inputs", ylabel=r"$\kappa(t)\,/\,\kappa(1)$")
    left.legend(loc="upper left")
    for column, label, marker in (("kappa_0", r"$\kappa_0$, at $t=1$", "o"),
                                  ("kappa_1", r"$\kappa_1$, at $t=0$", "s")):
        right.loglog(gaps["s"], gaps[column], marker, label=label)
        right.loglog(law["s"], law[column], color=THEORY, lw=0.9, zorder=3)
    right.plot([], [], color=THEORY, lw=0.9, label="derived")
    right.set(xlabel="scale $s$ of squareplus", ylabel="largest distance to ReLU")
    right.set_xticks(gaps["s"], [f"{s:g}" for s in gaps["s"]])
    right.set_xticks([], minor=True)
    right.legend()
    return fig


def concentration(cases, level):
    """E ||K_m - K||^2 against m over its exact mean (left), and their ratio (right)."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.5, max(3.2, 0.27 * len(cases))),
                                      width_ratios=(1.15, 1))
    for i, case in enumerate(cases):
        mean, half = case.mean()
        style = {"fmt": MARKERS[(i + i // 6) % 6], "color": palette[i % 6]}
        left.errorbar(case.widths, mean, half, zorder=2, **style)
        left.loglog(case.widths, case.predicted, color=THEORY, lw=0.8, zorder=3)
        value, low, high = case.ratio(level)
        right.errorbar(value, len(cases) - i, xerr=[[value - low], [high - value]], **style)
    left.plot([], [], color=THEORY, lw=0.8, label="$2C/m$, no fit")
    left.set(xlabel="width $m$", ylabel=r"$\mathbf{E}\,\|K_m-K\|^2$")
    left.legend(loc="lower left", title="markers: see right", title_fontsize=8)
    right.axvline(1.0, color=THEORY, lw=0.8)
    right.set(xlabel="measured / predicted constant", ylim=(0.4, len(cases) + 0.6))
    right.set_yticks(range(len(cases), 0, -1), [f"{c.activation}, $d={c.d}$" for c in cases])
    return fig


def relu_spectrum(table):
    """ReLU eigenvalues, their law A k^-d, and the ratio of the two by parity."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.5, 3.1))
    for i, (d, rows) in enumerate(table.groupby("d")):
        left.loglog(rows["k"], rows["eigenvalue"], MARKERS[i], ms=3, color=palette[i],
                    label=f"$d={d}$")
        law = rows[rows["k"] >= d]  # the law is asymptotic: far off at degrees below d
        left.loglog(law["k"], law["law"], color=THEORY, lw=0.8, zorder=3)
        for parity, fill in ((0, "full"), (1, "none")):
            part = rows[rows["k"] % 2 == parity]
            right.semilogx(part["k"], part["eigenvalue"] / part["law"], MARKERS[i], ms=3,
                           color=palette[i], fillstyle=fill)
    left.plot([], [], color=THEORY, lw=0.8, label="$A_d\\,k^{-d}$")
    left.set(xlabel="degree $k$", ylabel=r"eigenvalue $\lambda_k$")
    left.legend(loc="lower left")
    right.axhline(1.0, color=THEORY, lw=0.8, zorder=3)
    right.plot([], [], "o", color="0.4", ms=3, label="even $k$")
    right.plot([], [], "o", color="0.4", ms=3, fillstyle="none", label="odd $k$")
    right.set(xlabel="degree $k$", ylabel=r"$\lambda_k\,/\,A_d\,k^{-d}$", ylim=(0, 2.5))
    right.legend(loc="upper right")
    return fig


def squareplus_spectrum(table, d):
    """Eigenvalues of squareplus for several scales over their law; the same by plain quadrature."""
    fig, ax = plt.subplots(figsize=(6.5, 3.6))
    scales = list(table.groupby("s", sort=False))
    for (s, rows), colour in zip(scales, shades(len(scales)), strict=True):
        ax.loglog(rows["k"], rows["eigenvalue"], "o", ms=3, color=colour, label=f"$s={s:g}$")
        law = rows[2 * s * rows["k"] >= 3]  # the law is asymptotic in s k
        ax.loglog(law["k"], law["law"], color=THEORY, lw=0.8, zorder=3)
    first = scales[0][1]
    ax.loglog(first["k"], first["plain_quadrature"], "x", color=palette[1], ms=4, zorder=1,
              label=f"$s={scales[0][0]:g}$, quadrature\nof $\\kappa$ itself")
    ax.plot([], [], color=THEORY, lw=0.8, label="law, constant\nincluded")
    ax.set(xlabel="degree $k$", ylabel=r"eigenvalue $\lambda_k$", title=f"squareplus, $d={d}$",
           ylim=(1e-31, 3))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return fig


def bias(spectra, gram):
    """Eigenvalues with and without bias (left); smallest hexagon eigenvalue against gamma."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.5, 3.0))
    for i, (gamma, rows) in enumerate(spectra.groupby("gamma", sort=False)):
        live = rows[rows["eigenvalue"] > 0]
        # the equal even eigenvalues stay visible: large rings around small squares
        left.semilogy(live["k"], live["eigenvalue"], "os"[i], ms=(8, 4)[i], color=palette[i],
                      fillstyle=("none", "full")[i], label=rf"$\gamma={gamma:g}$")
        dead = rows[rows["eigenvalue"] == 0]["k"]
        if dead.size:
            low = spectra.loc[spectra["eigenvalue"] > 0, "eigenvalue"].min() / 4
            left.semilogy(dead, np.full(dead.size, low), "x", color=palette[i],
                          label=rf"$\gamma={gamma:g}$, exactly 0")
    left.set(xlabel="degree $k$", ylabel=r"eigenvalue $\lambda_k$")
    left.legend()
    live = gram[gram["gamma"] > 0]
    right.loglog(live["gamma"], live["smallest"], "o", color=palette[0], label="measured")
    right.loglog(live["gamma"], live["theory"], color=THEORY, lw=0.9, label=r"$\gamma^2/6$")
    right.set(xlabel=r"weight of the bias $\gamma$", ylabel="smallest eigenvalue of the Gram\n"
              "matrix of a regular hexagon")
    right.legend()
    return fig


def targets(profiles, powers):
    """Targets of several regularities on the circle (left) and their power by degree (right)."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.5, 3.0))
    colours = shades(profiles["r"].nunique())
    for (r, rows), colour in zip(profiles.groupby("r"), colours, strict=True):
        left.plot(rows["phi"] / np.pi, rows["f"], color=colour, label=f"$r={r:g}$")
    for (r, rows), colour in zip(powers.groupby("r"), colours, strict=True):
        right.loglog(rows["k"] + 1, rows["power"], ".", color=colour, ms=3, label=f"$r={r:g}$")
        slope = rows["law"]
        right.loglog(rows["k"] + 1, slope, color=THEORY, lw=0.7, zorder=3)
    left.set(xlabel=r"angle $\varphi/\pi$", ylabel=r"$f^*(\varphi)$")
    left.legend()
    right.plot([], [], color=THEORY, lw=0.7, label=r"$\propto (k+1)^{-4r-1-\varepsilon}$")
    right.set(xlabel="$k+1$", ylabel="power $F_k$ in degree $k$")
    right.legend(loc="lower left")
    return fig
