"""Figures of the network beside its linearisation and kernel SGD, on the same samples.

Each draws a tidy table, whose columns it names: that table is its csv file.
"""

import numpy as np

from ntksgd.report.figures import THEORY, marks, panels, shades

ENDS = ["low", "high"]
LABELS = {
    "network_kernel": r"network $-$ kernel, $\|g_T-f_T\|^2$",
    "linearised_kernel": r"linearised $-$ kernel, $\|\ell_T-f_T\|^2$",
    "network_linearised": r"network $-$ linearised, $\|g_T-\ell_T\|^2$",
}


def _laws(ax, table, by):
    """Fitted laws, column `law`, of the groups that have one."""
    marks.theory(ax, table[table["law"].notna()], "m", "law", by)


def gaps_by_width(table, T):
    """Squared gaps after T steps against m.

    Columns activation, gap, m, mean, low, high, law, order (of a law, its leading exponent).
    """
    fig, axes, parts = panels.facets(table, None, "activation", 3.6, "{activation}", sharey=True)
    for ax, part in parts:
        marks.family(ax, part.replace({"gap": LABELS}), "m", "mean", "gap", ENDS, ls="", mfc="none")
        _laws(ax, part, "gap")
        for _, last in part[part["law"].notna()].groupby("gap").tail(1).iterrows():
            ax.annotate(rf"$m^{{{last['order']:g}}}$", (last["m"], last["law"]), fontsize=8,
                        textcoords="offset points", xytext=(7, -3))
        ax.set_xlim(part["m"].min() / 1.4, 3.5 * part["m"].max())
    panels.log_axes(*axes.flat, x=2)
    panels.outer_labels(axes, "width $m$", f"squared $L^2$ distance at $T$ = {T:,}")
    fig.suptitle("The gap to the kernel is its fluctuation, 1/m; drift is smaller", fontsize=9.5)
    return panels.legend_below(fig, parts[0][0], 2, {"leading power and next order": "k-"})


def gaps_by_time(table):
    """Linearised minus kernel along t; columns decay, m, t, mean, low, high, bound."""
    fig, axes, parts = panels.facets(table, None, "decay", 3.2, "{decay}", sharey=True)
    for ax, part in parts:
        marks.family(ax, part, "t", "mean", "m", ENDS, label="$m$ = {}, measured")
        for (m, one), colour, _ in marks.styled(part.groupby("m")):
            ax.plot(one["t"], one["bound"], color=colour, ls="--", label=f"$m$ = {m}, proved bound")
    panels.log_axes(*axes.flat)
    panels.outer_labels(axes, "steps $t$", r"$E\,\|\ell_t - f_t\|^2$")
    fig.suptitle("The gap falls, below the bound; weight decay stops the growth of the bound",
                 fontsize=9.5)
    return panels.legend_below(fig, parts[0][0], 3)


def drift(moved, change):
    """Left: parameters against t, with the exact limit; right: kernel change against m.

    `moved`: columns m, t, mean, low, high, limit; `change`: start, m, mean, low, high, law, bound.
    """
    fig, ((left, right),) = panels.grid(1, 2, 3.7)
    marks.family(left, moved, "t", "mean", "m", ENDS, colours=shades(moved["m"].nunique()), ls=":",
                 label="$m$ = {}")
    one = moved[moved["m"] == moved["m"].max()]
    marks.theory(left, one, "t", "limit", label=r"$m=\infty$: $E\|f_t\|_H^2$, exact")
    left.set(xscale="log", xlabel="steps $t$", ylabel=r"$\|\Theta_t-\Theta_0\|^2$",
             title="Parameters move by O(1) at every width")
    marks.family(right, change, "m", "mean", "start", ENDS, ls="")
    _laws(right, change, "start")
    proved = change[change["bound"].notna()]
    marks.theory(right, proved, "m", "bound", label="proved bound (smooth)", ls="--")
    panels.log_axes(right, x=2)
    right.set(xlabel="width $m$", ylabel=r"$\|K_T-K_0\|^2$",
              ylim=(None, 1e3 * proved["bound"].max()),
              title=r"The kernel by $m^{-2}$, with a kink $m^{-3/2}$")
    left.legend()
    return panels.legends(right, loc="upper right")


def floor(table):
    """Relative excess of the risk over the kernel's; columns series, m, mean, low, high, law."""
    ax = panels.single(3.6, "width $m$", r"$\varepsilon$: excess risk over the kernel's, relative",
                       x=2, y=10)
    seen = table[table["low"] > 0]  # a logarithm needs a sign
    marks.family(ax, seen, "m", "mean", "series", ENDS, ls="")
    for (_, part), colour, _ in marks.styled(table.groupby("series", sort=False)):
        ax.plot(part["m"], part["law"], color=colour, lw=1)
    ax.set_title("The excess falls with the width; lines: $A/m$ and a next order")
    return panels.legends(ax)


def signature(table):
    """Risk over the kernel's against T; columns activation, r, learner, m, T, ratio, low, high."""
    fig, axes, parts = panels.facets(table, "activation", "r", 5.4, "{activation}, $r$ = {r:g}",
                                     sharex=True, sharey="row")
    for ax, part in parts:
        network, frozen = (part[part["learner"] == name] for name in ("network", "linearised"))
        marks.family(ax, network, "T", "ratio", "m", ENDS, colours=shades(network["m"].nunique()),
                     label="$m$ = {}", lw=1)
        marks.theory(ax, frozen, "T", "ratio", "m", ls=":", marker="x", ms=4,
                     label=f"features frozen, $m$ = {frozen['m'].iloc[0]}")
        ax.axhline(1, color=THEORY, ls="--", lw=1, label="kernel, exact")
    panels.log_axes(*axes.flat)
    panels.outer_labels(axes, "steps $T$", "risk / exact kernel risk")
    fig.suptitle("A narrow network falls behind the kernel, plainly at $r=1$", fontsize=9.5)
    return panels.legend_below(fig, parts[0][0], 5)


def spread(table):
    """Quantiles of the risk; columns series, factor = log(2/delta), value, low, high, guide.

    An end that is infinite (too few initialisations) is not drawn.
    """
    ax = panels.single(3.5, r"$\log(2/\delta)$", r"risk / kernel risk, quantile at $1-\delta$")
    shown = table.assign(high=table["high"].where(np.isfinite(table["high"]), table["value"]))
    marks.family(ax, shown, "factor", "value", "series", ENDS)
    marks.theory(ax, table.sort_values("factor"), "factor", "guide", ls="--",
                 label=r"$\propto\log(2/\delta)$, the claim's growth")
    ax.set_title("The narrower the network, the heavier its tail")
    return panels.legends(ax)
