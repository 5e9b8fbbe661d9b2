"""Figures of the tangent kernel: its shape, concentration, spectrum, bias and targets."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels, shades


def kernels(curves, gaps, law):
    """Kernels kappa(t)/kappa(1) (left); distance of squareplus to ReLU against s (right)."""
    fig, ((left, right),) = panels.grid(1, 2, 3.0)
    at_one = curves.groupby("activation", sort=False)["kappa"].transform("last")
    marks.lines(left, curves.assign(ratio=curves["kappa"] / at_one), "t", "ratio", "activation",
                style="activation")
    left.set(xlabel="inner product $t$ of the inputs", ylabel=r"$\kappa(t)\,/\,\kappa(1)$")
    for column, label, marker in (("kappa_0", r"$\kappa_0$, at $t=1$", "o"),
                                  ("kappa_1", r"$\kappa_1$, at $t=0$", "s")):
        right.loglog(gaps["s"], gaps[column], marker, label=label)
        marks.theory(right, law, "s", column, label="derived" if column == "kappa_1" else None)
    right.set(xlabel="scale $s$ of squareplus", ylabel="largest distance to ReLU")
    right.set_xticks(gaps["s"], [f"{s:g}" for s in gaps["s"]])
    right.set_xticks([], minor=True)
    return panels.legends(right)


def concentration(cases, means, ratios):
    """E ||K_m - K||^2 against m over its exact mean (left), and their ratio (right).

    Parameters
    ----------
    cases : list of Concentration
    means, ratios : list of Interval
        One a case: of the mean at every width, and of measured over predicted.
    """
    fig, ((left, right),) = panels.grid(1, 2, max(3.2, 0.27 * len(cases)),
                                        width_ratios=(1.15, 1))
    for i, case in enumerate(cases):
        mean, ratio = means[i], ratios[i]
        style = {"fmt": marks.MARKERS[(i + i // 6) % 6], "color": palette[i % 6]}
        left.errorbar(case.widths, mean.value, [mean.value - mean.low, mean.high - mean.value],
                      zorder=2, **style)
        left.plot(case.widths, case.predicted, color=THEORY, lw=0.8, zorder=3)
        right.errorbar(ratio.value, len(cases) - i, **style,
                       xerr=[[ratio.value - ratio.low], [ratio.high - ratio.value]])
    left.plot([], [], color=THEORY, lw=0.8, label="$2C/m$, no fit")
    panels.log_axes(left)
    left.set(xlabel="width $m$", ylabel=r"$\mathbf{E}\,\|K_m-K\|^2$")
    left.legend(loc="lower left", title="markers: see right", title_fontsize=8)
    right.axvline(1.0, color=THEORY, lw=0.8)
    right.set(xlabel="measured / predicted constant", ylim=(0.4, len(cases) + 0.6))
    right.set_yticks(range(len(cases), 0, -1), [f"{c.activation}, $d={c.d}$" for c in cases])
    return fig


def relu_spectrum(table):
    """ReLU eigenvalues, their law A k^-d, and the ratio of the two by parity."""
    fig, ((left, right),) = panels.grid(1, 2, 3.1)
    marks.family(left, table, "k", "eigenvalue", "d", label="$d={}$", ls="")
    # the law is asymptotic: far off at degrees below d
    marks.theory(left, table[table["k"] >= table["d"]], "k", "law", "d", "$A_d\\,k^{-d}$")
    panels.log_axes(left)
    left.set(xlabel="degree $k$", ylabel=r"eigenvalue $\lambda_k$")
    left.legend(loc="lower left")
    ratio = table.assign(ratio=table["eigenvalue"] / table["law"])
    for parity, fill in (("even", "full"), ("odd", "none")):
        part = ratio[ratio["k"] % 2 == (parity == "odd")]
        marks.family(right, part, "k", "ratio", "d", label=None, ls="", fillstyle=fill)
        right.plot([], [], "o", color="0.4", fillstyle=fill, label=f"{parity} $k$")
    right.axhline(1.0, color=THEORY, lw=0.8, zorder=3)
    panels.log_axes(right, y=None)
    right.set(xlabel="degree $k$", ylabel=r"$\lambda_k\,/\,A_d\,k^{-d}$", ylim=(0, 2.5))
    return panels.legends(right, loc="upper right")


def squareplus_spectrum(table, d):
    """Eigenvalues of squareplus for several scales over their law; the same by plain quadrature."""
    fig, ((ax,),) = panels.grid(1, 1, 3.6)
    first = table["s"].iloc[0]
    marks.family(ax, table, "k", "eigenvalue", "s", colours=shades(table["s"].nunique()),
                 label="$s={:g}$", ls="")
    plain = table[table["s"] == first]
    ax.plot(plain["k"], plain["plain_quadrature"], "x", color=palette[4], ms=4, zorder=1,
            label=f"$s={first:g}$, quadrature\nof $\\kappa$ itself")
    # the law is asymptotic in s k
    marks.theory(ax, table[2 * table["s"] * table["k"] >= 3], "k", "law", "s",
                 "law, constant\nincluded")
    panels.log_axes(ax)
    ax.set(xlabel="degree $k$", ylabel=r"eigenvalue $\lambda_k$", title=f"squareplus, $d={d}$",
           ylim=(1e-31, 3))
    return panels.legends(ax, loc="center left", bbox_to_anchor=(1.0, 0.5))


def bias(spectra, gram):
    """Eigenvalues with and without bias (left); smallest hexagon eigenvalue against gamma."""
    fig, ((left, right),) = panels.grid(1, 2, 3.0)
    low = spectra.loc[spectra["eigenvalue"] > 0, "eigenvalue"].min() / 4
    for i, (gamma, rows) in enumerate(spectra.groupby("gamma", sort=False)):
        live, dead = rows[rows["eigenvalue"] > 0], rows[rows["eigenvalue"] == 0]["k"]
        # the equal even eigenvalues stay visible: large rings around small squares
        left.semilogy(live["k"], live["eigenvalue"], "os"[i], ms=(8, 4)[i], color=palette[i],
                      fillstyle=("none", "full")[i], label=rf"$\gamma={gamma:g}$")
        if dead.size:
            left.semilogy(dead, np.full(dead.size, low), "x", color=palette[i],
                          label=rf"$\gamma={gamma:g}$, exactly 0")
    left.set(xlabel="degree $k$", ylabel=r"eigenvalue $\lambda_k$")
    live = gram[gram["gamma"] > 0]
    right.loglog(live["gamma"], live["smallest"], "o", color=palette[0], label="measured")
    marks.theory(right, live, "gamma", "theory", label=r"$\gamma^2/6$")
    right.set(xlabel=r"weight of the bias $\gamma$", ylabel="smallest eigenvalue of the Gram\n"
              "matrix of a regular hexagon")
    return panels.legends(left, right)


def targets(profiles, powers=None):
    """Targets of several regularities on the circle (left) and their power by degree (right).

    Columns r, phi, f of `profiles`; r, k, power, and law (of k + 1) if it is to be drawn, of
    `powers`, by default also in `profiles`.
    """
    powers = profiles if powers is None else powers
    fig, ((left, right),) = panels.grid(1, 2, 2.9)
    colours = shades(profiles["r"].nunique())
    marks.family(left, profiles.assign(angle=profiles["phi"] / np.pi), "angle", "f", "r",
                 label="$r={:g}$", colours=colours, marker="")
    marks.family(right, powers.assign(order=powers["k"] + 1), "order", "power", "r", label=None,
                 colours=colours, ls="", ms=2)
    left.set(xlabel=r"angle $\varphi/\pi$", ylabel=r"$f^*(\varphi)$")
    left.legend()
    panels.log_axes(right)
    right.set(xlabel="$k+1$", ylabel="power $F_k$ in degree $k$")
    if "law" in powers:
        marks.theory(right, powers.assign(order=powers["k"] + 1), "order", "law", "r",
                     r"$\propto (k+1)^{-4r-1-\varepsilon}$")
        right.legend(loc="lower left")
    return fig
