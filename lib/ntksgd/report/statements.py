"""Statements: a measured number beside what theory says of it.

Four kinds: a *claim* tests what the paper says, a *prediction* what we derive ourselves, a *check*
an identity or code against code; a *finding* is measured and has no theory. Only rows of kind
claim, with the claim's own number as theory, count as support of a claim. The verdict follows from
the interval by the rule of `ntksgd.report.verdicts`, for the numbers as they are written; an exact
number is judged unrounded. Findings have no verdict, and neither has any row of claim F: nothing
is claimed there, the reader compares prediction and interval.
"""

import math
from dataclasses import KW_ONLY, dataclass

from ntksgd import check
from ntksgd.report.verdicts import RELATIONS, WHY, verdict

CLAIMS = ("A", "B", "B*", "B'", "C", "D", "E", "F")
KINDS = ("claim", "prediction", "check", "finding")
INTERVALS = ("statistical", "numerical", "none")
FLOAT_FORMAT = "%.8g"


@dataclass(frozen=True)
class Statement:
    """A measured number beside what theory says of it.

    ValueError if a value is unknown, missing, NaN or contradicts another, or the row could not
    fail.

    Parameters
    ----------
    claim, kind : str
        One of `CLAIMS`, one of `KINDS`.
    quantity : str
        What is measured, in words, e.g. ``"exponent of the risk in T"``.
    measured : float
    range : str
        Ranges of T, m and tau, e.g. ``"T = 1e5..1e8, tau = 0.1"``; ``"-"`` where there is none.
    theory : float or None
        The number claimed or predicted; None for a finding.
    relation : str
        ``=``, ``<=`` or ``>=``: measured is said to equal theory, or to be at most or at least it.
    interval : pair (low, high), object with attributes low and high, or None
        One end may be infinite. None: the number is exact.
    interval_kind : str
        ``statistical`` (sampling) or ``numerical`` (discretisation, fit of an exact curve); with
        no interval ``none``.
    activation : str
    d, r : int and float, or None
        Inputs on S^(d-1); regularity of the target.
    resolution : float or None
        The largest half-width that still tells; only for ``=``.
    here, settles : float and str
        The exact value of theory on the range measured, not asymptotic yet, and from where on it
        is asymptotic ("from T = 1e9 on"); both or none.
    why : str
        One of `WHY`: the reason, should the row fail.
    """

    claim: str
    quantity: str
    kind: str
    _: KW_ONLY
    measured: float
    range: str
    theory: float | None = None
    relation: str = ""
    interval: object | None = None
    interval_kind: str = "none"
    activation: str = ""
    d: int | None = None
    r: float | None = None
    resolution: float | None = None
    here: float | None = None
    settles: str = ""
    why: str = "unexplained"

    def __post_init__(self):
        for name, allowed in (("claim", CLAIMS), ("kind", KINDS), ("why", WHY),
                              ("interval_kind", INTERVALS),
                              ("relation", ("",) if self.kind == "finding" else RELATIONS)):
            check.one_of(name, getattr(self, name), allowed)
        for name in ("measured", "theory", "d", "r", "here"):
            if name == "measured" or getattr(self, name) is not None:
                check.number(name, getattr(self, name))
        finding, equal = self.kind == "finding", self.relation == "="
        exact = self.interval is None
        low, high = self.ends
        for name, valid, message in (
            ("quantity", self.quantity, "say in words what is measured"),
            ("range", self.range, "name T, m, tau, or '-' where there is none"),
            ("kind", self.claim != "F" or self.kind in ("finding", "prediction"),
             "claim F has findings and predictions only"),
            ("theory", (self.theory is None) == finding, "a number, and none for a finding"),
            ("here", self.here is None or not finding, "none for a finding"),
            ("settles", (self.settles == "") == (self.here is None), "goes with here"),
            ("interval_kind", (self.interval_kind == "none") == exact, "must fit interval"),
            ("interval", exact or low < high, "low < high is needed, None for an exact number"),
            ("interval", math.isfinite(low) or math.isfinite(high), "contradicts nothing"),
            ("measured", _written(low) <= _written(self.measured) <= _written(high),
             f"outside its interval [{low}, {high}]"),
            ("resolution", self.resolution is None or equal, "only '=' has one"),
            ("resolution", self.resolution or not (exact and equal) or self.claim == "F",
             "an exact number needs one for '=', e.g. 1e-10"),
        ):
            if not valid:
                raise ValueError(f"{name} = {getattr(self, name)!r}: {message}")
        if self.resolution is not None:
            check.positive("resolution", self.resolution)

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends of the interval; twice the number itself where it is exact."""
        if self.interval is None:
            return self.measured, self.measured
        pair = self.interval
        low, high = (pair.low, pair.high) if hasattr(pair, "low") else pair
        return float(low), float(high)

    def judge(self) -> tuple[str, str]:
        """Verdict and why, both empty where there is no verdict.

        Why is a key of `WHY` or a sentence; a row that holds names the resolution it declared.
        """
        if self.theory is None or self.claim == "F":
            return "", ""
        low, high = map(_written, self.ends)
        theory, resolution = _written(self.theory), self.resolution
        if self.interval is None:
            # a tolerance may be finer than the digits written, and there is no width to judge
            margin, theory, resolution = self.resolution or 0.0, self.theory, math.inf
            low, high = self.measured - margin, self.measured + margin
        result = verdict(self.relation, theory, low, high, resolution, self.here)
        return result, {
            "holds": f"resolution {self.resolution:g}" if self.resolution else "",
            "fails": self.why,
            "undecided": f"interval {'too wide' if self.relation == '=' else 'contains the bound'}",
            "out of range": f"not asymptotic: {self.settles}",
        }[result]


def _written(value: float) -> float:
    """`value` as it reads in the csv file."""
    return float(FLOAT_FORMAT % value)
