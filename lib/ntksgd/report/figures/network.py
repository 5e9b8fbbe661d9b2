"""Figures of network, linearised network and kernel SGD on the same samples."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, panels, shades

GAPS = {
    "network_kernel": r"network $-$ kernel, $\|g_T-f_T\|^2$",
    "linearised_kernel": r"linearised $-$ kernel, $\|\ell_T-f_T\|^2$",
    "network_linearised": r"network $-$ linearised, $\|g_T-\ell_T\|^2$",
}


def _mean(ax, x, samples, colour, **style):
    """Mean over the first axis with two standard errors, as factors: fit for a log axis."""
    mean = samples.mean(axis=0)
    factor = np.exp(2 * samples.std(axis=0, ddof=1) / np.sqrt(len(samples)) / mean)
    ax.errorbar(x, mean, (mean * (1 - 1 / factor), mean * (factor - 1)), color=colour,
                **{"marker": "o", "ms": 3.5} | style)


def _width_axis(ax, widths, room=1.4):
    """Widths as powers of two, with room on the right for the labels of reference laws."""
    ax.set_xscale("log", base=2)
    ax.set(xlabel="width $m$", xlim=(widths[0] / 1.4, widths[-1] * room))


def gaps_by_width(runs, exponents):
    """Squared gaps at the last step against m; one panel for each activation.

    `runs`: {name: Coupled}; `exponents`: {name: {gap: theory}}.
    """
    fig, (axes,) = panels.grid(1, len(runs), 3.6, sharey=True)
    for ax, (name, run) in zip(axes, runs.items(), strict=True):
        for (gap, label), colour, marker in marks.styled(GAPS.items()):
            values = getattr(run, gap)[..., -1]
            _mean(ax, run.widths, values, colour, marker=marker, label=label,
                  ls="-" if gap == "network_kernel" else ":")
            if gap in exponents[name]:
                marks.reference_law(ax, run.widths, values.mean(0)[-1], exponents[name][gap])
        _width_axis(ax, run.widths, 3.5)
        ax.set(yscale="log", title=name)
    axes[0].set_ylabel(f"squared $L^2$ distance at $T$ = {run.times[-1]}")
    return panels.legend_below(fig, axes[0], 2)


def gaps_by_time(runs):
    """Distance of linearised network and kernel along t, with the proved bound.

    `runs`: {title: (Coupled, bound of shape (widths, steps))}.
    """
    fig, (axes,) = panels.grid(1, len(runs), 3.2, sharey=True)
    for ax, (title, (run, bound)) in zip(axes, runs.items(), strict=True):
        for k, (m, colour, marker) in enumerate(marks.styled(run.widths)):
            _mean(ax, run.times, run.linearised_kernel[:, k], colour, marker=marker,
                  label=f"$m$ = {m}, measured")
            ax.plot(run.times, bound[k], color=colour, ls="--", label=f"$m$ = {m}, proved bound")
        ax.set(xscale="log", yscale="log", xlabel="steps $t$", title=title)
    axes[0].set_ylabel(r"$E\,\|\ell_t - f_t\|^2$")
    return panels.legend_below(fig, axes[0], 2)


def drift(run, few, norm, studies, exponents, bounds):
    """Left: parameters against t with the exact limit; right: kernel change against m.

    `few`: indices of the widths on the left; `studies`: {label: (widths, change of shape
    (replicates, widths))}; `exponents`: {label: theory}; `bounds`: (widths, bound).
    """
    fig, ((left, right),) = panels.grid(1, 2, 3.5)
    for k, colour, marker in zip(few, shades(len(few)), marks.MARKERS, strict=False):
        _mean(left, run.times, run.drift[:, k], colour, marker=marker, ls=":",
              label=f"$m$ = {run.widths[k]}")
    left.plot(run.times, norm, color=THEORY, label=r"$m=\infty$: $(E\|f_t\|_H^2)^{1/2}$, exact")
    left.set(xscale="log", xlabel="steps $t$", ylabel=r"$\|\Theta_t-\Theta_0\|$")
    for (label, (widths, change)), colour, marker in marks.styled(studies.items()):
        _mean(right, widths, change, colour, marker=marker, ls=":", label=label)
        if label in exponents:
            marks.reference_law(right, widths, change.mean(0)[-1], exponents[label])
    right.plot(*bounds, color=THEORY, label="proved bound (smooth)")
    _width_axis(right, widths, 3.5)
    right.set(yscale="log", ylabel=r"$\|K_T-K_0\|$", ylim=(None, 400 * bounds[1].max()))
    left.legend()
    return panels.legends(right, loc="upper right")


def floor(widths, excess, exponents):
    """Relative excess of the network's risk over the exact kernel risk, against m.

    `excess`: {label: (mean, half width of the interval)}; `exponents`: {label: Slope}.
    """
    ax = panels.single(3.5, "width $m$", r"$\varepsilon$: excess risk over the kernel's, relative",
                       x=2, y=10)
    widths = np.asarray(widths)
    for (label, (mean, half)), colour, marker in marks.styled(excess.items()):
        law = exponents[label]
        live = mean > half  # a logarithm needs a sign
        ax.errorbar(widths[live], mean[live], half[live], color=colour, marker=marker, ls="",
                    label=f"{label}: $m^{{{law.value:.2f}}}$ [{law.low:.2f}, {law.high:.2f}]")
        inside = np.array([law.x_min, law.x_max])
        ax.plot(inside, law(inside), color=colour, lw=1)
    return panels.legends(ax)


def signature(run, exact, shown, updates):
    """Left: risk against T for every width; right: ratio to the kernel's risk, and the cost.

    `shown`: indices of the steps of the right panel; `updates`: neuron-updates of each width.
    """
    fig, ((left, right),) = panels.grid(1, 2, 3.8)
    for k, colour in enumerate(shades(len(run.widths))):
        left.plot(run.times, run.network[:, k].mean(0), color=colour, lw=1, ms=2.5,
                  marker=marks.MARKERS[k % 6], label=f"$m$ = {run.widths[k]}")
    left.plot(run.times, exact, color=THEORY, ls="--", label="kernel, exact")
    left.set(xscale="log", yscale="log", xlabel="steps $T$", ylabel=r"$E\,\|g_T-f^*\|^2$")
    for i, colour, marker in marks.styled(shown):
        _mean(right, run.widths, run.network[..., i] / exact[i], colour, marker=marker,
              label=f"risk, $T$ = {run.times[i]:,}")
    right.axhline(1, color=THEORY, ls="--", lw=1)
    _width_axis(right, run.widths)
    right.set(ylabel="risk / exact kernel risk", yscale="log")
    panels.plain_ticks(right.yaxis, *right.get_ylim(), marks=(1, 2, 5))
    cost = right.twinx()
    cost.plot(run.widths, updates, color="#777777", ls=":")
    right.plot([], [], color="#777777", ls=":", label="cost (right axis)")
    cost.set(yscale="log", ylabel=f"neuron-updates to $T$ = {run.times[-1]:,}")
    cost.grid(False)
    cost.spines["right"].set_visible(True)
    right.legend(loc="upper center")
    return panels.legend_below(fig, left, 5)


def spread(delta, curves):
    """Quantile of the risk over initialisations against log(2/delta).

    `curves`: {label: (quantiles, low, high)}.
    """
    ax = panels.single(3.3, r"$\log(2/\delta)$", r"risk / kernel risk, quantile $1-\delta$")
    x = np.log(2 / delta)
    for (label, (middle, low, high)), colour, marker in marks.styled(curves.items()):
        ax.fill_between(x, low, high, color=colour, alpha=0.2, lw=0)
        ax.plot(x, middle, color=colour, marker=marker, label=label)
    top = max(middle[0] for middle, _, _ in curves.values())
    ax.plot(x, top * x / x[0], color=THEORY, ls="--", label=r"$\propto\log(2/\delta)$: the claim")
    return panels.legends(ax)
