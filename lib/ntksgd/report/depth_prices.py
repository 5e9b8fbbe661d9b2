"""What depth costs: width per layer, neurons, parameters, against one hidden layer.

A case is (activation, d); laws are `WidthLaw`s by (case, L, tau), L the number of hidden layers.
"""

import numpy as np
import pandas as pd

from ntksgd.models.deep import count_parameters


def prices(laws, titles, times, lines, tau):
    """Width per layer, neurons and parameters at both ends of T, beside c_L/tau, by case and L."""
    rows = []
    for case, title in titles.items():
        depths = [L for one, L, level in laws if (one, level) == (case, tau)]
        for i, L in ((i, L) for i in (0, -1) for L in depths):
            law = laws[case, L, tau]
            line = lines[case, L][list(times[case]).index(law.times[i])] / tau
            rows.append([title, f"{law.times[i]:.0e}", L,
                         f"{law.text(i)} [{law.low[i]:.0f}, {law.high[i]:.0f}]", f"{line:.0f}",
                         *sizes(law, laws[case, 1, tau], i, L, case[1])])
    return pd.DataFrame(rows, columns=["", "T", "L", f"m*, tau = {tau}", "c_L/tau",
                                       "per layer / L = 1", "neurons / L = 1", "parameters",
                                       "parameters / L = 1"])


def in_numbers(price, laws, titles, times, tau, doubled):
    """Neurons per layer against one hidden layer, a line a case: Markdown.

    price: {(case, L): Interval at times[case]}; doubled: {case: change of the last c_1 by twice the
    degrees}.
    """
    lines = []
    for case, title in titles.items():
        depths = [L for one, L in price if one == case]
        first, last = (", ".join(f"{price[case, L].value[i]:.2f}" for L in depths) for i in (0, -1))
        few, more = laws[case, 1, tau], laws[case, depths[-1], tau]
        exact = " and ".join(f"{more.text(i)} against {few.text(i)} at $T={few.times[i]:,.0f}$"
                             for i in (0, -1))
        lines.append(f"- {title}: neurons per layer against one hidden layer, first order, "
                     f"$L={', '.join(map(str, depths))}$: **{first}** at $T={times[case][0]}$, "
                     f"**{last}** at $T=10^{{{np.log10(times[case][-1]):.0f}}}$; exact, "
                     f"$\\tau={tau}$, $L={depths[-1]}$: {exact}. "
                     f"Twice the degrees move the last $c_1$ by {100 * doubled[case]:+.1f} %.")
    return "\n".join(lines)


def sizes(law, one, index, depth, d):
    """m* at a time, and that times depth, against one hidden layer; parameters, and likewise.

    Four words each, "censored" where either law is.
    """
    if law.censored[index] or one.censored[index]:
        return ["censored"] * 4
    size, first = law.required[index], one.required[index]
    count, least = (count_parameters(2 * round(m / 2), d, L)
                    for m, L in ((size, depth), (first, 1)))
    return [f"{size / first:.2f}", f"{depth * size / first:.1f}", f"{count:,}",
            f"{count / least:.0f}"]
