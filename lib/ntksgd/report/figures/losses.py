"""Figures of other losses: theories of the risk, required widths, the bound, traces, momentum."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels

THEORIES = {"mean curvature": ":", "local, D(x)": "--", "moment closure": "-"}


def theories(table):
    """Excess loss over that of the closure: three theories as lines, what was sampled as points."""
    fig, axes, parts = panels.facets(table, "activation", "loss", 4.4, "{loss}, {activation}",
                                     sharex=True, sharey=True)
    for ax, part in parts:
        for name, style in THEORIES.items():
            one = part[part["series"] == name]
            ax.plot(one["T"], one["ratio"], style, color=THEORY, lw=1.2, zorder=3)
        sampled = part[~part["series"].isin(THEORIES)]
        order = sampled.groupby("series", sort=False).ngroup()  # side by side
        sampled = sampled.assign(T=sampled["T"] * 1.1**order)
        marks.family(ax, sampled, "T", "ratio", "series", ("low", "high"), ls="")
        panels.log_axes(ax, y=None)
    panels.outer_labels(axes, "steps $T$", "excess loss / closure")
    fig.suptitle("Kernel SGD follows the closure; for the logistic loss the mean curvature fails",
                 fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 3, {name: f"k{style}" for name, style
                                                    in THEORIES.items()})


def widths(table, first_order):
    """m*(T) of networks and linearised networks, a colour a tolerance; lines: c(T)/tau."""
    top = 4 * table["required"].max()  # where an end of an interval beyond the widths is drawn
    table = table.assign(low=table["low"].clip(1), high=table["high"].clip(upper=top))
    fig, axes, parts = panels.facets(table, "activation", "loss", 4.8, "{loss}, {activation}",
                                     sharex=True, sharey=True)
    for ax, part in parts:
        key = part.iloc[0]
        for (tau, rows), colour in zip(part.groupby("tau", sort=False), palette, strict=False):
            for (learner, one), marker in zip(rows.groupby("learner", sort=False), "os",
                                              strict=True):
                x = one["T"] * (1.0 if marker == "o" else 1.15)  # side by side
                style = {} if marker == "o" else {"mfc": "white"}
                marks.censored_points(ax, x, *one[["required", "low", "high", "censored"]
                                                  ].to_numpy().T, colour, marker=marker, **style,
                                      label=f"{learner}, $\\tau$ = {tau:g}")
        curve = first_order[(first_order["loss"] == key["loss"])
                            & (first_order["activation"] == key["activation"])]
        marks.theory(ax, curve, "T", "width", "tau", lw=1.2)
        panels.log_axes(ax, y=2)
        ax.set_ylim(0.7 * table["required"].min(), top / 2)
    panels.outer_labels(axes, "steps $T$", "required width $m^*$")
    fig.suptitle("Networks need a width within a factor of a few of $c(T)/\\tau$", fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 3, {"$c(T)/\\tau$, nothing fitted": "k-"})


def bound(table):
    """||g - l|| against the width: measured, and proved with and without knowledge of labels."""
    fig, axes, parts = panels.facets(table, None, "loss", 2.9, "{loss}", sharey=True)
    for ax, part in parts:
        lines = part[part["series"] != "measured"]
        measured = part[part["series"] == "measured"]
        for (name, one), style in zip(lines.groupby("series", sort=False), ("-", "--"),
                                      strict=False):
            ax.plot(one["m"], one["gap"], style, color=THEORY, lw=1.2, label=name, zorder=3)
        marks.family(ax, measured, "m", "gap", "series", ("low", "high"), ls="")
        panels.log_axes(ax, x=2)
    panels.outer_labels(axes, "width $m$", "$\\|g_T-\\ell_T\\|$")
    fig.suptitle("The distance falls like $1/m$, far below the bound on every path", fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 3)


def traces(table):
    """Drift's share of the risk: measured against what the trace alone would explain."""
    ax = panels.single(3.4, "noise share $\\times$ (trace after training $-$ 1)",
                       "(network $-$ linearised) / kernel")
    for (name, part), colour, marker in marks.styled(table.groupby("series", sort=False)):
        ax.errorbar(part["predicted"], part["measured"],
                    marks.bars(part, "measured", ("low", "high")),
                    marks.bars(part, "predicted", ("predicted_low", "predicted_high")),
                    fmt=marker, color=colour, label=name, elinewidth=0.8)
    ends = np.linspace(table["predicted_low"].min(), table["predicted_high"].max(), 99)
    for set_scale in (ax.set_xscale, ax.set_yscale):  # the same, so that the diagonal is straight
        set_scale("symlog", linthresh=0.1)
    ax.plot(ends, ends, color=THEORY, lw=1, label="if that were all", zorder=3)
    for line in (ax.axhline, ax.axvline):
        line(0, color="#999999", lw=0.7)
    ax.set_title("The kernel's trace does not account for drift")
    return panels.legend_below(ax.figure, ax, 3)


def momentum(exact, required):
    """Left: exact risk over plain SGD's at the same effective step. Right: m* of the networks."""
    fig, ((left, right),) = panels.grid(1, 2, 3.0)
    marks.family(left, exact, "n", "ratio", "variant", marker="")
    panels.log_axes(left, y=None)
    left.set(xlabel="samples $n$", ylabel="exact risk / plain SGD's", ylim=(0.9, 1.5),
             title="Kernel SGD: momentum and\nbatches change the start only")
    top, order = 4 * required["required"].max(), required.groupby("variant", sort=False).ngroup()
    required = required.assign(tau=required["tau"] * 1.06**order, low=required["low"].clip(1),
                               high=required["high"].clip(upper=top))
    colour = dict(zip(exact["variant"].unique(), palette, strict=False))
    marks.family(right, required, "tau", "required", "variant", ("low", "high"), ls="",
                 colours=[colour[name] for name in required["variant"].unique()])
    panels.log_axes(right, y=2)
    right.set(xlabel="tolerance $\\tau$", ylabel="required width $m^*$",
              title="Networks: no difference\nof widths is resolved",
              ylim=(None, top / 2))
    panels.plain_ticks(right.xaxis, *right.get_xlim(), marks=(1, 2, 5))
    return panels.legends(left, right)
