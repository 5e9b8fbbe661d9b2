"""What notebook 04 draws, prints and scores; the powers of (1 - t/T) that it tries."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from ntksgd.compare import families, horizon_free, powers, rates, regret
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.report import claims, schedule_tables
from ntksgd.report import schedule_board as board
from ntksgd.report.figures import optimal_schedule
from ntksgd.risk import predicted
from ntksgd.risk.collocation import observe
from ntksgd.stats.numerical import Bracket

CIRCLE = mercer_spectrum("relu", 2, 2000)


def test_every_line_of_the_best_steps_is_in_their_table():
    left = np.geomspace(0.01, 1, 9)
    curves = pd.concat([pd.DataFrame({"r": r, "noise": s2, "left": left, "best": left**2 * r,
                                      "predicted": left**2})
                        for s2 in (0.01, 1.0) for r in (0.5, 1.0)])
    table = schedule_tables.with_guide(curves, 3)
    fig = optimal_schedule.best_steps(table, 3)
    known = {tuple(zip(part["left"], part[name], strict=True))
             for name in ("best", "predicted", "guide")
             for _, part in table.dropna(subset=name).groupby(["noise", "r"], dropna=False)}
    drawn = [line for ax in fig.axes for line in ax.lines if len(line.get_xdata()) > 1]
    assert len(drawn) == 9
    assert all(tuple(zip(*line.get_data(), strict=True)) in known for line in drawn)
    guide = table.dropna(subset="guide")
    np.testing.assert_allclose(np.diff(np.log(guide["guide"])) / np.diff(np.log(guide["left"])), 3)
    plt.close(fig)


def test_noise_left_is_the_exact_variance_where_the_risk_feeds_little_back():
    modes, T, eta = rates.clustered(CIRCLE, [0.5], 0.01), 10**4, 0.01 / CIRCLE.trace
    for p in (0.5, 3.0):
        exact = observe(modes, families.schedule_of(families.power(p), eta, T), [T])[0, 0, -1]
        np.testing.assert_allclose(powers.noise_left(modes, eta, p, T), exact, rtol=0.01)


def test_least_power_leaves_least_noise():
    modes, T, S = rates.clustered(CIRCLE, [0.5], 0.01), 10**5, 300.0
    best = powers.least_power(modes, S, T)
    less, noise, more = (powers.noise_left(modes, (p + 1) * S / T, p, T)
                         for p in (best - 0.3, best, best + 0.3))
    assert noise < min(less, more)


def test_scan_of_powers_refuses_a_best_step_at_an_end():
    args = CIRCLE, 2.0, [1.0, 3.0], 10**6
    found = powers.scan(*args, 1.0, 6, 0.01, 6, workers=1)
    assert min(found["relative"]) == 1 and found["optimal"] == 3
    with pytest.raises(RuntimeError, match="at an end"):
        powers.scan(*args, 1e6, 6, 0.01, 6, workers=1)
    with pytest.raises(ValueError, match="T = 10000: must be at least 216000"):
        powers.scan(*args[:3], 10**4, 1.0, 6, 0.01, 6)


def test_exponents_without_a_horizon_are_those_derived():
    found = horizon_free.exponents(CIRCLE, 0.5, 1.0, 2.0, 1e9, 0.01, 6)
    for scheme, r, T, e, limit in found:
        assert r == 0.5 and T <= 1e9 and abs(e.value + limit) < 0.05, scheme
    table = schedule_tables.horizon_free(found, 2.0)
    np.testing.assert_allclose(table["minimax"], -2 / 3)
    rows = board.horizon_free(found, 2.0, 2)
    assert [row.theory for row in rows] == [-limit for *_, limit in found]
    assert all(row.why == "unexplained" for row in rows)
    late = board.horizon_free([(scheme, 0.75, T, e, limit) for scheme, _, T, e, limit in found],
                              2.0, 2)
    assert [row.why for row in late] == ["unexplained", "unexplained", "logarithms"]


@pytest.fixture
def scores(tmp_path, monkeypatch):
    """Rows as notebook 04 scores them, exponents of circle and T = 10^8 as derived, and regrets."""
    monkeypatch.setenv("NTKSGD_FIGURES", str(tmp_path))
    rates_of = {
        "t^(-theta): tail average, theta = 2r/(2r+1)": predicted.capacity_free,
        "t^(-theta): tail average, its own theta": lambda r: predicted.horizon_free_tail(r, 2.0),
        "best step: tail average": lambda r: predicted.minimax(r, 2.0),
        "best step: power 3": lambda r: predicted.minimax(r, 2.0),
        "best step: power 0.5": lambda r: predicted.minimax(r, 1.5)}

    def made(**off):
        rows = [board.row("prediction", "power of least variance", Bracket(3, 2.9, 3.1), 3, 1e8)]
        for name, rate in rates_of.items():
            for r in (0.25, 0.5, 1.0, 1.5):
                a = -float(rate(r)) + off.get(name, 0.0)
                rows.append(board.row("prediction", name, Bracket(a, a - 0.02, a + 0.02),
                                      -float(rate(r)), 1e8, r=r))
        return claims.record("01_toy", rows)
    summary = pd.DataFrame({"max": [100.0, 200.0, 50.0, 1.5]}, index=pd.MultiIndex.from_tuples(
        [(knows, "scheme") for knows in ("nothing", "T", "r, beta", regret.ALL)]))
    return made, summary


def test_points_of_the_opening_are_borne_out_by_rows_that_hold(scores):
    made, summary = scores
    assert all(board.opening(made(), summary, 2.0).values())


@pytest.mark.parametrize(("name", "off", "point"), [
    ("t^(-theta): tail average, theta = 2r/(2r+1)", -0.2, 1),
    ("best step: tail average", 0.1, 2),
    ("best step: power 3", 0.1, 3),
    ("best step: power 0.5", -0.2, 3),
    ("t^(-theta): tail average, its own theta", 0.1, 4),
])
def test_each_point_of_the_opening_can_fail(scores, name, off, point):
    made, summary = scores
    said = board.opening(made(**{name: off}), summary, 2.0)
    assert [k for k, true in said.items() if not true] == [point]


def test_the_last_point_needs_a_small_regret(scores):
    made, summary = scores
    said = board.opening(made(), summary.replace(1.5, 20.0), 2.0)
    assert [k for k, true in said.items() if not true] == [5]


def test_price_of_the_optimal_power_is_interpolated_at_it():
    scan = pd.DataFrame({"d": 3, "r": 0.5, "p": [1.0, 2.0, 3.0], "relative": [1.4, 1.0, 1.2],
                         "optimal": 2.5})
    (row,) = board.optimal_powers(scan, 1e8)
    assert row.measured == pytest.approx(1.1) and (row.d, row.r, row.kind) == (3, 0.5, "finding")


def test_rows_beside_the_best_are_the_worst_of_the_table():
    ratios = pd.DataFrame([
        {"family": name, "noise": s2, "r": r, "relative": value + 0.1 * s2 + 0.01 * r}
        for name, value in (("lower bound", 0.8), ("predicted steps", 1.0))
        for s2 in (0.01, 1.0) for r in (0.25, 0.5, 1.0)])
    bound, steps = board.beside_the_best(ratios, 100)
    assert bound.measured == pytest.approx(0.91) and steps.measured == pytest.approx(1.11)
    assert (bound.relation, steps.relation) == ("<=", "=") and "s^2 = 1, r" in steps.quantity
