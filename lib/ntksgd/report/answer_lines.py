"""The lines of `ntksgd.report.answer`: claims of the paper, and what lies beyond it."""

from ntksgd.report.answer import Line, by_regularity, number, ranges, span
from ntksgd.report.rate_board import STEPS
from ntksgd.report.readable import count, extent
from ntksgd.report.width_board import AGAINST
from ntksgd.risk.predicted import largest_r, relu_capacity
from ntksgd.risk.predicted_widths import sufficient_width

TAU = "tau = 0.1"  #: the tolerance at which widths are told


def at_tau(value: str) -> bool:
    """Fits a range that ends with `TAU`."""
    return value.endswith(TAU)


#: Rows of claims.csv that the sentences and the picture speak of too.
NETWORK_WIDTH = {"quantity": f"{AGAINST}, network", "range": at_tau}
FIRST_ORDER = {"quantity": "exponent of m* against first order, linearised",
               "activation": "squareplus(0.5)", "d": 2}
CIRCLE_RATE = {"quantity": STEPS, "kind": "claim", "activation": "relu", "d": 2}


def starts(*beginnings: str):
    """Fits what begins with one of `beginnings`."""
    return lambda value: value.startswith(beginnings)


def reach(d: int) -> float:
    """The largest r with claim B's rate, for ReLU on S^(d-1)."""
    return largest_r(relu_capacity(d))


def _within(row):
    return row.activation == "relu" and row.r <= reach(row.d)


def _beyond(row):
    return row.activation == "relu" and row.r > reach(row.d)


def _zeros(rows):
    return f"{rows['measured'].sum():.0f} zeros in {len(rows)} kernels, {ranges(rows)}"


def _of_bound(rows):
    share = (rows["measured"] / rows["theory"]).max()
    return f"at most {share:.2f} of our explicit bound, {ranges(rows)}"


def _rates(rows):
    return f"{by_regularity(rows)}; {ranges(rows)}"


def _decays(rows):
    return "; ".join(f"{row.quantity.rpartition('= ')[2]}: {number(row, '.2f')}"
                     for row in rows.itertuples()) + f"; {ranges(rows)}"


def _tails(rows):
    powers = rows[rows["quantity"].str.startswith("power")]
    far = powers.loc[powers["ci_high"].idxmax()]
    return (f"power of log(2/δ), at most 1 claimed: {span(powers)}; least certain, in the farthest "
            f"tail: {number(far, '.2g')}")


def _by_width(rows):
    # the narrowest network is the one whose features move most
    wide = rows[~rows["range"].str.endswith("m = 4")]
    return f"slope in T of risk over the kernel's, narrowest m left out: {by_regularity(wide)}"


def _widths(rows):
    at = rows[rows["range"].map(at_tau)]
    return f"{by_regularity(at)}; {ranges(at)}"


def _neurons(rows):
    return "; ".join(
        f"{learner.rpartition(' ')[2]}, {extent(where)}: " + ", ".join(
            f"{number(row, '.0f')} (r = {row.r:g})" for row in group.sort_values("r").itertuples())
        for (learner, where), group in rows.groupby(["quantity", "range"], sort=False))


def _asked(rows):
    each = "; ".join(f"{count(row.measured)} at {extent(row.range)}, r = {row.r:g}"
                     for row in rows.itertuples())
    return f"neurons asked for: {each}; constants are loose"


def _powers():
    return ", ".join(f"{sufficient_width(r):.3g} at r = {r:g}" for r in (0.5, 0.75, 1))


LINES = (
    Line("E", "the tangent kernel is positive definite, Mercer, and defines an RKHS: no eigenvalue "
         "is 0 (with a bias)", _zeros, "01_tangent_kernel",
         "a neuron vanishes on a degree only if a part of it is a polynomial",
         "proved", {"kind": "claim"}),
    Line("A", "at the ridge m^(-1/(2r+1)) the kernel of m neurons approximates the target up to "
         "O(m^(-r/(2r+1)))", _of_bound, "02_approximation_error",
         "at this ridge the bias dominates: hardly sensitive to m", "proved for 1/2 ≤ r ≤ 1",
         {"kind": "claim"}),
    Line("B", "kernel SGD, last iterate, steps t^(-2r/(2r+1)), no weight decay (our reading): risk "
         "T^(-2r/(2r+1)), eigenvalues ~ i^(-β), r ≤ 1 - 1/(2β) (ReLU, all d)", _rates,
         "03_rkhs_convergence", "bias and late noise balance", "proved",
         {"kind": "claim", "quantity": STEPS}, _within),
    Line("B", f"the same, r > 1 - 1/(2β): ReLU, r > {reach(2):g} for d = 2, r > {reach(3):.2f} for "
         "d = 3, less beyond", _rates, "03_rkhs_convergence",
         "the noise of the first steps is forgotten too slowly; just beyond, not yet visible",
         "false, proved", {"kind": "claim", "quantity": STEPS}, _beyond),
    Line("B", "the same, eigenvalues that fall faster than any power (squareplus)", _rates,
         "03_rkhs_convergence", "no power law: neither theorem applies", "",
         {"kind": "claim", "quantity": STEPS, "activation": starts("squareplus")}),
    Line("B", "the same, ReLU, r = 1, with a vanishing weight decay", _decays,
         "03_rkhs_convergence", "1/S_T forgets too little; log T / S_T costs logarithms",
         "the second has the rate up to logarithms (scaling argument)",
         {"kind": "claim", "quantity": starts(f"{STEPS}, lambda")}),
    Line("B", "ours: a constant step made for a known T, T^(-2r/(2r+1)) up to a factor (03) or "
         "the best one (04): the same rate, for every r (ReLU, d = 2)", _rates, "04_schedules",
         "no early step is larger than the last", "proved for the first, as an upper bound",
         {"quantity": ("step T^(-2r/(2r+1))", "best step: last, constant"), "d": 2}),
    Line("B*", "its exponent is minimax (known) in the limit β → 1 (large d)",
         lambda rows: f"gap of the exponents {by_regularity(rows, '.3f')}", "03_rkhs_convergence",
         "at a given kernel better exponents are possible", "", {"kind": "claim"}),
    Line("B'", "the network's risk stays below the bound on kernel SGD", _of_bound,
         "05_network_follows_kernel", "network = kernel + fluctuation + drift", "",
         {"kind": "claim", "quantity": starts("sup over T")}),
    Line("B'", "ours: what a finite width adds falls like 1/m", _rates,
         "05_network_follows_kernel",
         "fluctuation is O(1/m), drift is next; from m = 8 on a third order shows", "",
         {"quantity": starts("leading order of the floor")}),
    Line("B'", "with probability 1 - δ at the price of a factor log(2/δ)", _tails,
         "05_network_follows_kernel", "far tails are too rare to tell with these samples", "",
         {"kind": "claim", "quantity": starts("power of log", "sup over delta")}),
    Line("D", "too small a width degrades the rate", _by_width, "05_network_follows_kernel",
         "plain at r = 1; at r = 1/2 the level suffers, the rate hardly", "", {"kind": "claim"}),
    Line("C", f"a width T^(1+5/(2r+1)) suffices ({_powers()}): here m* of one target for each r "
         "(squareplus, circle) grows no faster", _widths, "06_width_requirement",
         "a test of the claim, which is about all targets, not a proof", "",
         {"kind": "claim", "quantity": lambda v: v.endswith("network")}),
    Line("C", "the same, worst target of the class, linearised network", _widths,
         "06_width_requirement", "the mean risk is linear in the target's power per degree", "",
         {"kind": "claim", "quantity": lambda v: "worst target" in v}),
    Line("C", "ours: the linearised network's m* grows like c(T), the coefficient of 1/m in its "
         "excess", _rates, "06_width_requirement",
         "the random kernel couples what is learnt to what is not yet", "",
         FIRST_ORDER),
    Line("C", "ours: a width T^((1+r)/(2r+1)), up to logarithms, suffices for a risk within 1+τ of "
         "kernel SGD's", _asked, "08_width_theorem",
         "pairs of opposite neurons cancel the quadratic term in the moves",
         "proved: smooth activation, paired start, uniform inputs, noisy labels, 1/2 ≤ r ≤ 1, with "
         "high probability",
         {"quantity": "width that the proof asks for"}),
    Line("C", "how wide, then, for a risk within 10 % of the kernel's (squareplus, d = 2)?",
         _neurons, "06_width_requirement",
         "fluctuation at the start decides, drift changes it less", "",
         {"quantity": starts("neurons needed"), "range": at_tau}),
)
