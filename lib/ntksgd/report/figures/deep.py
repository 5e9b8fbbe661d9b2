"""Figures of deeper networks: kernels, their limit, risks, required widths."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, panels, shades


def deep_kernels(profile, eigenvalues, tail):
    """Kernel against the angle, and its eigenvalues with `tail`, {depth: values at the degrees}."""
    fig, ((left, right),) = panels.grid(1, 2, 2.9)
    colours, positive = shades(profile["depth"].nunique()), eigenvalues[eigenvalues["degree"] > 0]
    marks.family(left, profile, "angle", "kernel", "depth", colours=colours,
                 label="{} hidden layer(s)")
    marks.family(right, positive, "degree", "eigenvalue", "depth", colours=colours, label=None)
    for values in tail.values():
        right.plot(np.arange(1, len(values) + 1), values, ":", color=THEORY, lw=1, zorder=3)
    left.set(xlabel="angle between the inputs", ylabel="$K_L(t)/K_L(1)$", ylim=(0, None),
             xticks=[0, np.pi / 2, np.pi], xticklabels=["0", "$\\pi/2$", "$\\pi$"])
    panels.log_axes(right)
    right.set(xlabel="degree $k$", ylabel="eigenvalue $\\lambda_k$")
    left.legend()
    if tail:
        right.lines[-1].set_label("$L(L+1)/(\\pi k)^2$")
        right.legend()
    return fig


def kernel_limit(table, slopes):
    """||K_m - K|| / ||K|| in m; slopes: {series: Slope} drawn as lines."""
    ax = panels.single(2.9, "width $m$", "$\\|K_m-K_L\\|\\,/\\,\\|K_L\\|$", x=2, y=10)
    marks.family(ax, table, "x", "mean", "series", "half", lw=0.8)
    for slope in slopes.values():
        x = np.array([slope.x_min, slope.x_max])
        # the theory's slope through the middle of the fit
        middle = np.sqrt(x.prod())
        ax.plot(x, slope(middle) * (x / middle) ** -0.5, color=THEORY, lw=1, zorder=3)
    ax.lines[-1].set_label("slope $-1/2$")
    return panels.legends(ax)


def risks(table):
    """Risk in T, one panel a value of the column `panel`; the series `theory` in black."""
    fig, axes, parts = panels.facets(table, None, "panel", 3.1, "{panel}")
    for ax, part in parts:
        expected = part["series"] == "theory"
        marks.family(ax, part[~expected], "x", "mean", "series", "half", lw=0.8)
        marks.theory(ax, part[expected], "x", "mean", label="theory", lw=1.4)
        panels.log_axes(ax)
        panels.plain_ticks(ax.yaxis, *ax.get_ylim(), marks=(1, 2, 5))
    panels.outer_labels(axes, "steps $T$", "excess risk")
    return panels.legend_below(fig, axes[0, 0], 4)


def width_laws(table, bound):
    """m*(T) of each series with intervals; `bound` an exponent, drawn dashed."""
    ax = panels.single(3.2, "steps $T$", "required width $m^*$", x=10, y=2)
    for (name, part), colour, marker in marks.styled(table.groupby("series", sort=False)):
        marks.censored_points(ax, *part[["T", "width", "low", "high", "censored"]].to_numpy().T,
                              colour, marker=marker, label=name, ls="-", lw=0.8)
    first, start = table["T"].min(), table.loc[table["T"] == table["T"].min(), "width"].min()
    T = np.geomspace(first, first * (4 * table["width"].max() / start) ** (1 / bound), 2)
    ax.plot(T, start * (T / first) ** bound, "--", color=THEORY, lw=1,
            label=f"slope {bound:g}: enough for two layers")
    ax.set(xlim=(0.8 * first, 1.25 * table["T"].max()))
    return panels.legends(ax, loc="best")
