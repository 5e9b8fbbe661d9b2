"""Tables and scoreboard rows of the network: what a figure draws stands in its table."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from ntksgd.compare.paths import Paths
from ntksgd.report import network_tables as tables
from ntksgd.report.figures import network as figures
from ntksgd.report.figures import use_style
from ntksgd.report.network_board import rows
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
    squares = {"a": one.network[..., 0], "b": one.linearised[..., 0]}
    laws = {name: two_orders(M, values, (-1, -2)) for name, values in squares.items()}
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
    line = fig.axes[0].lines[-1].get_ydata()
    assert line[0] == pytest.approx(table.value[table.delta == 0.5].max())
    assert held(fig, table, *line)


def test_two_orders_reads():
    samples = run().network[..., 0]
    law = two_orders(M, samples, (-1, -2))
    text = tables.two_orders({("relu", 7): law}, {("relu", 7): Interval(-1, -1.5, -0.5)},
                             more={("relu", 7): "so"})
    assert str(law.leading) in text and "-1.000 [-1.500, -0.500]" in text and "so" in text


def test_rows_take_regularity_and_theory_from_the_key():
    found = {("relu", 1.0, 8): Interval(0.3, 0.2, 0.4), ("relu", 0.5, 8): Interval(0.0, -1, 1)}
    first, second = rows("D", "claim", "slope", found, "m = {2}", ">=", 0, r=None)
    assert (first.r, first.range, first.judge()[0]) == (1.0, "m = 8", "holds")
    assert (second.r, second.judge()[0]) == (0.5, "undecided")
    theory = {key: key[1] for key in found}
    assert [one.theory for one in rows("B'", "claim", "{0}", found, "-", "<=", theory)] == [1, 0.5]


def test_an_exponent_that_is_not_told_has_no_row():
    """Noise about one order alone: the leading one is anywhere, which is no error of the reader."""
    x, rng = 2.0 ** np.arange(3, 9), np.random.default_rng(0)
    told = x**-1 * (1 + 0.01 * rng.standard_normal((20, 6)))
    lost = np.maximum(x**-2 * (1 + 0.01 * rng.standard_normal((20, 6))), 0) * -1
    assert abs(tables.free_order(x, told, -2).value + 1) < 0.1
    assert tables.free_order(x, lost, -2) is None
    with pytest.raises(ValueError, match="following"):
        tables.free_order(x, told, np.nan)
    found = {("relu", 1): tables.free_order(x, told, -2), ("relu", 2): None}
    assert len(rows("B'", "prediction", "order", found, "m = {1}", "=", -1)) == 1
