"""Figures of notebook 04: network, linearised network and kernel SGD on the same samples."""

import matplotlib.pyplot as plt
import numpy as np

from ntksgd.report.figures import THEORY, WIDTH, palette, shades
from ntksgd.report.figures.panels import reference_law

GAPS = {
    "network_kernel": r"network $-$ kernel, $\|g_T-f_T\|^2$",
    "linearised_kernel": r"linearised $-$ kernel, $\|\ell_T-f_T\|^2$",
    "network_linearised": r"network $-$ linearised, $\|g_T-\ell_T\|^2$",
}


def _error(samples):
    """Two standard errors of the mean over the first axis, as factors: fit for a log axis."""
    mean = samples.mean(axis=0)
    factor = np.exp(2 * samples.std(axis=0, ddof=1) / np.sqrt(len(samples)) / mean)
    return mean * (1 - 1 / factor), mean * (factor - 1)


def _width_axis(ax, widths):
    """Powers of two, with room on the right for the labels of reference laws."""
    ax.set_xscale("log", base=2)
    ax.set_xlim(widths[0] / 1.4, widths[-1] * 3.5)
    ax.set_xlabel("width $m$")


def gaps_by_width(runs, exponents):
    """Squared gaps at the last step against m; one panel for each activation.

    `runs`: {name: Paths}; `exponents`: {name: {gap: theory}}.
    """
    fig, axes = plt.subplots(1, len(runs), sharey=True, figsize=(WIDTH, 3.3))
    for ax, (name, run) in zip(axes, runs.items(), strict=True):
        for (gap, label), colour, marker in zip(GAPS.items(), palette, "osD", strict=False):
            values = getattr(run, gap)[..., -1]
            ax.errorbar(run.widths, values.mean(0), _error(values), color=colour, marker=marker,
                        ls="-" if gap == "network_kernel" else ":", label=label)
            if gap in exponents[name]:
                reference_law(ax, run.widths, values.mean(0)[-1], exponents[name][gap])
        _width_axis(ax, run.widths)
        ax.set(yscale="log", title=name)
    axes[0].set_ylabel(f"squared $L^2$ distance at $T$ = {run.times[-1]}")
    axes[-1].legend(loc="lower left", fontsize=7)
    return fig


def gaps_by_time(panels):
    """Distance of linearised network and kernel along t, with the proved bound.

    `panels`: {title: (Paths, bound of shape (widths, steps))}.
    """
    fig, axes = plt.subplots(1, len(panels), sharey=True, figsize=(WIDTH, 3.2))
    for ax, (title, (run, bound)) in zip(axes, panels.items(), strict=True):
        for k, (m, colour) in enumerate(zip(run.widths, palette, strict=False)):
            values = run.linearised_kernel[:, k]
            ax.errorbar(run.times, values.mean(0), _error(values), color=colour, marker="o", ms=3,
                        label=f"$m$ = {m}, measured")
            ax.plot(run.times, bound[k], color=colour, ls="--", label=f"$m$ = {m}, proved bound")
        ax.set(xscale="log", yscale="log", xlabel="steps $t$", title=title)
    axes[0].set_ylabel(r"$E\,\|\ell_t - f_t\|^2$")
    fig.legend(*axes[0].get_legend_handles_labels(), fontsize=7.5, loc="outside upper center",
               ncol=4)
    return fig


def drift(run, few, norm, studies, exponents, bounds):
    """Left: parameters against t with the exact limit; right: kernel change against m.

    `few`: indices of the widths on the left; `studies`: {label: (widths, change of shape
    (replicates, widths))}; `exponents`: {label: theory}; `bounds`: (widths, bound).
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 3.3))
    for k, colour in zip(few, shades(len(few)), strict=True):
        left.errorbar(run.times, run.drift[:, k].mean(0), _error(run.drift[:, k]), color=colour,
                      marker="o", ms=3, ls=":", label=f"$m$ = {run.widths[k]}")
    left.plot(run.times, norm, color=THEORY, label=r"$m=\infty$: $(E\|f_t\|_H^2)^{1/2}$, exact")
    left.set(xscale="log", xlabel="steps $t$", ylabel=r"$\|\Theta_t-\Theta_0\|$")
    left.legend(fontsize=7)
    for (label, (widths, change)), colour, marker in zip(studies.items(), palette, "osD^",
                                                         strict=False):
        right.errorbar(widths, change.mean(0), _error(change), color=colour, marker=marker, ls=":",
                       label=label)
        if label in exponents:
            reference_law(right, widths, change.mean(0)[-1], exponents[label])
    right.plot(*bounds, color=THEORY, label="proved bound (smooth)")
    _width_axis(right, widths)
    right.set(yscale="log", ylabel=r"$\|K_T-K_0\|$")
    right.set_ylim(top=200 * bounds[1].max())
    right.legend(fontsize=7, loc="upper right")
    return fig


def floor(widths, excess, exponents):
    """Relative excess of the network's risk over the exact kernel risk, against m.

    `excess`: {label: (mean, half width of the interval)}; `exponents`: {label: Slope}.
    """
    fig, ax = plt.subplots(figsize=(WIDTH * 0.72, 3.5))
    for (label, (mean, half)), colour, marker in zip(excess.items(), palette, "osD^v",
                                                     strict=False):
        law = exponents[label]
        live = mean > half  # a logarithm needs a sign
        ax.errorbar(np.asarray(widths)[live], mean[live], half[live], color=colour, marker=marker,
                    ls="", label=f"{label}: $m^{{{law.value:.2f}}}$ "
                                 f"[{law.low:.2f}, {law.high:.2f}]")
        inside = np.array([law.x_min, law.x_max])
        ax.plot(inside, law(inside), color=colour, lw=1)
    ax.set_xscale("log", base=2)
    ax.set(yscale="log", xlabel="width $m$",
           ylabel=r"$\varepsilon$: excess risk over the kernel's, relative")
    ax.legend(fontsize=7.5)
    return fig


def signature(run, exact, shown, updates):
    """Left: risk against T for every width; right: ratio to the kernel's risk, and the cost.

    `shown`: indices of the steps of the right panel; `updates`: neuron-updates of each width.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 3.4))
    for k, colour in zip(range(len(run.widths)), shades(len(run.widths)), strict=True):
        left.plot(run.times, run.network[:, k].mean(0), color=colour,
                  label=f"$m$ = {run.widths[k]}")
    left.plot(run.times, exact, color=THEORY, ls="--", label="kernel, exact")
    left.set(xscale="log", yscale="log", xlabel="steps $T$", ylabel=r"$E\,\|g_T-f^*\|^2$")
    left.legend(fontsize=6.5, ncol=2, loc="lower left")
    left.set_ylim(bottom=exact[-1] / 8)
    for i, colour, marker in zip(shown, palette, "osD", strict=False):
        ratio = run.network[..., i] / exact[i]
        right.errorbar(run.widths, ratio.mean(0), _error(ratio), color=colour, marker=marker,
                       label=f"risk, $T$ = {run.times[i]:,}")
    right.axhline(1, color=THEORY, ls="--", lw=1)
    right.set_xscale("log", base=2)
    right.set(xlabel="width $m$", ylabel="risk / exact kernel risk", yscale="log")
    right.yaxis.set_major_formatter("{x:g}")
    right.yaxis.set_minor_formatter("{x:g}")
    cost = right.twinx()
    cost.plot(run.widths, updates, color="#777777", ls=":", label="cost (right axis)")
    cost.set(yscale="log", ylabel=f"neuron-updates to $T$ = {run.times[-1]:,}")
    cost.grid(False)
    cost.spines["right"].set_visible(True)
    handles = [h for ax in (right, cost) for h in ax.get_legend_handles_labels()[0]]
    right.legend(handles=handles, fontsize=7, loc="upper center")
    return fig


def spread(delta, curves):
    """Quantile of the risk over initialisations against log(2/delta).

    `curves`: {label: (quantiles, low, high)}.
    """
    fig, ax = plt.subplots(figsize=(WIDTH * 0.72, 3.3))
    x = np.log(2 / delta)
    for (label, (middle, low, high)), colour, marker in zip(curves.items(), palette, "osD^",
                                                            strict=False):
        ax.fill_between(x, low, high, color=colour, alpha=0.2, lw=0)
        ax.plot(x, middle, color=colour, marker=marker, label=label)
    top = max(middle[0] for middle, _, _ in curves.values())
    ax.plot(x, top * x / x[0], color=THEORY, ls="--", label=r"$\propto\log(2/\delta)$: the claim")
    ax.set(xlabel=r"$\log(2/\delta)$", ylabel=r"risk / kernel risk, quantile $1-\delta$")
    ax.legend(fontsize=7.5)
    return fig
