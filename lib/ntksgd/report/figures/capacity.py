"""Figure of what a rate without capacity gives away, over the capacity beta."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels


def capacity(gaps, losses, curves, T):
    """Gaps of exponents over the curves (left), losses with the best step at T (right).

    `gaps` has columns kernel, beta, r, gap, low, high, `losses` kernel, beta, loss, and `curves`
    beta, r, gap.
    """
    fig, ((left, right),) = panels.grid(1, 2, 3.4)
    decay = gaps["kernel"] == "prescribed decay"
    marks.family(left, gaps[decay], "beta", "gap", "r", ["low", "high"], ls="", label="r = {:g}")
    for (_, part), colour in zip(gaps.groupby("r"), palette, strict=False):
        relu = part[part["kernel"] != "prescribed decay"]
        left.errorbar(relu["beta"] + 0.02, relu["gap"], marks.bars(relu, "gap", ["low", "high"]),
                      ls="", marker="x", ms=5, elinewidth=0.9, color=colour)
    marks.theory(left, curves, "beta", "gap", "r", "minimax − capacity-free")
    left.set(xlabel="capacity β", ylabel="gap of the exponents", xlim=(0.98, None),
             ylim=(-0.02, None), title="the gap closes as β → 1")
    left.plot([], [], "x", color="0.4", label="ReLU, d = 5, 3, 2")
    decay = losses["kernel"] == "prescribed decay"
    for kind, style in ((decay, "o-"), (~decay, "x")):
        part = losses[kind].sort_values("beta")
        right.plot(part["beta"], part["loss"], style, color="0.4", ms=5, lw=0.8)
    right.axhline(1, color=THEORY, lw=0.8)
    right.set(xlabel="capacity β", ylabel="risk, last iterate / tail average", xlim=(0.98, None),
              yscale="log", title=f"at T = $10^{{{round(np.log10(T))}}}$, r = 1/2, best steps")
    panels.plain_ticks(right.yaxis, 0.9, 25)
    return panels.legend_below(fig, left, 3)
