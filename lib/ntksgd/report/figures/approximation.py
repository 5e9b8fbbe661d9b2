"""Figures of claim A: bias, worst target between bounds, fluctuation, rare neurons, ridge."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels, shades

SETTING = "{activation}, $d = {d}$"
FLUCTUATION = ["fluctuation_low", "fluctuation_high"]
MEASURED = {"uniform": "worst target of each draw, quantile", "mean_square":
            "worst target in mean square", "target": "the target of this notebook"}
GUIDES = {"bound": ("--", "explicit bound on the quantile"),
          "mean_bound": (":", "explicit bound in mean square"),
          "worst_bias": ("-", "worst target, $m = \\infty$")}


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
    fig.suptitle("At drawable widths the exponent of one target is far from its limit", fontsize=10)
    return fig


def scaled_errors(table):
    """m^(r/(2r+1)) times the error of the worst target: rows r, columns settings.

    Columns: measured `uniform` and `mean_square` with their intervals, `target`, and the theory
    `worst_bias`, `mean_bound`, `bound`; all for ||h|| = 1 and scaled.
    """
    rows = table["r"].nunique()
    fig, axes, parts = panels.facets(table, "r", ["activation", "d"], 1.1 + 1.5 * rows,
                                     "{activation}\n$d = {d}$", sharex=True, sharey=True)
    for ax, part in parts:
        for (name, style), colour, marker in marks.styled(MEASURED.items()):
            interval = [f"{name}_low", f"{name}_high"] if f"{name}_low" in part else None
            marks.family(ax, part, "m", name, "r", interval, colours=[colour], marker=marker,
                         label=style, ls="")
        for name, (style, _) in GUIDES.items():
            marks.theory(ax, part, "m", name, ls=style)
        panels.log_axes(ax)
        panels.plain_ticks(ax.yaxis, 0.15, 6, marks=(0.2, 0.5, 1, 2, 5))
        if ax not in axes[0]:
            ax.set_title("")
    fig.suptitle("Scaled by the claimed rate, the worst target stays below its bound",
                 fontsize=10)
    panels.outer_labels(axes, "width $m$", "")
    for ax, (_, part) in zip(axes[:, 0], parts[:: axes.shape[1]], strict=True):
        ax.set_ylabel(f"$m^{{r/(2r+1)}}\\times$ error\n$r = {part['r'].iloc[0]:g}$")
    return panels.legend_below(fig, axes[0, 0], 2, {label: "k" + style
                                                    for style, label in GUIDES.values()})


def rare_neurons(table, degrees):
    """Leverage of one neuron over the mean against |b|, and where the energy of a degree lives.

    `table`: activation, d, lam, rho, leverage, mean; `degrees`: activation, d, degree, half_energy.
    """
    fig, (axes,) = panels.grid(1, 2, 3.5)
    table = table[table["rho"].between(0.05, 6)]
    settings = table.groupby(["activation", "d"], sort=False)
    for ((name, d), part), colour, marker in marks.styled(settings):
        for (_, curve), style in zip(part.groupby("lam", sort=False), ("-", "--"), strict=False):
            label = f"{name}, $d = {d}$" if style == "-" else None
            axes[0].plot(curve["rho"], curve["leverage"] / curve["mean"], style, color=colour,
                         marker=marker, ms=3.5, markevery=0.15, label=label)
        of = degrees[(degrees["activation"] == name) & (degrees["d"] == d)]
        axes[1].plot(of["degree"], of["half_energy"], color=colour, marker=marker, ms=3.5,
                     markevery=0.12)
    axes[0].set(yscale="log", xlabel="$|b|$ of the neuron", ylabel="leverage / its mean",
                title="Leverage: flat for ReLU, not if smooth")
    axes[1].set(xscale="log", xlabel="degree $k$", ylabel="$|b|$ with half the energy beyond",
                title="Smooth: high degrees need rare neurons")
    return panels.legend_below(fig, axes[0], 2, {
        f"$\\lambda$ = {lam:.1e}": style
        for lam, style in zip(table["lam"].unique(), ("-", "--"), strict=False)})


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
    fig.suptitle("The fluctuation follows its first order, below the bias", fontsize=10)
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
    fig.suptitle("The smaller the ridge, the smaller the error", fontsize=10)
    return panels.legend_below(fig, axes[0, 0], 4, {"exact bias ($m = \\infty$)": "k--"})
