"""Figures of the theory of width: leverage, local exponents far out, and who proved what."""

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.ticker import NullFormatter

from ntksgd.report.figures import THEORY, marks, palette, panels

#: How a line of `laws` is drawn, by its status.
STYLES = {"proved": "-", "proved elsewhere": "--", "proved here": "-", "derived here": "-",
          "derived here too": "-.", "observed": ":"}
TITLES = {"relu": "ReLU"}
OURS = {"proved here": palette[0], "derived here": palette[1]}


def leverage(table):
    """Second moment of a neuron's energy over the square of its mean, against the eigenvalue.

    Columns activation, d, eigenvalue, ratio, law (NaN where there is none).
    """
    ax = panels.single(3.1, r"eigenvalue $\lambda_k$",
                       r"$\mathbb{E}[\mathrm{energy}_k^2]\,/\,(\mathbb{E}\,\mathrm{energy}_k)^2$",
                       x=10, y=10)
    for (name, part), colour, marker in marks.styled(table.groupby(["activation", "d"],
                                                                   sort=False)):
        ax.plot(part["eigenvalue"], part["ratio"], marker, color=colour, ms=3.5,
                label=f"{TITLES.get(name[0], name[0])}, $d = {name[1]}$")
        marks.theory(ax, part, "eigenvalue", "law", ls="--")
    ax.plot([], [], "--", color=THEORY, lw=0.9, label=r"law; slope $-a\to 2^{2/3} - 2$")
    ax.invert_xaxis()
    ax.set_title("High degrees of a smooth activation live on few neurons")
    return panels.legends(ax, loc="upper left")


def far_exponents(table):
    """Local exponent of c(T) in S against log10 S, a panel a spectrum, derived limits at the right.

    Columns leverage (rows of panels), panel, r, kind ("first order" or "model"), log_S, exponent,
    derived.
    """
    column = table.groupby("leverage", sort=False)["panel"].transform(lambda x: x.factorize()[0])
    fig, axes, parts = panels.facets(table.assign(column=column), "leverage", "column", 5,
                                     "{panel}", sharey=True)
    rank = {r: i for i, r in enumerate(table["r"].unique())}
    for ax, part in parts:
        for r, of in part.groupby("r", sort=False):
            colour, marker = palette[rank[r]], marks.MARKERS[rank[r]]
            exact, model = (of[of["kind"] == kind] for kind in ("first order", "model"))
            ax.plot(exact["log_S"], exact["exponent"], marker, color=colour, ms=4,
                    label=f"$r$ = {r:g}")
            ax.plot(model["log_S"], model["exponent"], color=colour, lw=1)
            ax.plot(1.15 * part["log_S"].max(), of["derived"].iloc[0], "<", color=colour, ms=6,
                    clip_on=False)
        ax.set_xscale("log")
        low, high = part["log_S"].min(), part["log_S"].max()
        ticks = (1, 2, 5) if high > 4 else (1.5, 2, 2.5, 3)
        panels.plain_ticks(ax.xaxis, 0.9 * low, 1.1 * high, ticks)
        ax.set_ylabel("")
    panels.outer_labels(axes, r"$\log_{10} S$,  $S \sim T^{1/(2r+1)}$", "d log $c$ / d log $S$")
    fig.suptitle("The exponent of the width goes to the derived value, for a smooth activation "
                 "very slowly", fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 4, {
        "first order in $1/m$": "o", "its leading terms": "-", "derived limit": "<"})


def laws(lines, points, known):
    """Exponent nu of the width T^nu against r, a panel a spectrum; the lines are labelled on them.

    Columns panel, name, status, r, exponent, at, above of `lines` (the last two place the name);
    panel, name, r, exponent of `points` (measured) and of `known` (proved at a single r).
    """
    fig, axes, parts = panels.facets(lines, None, "panel", 4.6, "{panel}", sharey=True)
    for ax, part in parts:
        panel = part["panel"].iloc[0]
        for (_, status), of in part.groupby(["name", "status"], sort=False):
            ax.plot(of["r"], of["exponent"], STYLES[status], lw=2.2 if status in OURS else 1.3,
                    label="_", color=OURS.get(status, THEORY if status == "proved" else "0.35"))
        here = points[points["panel"] == panel]
        groups = zip(here.groupby("name", sort=False), palette[::2], "os", strict=False)
        for (name, of), colour, marker in groups:
            ax.plot(of["r"], of["exponent"], marker, color=colour, ms=5, zorder=4, label=name)
        for name, of in known[known["panel"] == panel].groupby("name", sort=False):
            ax.plot(of["r"], of["exponent"], "*", color="0.2", ms=9, zorder=4, label=name,
                    clip_on=False)
        panels.log_axes(ax, x=None)
        ax.set_yticks([0.2, 0.3, 0.5, 1, 2, 3, 4], ["0.2", "0.3", "0.5", "1", "2", "3", "4"])
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.set(xlabel="regularity $r$", ylim=(0.14, 4.6))
    axes[0, 0].set_ylabel(r"$\nu$ in $m\sim T^\nu$")
    fig.suptitle("What is proved for the network lies powers of $T$ above the need of its "
                 "linearisation", fontsize=9.5)
    labels = {label: handle for ax in axes[0]
              for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    fig.legend(labels.values(), labels.keys(), loc="outside lower center", ncols=2)
    fig.canvas.draw()  # the layout decides the slopes on paper
    for ax, part in parts:
        for (name, status), of in part.groupby(["name", "status"], sort=False):
            _label(ax, of, name, OURS.get(status, "0.2"))
    return fig


def _label(ax, line, name, colour):
    """The name along its line, above or below it, where the column `at` says."""
    r, p = line["r"].to_numpy(), line["exponent"].to_numpy()
    at, above = line["at"].iloc[0], line["above"].iloc[0]
    ends = [ax.transData.transform((x, np.interp(x, r, p))) for x in (at - 0.1, at + 0.1)]
    rise = np.degrees(np.arctan2(*(ends[1] - ends[0])[::-1]))
    ax.annotate(name, (at, np.interp(at, r, p)), xytext=(0, 3 if above else -6), fontsize=8,
                textcoords="offset points", color=colour, ha="center", zorder=5,
                va="bottom" if above else "top", rotation=rise, rotation_mode="anchor",
                path_effects=[withStroke(linewidth=2.5, foreground="white")])
