"""Figures of notebook 06: depths, losses, momentum, batches (tables: `beyond.tables`)."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter

from ntksgd.report.figures import THEORY, WIDTH, palette, shades

MARKERS = "os^Dv<"


def _axes(columns, height=2.9, **options):
    return plt.subplots(1, columns, figsize=(WIDTH if columns > 1 else 0.68 * WIDTH, height),
                        squeeze=False, **options)


def _series(ax, table, colours=palette, theory="theory"):
    """Means with intervals, one colour a series; the series `theory` as a black line."""
    names = [name for name in table["series"].unique() if name != theory]
    for i, name in enumerate(names):
        part, colour = table[table["series"] == name], colours[i]
        if part["half"].isna().all():
            ax.plot(part["x"], part["mean"], "--", color=colour, label=name)
        else:
            ax.errorbar(part["x"], part["mean"], part["half"], fmt=MARKERS[i] + "-", lw=0.8,
                        color=colour, label=name)
    line = table[table["series"] == theory]
    if len(line):
        ax.plot(line["x"], line["mean"], color=THEORY, zorder=3, label=theory)


def deep_kernels(profile, eigenvalues, tail):
    """Kernel against the angle, and its eigenvalues with `tail`, {depth: values at the degrees}."""
    fig, axes = _axes(2)
    depths = profile["depth"].unique()
    for colour, depth in zip(shades(len(depths)), depths, strict=True):
        name = f"{depth} hidden layer{'s' if depth > 1 else ''}"
        part = profile[profile["depth"] == depth]
        axes[0, 0].plot(part["angle"], part["kernel"], color=colour, label=name)
        part = eigenvalues[(eigenvalues["depth"] == depth) & (eigenvalues["degree"] > 0)]
        axes[0, 1].plot(part["degree"], part["eigenvalue"], color=colour)
        if depth in tail:
            axes[0, 1].plot(part["degree"], tail[depth], ":", color=THEORY, lw=1, zorder=3,
                            label="$L(L+1)/(\\pi k)^2$" if depth == depths[0] else None)
    axes[0, 0].set(xlabel="angle between the inputs", ylabel="$K_L(t)/K_L(1)$", ylim=(0, None),
                   xticks=[0, np.pi / 2, np.pi], xticklabels=["0", "$\\pi/2$", "$\\pi$"])
    axes[0, 1].set(xscale="log", yscale="log", xlabel="degree $k$",
                   ylabel="eigenvalue $\\lambda_k$")
    axes[0, 0].legend()
    if tail:
        axes[0, 1].legend()
    return fig


def kernel_limit(table, slopes):
    """||K_m - K|| / ||K|| in m; slopes: {series: Slope} drawn as lines."""
    fig, axes = _axes(1)
    ax = axes[0, 0]
    _series(ax, table)
    for name, slope in slopes.items():
        x = np.array([slope.x_min, slope.x_max])
        # the theory's slope through the middle of the fit
        middle = np.sqrt(x.prod())
        label = "slope $-1/2$" if name == list(slopes)[0] else None
        ax.plot(x, slope(middle) * (x / middle) ** -0.5, color=THEORY, lw=1, zorder=3, label=label)
    ax.set(xscale="log", yscale="log", xlabel="width $m$",
           ylabel="$\\|K_m-K_L\\|\\,/\\,\\|K_L\\|$")
    ax.set_xscale("log", base=2)
    ax.legend()
    return fig


def risks(table, ylabel="excess risk"):
    """Risk in T, one panel a value of the column `panel`."""
    panels = table["panel"].unique()
    fig, axes = _axes(len(panels), 3.1)
    for ax, panel in zip(axes[0], panels, strict=True):
        _series(ax, table[table["panel"] == panel])
        ax.set(xscale="log", yscale="log", xlabel="steps $T$", title=panel)
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())
    axes[0, 0].set_ylabel(ylabel)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return fig


def width_laws(table, bound, colours=palette):
    """m*(T) of each series with intervals; `bound` an exponent, drawn dashed."""
    fig, axes = _axes(1, 3.2)
    ax = axes[0, 0]
    for i, (name, part) in enumerate(table.groupby("series", sort=False)):
        seen = part[part["censored"] == 0]
        errors = [seen["width"] - seen["low"], seen["high"] - seen["width"]]
        ax.errorbar(seen["T"], seen["width"], np.maximum(errors, 0), fmt=MARKERS[i] + "-", lw=0.8,
                    color=colours[i], label=name)
        for side, marker in ((-1, "v"), (1, "^")):
            out = part[part["censored"] == side]
            ax.plot(out["T"], out["width"], marker, mfc="none", color=colours[i])
    first, top = table["T"].min(), table["width"].max() * 4
    start = table.loc[table["T"] == first, "width"].min()
    T = np.geomspace(first, first * (top / start) ** (1 / bound), 2)
    ax.plot(T, start * (T / first) ** bound, "--", color=THEORY, lw=1,
            label=f"slope {bound:g}: enough for two layers")
    ax.set(xscale="log", yscale="log", xlabel="steps $T$", ylabel="required width $m^*$",
           xlim=(0.8 * first, 1.25 * table["T"].max()))
    ax.set_yscale("log", base=2)
    ax.legend(loc="best")
    return fig


def trace_and_risk(table):
    """Risk of the network over the kernel's against the trace after training, a point a width."""
    fig, axes = _axes(1, 3.2)
    ax = axes[0, 0]
    for i, (name, part) in enumerate(table.groupby("series", sort=False)):
        ax.errorbar(part["trace"], part["ratio"], part["ratio_half"], part["trace_half"],
                    fmt=MARKERS[i], color=palette[i], label=name, elinewidth=0.8)
    low, high = ax.get_xlim()
    ax.plot([low, high], [low, high], color=THEORY, lw=1, label="equal")
    ax.axhline(1, color="#999999", lw=0.7)
    ax.axvline(1, color="#999999", lw=0.7)
    ax.set(xlabel="$\\mathbb{E}\\,K_T(x,x)\\,/\\,\\kappa(1)$ after training",
           ylabel="risk of the network / of the kernel")
    ax.legend()
    return fig


def momentum(table, betas, limits):
    """Left: sampled and exact risks for each beta. Right: largest stable effective steps."""
    fig, axes = _axes(2)
    ax = axes[0, 0]
    for i, (colour, beta) in enumerate(zip(palette, table["beta"].unique(), strict=False)):
        part = table[table["beta"] == beta]
        exact, paths = part[part["series"] == "exact"], part[part["series"] == "sampled"]
        ax.plot(exact["x"], exact["mean"], color=colour)
        ax.errorbar(paths["x"], paths["mean"], paths["half"], fmt=MARKERS[i], color=colour,
                    label=f"$\\beta$ = {beta:g}")
    ax.set(xscale="log", yscale="log", xlabel="steps $T$", ylabel="risk",
           title="same effective step $\\eta/(1-\\beta)$")
    ax.legend(title="lines: exact")
    ax = axes[0, 1]
    ax.plot(betas, limits, color=THEORY)
    ax.set(xlabel="momentum $\\beta$", ylabel="largest stable $\\eta\\,\\kappa(1)/(1-\\beta)$",
           title="mean-square stability", ylim=(0, None))
    return fig


def batches(table):
    """Exact risk after a fixed number of samples against the batch size; sampled points on it."""
    fig, axes = _axes(1)
    ax = axes[0, 0]
    for i, (name, part) in enumerate(table.groupby("series", sort=False)):
        exact, paths = part[part["half"].isna()], part[part["half"].notna()]
        ax.plot(exact["x"], exact["mean"], color=palette[i], label=name)
        ax.errorbar(paths["x"], paths["mean"], paths["half"], fmt=MARKERS[i], color=palette[i])
    ax.set(xscale="log", yscale="log", xlabel="batch size $b$", ylabel="risk after $n$ samples")
    ax.set_xscale("log", base=2)
    ax.legend(title="lines exact, points sampled")
    return fig
