"""Figures of the network's theorem: its bounds over the measurement, the width it asks for."""

from ntksgd.report.figures import THEORY, marks, panels


def bounds(gaps, excess, tau):
    """Network minus linearised network, and excess risk, against the width, with proved bounds.

    `gaps`: columns m, measured, low, high, m^-2 and one a bound; `excess`: columns T, m, value,
    low, high, kind ("measured" or "bound", without interval).
    """
    fig, ((left, right),) = panels.grid(1, 2, 3.6)
    mean, ends = gaps["measured"], ("low", "high")
    left.errorbar(gaps["m"], mean, marks.bars(gaps, "measured", ends), marker="o", ms=3.5,
                  label="measured")
    left.plot(gaps["m"], gaps["m^-2"], color=THEORY, lw=0.8, zorder=3, label="$m^{-2}$")
    names = [name for name in gaps if name not in ("m", "measured", *ends, "m^-2")]
    for name, dashes in zip(names, ("--", ":", "-."), strict=False):
        left.plot(gaps["m"], gaps[name], dashes, color=THEORY, label=f"{name} (proved)")
    left.set(xlabel="width $m$", ylabel=r"$\|g_T-\ell_T\|^2$")
    left.set_title("Drift: the power $m^{-2}$, and the bounds")
    measured, bound = (excess[excess["kind"] == kind] for kind in ("measured", "bound"))
    marks.family(right, measured, "m", "value", "T", ends, label="$T$ = {:,.0f}")
    marks.family(right, bound, "m", "value", "T", label=None, marker="", ls="--")
    right.axhline(tau, color=THEORY, lw=0.8)
    right.annotate(rf"$\tau$ = {tau:g}", (right.get_xlim()[1], tau), ha="right", va="bottom",
                   fontsize=8)
    right.set(xlabel="width $m$", ylabel=r"$E\,\|g_T-f^*\|^2/R(T)-1$")
    right.plot([], [], "--", color="0.4", label="proved")
    right.set_title("Excess: the proof asks for more")
    panels.log_axes(left, right)
    left.set_ylim(bottom=mean.min() / 2e4)  # room for the legend
    left.legend(loc="lower left")
    right.legend(loc="lower left")
    return fig


def widths(table, exponents):
    """Width that suffices against T: columns T, m, kind; `exponents`: asymptotic ones by kind."""
    ax = panels.single(3.4, "steps $T$", "width $m$ that suffices", x=10, y=10, width=panels.WIDTH)
    names = {kind: f"{kind}: $T^{{{float(power):.3g}}}$" for kind, power in exponents.items()}
    marks.family(ax, table.assign(kind=table["kind"].map(names)), "T", "m", "kind")
    steepest = max(map(float, exponents.values()))
    ax.set_title(f"Proved widths grow far slower than $T^{{{steepest:.3g}}}$")
    return panels.legends(ax, title="exponent: asymptotic, up to logarithms", loc="upper left")
