"""What notebook 05 concludes: rows of the scoreboard, and the bound against what is needed."""

import numpy as np

from ntksgd.report.claims import Claim
from ntksgd.risk import predicted
from ntksgd.stats import rates
from ntksgd.width.experiment import first_order


def pessimism(laws, tau):
    """The bound against what is needed, at the largest T: Markdown, one line an r."""
    lines = []
    for r, of in laws.items():
        law = next(x for x in of if x.tau == tau)
        T, need = law.times[-1], law.required[-1]
        bound = T ** predicted.sufficient_width(r)
        heuristic = law.required[0] * (T / law.times[0]) ** predicted.drift_heuristic_width(r)
        state = " (a lower bound: censored)" if law.censored[-1] else ""
        lines.append(
            f"- $r={r:g}$: at $T={T:,.0f}$ the bound asks for "
            f"$10^{{{np.log10(bound):.1f}}}$ neurons, the heuristic for {heuristic:,.0f}; "
            f"**{need:.0f}** [{law.low[-1]:.0f}, {law.high[-1]:.0f}]{state} suffice for a risk "
            f"within {100 * tau:.0f} % of the kernel's, fewer by a factor "
            f"$10^{{{np.log10(bound / need):.1f}}}$. Exponent {law.slope} against "
            f"{predicted.sufficient_width(r):.2f}.")
    return "\n".join(lines)


def rate_claims(along, sweeps, activation):
    """Slope of the network's risk along m*(T): against the kernel's, and the asymptotic rate's."""
    rows = []
    for r, path in along.items():
        bounds = {"the kernel's over the same range": rates.slope(path.times, sweeps[r].risk).value,
                  "-2r/(2r+1)": -predicted.capacity_free(r)}
        # the first holds by the definition of m* as far as one power law fits it
        rows += [Claim("C", f"slope of risk in T along the fitted m*(T), against {name}",
                       activation, 2, r, bound, path.slope.value, path.slope.low,
                       path.slope.high, "=") for name, bound in bounds.items()]
    return rows


def exponent_claims(slopes, fine, activation, tau):
    """Exponents of m* in T against the paper's; at `tau` and as tau -> 0 also the heuristic's."""
    rows = []
    named = {(r, f"tau = {t:g}"): s for (r, t), s in slopes.items()}
    limit = "tau -> 0: first order + measured drift"
    named |= {(r, limit): s for r, s in fine.items()}
    for (r, at), s in named.items():
        bounds = {"the paper's": predicted.sufficient_width(r)}
        if at in (f"tau = {tau:g}", limit):
            bounds["the heuristic's"] = predicted.drift_heuristic_width(r)
        rows += [Claim("C", f"exponent of m* in T ({at}), against {name}", activation, 2, r, bound,
                       s.value, s.low, s.high, "<=") for name, bound in bounds.items()]
    return rows


def linearised_claims(sweeps, plane_laws, activation):
    """Plane-law exponent of the linearised network against first order over the same range."""
    return [Claim("C", "exponent of m* in T, linearised (plane law), against first order",
                  activation, 2, r, rates.slope(s.times, first_order(s.setup, s.times)).value,
                  *plane_laws[r].ratio, "=") for r, s in sweeps.items()]
