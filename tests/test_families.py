"""Families of schedules: exact risks, best steps, predicted rates, regrets."""

import numpy as np
import pytest

from ntksgd.compare import families, rates, regret
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import decays, schedules
from ntksgd.problems.target import source_target
from ntksgd.report.answer_lines import reach
from ntksgd.risk import predicted
from ntksgd.risk.exact import expected_risk


@pytest.fixture(scope="module")
def circle():
    return mercer_spectrum("relu", 2, 2000)


@pytest.fixture(scope="module")
def scanned(circle):
    """Schemes on the circle at T = 10^4, two targets, six steps."""
    modes = rates.clustered(circle, [0.5, 1.0], 0.01)
    etas = np.geomspace(1, 1e-4, 6) / circle.trace
    names = ["power 1", "power 3", "geometric", "stable-decay 20 %"]
    return modes, etas, families.scheme_risks(modes, names, etas, [10**3, 10**4], workers=1)


@pytest.mark.parametrize(("scheme", "make", "average"), [
    ("power 1", lambda e, T: decays.linear_to_zero(e, T), None),
    ("power 3", lambda e, T: decays.power_to_zero(e, T, 3), None),
    ("geometric", lambda e, T: decays.geometric(e, T, 1 / T), None),
    ("stable-decay 20 %", lambda e, T: decays.warmup_stable_decay(e, T, 0, 0.2), None),
    ("last, constant", lambda e, T: schedules.constant(e), None),
    ("uniform average", lambda e, T: schedules.constant(e), "uniform"),
    ("tail average", lambda e, T: schedules.constant(e), "tail"),
])
def test_schemes_are_expected_risks_of_their_schedule(circle, scanned, scheme, make, average):
    modes, etas, risks = scanned
    for i, r in enumerate((0.5, 1.0)):
        exact = expected_risk(circle, source_target(circle, r, 0.01), make(etas[2], 10**4), 10**4,
                              0.3, average=average)
        expected = exact.risk if average is None else exact.averaged
        seen = families.noisy(risks[scheme][2, 1], 0.3)[i]
        np.testing.assert_allclose(seen, expected[0], rtol=1e-7)


def test_horizon_free_is_the_expected_risk(circle, scanned):
    modes, etas, _ = scanned
    seen = families.horizon_free(modes, etas[0], [0.3, 0.5], [100, 10**4], workers=1)
    exact = expected_risk(circle, source_target(circle, 1.0, 0.01),
                          schedules.polynomial(etas[0], 0.5), 10**4, 1.0, average="tail")
    np.testing.assert_allclose(families.noisy(seen[:, 1, 1], 1.0)[:, 1],
                               [exact.risk[0], exact.averaged[0]], rtol=1e-7)


def test_steps_between_the_grid_and_the_best_step(scanned):
    etas = np.geomspace(1, 1e-4, 9)
    risks = np.exp((np.log(etas) + 3.3) ** 2 / 7)[:, None]
    np.testing.assert_allclose(families.at_step(etas, risks, 0.02),
                               np.exp((np.log(0.02) + 3.3) ** 2 / 7), rtol=1e-12)
    best, least = families.best_step(etas, risks)
    np.testing.assert_allclose(np.log(best), -3.3, atol=0.02)
    np.testing.assert_allclose(least, 1, rtol=1e-4)
    loss = families.wrong_step(etas, risks[:, 0], [0.5, 1, 2, 1e6])
    np.testing.assert_allclose(loss[:3], np.exp(np.log([2, 1, 2]) ** 2 / 7), rtol=3e-3)
    assert np.isnan(loss[3])
    with pytest.raises(ValueError, match="eta = 2.0: must lie in"):
        families.at_step(etas, risks, 2.0)


@pytest.mark.parametrize(("options", "message"), [
    ({"decaying": ["power"]}, "scheme = 'power'"),
    ({"decaying": ["cosine"]}, "scheme = 'cosine'"),
    ({"decaying": ["power -1"]}, "p = -1"),
    ({"etas": [np.nan]}, "etas"),
    ({"horizons": [1]}, "horizons = 1"),
])
def test_bad_input_is_named(scanned, options, message):
    good = {"decaying": ["power 1"], "etas": [0.1], "horizons": [10]}
    with pytest.raises(ValueError, match=message):
        families.scheme_risks(scanned[0], **(good | options))


def test_claimed_rate_ends_at_the_largest_r():
    """There memory, 2 - 1/beta powers of S_T, overtakes the bias's 2r; on the circle at r = 3/4."""
    for beta in (*map(predicted.relu_capacity, (2, 3, 10)), 1.05, np.inf):
        edge, r = predicted.largest_r(beta), np.linspace(0.1, 2, 191)
        rate = predicted.capacity_free(r)
        attained = predicted.last_iterate(r, rate, beta)
        np.testing.assert_allclose(attained[r <= edge], rate[r <= edge])
        assert np.all(attained[r > edge + 1e-9] < rate[r > edge + 1e-9])
        np.testing.assert_allclose(predicted.memory(beta, 0.3), predicted.bias(edge, 0.3))
    assert predicted.largest_r(predicted.relu_capacity(2)) == reach(2) == 0.75


def test_predicted_rates_saturate_where_they_should():
    r = np.array([0.3, 0.5, 1.0, 2.0])
    for beta in (1.25, 1.5, 2.0):
        minimax = predicted.minimax(r, beta)
        np.testing.assert_allclose(predicted.power_to_zero(r, beta, 0), predicted.capacity_free(r))
        np.testing.assert_allclose(
            predicted.power_to_zero(r, beta, predicted.optimal_power(beta)), minimax)
        assert np.all(predicted.power_to_zero(r, beta, 0.5 * (beta - 1)) < minimax)
        for scheme, rate in (("last, constant", predicted.capacity_free(r)),
                             ("power 3", minimax), ("tail average", minimax),
                             ("geometric", minimax), ("power 0.5", predicted.minimax(
                                 r, min(beta, 1.5))),
                             ("uniform average", predicted.minimax(np.minimum(r, 1), beta))):
            np.testing.assert_allclose(families.predicted_rate(scheme, r, beta), rate)
        edge = predicted.largest_r(beta)
        free = predicted.horizon_free_tail(r, beta)
        np.testing.assert_allclose(free[r <= edge], minimax[r <= edge])
        np.testing.assert_allclose(free[r > edge], edge)
        theta = predicted.horizon_free_theta(r, beta)
        assert np.all(theta <= 0.5) and np.all(theta[r > edge] == pytest.approx(0.5))
        np.testing.assert_allclose(2 * np.minimum(r, edge) * (1 - theta), free)  # the bias


def test_logarithms_are_local_exponents():
    """(T/log T)^(-a) for geometric steps, by its difference quotient at T = 10^7."""
    T = np.array([0.999e7, 1.001e7])
    slope = np.diff(np.log(T / np.log(T)))[0] / np.diff(np.log(T))[0]
    local = families.predicted_rate("geometric", 0.5, 2.0, 1e7)
    np.testing.assert_allclose(local, slope * predicted.minimax(0.5, 2.0), rtol=1e-6)
    assert families.predicted_rate("power 1", 0.5, 2.0, 1e7) < predicted.minimax(0.5, 2.0)
    with pytest.raises(ValueError, match="scheme = 'cosine'"):
        families.predicted_rate("cosine", 0.5, 2.0)


def test_balanced_sum_balances():
    S = regret.balanced_sum(0.75, 1.5, 1e6, 0.1)
    np.testing.assert_allclose(S**-1.5, 0.1 * S ** (1 / 1.5) / 1e6)
    assert regret.balanced_sum(0.75, 1.5, 1e6, 0.0) == np.inf


def test_candidates_are_no_better_than_the_least_and_use_what_they_say(scanned):
    modes, etas, risks = scanned
    known = {name: columns[:, -1:] for name, columns in risks.items()}
    noises = [0.0, 1.0]
    made = regret.candidate_risks(modes, known, etas, 1e4, [0.5, 1.0], 2.0, noises, workers=1)
    least = regret.least_risks(known, etas, made, noises)
    assert all(np.all(risk >= least) for risk in made.values())
    rows = regret.regrets(modes, known, etas, 1e4, [0.5, 1.0], 2.0, noises, workers=1)
    assert len(rows) == 4 * len(made)
    row = rows[7]  # the second scheme, noise 1, r = 1
    assert (row["knows"], row["scheme"]) == list(made)[1] and (row["s2"], row["r"]) == (1.0, 1.0)
    assert row["regret"] == made[row["knows"], row["scheme"]][1, 1] / least[1, 1]
    np.testing.assert_allclose(made["nothing", "tail average, largest step"],
                               [families.noisy(known["tail average"][0, 0], s2) for s2 in noises])
    # without noise the balance asks for the largest step
    np.testing.assert_allclose(made["T, r, beta, s2", "power 1, c = 4"][0],
                               known["power 1"][0, 0, :-1])
    eta = 4 * regret.balanced_sum(1.0, 2.0, 1e4, 1.0) / 1e4 * etas[0]
    np.testing.assert_allclose(
        made["T, r, beta, s2", "tail average, c = 4"][1, 1],
        families.at_step(etas, families.noisy(known["tail average"][:, 0], 1.0)[:, 1], eta))
