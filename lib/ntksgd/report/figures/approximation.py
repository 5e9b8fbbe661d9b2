"""Figures of claim A: bias, error between its bounds, fluctuation, and the choice of the ridge."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels, shades

SETTING = "{activation}, $d = {d}$"
ERROR, FLUCTUATION = ([f"{of}_low", f"{of}_high"] for of in ("error", "fluctuation"))


def bias_exponents(table):
    """Local exponent of the exact bias in m; columns activation, d, r, m, exponent, theory."""
    fig, axes, parts = panels.facets(table, None, "d", 3.2, "$d = {d}$", sharey=True)
    for ax, part in parts:
        marks.lines(ax, part, "m", "exponent", "r", style="activation", legend=ax is axes[0, -1])
        for (_, of), colour in zip(part.groupby("r", sort=False), palette, strict=False):
            ax.axhline(of["theory"].iloc[0], color=colour, lw=0.9, ls=":")
        panels.log_axes(ax, y=None)
    axes[0, -1].plot([], [], color="0.3", ls=":", lw=0.9, label="$-r/(2r+1)$")
    axes[0, -1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
    panels.outer_labels(axes, "width $m$", "local exponent of the bias in $m$")
    return fig


def error_between_bounds(table):
    """Measured error between the exact bias and the explicit bound: rows r, columns settings."""
    colours = dict(zip(table["r"].unique(), palette, strict=False))
    fig, axes, parts = panels.facets(table, "r", ["activation", "d"], 0.95 + 1.5 * len(colours),
                                     "{activation}\n$d = {d}$", sharex=True, sharey=True)
    for ax, part in parts:
        colour = colours[part["r"].iloc[0]]
        ax.plot(part["m"], part["bound"], "--", color=colour)
        marks.family(ax, part, "m", "error", "r", ERROR, colours=[colour], label=None, ls="")
        marks.theory(ax, part, "m", "bias")
        panels.log_axes(ax)
        if ax not in axes[0]:
            ax.set_title("")
    panels.outer_labels(axes, "width $m$", "")
    for ax, (_, part) in zip(axes[:, 0], parts[:: axes.shape[1]], strict=True):
        ax.set_ylabel(f"error, $r = {part['r'].iloc[0]:g}$")
    return panels.legend_below(fig, axes[0, 0], 3, {"explicit bound": "--", "measured error": "o",
                                                    "exact bias (lower bound)": "k-"})


def fluctuation(table):
    """Measured fluctuation, its expansion and its bound; rows activations, columns d."""
    fig, axes, parts = panels.facets(table, "activation", "d", 4.9, SETTING, sharex=True,
                                     sharey=True)
    for ax, part in parts:
        for column, style in (("fluctuation_bound", "--"), ("bias", ":")):
            marks.family(ax, part, "m", column, "r", label=None, marker="", ls=style, lw=1)
        marks.family(ax, part, "m", "fluctuation", "r", FLUCTUATION, ls="",
                     label="measured, $r = {:g}$")
        marks.theory(ax, part, "m", "expanded_fluctuation", "r")
        panels.log_axes(ax)
    panels.outer_labels(axes, "width $m$", "$L^2$ norm")
    return panels.legend_below(fig, axes[0, 0], 3, {"first order in $1/m$": "k-",
                                                    "elementary bound": "--", "exact bias": ":"})


def ridge_sweep(table, claimed):
    """Error against the ridge at several widths; `claimed`: the ridge of the claim, of m.

    Columns activation, d, m, lam > 0, error, bias; one r.
    """
    table = table.sort_values(["m", "lam"], kind="stable")
    colours = shades(table["m"].nunique())
    fig, axes, parts = panels.facets(table, "activation", "d", 4.9, SETTING, sharex=True,
                                     sharey=True)
    for ax, part in parts:
        marks.family(ax, part, "lam", "error", "m", colours=colours, label="$m = {}$")
        for m, curve in part.groupby("m"):
            logs = np.interp(np.log(claimed(m)), np.log(curve["lam"]), np.log(curve["error"]))
            ax.plot(claimed(m), np.exp(logs), "o", color=palette[2], ms=4.5, zorder=5)
        ax.plot(curve["lam"], curve["bias"], color=THEORY, lw=1, ls="--")
        panels.log_axes(ax)
    axes[0, 0].plot([], [], "o", color=palette[2], label="ridge of the claim")
    panels.outer_labels(axes, "ridge $\\lambda$", "root-mean-square error")
    return panels.legend_below(fig, axes[0, 0], 4, {"exact bias ($m = \\infty$)": "k--"})


def best_ridge(table):
    """Error for three choices of the ridge in one dimension; rows activations, columns r.

    Columns activation, r, m, rule ("claim", "bound" or "limit"), error with its interval, floor.
    """
    rules = {"claim": r"$\lambda = m^{-1/(2r+1)}$ (claim)",
             "bound": r"$\lambda = m^{-1/2}$ (best of the bound)",
             "limit": r"$\lambda \to 0$ (best)"}
    fig, axes, parts = panels.facets(table.assign(rule=table["rule"].map(rules)), "activation", "r",
                                     1 + 1.9 * table["activation"].nunique(),
                                     "{activation}, $r = {r:g}$", sharex=True, sharey="row")
    for ax, part in parts:
        for rule, colour, marker in marks.styled(rules.values()):
            marks.family(ax, part[part["rule"] == rule], "m", "error", "rule", ERROR,
                         colours=[colour], marker=marker, lw=0.7)
        marks.theory(ax, part[part["floor"] > 0], "m", "floor", label="floor set by the rank",
                     ls="--")
        panels.log_axes(ax)
    panels.outer_labels(axes, "width $m$", "root-mean-square error")
    return panels.legend_below(fig, axes[0, -1], 4)
