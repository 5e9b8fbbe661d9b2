"""Figures of notebook 05 on the measurement: phase diagram, requirement, headline, rate."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter

from ntksgd.report.figures import THEORY, WIDTH, palette

# one colour a tolerance, in every figure
LEVELS = {0.05: palette[0], 0.1: palette[1], 0.5: palette[2]}


def _colour(tau):
    return LEVELS.get(tau, palette[3])


def _points(ax, law, **style):
    """m*(T) with intervals; arrows where it is censored."""
    inside, above = law.censored == 0, law.censored == 1
    required = law.required[inside]
    widths = law.excess.widths  # an interval that leaves their range is drawn to its end
    ends = np.clip(np.stack([law.low[inside], law.high[inside]]), widths[0], widths[-1])
    errors = np.abs(ends - required)
    ax.errorbar(law.times[inside], required, errors, fmt="o", elinewidth=0.9,
                **({"color": _colour(law.tau)} | style))
    ax.plot(law.times[above], law.required[above], "^", mfc="none", color=_colour(law.tau))
    ax.plot(law.times[law.censored == -1], law.required[law.censored == -1], "v", mfc="none",
            color=_colour(law.tau))


def phase_diagram(panels, taus):
    """Excess over (T, m) in colour, one panel an (r, Excess) pair, with the lines m*(T, tau).

    `panels` maps a title to (Excess, list of WidthLaw). Crosses: within two standard errors of 0.
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 2.9), sharey=True, squeeze=False)
    scale = mpl.colors.LogNorm(0.02, 5)
    for ax, (title, (excess, laws)) in zip(axes[0], panels.items(), strict=True):
        times, widths = excess.times, excess.widths
        edges = np.exp(np.interp(np.arange(times.size + 1) - 0.5, np.arange(times.size),
                                 np.log(times)))
        rows = np.concatenate([widths / np.sqrt(2), widths[-1:] * np.sqrt(2)])
        image = ax.pcolormesh(edges, rows, np.clip(excess.mean, 0.02, 5), norm=scale,
                              rasterized=True)
        noise = np.nonzero(excess.mean < 2 * excess.error)
        ax.plot(times[noise[1]], widths[noise[0]], "x", color="white", ms=3, mew=0.7)
        for law in laws:
            inside = law.censored == 0
            ax.plot(times[inside], law.required[inside], color="white", lw=2.6)
            ax.plot(times[inside], law.required[inside], color=_colour(law.tau), lw=1.6,
                    label=rf"$\tau$ = {law.tau:g}")
        ax.set(xscale="log", yscale="log", xlabel="steps $T$", title=title,
               xlim=(edges[0], edges[-1]), ylim=(rows[0], rows[-1]))
        ax.set_yscale("log", base=2)
        ax.grid(False)
    axes[0, 0].set_ylabel("width $m$")
    axes[0, -1].legend(loc="lower right", framealpha=0.95)
    bar = fig.colorbar(image, ax=axes[0], label=r"$\mathbb{E}R_m/R-1$", extend="both", pad=0.02)
    bar.set_ticks([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5])
    bar.set_ticklabels([f"{v:g}" for v in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)])
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    return fig


def requirement(panels, predictions):
    """m*(T) with intervals, fitted laws and the first-order prediction c(T)/tau (dashed).

    `panels` maps a title to a list of WidthLaw, `predictions` to (times, c).
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 2.9), sharey=True, squeeze=False)
    for ax, (title, laws) in zip(axes[0], panels.items(), strict=True):
        times, c = predictions[title]
        for law in laws:
            _points(ax, law, label=rf"$\tau$ = {law.tau:g}", ms=3.2)
            ax.plot(times, c / law.tau, "--", color=THEORY, lw=1)
            if law.slope is not None:
                seen = law.times[law.seen]
                ax.fill_between(seen, *law.band(seen), color=_colour(law.tau), alpha=0.2, lw=0)
        ax.set(xscale="log", yscale="log", xlabel="steps $T$", title=title)
        ax.set_yscale("log", base=2)
    axes[0, 0].set_ylabel(r"required width $m^*(T,\tau)$")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    handles.append(mpl.lines.Line2D([], [], color=THEORY, ls="--", lw=1))
    fig.legend(handles, [*labels, "first order in $1/m$, nothing fitted"], ncols=len(handles),
               loc="outside lower center")
    return fig


def headline(panels, ceiling=1e18):
    """The (T, m) plane: the paper's width, the heuristic, the measurement, the earlier requirement.

    `panels` maps a title to (WidthLaw, table of lines: T, paper, heuristic, earlier, first_order,
    measured, low, high).
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 3.6), sharey=True, squeeze=False)
    for ax, (title, (law, lines)) in zip(axes[0], panels.items(), strict=True):
        T, below = lines["T"], lines["earlier"] <= 1e8 * ceiling  # leaves the figure, then stops
        ax.plot(T[below], lines["earlier"][below], ":", color=palette[3],
                label="earlier work: exponential (our reading, schematic)")
        ax.plot(T, lines["paper"], color=THEORY, label=r"this paper: $T^{1+5/(2r+1)}$ suffices")
        ax.plot(T, lines["heuristic"], "--", color=palette[5], lw=1.6,
                label=r"drift heuristic: $T^{2/(2r+1)}$, through the first point")
        ax.plot(T, lines["first_order"], "--", color=palette[2],
                label="linearised network, first order (exact)")
        ax.fill_between(T, lines["low"], lines["high"], color=palette[1], alpha=0.3, lw=0)
        ax.plot(T, lines["measured"], color=palette[1], lw=1.2)
        _points(ax, law, color=palette[1], ms=3, label=rf"measured, $\tau$ = {law.tau:g}")
        ax.axvspan(law.times[-1], T.max(), color="0.93", lw=0, zorder=0)
        ax.set(xscale="log", yscale="log", xlabel="steps $T$", title=title, ylim=(3, ceiling),
               xlim=(T.min(), T.max()))
        ax.yaxis.set_major_locator(LogLocator(numticks=8))
        ax.text(0.975, 0.03, "extrapolated", transform=ax.transAxes, ha="right", fontsize=7,
                color="0.35")
    axes[0, 0].set_ylabel("width $m$")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, ncols=2, loc="outside lower center")
    return fig


def rate(table):
    """Network risk along m = m*(T) against the exact kernel risk and the theoretical rate.

    `table` is that of `width.tables.rate`.
    """
    regularities = table["r"].unique()
    fig, axes = plt.subplots(1, len(regularities), figsize=(WIDTH, 2.8), squeeze=False)
    for ax, r in zip(axes[0], regularities, strict=True):
        part = table[table["r"] == r]
        errors = (part["risk"] - part["low"], part["high"] - part["risk"])
        ax.errorbar(part["T"], part["risk"], errors, fmt="o", color=palette[1],
                    label="network, $m=m^*(T)$")
        ax.plot(part["T"], part["exact"], color=palette[0], label="kernel, exact")
        ax.plot(part["T"], part["theory"], "--", color=THEORY, label=r"$T^{-2r/(2r+1)}$")
        ax.set(xscale="log", yscale="log", xlabel="steps $T$", title=f"r = {r:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())
    axes[0, 0].set_ylabel(r"risk $\mathbb{E}\|g_T-f^*\|^2$")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, ncols=3, loc="outside lower center")
    return fig
