"""Figures of the theory on real data sets."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels


def spectra(table):
    """Eigenvalues against their index; columns data, activation, i, eigenvalue."""
    ax = panels.single(3.6, r"index $i$", r"eigenvalue $\lambda_i$", x=10, y=10, width=panels.WIDTH)
    marks.lines(ax, table, "i", "eigenvalue", "data", style="activation")
    ax.set(ylim=(1e-8, 2))
    return panels.legends(ax, ncols=2, loc="lower left")


def regularities(studies):
    """Tail power against the eigenvalue, the fitted window in black."""
    ax = panels.single(4.0, r"$\lambda$", r"tail power $\sum_{\lambda_i \leq \lambda} c_i^2$",
                       x=10, y=10, width=panels.WIDTH)
    for (name, s), colour in zip(studies.items(), palette, strict=False):
        cuts = np.geomspace(s.spectrum.eigenvalues[-1], s.spectrum.eigenvalues[0], 300)
        ax.plot(cuts, s.spectrum.tail_power(cuts), color=colour,
                label=f"{name}: $r$ = {s.r:.2f} [{s.fit.low:.2f}, {s.fit.high:.2f}]")
        ends = np.array([s.fit.x_min, s.fit.x_max])
        ax.plot(ends, np.exp(s.fit.intercept) * ends ** (2 * s.r), color=THEORY, lw=1.2,
                marker="|", ms=9, zorder=5)
    ax.lines[-1].set_label(r"fit $\lambda^{2r}$ on its window")
    ax.set(ylim=(3e-3, 1.5), xlim=(1e-6, 1))
    return panels.legends(ax, loc="lower right")


def closure(table):
    """Per-mode recursion over the exact second moments; columns data, T, ratio."""
    ax = panels.single(3.0, "steps $T$", "recursion / exact moments", x=10, width=panels.WIDTH)
    marks.lines(ax, table, "T", "ratio", "data", style="data")
    ax.axhline(1, color=THEORY, lw=1)
    return panels.legends(ax, ncols=2, loc="lower right")


def _sampled(ax, x, samples, i, **style):
    """Mean over replicates with two standard errors; open markers but for the first kind."""
    mean, error = samples.mean(axis=0), samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    ax.errorbar(x, mean, 2 * error, fmt=marks.MARKERS[i], mfc="white" if i else palette[0],
                color=palette[i], **style)
    return mean


def _factor(ax, centre, span, marks=(1, 2, 3, 5, 7)):
    """A logarithmic axis from centre / span to centre * span."""
    ax.set(yscale="log", ylim=(centre / span, centre * span))
    panels.plain_ticks(ax.yaxis, centre / span, centre * span, marks)


def risks(studies, times, exact, kernel, network, grids):
    """Risk against T: predicted power law, exact recursion, sampled kernel SGD and network."""
    fig, axes = panels.grid(2, 3, 4.6, sharex=True)
    for ax, (name, s) in zip(axes.flat, studies.items(), strict=False):
        means = [_sampled(ax, times, samples[name], i) for i, samples in
                 enumerate((kernel, network))]
        ax.plot(times, exact[name], color=palette[2])
        middle, when = (np.exp(np.mean(np.log(v))) for v in (exact[name], times))
        ax.plot(times, middle * (times / when) ** s.rate.value, "--", color=THEORY, zorder=5)
        ax.set(xscale="log", title=f"{name}, $m$ = {grids[name][-1]}")
        # every panel spans one factor, so that slopes can be compared by eye
        _factor(ax, np.sqrt(np.min(means) * np.max(means)), 4)
        ax.tick_params(labelbottom=True)
        ax.set_xlabel("steps $T$" if ax in axes.flat[2:] else "")
    for ax in axes[:, 0]:
        ax.set_ylabel("risk")
    for ax in axes.flat[len(studies):]:
        ax.axis("off")
    first = axes[0, 0]
    for fmt, i, label in (("o", 0, "kernel SGD"), ("s", 1, "network of width $m$"),
                          ("-", 2, "recursion per mode")):
        first.plot([], [], fmt, color=palette[i], mfc="white" if i else None, label=label)
    return panels.legend_below(fig, first, 4, {"slope predicted by $r$": "k--"})


def exponents(table):
    """Predicted and measured exponents with their intervals, one row of dots a data set.

    `table`: columns data, what, exponent, low, high; the first `what` is the prediction.
    """
    fig, ((ax,),) = panels.grid(1, 1, 4.2)
    names, whats = table["data"].unique(), table["what"].unique()
    for j, what in enumerate(whats):
        rows = table[table["what"] == what]
        y = rows["data"].map(list(names).index) + 0.14 * (j - (len(whats) - 1) / 2)
        style = {"color": THEORY, "lw": 3, "fmt": "|", "ms": 9} if j == 0 else {
            "color": palette[j - 1], "fmt": marks.MARKERS[j - 1]}
        ax.errorbar(rows["exponent"], y, xerr=marks.bars(rows, "exponent", ["low", "high"]),
                    label=what, **style)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlabel("exponent of the risk in $T$")
    return panels.legend_below(fig, ax, 5)


def widths(excesses, table, tau):
    """Left: excess risk at the last T against the width; right: width needed against T.

    `excesses`: {data: Excess}; `table`: columns data, T, required, low, high, censored.
    """
    fig, ((left, right),) = panels.grid(1, 2, 3.6)
    for k, ((name, excess), colour, marker) in enumerate(marks.styled(excesses.items())):
        left.errorbar(excess.widths * 1.03 ** (k - 2), excess.mean[:, -1], 2 * excess.error[:, -1],
                      fmt=f"{marker}-", color=colour, lw=0.8, label=name)
        law = table[table["data"] == name]
        right.fill_between(law["T"], law["low"], law["high"], color=colour, alpha=0.12, lw=0)
        right.plot(law["T"], law["required"], color=colour, lw=0.8)
        marks.censored_points(right, law["T"], law["required"], law["required"], law["required"],
                              law["censored"], colour, marker=marker)
    left.axhline(0, color="0.5", lw=0.8)
    left.axhline(tau, color=THEORY, lw=1, ls="--")
    panels.log_axes(left, x=2, y=None)
    panels.log_axes(right, y=2)
    left.set(xlabel="width $m$", ylabel="network risk / kernel risk $-\\,1$",
             title=f"excess at $T$ = {excess.times[-1]:.0f}")
    right.set(xlabel="steps $T$", ylabel="width needed $m^*$",
              title=f"$m^*$ at tolerance {tau:g} (arrows: censored)")
    return panels.legend_below(fig, left, 5)


def held_out(times, kernel, network, predicted, width):
    """Test error after one pass over T examples, against what the recursion predicts."""
    fig, axes = panels.grid(2, 2, 4.6)
    for ax, (name, t) in zip(axes.flat, times.items(), strict=True):
        _sampled(ax, t, kernel[name], 0, label="kernel SGD")
        _sampled(ax, t, network[name], 1, label=f"network, $m$ = {width}")
        ax.plot(t, predicted[name], "--", color=THEORY, zorder=5, label="recursion, no training")
        ax.set(xscale="log", yscale="log", title=name)
        low, high = ax.get_ylim()
        _factor(ax, np.sqrt(low * high), max(np.sqrt(high / low), 1.6))
        panels.plain_ticks(ax.xaxis, *ax.get_xlim(), marks=(1, 3))
    panels.outer_labels(axes, "training examples seen once, $T$", "mean square test error")
    axes[0, 0].legend()
    return fig
