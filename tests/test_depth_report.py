"""Tables of what depth costs: of laws that are known."""

import numpy as np
import pytest

from ntksgd.models.deep import count_parameters
from ntksgd.report import depth_prices, depth_tables
from ntksgd.stats.intervals import Interval
from ntksgd.width.excess import Excess
from ntksgd.width.requirement import width_law

TIMES, WIDTHS, TAU, CASE = np.array([100, 1000, 10000]), np.array([50, 100, 200, 400, 800]), 0.1, (
    "relu", 2)
TITLES = {CASE: "ReLU"}


def law(cost):
    """Of an excess cost/m at every T, nearly without noise."""
    noise = np.random.default_rng(0).standard_normal((8, WIDTHS.size, TIMES.size))
    return width_law(Excess(TIMES, ((WIDTHS, cost / WIDTHS[:, None] * (1 + 1e-4 * noise)),)), TAU)


LAWS = {(CASE, 1, TAU): law(10), (CASE, 2, TAU): law(25)}
LINES = {(CASE, 1): np.full(4, 20.0), (CASE, 2): np.full(4, 20.0)}
FAR = {CASE: np.array([100, 1000, 10000, 100000])}


def test_points_are_counted_about_their_lines():
    text = depth_tables.beside_line(LAWS, FAR, LINES)  # m* = 100 and 250 beside 200
    assert text == ("Of 6 points whose interval lies among the widths, 50% are below their line, "
                    "by up to 50%; the highest is 25% above.")


def test_line_ends_where_its_law_does():
    rows, curves = depth_tables.requirement(LAWS, TITLES, FAR, LINES)
    assert rows["required"].to_numpy() == pytest.approx(np.repeat([100, 250], 3), rel=1e-3)
    assert curves["T"].max() == 10000
    assert set(curves["width"]) == {200.0}


def test_prices_in_neurons_and_parameters():
    row = depth_prices.prices(LAWS, TITLES, FAR, LINES, TAU).iloc[-1]
    assert row["T"] == "1e+04"
    assert row["per layer / L = 1"] == "2.50"
    assert row["neurons / L = 1"] == "5.0"
    assert row["parameters"] == f"{count_parameters(250, 2, 2):,}"
    price = {(CASE, 2): Interval(np.array([3.0, 2.0]), np.zeros(2), np.full(2, 9.0))}
    text = depth_prices.in_numbers(price, LAWS, TITLES, FAR, TAU, {CASE: 0.05})
    assert "**3.00** at $T=100$, **2.00** at $T=10^{5}$" in text
    assert "250 against 100 at $T=10,000$" in text
    assert "+5.0 %" in text


def test_tail_is_that_of_the_eigenvalues():
    profile, spectra = depth_tables.limit_kernels([1, 2], 64)
    assert profile.groupby("depth")["kernel"].max().tolist() == pytest.approx([1, 1])
    late = spectra[spectra["degree"] >= 60]
    np.testing.assert_allclose(late["tail"] / late["eigenvalue"], 1, rtol=0.01)


def test_shift_is_the_mean_over_starts():
    found = depth_tables.shifts(2, np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([2.0, 1.0]))
    assert found["drawn"].tolist() == [2.0, 2.0]
    assert found["half"].iloc[0] > 1
    assert found["half"].iloc[1] == pytest.approx(0)
