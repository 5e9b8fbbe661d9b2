"""Scoreboards of notebooks 01 and 03: rows from tables whose exponents are known."""

import numpy as np
import pandas as pd
import pytest

from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.report import claims, kernel_board, rate_board, rate_tables
from ntksgd.risk import predicted

TIMES = np.geomspace(1e2, 1e12, 41)


def test_a_power_law_has_its_exponent_and_is_named_by_its_range():
    at = rate_tables.exponent(0.5, TIMES, 3 * TIMES**-0.5, 1e12)
    assert at["exponent"] == pytest.approx(-0.5) and at["low"] < -0.5 < at["high"]
    row = rate_board.exponent("claim", rate_board.STEPS, 1e12, -0.5, at)
    assert row.range == "T = 1e+09..1e+12" and (row.activation, row.d, row.r) == ("relu", 2, 0.5)
    short = rate_board.exponent("claim", "x", 1e12, -0.5, at, decades=2)
    assert short.range == "T = 1e+10..1e+12"


@pytest.mark.parametrize("power, verdict", [(-0.75, "holds"), (-0.5, "fails")])
def test_bounds_and_weight_decays_are_judged_by_their_powers(power, verdict):
    """At beta = 2 and r = 1/2 the lower bound falls like T^(-3/4), the claim like T^(-1/2)."""
    table = pd.DataFrame({"r": 0.5, "T": TIMES, "upper": 1.0, "lower": TIMES ** (power + 0.5)})
    lower, upper = rate_board.bounds(table, 1e12, beta=2.0)
    assert claims.record("03_rkhs_convergence", [lower])["verdict"].tolist() == [verdict]
    assert upper.measured == pytest.approx(upper.theory) == -0.5
    risks = TIMES ** np.array([[power], [-0.5]])
    decayed = rate_tables.decayed(["none", "some"], 0.5, TIMES, risks)
    np.testing.assert_allclose(decayed["ratio"][-len(TIMES):], TIMES ** (-0.5 - power))
    rows = rate_board.weight_decays(decayed, 0.5, 1e12, {"none": ("0", "saturation"),
                                                         "some": ("1/S_T", "logarithms")})
    assert [row.measured for row in rows] == pytest.approx([power, -0.5])
    assert rows[1].quantity == f"{rate_board.STEPS}, lambda = 1/S_T"


def test_tied_and_decaying_exponents_stand_beside_their_theory():
    circle = mercer_spectrum("relu", 2, 20_000)
    tied = rate_tables.tied(circle, [0.5], 1e8, 1.0, 1.0, 0.01, 5)
    assert tied["exponent"][0] == pytest.approx(-0.5, abs=0.03)
    limits = pd.DataFrame({"activation": "relu", "d": [2, 5], "r": 1.0, "exponent": -0.5,
                           "low": -0.6, "high": -0.4})
    attained, lines = rate_tables.saturation(limits, tied, [2, 5])
    assert attained["case"].tolist() == ["t^(-θ), d = 2", "t^(-θ), d = 5", "step tied to T, d = 2"]
    bent = lines["r"] > predicted.largest_r(predicted.relu_capacity(5)) + 1e-9
    assert np.array_equal(lines["paper"] > lines["t^(-θ), d = 5"] + 1e-12, bent)


def test_a_lost_degree_fails_the_claim_and_a_wrong_rule_its_prediction():
    columns = ["activation", "d", "gamma", "rule", "lost", "wrong"]
    zeros = pd.DataFrame([("relu", 3, 1.0, 0, 1, 1), ("relu", 3, 0.0, 9, 9, 0),
                          ("cubic", 3, 1.0, 17, 17, 2), ("cubic", 2, 1.0, 17, 17, 0)],
                         columns=columns)
    rows = kernel_board.lost_degrees(zeros, ["relu"], 20)
    assert [(row.kind, row.measured) for row in rows] == [
        ("claim", 1.0), ("prediction", 0.0), ("prediction", 2.0)]


def test_rows_are_shown_under_what_they_share():
    at = rate_tables.exponent(0.5, TIMES, TIMES**-0.5, 1e12)
    rows = [rate_board.exponent("claim", rate_board.STEPS, 1e12, -0.5, at.replace(0.5, r))
            for r in (0.5, 0.75)]
    board = claims.record("03_rkhs_convergence", rows)
    head, *lines = claims.by_quantity(board).strip().split("\n")
    assert head == f"claim: {rate_board.STEPS}; activation: relu d: 2 range: T = 1e+09..1e+12"
    assert lines[0].split() == ["r", "theory", "measured", "verdict"] and len(lines) == 3
