"""Numbers and ranges of the claims table as a reader would write them."""

import pytest

from ntksgd.report.readable import count, extent, extents


@pytest.mark.parametrize("value, told", [
    (149, "149"), (9999, "9999"), (10_000, "10⁴"), (31_622_777, "3.2·10⁷"), (2.96e8, "3·10⁸"),
    ("1e500", "10⁵⁰⁰"), (0.25, "0.25"), ("4e+03", "4000"), (-20_000, "-2·10⁴"), (1e2, "100")])
def test_counts(value, told):
    assert count(value) == told


@pytest.mark.parametrize("text, told", [
    ("T = 100..1e+06, tau = 0.1", "T = 100 to 10⁶, τ = 0.1"),
    ("T = 2000, m = 16, delta = 0.5..0.002", "T = 2000, m = 16, δ = 0.5 to 0.002"),
    ("T = 100..100000, m = T^0.6/4", "T = 100 to 10⁵, m = T^0.6/4"),
    ("T = 1075..100000, tau -> 0, s^2 = 0.25", "T = 1075 to 10⁵, τ → 0, s^2 = 0.25"),
    ("k <= 20", "k ≤ 20"), ("22 of 80 pairs ordered", "22 of 80 pairs ordered")])
def test_ranges(text, told):
    assert extent(text) == told


def test_ranges_that_differ_in_their_first_part_are_told_as_one():
    assert extents(["T = 1000, m = 8..256", "T = 100000, m = 8..256", "T = 1000, m = 8..256"]) \
        == "T = 1000 and 10⁵, m = 8 to 256"
    assert extents(["T = 100, tau = 0.1", "T = 100, tau = 0.5"]) \
        == "T = 100, τ = 0.1; T = 100, τ = 0.5"
    assert extents(["T = 3162..31622777, tau = 0.1", "T = 100..100000, tau = 0.1"]) \
        == "T within 100 to 3.2·10⁷, τ = 0.1"
    assert extents(["k <= 20", "k <= 20"]) == "k ≤ 20"
