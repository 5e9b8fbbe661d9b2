"""Figure of what a rate without capacity gives away, over the capacity beta."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, panels


def capacity(gaps, losses, curves, T):
    """Gaps of exponents over the curves (left), losses with the best step at T (right).

    `gaps` has columns kernel, beta, r, gap, low, high, `losses` kernel, beta, loss, and `curves`
    beta, r, gap.
    """
    fig, ((left, right),) = panels.grid(1, 2, 3.4)
    decay = gaps["kernel"] == "prescribed decay"
    # side by side: the brackets of one beta would hide each other
    apart = gaps.assign(beta=gaps["beta"] + 0.018 * (gaps.groupby("r").ngroup() - 1)
                        + np.where(decay, 0, 0.07)).sort_values("r")
    decay = apart["kernel"] == "prescribed decay"
    marks.family(left, apart[decay], "beta", "gap", "r", ["low", "high"], ls="", label="r = {:g}")
    marks.family(left, apart[~decay], "beta", "gap", "r", ["low", "high"], ls="", label=None,
                 marker="x", ms=5)
    marks.theory(left, curves, "beta", "gap", "r", "minimax − 2r/(2r+1)")
    left.set(xlabel="capacity β", ylabel="gap of the exponents", xlim=(0.98, None),
             ylim=(-0.02, None), title="The gap closes as β → 1")
    left.plot([], [], "x", color="0.4", label="ReLU (moved right)")
    decay = losses["kernel"] == "prescribed decay"
    for kind, style in ((decay, "o-"), (~decay, "x")):
        part = losses[kind].sort_values("beta")
        right.plot(part["beta"], part["loss"], style, color="0.4", ms=5, lw=0.8)
    right.axhline(1, color=THEORY, lw=0.8)
    right.set(xlabel="capacity β", ylabel="risk, last iterate / tail average", xlim=(0.98, None),
              yscale="log", title=f"The loss shrinks ($T=10^{{{round(np.log10(T))}}}$, r = 1/2)")
    panels.plain_ticks(right.yaxis, 0.9, 25)
    return panels.legend_below(fig, left, 3)
