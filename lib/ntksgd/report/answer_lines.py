"""The lines of `ntksgd.report.answer`: claims of the paper, and what lies beyond it."""

import re

import pandas as pd

from ntksgd.report.answer import Line, by_regularity, lines_of, number, ranges, span

TAU = "tau = 0.1"  #: the tolerance at which widths are told


def starts(*beginnings: str):
    """Fits what begins with one of `beginnings`."""
    return lambda value: value.startswith(beginnings)


def _zeros(rows):
    return f"{rows['measured'].sum():.0f} zeros in {len(rows)} kernels, {ranges(rows)}"


def _of_bound(rows):
    share = (rows["measured"] / rows["theory"]).max()
    return f"at most {share:.2f} of the explicit bound, {ranges(rows)}"


def _of_rate(rows):
    share = (rows["measured"] / rows["theory"]).max()
    widths = sorted(int(m) for text in rows["range"] for m in re.findall(r"m = (\d+)", text))
    return (f"at most {share:.2f} of the explicit bound on kernel SGD, m = {widths[0]} to "
            f"{widths[-1]}")


def _rates(rows):
    return f"{by_regularity(rows)}; {ranges(rows)}"


def _power(rows):
    far = rows.loc[rows["ci_high"].idxmax()]
    return f"{span(rows)}; in the farthest tail {number(far, '.2g')}"


def _slopes(rows):
    # the narrowest network is the one whose features move most
    narrow = rows["range"].str.endswith("m = 4")
    return (f"slope of risk / kernel risk in T: {span(rows[~narrow], '.2f')}, "
            f"at m = 4 {span(rows[narrow], '.2f')}")


def _widths(rows):
    at = rows[rows["range"].str.endswith(TAU) & rows["quantity"].str.endswith("network")]
    return f"{by_regularity(at)}; {ranges(at)}" if len(at) else by_regularity(rows)


def _neurons(rows):
    return "; ".join(
        f"{where}: " + ", ".join(f"{number(row, '.0f')} (r = {row.r:g})"
                                 for row in group.sort_values("r").itertuples())
        for where, group in rows.groupby("range", sort=False))


def _asked(rows):
    return "; ".join(f"{row.range}: {row.measured:.0e}" for row in rows.itertuples()) \
        + " neurons asked for, far more than needed"


LINES = (
    Line("E", "the tangent kernel is positive definite, Mercer, and defines an RKHS: no eigenvalue "
         "is 0 (with a bias)", _zeros, "01_tangent_kernel", "analytic or ReLU, and no polynomial",
         "proved", {"kind": "claim"}),
    Line("A", "the kernel of m neurons approximates the target up to O(m^(-r/(2r+1)))", _of_bound,
         "02_approximation_error", "the ridge, not the neurons, limits it",
         "proved for 1/2 ≤ r ≤ 1", {"kind": "claim"}),
    Line("B", "kernel SGD, last iterate, steps t^(-2r/(2r+1)): risk T^(-2r/(2r+1)), r up to 3/4",
         _rates, "03_rkhs_convergence", "bias and late noise balance",
         "proved for r ≤ 1 - 1/(2β), β the kernel's capacity",
         {"kind": "claim", "quantity": "steps t^(-2r/(2r+1))", "r": lambda r: r <= 0.75}),
    Line("B", "the same, beyond r = 3/4", _rates, "03_rkhs_convergence",
         "the noise of the first steps is forgotten too slowly",
         "false for r > 1 - 1/(2β), proved; a constant step tied to T repairs it",
         {"kind": "claim", "quantity": "steps t^(-2r/(2r+1))", "r": lambda r: r > 0.75}),
    Line("B", "the same, r = 1, with a weight decay that vanishes like 1/S_T", _rates,
         "03_rkhs_convergence", "1/S_T decays too little to forget, log T / S_T costs logarithms",
         "", {"kind": "claim", "quantity": starts("steps t^(-2r/(2r+1)), lambda")}),
    Line("B*", "no method does better at all kernels: minimax as the capacity tends to 1",
         lambda rows: f"gap of the exponents {by_regularity(rows, '.3f')}", "03_rkhs_convergence",
         "the exponents meet at β = 1; at a given kernel better ones are possible", "",
         {"kind": "claim"}),
    Line("B'", "SGD on the network does as well, up to a floor that falls with m", _of_rate,
         "05_network_follows_kernel", "network = kernel + fluctuation + drift, O(1/m) in all",
         "", {"kind": "claim", "quantity": starts("sup over")}),
    Line("B'", "with probability 1 - δ at the price of a factor log(2/δ)", _power,
         "05_network_follows_kernel", "far tails of very narrow networks are too rare to tell", "",
         {"kind": "claim", "quantity": starts("power of log")}),
    Line("D", "too small a width degrades the rate", _slopes, "05_network_follows_kernel",
         "a floor of order 1/m; the narrowest networks learn features instead", "",
         {"kind": "claim"}),
    Line("C", "a width T^(1+5/(2r+1)) suffices, a power 3.5, 3, 2.67 of T at r = 1/2, 3/4, 1",
         _widths, "06_width_requirement", "far more than is needed, the worst target included", "",
         {"kind": "claim"}),
    Line("C", "ours: the linearised network needs c(T)/τ neurons, c computed", _rates,
         "07_width_theory", "degrees already learnt leak into those not yet learnt", "",
         {"quantity": "exponent of m* against first order, linearised",
          "activation": "squareplus(0.5)", "d": 2}),
    Line("C", "ours: a width T^((1+r)/(2r+1)), up to logarithms, suffices", _asked,
         "08_width_theorem", "paired neurons cancel the quadratic term",
         "proved for smooth activations, 1/2 ≤ r ≤ 1",
         {"quantity": "width that the proof asks for"}),
    Line("C", "how wide, then, for a risk within 10 % of the kernel's (squareplus, d = 2)?",
         _neurons, "06_width_requirement", "networks to 10⁵ steps, linearised ones beyond", "",
         {"quantity": starts("neurons needed"), "range": lambda v: v.endswith(TAU)}),
)


def _factor_two(rows):
    ratio = rows["measured"]
    return (f"within a factor 2 in {((ratio >= 0.5) & (ratio <= 2)).sum()} of {len(rows)} cases, "
            f"{rows['quantity'].str.split(':').str[0].nunique()} data sets")


def _by_time(rows):
    return "; ".join(f"{where}: {span(group, '.2f')}"
                     for where, group in rows.groupby("range", sort=False))


def _largest(rows):
    row = rows.loc[rows["measured"].idxmax()]
    return f"at most {number(row, '.2g')} points ({row['quantity'].split(':')[0]}, {row['range']})"


BEYOND = (
    Line("F", "deeper networks: neurons per layer, L layers over one, to first order", _by_time,
         "09_deeper_networks", "each layer fluctuates, and the kernel's mean shifts", "",
         {"quantity": starts("c_2 / c_1", "c_3 / c_1"), "d": 2}),
    Line("F", "logistic and Huber loss: m times excess over the derived c(T), linearised",
         lambda rows: span(rows, ".2f"), "10_other_losses",
         "near the target each loss is a weighted square", "",
         {"quantity": starts("m times excess loss")}),
    Line("F", "real data: factor by which test error foretold from one half misses the other",
         lambda rows: span(rows, ".2f"), "11_real_data", "the whole spectrum, not one exponent", "",
         {"quantity": lambda v: "test error, typical factor" in v and v.endswith("/ kernel")}),
    Line("F", "classification: test error, limit kernel less network", _largest,
         "12_classification", "features help where the kernel is blind to the labels", "",
         {"quantity": lambda v: v.endswith("test error, kernel SGD less network")}),
    Line("F", "your data: width of the kernel regime, measured over predicted", _factor_two,
         "13_your_data", "fluctuation and drift, computed from drawn starts", "",
         {"quantity": lambda v: v.endswith("width of the kernel regime, measured over predicted")}),
)


def answers(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two tables: claims of the paper and of this study on them, and what lies beyond."""
    return lines_of(table, LINES), lines_of(table, BEYOND)
