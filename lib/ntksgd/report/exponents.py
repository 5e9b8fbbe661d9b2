"""The exponents in T of the whole study, beside those claimed and proved, from claims.csv."""

import pandas as pd

from ntksgd.report.answer import select
from ntksgd.report.answer_lines import CIRCLE_RATE, FIRST_ORDER, NETWORK_WIDTH
from ntksgd.risk.predicted_widths import theorem_width

RATE, WIDTH = "risk of kernel SGD", "width needed"
CLAIMED, MEASURED, EXACT, PROVED = "claimed", "measured", "linearised network", "proved"

_ROWS = (
    (RATE, MEASURED, "B", CIRCLE_RATE),
    (WIDTH, MEASURED, "C", NETWORK_WIDTH),
    (WIDTH, EXACT, "C", FIRST_ORDER),
)


def exponents(table: pd.DataFrame) -> pd.DataFrame:
    """Columns panel, r, kind, exponent, low, high; low and high are empty but for measured ones.

    Of the claims table `table`: for ReLU on the circle the exponent of the risk; for squareplus on
    the circle that of the width for a risk within 10 % of the kernel's; linearised, within 5 %,
    over a longer range of T.
    """
    found = []
    for panel, kind, claim, rows in _ROWS:
        for row in select(table, claim, rows).itertuples():
            found.append((panel, row.r, kind, row.measured, row.ci_low, row.ci_high))
            if kind == MEASURED:
                found.append((panel, row.r, CLAIMED, row.theory, None, None))
            if panel == WIDTH and kind == MEASURED and 0.5 <= row.r <= 1:
                found.append((panel, row.r, PROVED, theorem_width(row.r), None, None))
    table = pd.DataFrame(found, columns=["panel", "r", "kind", "exponent", "low", "high"])
    return table.astype({"low": float, "high": float})
