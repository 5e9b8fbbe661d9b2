"""Figures of notebook 07: the theory on real data sets."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import NullLocator

from ntksgd.report.figures import THEORY, WIDTH, palette

MARKERS = ("o", "s", "^", "D", "v")


def spectra(decays):
    """Eigenvalues against their index; `decays`: {(name, activation): eigenvalues}."""
    fig, ax = plt.subplots()
    names = list(dict.fromkeys(name for name, _ in decays))
    styles = dict(zip(dict.fromkeys(act for _, act in decays), ("-", "--"), strict=False))
    for (name, act), values in decays.items():
        label = name if styles[act] == "-" else None
        index = np.arange(1, values.size + 1)
        ax.loglog(index, values, styles[act], color=palette[names.index(name)], label=label)
    for act, style in styles.items():
        ax.plot([], [], style, color="0.4", label=act)
    ax.set(xlabel=r"index $i$", ylabel=r"eigenvalue $\lambda_i$", ylim=(1e-8, 2))
    ax.legend(ncol=2, loc="lower left")
    return fig


def regularities(studies):
    """Tail power against the eigenvalue, the fitted window in black."""
    fig, ax = plt.subplots(figsize=(WIDTH, 4.0))
    for k, (name, s) in enumerate(studies.items()):
        cuts = np.geomspace(s.spectrum.eigenvalues[-1], s.spectrum.eigenvalues[0], 300)
        ax.loglog(cuts, s.spectrum.tail_power(cuts), color=palette[k],
                  label=f"{name}: $r$ = {s.r:.2f} [{s.fit.low:.2f}, {s.fit.high:.2f}]")
        ends = np.array([s.fit.x_min, s.fit.x_max])
        ax.plot(ends, np.exp(s.fit.intercept) * ends ** (2 * s.r), color=THEORY, lw=1.2,
                marker="|", ms=9, zorder=5)
    ax.plot([], [], color=THEORY, marker="|", ms=9, label=r"fit $\lambda^{2r}$ on its window")
    ax.set(xlabel=r"$\lambda$", ylim=(3e-3, 1.5), xlim=(1e-6, 1),
           ylabel=r"tail power $\sum_{\lambda_i \leq \lambda} c_i^2$")
    ax.legend(loc="lower right")
    return fig


def closure(comparison):
    """Per-mode recursion over the exact second moments; `comparison`: {name: (t, ratio)}."""
    fig, ax = plt.subplots(figsize=(WIDTH, 3.0))
    for k, (name, (t, ratio)) in enumerate(comparison.items()):
        ax.semilogx(t, ratio, color=palette[k], label=name)
    ax.axhline(1, color=THEORY, lw=1)
    ax.set(xlabel="steps $T$", ylabel="recursion / exact moments")
    ax.legend(ncol=2, loc="lower right")
    return fig


def risks(studies, times, exact, kernel, network, grids):
    """Risk against T: predicted power law, exact recursion, sampled kernel SGD and network."""
    fig, axes = plt.subplots(2, 3, figsize=(WIDTH, 4.6), sharex=True)
    for k, (ax, (name, s)) in enumerate(zip(axes.flat, studies.items(), strict=False)):
        mean, error = _mean(kernel[name])
        net, net_error = _mean(network[name])
        ax.errorbar(times, mean, 2 * error, fmt=MARKERS[0], color=palette[0])
        ax.errorbar(times, net, 2 * net_error, fmt=MARKERS[1], mfc="white", color=palette[1])
        ax.plot(times, exact[name], color=palette[2])
        middle = np.exp(np.mean(np.log(exact[name])))
        ax.plot(times, middle * (times / np.exp(np.mean(np.log(times)))) ** s.rate.value, "--",
                color=THEORY, zorder=5)
        ax.set(xscale="log", yscale="log", title=f"{name}, $m$ = {grids[name][-1]}")
        # every panel spans one factor, so that slopes can be compared by eye
        centre = np.sqrt(min(mean.min(), net.min()) * max(mean.max(), net.max()))
        ax.set_ylim(centre / 4, centre * 4)
        _plain_ticks(ax.yaxis, centre / 4, centre * 4)
        if k >= 2:
            ax.tick_params(labelbottom=True)
            ax.set_xlabel("steps $T$")
    for ax in axes[:, 0]:
        ax.set_ylabel("risk")
    legend = axes.flat[len(studies)]
    legend.axis("off")
    legend.plot([], [], MARKERS[0], color=palette[0], label="kernel SGD")
    legend.plot([], [], MARKERS[1], mfc="white", color=palette[1], label="network of width $m$")
    legend.plot([], [], color=palette[2], label="recursion per mode")
    legend.plot([], [], "--", color=THEORY, label="slope predicted by $r$")
    legend.legend(loc="center left")
    return fig


def exponents(table):
    """Predicted and measured exponents with their intervals, one row of dots a data set.

    `table`: columns data, what, exponent, low, high; the first `what` is the prediction.
    """
    fig, ax = plt.subplots(figsize=(WIDTH, 4.2))
    names, whats = list(dict.fromkeys(table["data"])), list(dict.fromkeys(table["what"]))
    for j, what in enumerate(whats):
        rows = table[table["what"] == what]
        y = np.array([names.index(n) for n in rows["data"]]) + 0.14 * (j - (len(whats) - 1) / 2)
        bars = np.abs(rows[["low", "high"]].to_numpy().T - rows["exponent"].to_numpy())
        style = {"color": THEORY, "lw": 3, "fmt": "|", "ms": 9} if j == 0 else {
            "color": palette[j - 1], "fmt": MARKERS[j - 1]}
        ax.errorbar(rows["exponent"], y, xerr=bars, label=what, **style)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlabel("exponent of the risk in $T$")
    ax.legend(loc="upper left", bbox_to_anchor=(0.0, -0.16), ncol=3)
    return fig


def widths(excesses, laws, tau):
    """Left: excess risk at the last T against the width; right: width needed against T."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 3.4))
    for k, (name, excess) in enumerate(excesses.items()):
        mean, error = excess.mean[:, -1], 2 * excess.error[:, -1]
        left.errorbar(excess.widths * 1.03 ** (k - 2), mean, error, fmt=MARKERS[k] + "-",
                      color=palette[k], lw=0.8, label=name)
        law = laws[name]
        right.fill_between(law.times, law.low, law.high, color=palette[k], alpha=0.12, lw=0)
        right.plot(law.times, law.required, MARKERS[k] + "-", color=palette[k], lw=0.8)
        outside = law.censored != 0
        right.plot(law.times[outside], law.required[outside], MARKERS[k], color=palette[k],
                   mfc="white")
    left.axhline(0, color="0.5", lw=0.8)
    left.axhline(tau, color=THEORY, lw=1, ls="--")
    left.set_xscale("log", base=2)
    left.set(xlabel="width $m$", ylabel="network risk / kernel risk $-\\,1$",
             title=f"excess at $T$ = {excess.times[-1]:.0f}")
    fig.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncol=5)
    right.set_xscale("log")
    right.set_yscale("log", base=2)
    right.set(xlabel="steps $T$", ylabel="width needed $m^*$",
              title=f"$m^*$ at tolerance {tau:g} (open: censored)")
    return fig


def held_out(times, kernel, network, predicted, width):
    """Test error after one pass over T examples, against what the recursion predicts."""
    fig, axes = plt.subplots(2, 2, figsize=(WIDTH, 4.6))
    for ax, name in zip(axes.flat, kernel, strict=True):
        t = times[name]
        for data, colour, marker, label in ((kernel[name], palette[0], "o", "kernel SGD"),
                                            (network[name], palette[1], "s",
                                             f"network, $m$ = {width}")):
            mean, error = _mean(data)
            ax.errorbar(t, mean, 2 * error, fmt=marker, color=colour, label=label,
                        mfc="white" if marker == "s" else colour)
        ax.plot(t, predicted[name], "--", color=THEORY, zorder=5, label="recursion, no training")
        ax.set(xscale="log", yscale="log", title=name)
        low, high = ax.get_ylim()
        centre, span = np.sqrt(low * high), max(np.sqrt(high / low), 1.6)
        ax.set_ylim(centre / span, centre * span)
        _plain_ticks(ax.yaxis, centre / span, centre * span)
        _plain_ticks(ax.xaxis, *ax.get_xlim(), marks=(1, 3))
    for ax in axes[:, 0]:
        ax.set_ylabel("mean square test error")
    for ax in axes[1]:
        ax.set_xlabel("training examples seen once, $T$")
    axes[0, 0].legend()
    return fig


def _plain_ticks(axis, low, high, marks=(1, 2, 3, 5, 7)):
    """Ticks at the marks of every decade, written as plain numbers."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [m * 10.0**k for k in decades for m in marks if low < m * 10.0**k < high]
    axis.set_ticks(ticks, [f"{v:g}" for v in ticks])
    axis.set_minor_locator(NullLocator())


def _mean(samples):
    return samples.mean(axis=0), samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
