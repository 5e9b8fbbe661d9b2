"""Figures of classification: test errors, the diagnostic, and the trained kernel."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels

LEARNERS = {"network": (palette[1], "s"), "linearised network": (palette[2], "D"),
            "kernel SGD": (palette[0], "o"), "kernel ridge": ("0.25", "^")}


def _percent(ax, table):
    """A logarithmic axis of per cent."""
    low, high = 0.85 * table["low"].clip(lower=0.2).min(), 1.1 * table["high"].max()
    ax.set(yscale="log", ylim=(low, high))
    fine = (1, 1.5, 2, 2.5, 3, 4, 5, 7) if high / low < 5 else (1, 2, 3, 5)
    panels.plain_ticks(ax.yaxis, low, high, fine if high / low < 20 else (1, 2, 5))


def steps(table, title):
    """Test error against T, a row a loss, a column a data set; columns of `steps_table`."""
    fig, axes, parts = panels.facets(table, "loss", "data", 4.7, "{data}, {loss} loss",
                                     sharex="col")
    for ax, part in parts:
        for learner, (colour, marker) in LEARNERS.items():
            of = part[part["learner"] == learner]
            ax.errorbar(of["T"], of["mean"], marks.bars(of, "mean", ["low", "high"]), color=colour,
                        marker=marker, ms=3.5, lw=1, elinewidth=0.8, label=learner)
        ax.axvline(part["n"].iloc[0], color=THEORY, lw=0.9, ls="--", zorder=1)
        ax.set_xscale("log", base=2)
        ticks = sorted(part["T"].unique())[::2]
        ax.set_xticks(ticks, [f"{t}" for t in ticks])
        ax.minorticks_off()
        _percent(ax, table[table["data"] == part["data"].iloc[0]])
    panels.outer_labels(axes, "steps $T$", "test error, per cent")
    fig.suptitle(title, fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 5, {"one pass ends": "k--"})


def widths(table, title):
    """Test error against m: dashed after one pass, full after the last; of `width_table`."""
    fig, axes, parts = panels.facets(table, "loss", "data", 4.7, "{data}, {loss} loss",
                                     sharex="col")
    for ax, part in parts:
        for (learner, passes), of in part.groupby(["learner", "passes"], sort=False):
            colour, marker = LEARNERS[learner]
            one = passes == "one pass"
            if learner == "kernel ridge" and one:
                continue  # it knows no passes
            ax.errorbar(of["m"], of["mean"], marks.bars(of, "mean", ["low", "high"]), color=colour,
                        marker=marker, ms=3.5, lw=1, elinewidth=0.8, ls="--" if one else "-",
                        mfc="white" if one else colour, label="_" if one else learner)
        panels.log_axes(ax, x=2, y=None)
        _percent(ax, table[table["data"] == part["data"].iloc[0]])
    panels.outer_labels(axes, "width $m$", "test error, per cent")
    fig.suptitle(title, fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 3, {"one pass": "--", "several passes": "-"})


def diagnostic(table, title):
    """Change of the kernel, and both gains of the network, against ||f_T||^2 / m; `case_table`."""
    fig, ((left, middle, right),) = panels.grid(1, 3, 3.3)
    for (name, part), colour, marker in marks.styled(table.groupby("data", sort=False)):
        for loss, of in part.groupby("loss", sort=False):
            style = {"color": colour, "marker": marker, "ls": "", "ms": 4.5, "elinewidth": 0.7,
                     "mfc": colour if loss == "logistic" else "white",
                     "label": name if loss == "logistic" else "_"}
            for ax, y in ((left, "change"), (middle, "own"), (right, "limit")):
                errors = marks.bars(of, f"{y}_mean", [f"{y}_low", f"{y}_high"])
                ax.errorbar(of["diagnostic"], of[f"{y}_mean"], errors, **style)
    span = np.array([table["diagnostic"].min(), table["diagnostic"].max()])
    left.plot(span, span, color=THEORY, lw=0.9, zorder=5)
    panels.log_axes(left)
    panels.log_axes(middle, right, y=None)
    for ax in (middle, right):
        ax.axhline(0, color=THEORY, lw=0.9)
        ax.set(yscale="symlog")
        ax.set_yticks([-5, -2, -1, 0, 1, 2, 5, 10], ["−5", "−2", "−1", "0", "1", "2", "5", "10"])
        ax.set_ylim(min(-1, 1.2 * table["limit_low"].min()), 1.2 * table["own_high"].max())
        ax.minorticks_off()
    left.set_title(r"$\|K_T-K_0\|/\|K_0\|$")
    middle.set_title("gain over its own kernel, points")
    right.set_title("gain over the limit, points")
    for ax in (left, middle, right):
        ax.set_xlabel(r"$D=\|f_T\|_H^2/m$")
    fig.suptitle(title, fontsize=9.5)
    return panels.legend_below(fig, right, 3, {"change $=D$": "k-",
                                               "open: square loss, full: logistic": " "})


def features(table, title):
    """Error of ridge regression by its kernel, a panel a data set; columns of `feature_table`."""
    names = list(table["data"].unique())
    fig, axes = panels.grid(1, len(names), 2.3, sharey=True)
    for ax, name in zip(axes[0], names, strict=True):
        part = table[table["data"] == name].reset_index(drop=True)
        colours = [LEARNERS["kernel ridge"][0], LEARNERS["linearised network"][0],
                   *[LEARNERS["network"][0]] * len(part)]
        for i, row in part.iterrows():
            ax.errorbar(row["mean"], i, xerr=[[row["mean"] - row["low"]],
                                              [row["high"] - row["mean"]]],
                        marker="^Ds"[min(i, 2)], color=colours[i], ms=5)
        ax.set(title=name, xlabel="test error, per cent")
    axes[0, 0].set_yticks(range(len(part)), part["kernel"])
    axes[0, 0].set_ylim(len(part) - 0.5, -0.5)
    fig.suptitle(title, fontsize=9.5)
    return fig
