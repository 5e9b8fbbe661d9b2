"""Figures of the tangent kernel: its concentration, spectrum, bias and targets."""

import numpy as np
import pandas as pd

from ntksgd.report.figures import THEORY, marks, palette, panels, shades


def concentration_table(cases, means, ratios):
    """The numbers of `concentration`: a row a case and width, then one a case for the ratio."""
    return pd.concat([pd.DataFrame({
        "activation": case.activation, "d": case.d, "m": case.widths, "measured": mean.value,
        "low": mean.low, "high": mean.high, "predicted": case.predicted})
        for case, mean in zip(cases, means, strict=True)] + [pd.DataFrame([{
            "activation": case.activation, "d": case.d, "ratio": ratio.value, "low": ratio.low,
            "high": ratio.high}]) for case, ratio in zip(cases, ratios, strict=True)],
        ignore_index=True)


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
    left.set(xlabel="width $m$", ylabel=r"$\mathbf{E}\,\|K_m-K\|^2$",
             title="The kernel error is $2C/m$ ...")
    left.legend(loc="lower left", title="markers: see right", title_fontsize=8)
    right.axvline(1.0, color=THEORY, lw=0.8)
    right.set(xlabel="measured / predicted constant", ylim=(0.4, len(cases) + 0.6),
              title="... with the derived constant")
    right.set_yticks(range(len(cases), 0, -1), [f"{c.activation}, $d={c.d}$" for c in cases])
    return fig


def relu_spectrum(table):
    """ReLU eigenvalues, their law A k^-d, and the ratio of the two by parity."""
    fig, ((left, right),) = panels.grid(1, 2, 3.1)
    marks.family(left, table, "k", "eigenvalue", "d", label="$d={}$", ls="")
    # the law is asymptotic: far off at degrees below d
    marks.theory(left, table[table["k"] >= table["d"]], "k", "law", "d", "$A_d\\,k^{-d}$")
    panels.log_axes(left)
    left.set(xlabel="degree $k$", ylabel=r"eigenvalue $\lambda_k$",
             title="ReLU: a power law, $k^{-d}$")
    left.legend(loc="lower left")
    _ratio(right, table, "k", "d")
    panels.log_axes(right, y=None)
    right.set(xlabel="degree $k$", ylabel=r"$\lambda_k\,/\,A_d\,k^{-d}$", ylim=(0, 2.5),
              title="The law comes late in high dimension")
    return panels.legends(right, loc="upper right")


def _ratio(ax, table, x, by, **style):
    """Eigenvalue over law, even degrees filled and odd ones open."""
    ratio = table.assign(ratio=table["eigenvalue"] / table["law"])
    for parity, fill in (("even", "full"), ("odd", "none")):
        part = ratio[ratio["k"] % 2 == (parity == "odd")]
        marks.family(ax, part, x, "ratio", by, label=None, ls="", fillstyle=fill, **style)
        ax.plot([], [], "o", color="0.4", fillstyle=fill, label=f"{parity} $k$")
    ax.axhline(1.0, color=THEORY, lw=0.8, zorder=3)


def squareplus_spectrum(table, d):
    """Eigenvalues of squareplus for several scales over their law, and the ratio of the two.

    The law is asymptotic in q, and drawn from q = 3 on. Crosses: the eigenvalues of the first scale
    by quadrature of the kernel.
    """
    fig, ((left, right),) = panels.grid(1, 2, 3.6)
    colours, shown = shades(table["s"].nunique()), table[table["q"] >= 3]
    marks.family(left, table, "k", "eigenvalue", "s", colours=colours, label="$s={:g}$", ls="")
    plain = table[table["s"] == table["s"].iloc[0]]
    left.plot(plain["k"], plain["plain_quadrature"], "x", color=palette[4], ms=4, zorder=1,
              label=f"$s={plain['s'].iloc[0]:g}$, quadrature\nof $\\kappa$ itself")
    marks.theory(left, shown, "k", "law", "s", "derived law")
    panels.log_axes(left)
    left.set(xlabel="degree $k$", ylabel=r"eigenvalue $\lambda_k$", ylim=(1e-31, 3),
             title=f"Squareplus, $d={d}$: no power law")
    left.legend(loc="lower left")
    _ratio(right, shown, "q", "s", colours=colours)
    panels.log_axes(right)
    panels.plain_ticks(right.yaxis, 0.9, 12, (1, 1.5, 2, 3, 5))
    right.set(xlabel="$q = 2s\\,(k+(d-2)/2)$", ylabel=r"$\lambda_k\,/\,$law",
              title="The law's constant is reached slowly")
    return panels.legends(right, loc="upper right")


def bias(table):
    """Eigenvalues with and without a bias, an activation a panel; crosses where they vanish.

    Columns activation, gamma, k, eigenvalue (0 where it vanishes).
    """
    fig, axes, parts = panels.facets(table, None, "activation", 2.9, "{activation}", sharey=True)
    low = table.loc[table["eigenvalue"] > 0, "eigenvalue"].min()
    for ax, part in parts:
        for i, (gamma, rows) in enumerate(part.groupby("gamma", sort=False)):
            live, dead = rows[rows["eigenvalue"] > 0], rows[rows["eigenvalue"] == 0]["k"]
            # equal eigenvalues stay visible: large rings around small squares
            ax.semilogy(live["k"], live["eigenvalue"], "os"[i], ms=(7, 3.5)[i], color=palette[i],
                        fillstyle=("none", "full")[i],
                        label=("without a bias", "with a bias")[i] + rf", $\gamma={gamma:g}$")
            ax.semilogy(dead, np.full(dead.size, low / 10 ** (2 - i)), "x", ms=5,
                        color=palette[i], label=rf"lost at $\gamma={gamma:g}$")
    panels.outer_labels(axes, "degree $k$", r"eigenvalue $\lambda_k$")
    fig.suptitle(r"A bias brings back every degree, unless $\sigma$ is a polynomial", fontsize=9.5)
    return panels.legend_below(fig, axes[0, -1], 4)


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
    left.set(xlabel=r"angle $\varphi/\pi$", ylabel=r"$f^*(\varphi)$",
             title="The smaller $r$, the sharper the peak")
    left.legend()
    panels.log_axes(right)
    right.set(xlabel="$k+1$", ylabel="power $F_k$ in degree $k$")
    if "law" in powers:
        marks.theory(right, powers.assign(order=powers["k"] + 1), "order", "law", "r",
                     r"$\propto (k+1)^{-4r-1-\varepsilon}$")
        right.legend(loc="lower left")
        right.set_title("and the slower the power falls")
    return fig
