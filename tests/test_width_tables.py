"""Tables and claims of notebook 05, on a small sweep."""

import numpy as np
import pandas as pd
import pytest

from ntksgd.compare import kernel_drift
from ntksgd.report import width_claims
from ntksgd.report import width_tables as tables
from ntksgd.report import width_theory_tables as theory_tables
from ntksgd.stats import rates
from ntksgd.width import budget as width_budget
from ntksgd.width import experiment
from ntksgd.width import plane_law as model
from ntksgd.width.excess import Excess
from ntksgd.width.requirement import width_law

PLAN = width_budget.Plan(400, (((8, 16), 6), ((32, 64, 128), 4)), linearised=True)


@pytest.fixture(scope="module")
def sweeps():
    """One regularity."""
    setup = experiment.setting("squareplus(0.5)", 2, 0.75, max_degree=16)
    return {0.75: experiment.run(setup, PLAN, 3, 4, 50)}


def exact_law(tau=0.1):
    """Laws of the noiseless excess 10 T^(0.2) / m."""
    times, widths = np.geomspace(100, 1e4, 5), 2.0 ** np.arange(3, 12)
    samples = np.tile(10 * times**0.2 / widths[:, None], (3, 1, 1))
    return width_law(Excess(times, ((widths, samples),)), tau, 0, 100)


def test_small_cells_are_chosen_by_theory(sweeps):
    """c(T)/m below the threshold, whatever the data say."""
    cells, sweep = tables.small_cells(sweeps[0.75]), sweeps[0.75]
    c = experiment.first_order(sweep.setup, sweep.times)
    for i, m in enumerate(sweep.network.widths):
        assert np.array_equal(cells[i], c < tables.SMALL * m)
    assert cells.any() and not cells.all()


def test_excess_table_keeps_each_cell_in_place(sweeps):
    """One row a cell, mean and error of that (m, T)."""
    table, excess = tables.excesses(sweeps), sweeps[0.75].network
    assert len(table) == excess.mean.size
    row = table[(table["m"] == 32) & (table["T"] == sweeps[0.75].times[2])].iloc[0]
    assert (row["excess"], row["standard_error"]) == (excess.mean[2, 2], excess.error[2, 2])


def test_windows_fit_the_slope_inside():
    """T^0.3 up to 1e4 and T^0.6 beyond: each window sees its own exponent."""
    T = np.geomspace(1e2, 1e6, 41)
    local = pd.DataFrame({"activation": "a", "r": 0.5, "T": T, "asymptotic": 0.25,
                                 "c": np.where(T <= 1e4, T**0.3, 1e4**-0.3 * T**0.6)})
    table = theory_tables.windows(local, (1e2, 1e4), (1e4, 1e6))
    assert list(table.iloc[0]) == ["a", 0.5, "0.30", "0.60", "0.25"]
    assert list(table.columns[2:4]) == ["1e2 to 1e4", "1e4 to 1e6"]


def test_pessimism_quotes_bound_and_need():
    """r = 1/2, T = 1e4: bound 10^14, need 10 T^0.2 / 0.1 = 631, ratio 10^11.2."""
    text = width_claims.pessimism({0.5: [exact_law()]}, 0.1)
    for part in ("$T=10,000$", "$10^{14.0}$", "**631**", "$10^{11.2}$", "against 3.50",
                 f"{10 / 0.1 * 100**0.2 * 100:,.0f}"):
        assert part in text
    assert "censored" not in text
    assert "censored" in width_claims.pessimism({0.5: [exact_law(1e-3)]}, 1e-3)


def test_claims_compare_with_paper_and_heuristic():
    """Exponent 0.2 lies below both; at other tolerances only the paper's row is made."""
    slope = exact_law().slope
    rows = width_claims.exponent_claims({(0.5, 0.1): slope, (0.5, 0.5): slope}, {0.5: slope},
                                        "relu", 0.1)
    assert [row.theory for row in rows] == [3.5, 1.0, 3.5, 3.5, 1.0]
    assert all(row.holds and row.measured == pytest.approx(0.2) for row in rows)
    steep = rates.Slope(4.0, 3.9, 4.1, 1, 2, 0)
    assert not any(row.holds for row in
                   width_claims.exponent_claims({(0.5, 0.1): steep}, {}, "relu", 0.1))


def test_linearised_claim_compares_with_first_order(sweeps):
    """Theory is the exponent of c(T) over the times of the sweep, measured the plane law's."""
    sweep = sweeps[0.75]
    lazy = model.PlaneLaw((1, 1, 1), (0.9, 0.8, 1.0), (0.9, 0.8, 1.0), 1.0, 9, 1.0)
    (row,) = width_claims.linearised_claims(sweeps, {0.75: lazy}, "x")
    c = experiment.first_order(sweep.setup, sweep.times)
    assert row.theory == pytest.approx(rates.slope(sweep.times, c).value)
    assert row.measured == 0.9 and not row.holds


def test_widest_drift_law_is_first_order_plus_difference(sweeps):
    """c + m (network - linearised) of the widest network, one row a replicate."""
    sweep = sweeps[0.75]
    found = kernel_drift.widest_drift_law(sweep)
    c = experiment.first_order(sweep.setup, sweep.times)
    gap = sweep.network.mean[-1] - sweep.linearised.mean[-1]
    assert found.shape == (4, sweep.times.size)
    np.testing.assert_allclose(found.mean(axis=0), c + 128 * gap)
