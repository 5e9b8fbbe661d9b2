"""Tables and scoreboard rows of the network: what a figure draws stands in its table."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from ntksgd.compare.paths import Paths
from ntksgd.report import network_fits
from ntksgd.report import network_tables as tables
from ntksgd.report.figures import network as figures
from ntksgd.report.figures import use_style
from ntksgd.report.network_board import rows
from ntksgd.stats import two_orders as fits
from ntksgd.stats.intervals import Interval, of
from ntksgd.stats.quantiles import quantile
from ntksgd.stats.two_orders import two_orders

M, T = np.array([8, 16, 32, 64]), np.array([10, 100, 1000])


@pytest.fixture(autouse=True)
def style():
    plt.switch_backend("agg")
    use_style()
    yield
    plt.close("all")


def run(seed=0):
    """Paths of six replicates, every entry > 0, gaps falling like 1/m."""
    rng = np.random.default_rng(seed)
    risks = [rng.gamma(9, 1 / 9, (6, M.size, T.size)) / M[:, None] for _ in range(6)]
    return Paths(M, T, risks[0], risks[1], risks[0][:, 0], *risks[2:], np.zeros((6, M.size)), {})


def drawn(fig):
    """Every y that is drawn with data coordinates, of lines and of the ends of error bars."""
    points = [line.get_ydata() for ax in fig.axes for line in ax.lines]
    bars = [np.concatenate(part.get_segments())[:, 1] for ax in fig.axes for part in ax.collections]
    return np.concatenate([*points, *bars]).astype(float)


def held(fig, table, *constants):
    """Whether all that the figure draws is a number of the table, or one of the constants."""
    numbers = np.append(table.select_dtypes("number").to_numpy(dtype=float).ravel(), constants)
    y = drawn(fig)
    y = y[np.isfinite(y)]
    return np.all(np.min(np.abs(y[:, None] - numbers[np.isfinite(numbers)]), axis=1) < 1e-9)


def test_gaps_by_width():
    one = run()
    law = two_orders(M[1:], one.linearised_kernel[:, 1:, -1], (-1, -2))
    table = tables.gaps_by_width({"relu": one}, {("relu", "linearised_kernel"): law})
    assert list(table.gap.unique()) == list(tables.GAPS) == list(figures.LABELS)
    row = table.query("gap == 'network_linearised' and m == 16").iloc[0]
    interval = of(np.asarray, one.network_linearised[:, 1, -1], transform="log")
    assert tuple(row[["mean", "low", "high"]]) == (interval.value, interval.low, interval.high)
    fitted = table[table.law.notna()]
    assert set(fitted.gap) == {"linearised_kernel"} and list(fitted.m) == [16, 32, 64]
    assert set(fitted.order) == {-1}
    assert held(figures.gaps_by_width(table, 1000), table)


def test_gaps_by_time_has_the_mean_of_the_bound():
    bounds = {name: np.arange(1.0, 73).reshape(4, 6, 3) for name in ("λ = 0", "λ = 1")}
    table = tables.gaps_by_time({name: run() for name in bounds}, bounds)
    assert len(table) == 2 * 4 * 3
    np.testing.assert_allclose(table.bound[:3], bounds["λ = 0"][0].mean(axis=0))
    assert held(figures.gaps_by_time(table), table)


def test_drift():
    one = run()
    moved = tables.parameters_moved(one, [0, 2], [1.0, 2.0, 3.0])
    assert list(moved.m.unique()) == [8, 32] and list(moved.limit) == [1, 2, 3, 1, 2, 3]
    assert moved["mean"].iloc[4] == pytest.approx(np.mean(one.drift[:, 2, 1] ** 2))
    seen = replace(one, observed={"kernel": one.linearised})
    squares = tables.drift_squares({"a": seen, "b": seen})
    assert list(squares) == [(name, what) for what in tables.MOTIONS for name in "ab"]
    np.testing.assert_array_equal(squares["b", "|g - l|^2"], one.network_linearised[..., -1])
    np.testing.assert_array_equal(squares["a", "|K_T - K_0|^2"], one.linearised[..., -1] ** 2)
    laws = {key: two_orders(M, values, (-1, -2)) for key, values in squares.items()}
    change = tables.kernel_moved(M, squares, laws, {"a": 9.0 / M})
    assert change.bound.notna().sum() == 4 and change.law.notna().all()
    assert held(figures.drift(moved, change), pd.concat([moved, change]))


def test_floor_is_drawn_where_its_sign_is_sure():
    samples = run().network[..., 0]
    samples[:, -1] -= samples[:, -1].mean()
    law = two_orders(M[1:], samples[:, 1:], (-1, -2))
    table = tables.floor(M, {("relu", 100): samples}, {("relu", 100): law})
    assert np.isnan(table.law[0]) and table.law[1:].notna().all()
    np.testing.assert_allclose(table.high - table.low, 2 * table.half)
    fig = figures.floor(table)
    assert len(fig.axes[0].lines[0].get_xdata()) == 3 and held(fig, table)


def test_signature():
    ratios = {(name, r, learner, m): 1 + run(m).network[:, k]
              for name in ("relu", "erf") for r in (0.5, 1.0)
              for learner, k, m in (("network", 0, 8), ("network", 1, 16), ("linearised", 0, 8))}
    table = tables.signature(ratios, T)
    assert len(table) == 12 * 3 and held(figures.signature(table), table, 1.0)


def test_spread():
    levels, deltas = {}, {}
    for m in (16, 128):
        deltas["relu", m] = np.geomspace(0.5, 0.05, 4)
        levels["relu", m] = quantile(np.random.default_rng(m).gamma(4, 1, 100),
                                     1 - deltas["relu", m])
    table = tables.spread(levels, deltas)
    fig = figures.spread(table)
    first = table.value[table.delta == 0.5].max()
    np.testing.assert_allclose(table.guide / np.log(2 / table.delta), first / np.log(4))
    assert held(fig, table)


def test_two_orders_reads():
    samples = run().network[..., 0]
    law = two_orders(M, samples, (-1, -2))
    text = network_fits.text({("relu", 7): law}, {("relu", 7): Interval(-1, -1.5, -0.5)},
                             more={("relu", 7): "so"})
    assert str(law.leading) in text and "-1.000 [-1.500, -0.500]" in text and "so" in text


def test_rows_take_regularity_and_theory_from_the_key():
    found = {("relu", 1.0, 8): Interval(0.3, 0.2, 0.4), ("relu", 0.5, 8): Interval(0.0, -1, 1)}
    bend = "slope of risk / kernel risk in T"
    first, second = rows(bend, found, ">=", 0, "m = {2}", None)
    assert (first.claim, first.kind, first.why) == ("D", "claim", "unexplained")
    assert (first.r, first.range, first.judge()[0]) == (1.0, "m = 8", "holds")
    assert (second.r, second.judge()[0]) == (0.5, "undecided")
    theory = {key: key[1] for key in found}
    own = {("relu", 1.0, 8): "features move"}
    first, second = rows("|l - f|^2 / bound, {1}", found, "<=", theory, "-", why=own)
    assert (first.quantity, first.theory, second.theory) == ("|l - f|^2 / bound, 1.0", 1, 0.5)
    assert (first.why, second.why) == ("features move", "unexplained")


def test_an_exponent_that_is_not_told_has_no_row():
    """Noise about one order alone: the leading one is anywhere, which is no error of the reader."""
    x, rng = 2.0 ** np.arange(3, 9), np.random.default_rng(0)
    told = x**-1 * (1 + 0.01 * rng.standard_normal((20, 6)))
    lost = np.maximum(x**-2 * (1 + 0.01 * rng.standard_normal((20, 6))), 0) * -1
    assert abs(network_fits.free_order(x, told, -2).value + 1) < 0.1
    assert network_fits.free_order(x, lost, -2) is None
    with pytest.raises(ValueError, match="following"):
        network_fits.free_order(x, told, np.nan)
    found = {("relu", 1): network_fits.free_order(x, told, -2), ("relu", 2): None}
    assert len(rows("slope of |l - f|^2 in m", found, "=", -1, "m = {1}")) == 1


def test_only_an_order_that_is_not_told_is_left_out(monkeypatch):
    """Whatever its words: an error of another kind is the reader's to see."""
    def broken(*args):
        raise ValueError("statistic: returned shape (2,) for 3 means")

    monkeypatch.setattr(fits, "leading_exponent", broken)
    with pytest.raises(ValueError, match="returned shape"):
        network_fits.free_order(M, np.ones((6, 4)), -2)


def test_fitted_is_both_fits_of_each():
    samples = {("relu", 7): run().network[..., 0]}
    laws, free = network_fits.fitted(M, samples, {("relu", 7): (-1, -2)})
    assert laws == {("relu", 7): two_orders(M, samples["relu", 7], (-1, -2))}
    assert free == {("relu", 7): network_fits.free_order(M, samples["relu", 7], -2)}


def test_floor_fits_begin_at_the_widths_asked_for():
    m = np.array([4, *M])
    values = np.random.default_rng(3).gamma(9, 1 / 9, (6, m.size)) / m
    laws, free = network_fits.floor_fits(m, {("relu", 7): values, ("erf", 9): values},
                                         {7: (8, 4), 9: (4,)})
    assert list(laws) == list(free) == [("relu", 7, 8), ("relu", 7, 4), ("erf", 9, 4)]
    assert laws["relu", 7, 8] == two_orders(M, values[:, 1:], (-1, -1.5))
    assert laws["erf", 9, 4] == two_orders(m, values, (-1, -2))


def test_some_widths_of_a_run():
    whole, part = run(), tables.at_widths(run(), [16, 64])
    assert list(part.widths) == [16, 64] and part.times is whole.times
    np.testing.assert_array_equal(part.linearised_kernel, whole.linearised_kernel[:, [1, 3]])
    np.testing.assert_array_equal(part.diverged, whole.diverged[:, [1, 3]])
    np.testing.assert_array_equal(part.kernel, whole.kernel)
    with pytest.raises(ValueError, match="128"):
        tables.at_widths(whole, [16, 128])


def test_ratios_and_the_largest():
    one = run()
    found = tables.ratios({("relu", 1.0): one}, {("relu", 1.0): one}, {("relu", 1.0): 1.0 / T})
    assert len(found) == 2 * M.size
    np.testing.assert_allclose(found["relu", 1.0, "linearised", 16], one.linearised[:, 1] * T)
    ends = np.array([[1.0, 2], [0.5, 0.2], [3.0, 2.5]])
    top = network_fits.largest(Interval(*ends))
    assert (top.value, top.low, top.high) == (2, 0.5, 3)
    assert network_fits.largest(Interval(*ends), np.array([4, 1])).value == 4
