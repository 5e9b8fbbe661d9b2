"""Odd inputs at the public boundary: a finite and sane result, or an error that names the culprit.

Each case calls one public function with good arguments of which up to two are replaced by odd ones:
wrong types, NaN and infinities, numbers too large and too small, arrays of other shapes. It must
return what `sane` accepts, without a warning and within ten seconds, or raise a ValueError, a
TypeError or an ArithmeticError whose message names one of its parameters.

    pytest tests/test_boundary.py --hypothesis-profile=thorough        (many more examples)
"""

import re
import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ntksgd
from ntksgd.kernels.deep import relu_circle_tail
from ntksgd.kernels.deep_shift import eigenvalue_shift, mean_shift
from ntksgd.kernels.drawn_deep import deep_operator
from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum, quadrature_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models import class_losses, deep, losses
from ntksgd.models.two_layer import initialise
from ntksgd.problems import classes, decays, labels, schedules
from ntksgd.problems.data import Population, to_sphere
from ntksgd.problems.grid import log_times
from ntksgd.problems.samples import Samples, draw_samples
from ntksgd.risk.given_start import risk_given_start
from ntksgd.risk.memory import first_step_bound
from ntksgd.risk.stability import largest_stable_step
from ntksgd.sgd import deep as deep_sgd
from ntksgd.stats import intervals
from ntksgd.width.deep_starts import layer_costs
from ntksgd.width.excess import Excess
from ntksgd.width.linearised import linearised_sweep

quick = settings(max_examples=60, derandomize=True, database=None, deadline=None,
                 suppress_health_check=list(HealthCheck))
settings.register_profile("quick", quick)
settings.register_profile("thorough", quick, max_examples=3000, derandomize=False)
settings.load_profile("quick")

LIMIT = 10  # seconds of the processor that a call may take
ODD = [np.nan, np.inf, -np.inf, -1, -0.5, 0, 0.5, 1, 2, 3.5, 7, 1e-320, 1e-9, 1e9, 1e308, 10**30,
       True, None, "relu", "", b"x", 1j, object(), [], {}, (), [1.0], [np.nan, 1.0], [1, 2, 3],
       [3, 1, 2], [-1, 2], [1.5, 2.5], [[1.0, 2.0]], ["a"], [[1.0], [2.0, 3.0]], np.zeros((2, 0)),
       np.full(5, np.nan), np.ones((2, 3, 2)), np.arange(4), np.float32(0.5), np.int64(3),
       np.uint8(5), np.array(4), np.array([1, None]), range(3), lambda t: t, "squareplus(-1)"]

CIRCLE = mercer_spectrum("relu", 2, 16)
SMOOTH = mercer_spectrum("squareplus(0.5)", 3, 8)
TARGETS = [ntksgd.source_target(s, 0.75) for s in (CIRCLE, SMOOTH)]
SCHEDULES = [schedules.polynomial(0.5, 0.5), schedules.constant(0.1),
             decays.linear_to_zero(0.3, 64), schedules.polynomial(3.0, 0.2)]
PROBLEMS = [ntksgd.source_problem("relu", 2, 0.5, max_degree=12),
            ntksgd.source_problem("squareplus(0.5)", 3, 1.0, max_degree=6)]
SAMPLES = draw_samples(TARGETS[0], 40, 1)
POINTS = SAMPLES.x[:5]
START = initialise(6, 2, np.random.default_rng(0))
DEEP = ntksgd.source_problem("relu", 2, 0.5, max_degree=4, depth=2)
DEEP_START = deep.initialise(6, 2, 2, np.random.default_rng(0))
TABLE = np.random.default_rng(0).standard_normal((24, 3))


def one(*values):
    """A good argument: one of these."""
    return st.sampled_from(values)


NUMBER = st.floats(0.01, 2.0)
TIMES = one([10], [1, 40], 30, [40, 3, 17], np.array([2, 5]), [64])
SPECTRUM, TARGET, SCHEDULE = one(CIRCLE, SMOOTH), one(*TARGETS), one(*SCHEDULES)
ACTIVATION = one("relu", "squareplus(0.5)", "erf", "tanh")


def finite(*arrays):
    """Whether all entries are finite."""
    return all(np.all(np.isfinite(np.asarray(array, dtype=float))) for array in arrays)


def risks(array):
    """Whether all entries are finite and not negative."""
    return finite(array) and np.all(np.asarray(array) >= 0)


@dataclass
class Case:
    """A public function, good arguments, what is sane, and names that an error may use too."""

    call: object
    good: dict
    sane: object
    also: tuple = field(default=())


def spectrum_is_sane(s):
    """Eigenvalues >= 0 whose trace is that of the kernel or less."""
    return risks(s.eigenvalues) and risks(s.multiplicities) and (
        s.tail >= -1e-9 * max(s.trace, 1e-300) and finite(s.trace))


RUN = {"step_sizes": one(*SCHEDULES, np.full(40, 0.1)), "times": one([10], [1, 40], [2, 5]),
       "points": one(POINTS), "weight_decay": one(0.0, 0.01)}
STREAM = {"samples": one(SAMPLES, Samples(SAMPLES.x[:10], SAMPLES.y[:10]))}
LEARN = {"params": one(START), **STREAM, **RUN, "gamma": one(1.0, 0.0),
         "activation": one("relu", "squareplus(0.5)"),  # each is compiled anew
         "loss": one("square", "logistic", "huber")}
INSIDE = ("samples", "eta", "schedule")
RISK = {"spectrum": SPECTRUM, "target": TARGET, "schedule": SCHEDULE, "times": TIMES,
        "noise": NUMBER}
MORE = ("eigenvalues", "power", "eta", "T =")

CASES = {
    "constant": Case(schedules.constant, {"eta": NUMBER}, lambda s: finite(s.step_sizes(5))),
    "polynomial": Case(schedules.polynomial, {"eta1": NUMBER, "theta": st.floats(0, 0.99)},
                       lambda s: finite(s.step_sizes(5))),
    "source_polynomial": Case(schedules.source_polynomial, {"eta1": NUMBER, "r": NUMBER},
                              lambda s: finite(s.step_sizes(5)), ("theta",)),
    "warmup_stable_decay": Case(decays.warmup_stable_decay, {
        "eta": NUMBER, "T": one(1, 5, 50), "warmup": st.floats(0, 0.5), "decay": st.floats(0, 0.5),
        "p": NUMBER}, lambda s: finite(s.step_sizes(5))),
    "geometric": Case(decays.geometric, {"eta": NUMBER, "T": one(1, 50), "final": one(0.1, 1.0)},
                      lambda s: finite(s.step_sizes(5))),
    "power_sums": Case(schedules.power_sums, {"schedule": SCHEDULE, "times": TIMES,
                                              "power": one(1, 2)}, risks),
    "log_times": Case(log_times, {"T": one(100, 10**6), "count": one(3, 9), "first": one(1, 10)},
                      lambda t: risks(t) and np.all(np.diff(t) > 0)),
    "activation": Case(ntksgd.activation, {"spec": ACTIVATION},
                       lambda a: finite(a.value(np.ones(3)))),
    "tangent_kernel": Case(ntksgd.tangent_kernel, {"spec": ACTIVATION, "gamma": one(0.0, 1.0, 3)},
                           lambda k: finite(k(np.linspace(-1, 1, 5)), k.trace)),
    "kernel values": Case(lambda t: tangent_kernel("squareplus(0.5)")(t),
                          {"t": one(0.3, 1.0, [-1.0, 0.5])}, finite),
    "deep_kernel": Case(ntksgd.deep_kernel, {"spec": one("relu", "erf"), "depth": one(1, 3),
                                             "gamma": one(0.0, 1.0)},
                        lambda k: finite(k(np.linspace(-1, 1, 5)), k.trace)),
    "mercer_spectrum": Case(mercer_spectrum, {
        "spec": ACTIVATION, "d": one(2, 3, 10, 784), "max_degree": one(1, 8, 20),
        "gamma": one(0.0, 1.0)}, spectrum_is_sane, ("tolerance",)),
    "quadrature_spectrum": Case(quadrature_spectrum, {
        "kernel": one(tangent_kernel("erf")), "d": one(2, 3, 784), "max_degree": one(1, 8)},
        spectrum_is_sane, ("tolerance",)),
    "Spectrum": Case(Spectrum, {
        "d": one(2, 3), "eigenvalues": one(np.array([0.5, 0.2, 0.01]), [0.5, 0.1, 0.0]),
        "multiplicities": one(np.array([1.0, 2.0, 2.0])), "trace": one(1.2, 1.0)},
        spectrum_is_sane),
    "source_target": Case(ntksgd.source_target, {
        "spectrum": SPECTRUM, "r": NUMBER, "excess": NUMBER, "norm": NUMBER},
        lambda f: risks(f.power) and finite(f.profile([0.0, 1.0]))),
    "source_problem": Case(ntksgd.source_problem, {
        "spec": ACTIVATION, "d": one(2, 3), "r": NUMBER, "noise": NUMBER, "step": NUMBER,
        "max_degree": one(1, 8), "norm": NUMBER}, lambda p: finite(p.schedule.largest),
        ("eta", "theta", "excess")),
    "largest_stable_step": Case(largest_stable_step, {
        "spectrum": SPECTRUM, "momentum": one(0.0, 0.9), "batch": one(1, 16),
        "weight_decay": one(0.0, 0.1)}, risks, ("eta",)),
    "expected_risk": Case(ntksgd.expected_risk, RISK | {
        "weight_decay": one(0.0, 1e-3), "batch": one(1, 4), "average": one(None, "uniform", "tail"),
        "tail": one(True, False)}, lambda e: risks(e.risk) and risks(e.rkhs), MORE),
    "kernel_risk": Case(ntksgd.kernel_risk, {"problem": one(*PROBLEMS), "times": TIMES,
                                             "tail": one(True, False)}, risks, MORE),
    "risk_bound": Case(ntksgd.risk_bound, RISK | {"alphas": one((1.0,), (1.0, 0.8)),
                                                  "beta": one(None, 1.5)},
                       lambda b: risks(b.total), (*MORE, "alpha")),
    "first_step_bound": Case(first_step_bound, RISK, risks, MORE),
    "first_order": Case(ntksgd.first_order, {"problem": one(*PROBLEMS), "times": TIMES,
                                             "self_noise": one(True, False)}, finite, MORE),
    "kernel_sgd": Case(ntksgd.kernel_sgd, {
        "kernel": one(tangent_kernel("relu")), "x": one(SAMPLES.x[None]), "y": one(SAMPLES.y[None]),
        "step_sizes": RUN["step_sizes"], "probes": one(POINTS), "times": RUN["times"],
        "weight_decay": RUN["weight_decay"]}, lambda p: finite(p.last, p.averaged),
        (*INSIDE, "points")),
    "spectral_sgd": Case(ntksgd.spectral_sgd, {"spectrum": one(CIRCLE), **STREAM, **RUN,
                                               "momentum": one(0.0, 0.5), "batch": one(1, 2)},
                         finite, INSIDE),
    "initialise": Case(initialise, {"m": one(2, 8), "d": one(2, 5),
                                    "rng": one(np.random.default_rng(0))},
                       lambda p: finite(*p)),
    "train": Case(ntksgd.train, LEARN, lambda p: finite(p.values), INSIDE),
    "train_linearised": Case(ntksgd.train_linearised, LEARN, lambda p: finite(p.values), INSIDE),
    "paths": Case(ntksgd.paths, {
        "problem": one(PROBLEMS[0]), "learners": one(["kernel"], ["network", "kernel"]),
        "widths": one([2], [4, 8]), "times": one([3], [1, 20]), "replicates": one(1, 2),
        "seed": one(0, 5)}, lambda p: finite(p.kernel), MORE),
    "Plan": Case(ntksgd.Plan, {"T": one(10, 100), "blocks": one([([2, 4], 3)])},
                 lambda p: finite(p.updates), ("widths", "m =", "replicates")),
    "linearised_sweep": Case(linearised_sweep, {
        "problem": one(PROBLEMS[0]), "widths": one([4, 8, 16]), "times": one([3], [1, 20]),
        "starts": one(2), "seed": one(0)}, lambda s: finite(s.excess().mean), (*MORE, "m =")),
    "risk_given_start": Case(risk_given_start, {
        "operator": one(ntksgd.kernels.drawn.drawn_operator(START, "relu", 4)),
        "targets": one(np.eye(5), np.ones((1, 3))), "schedule": SCHEDULE, "times": TIMES,
        "weight_decay": one(0.0, 1e-3), "average": one(None, "uniform")},
        lambda e: finite(e.signal, e.variance), MORE),
    "slope": Case(ntksgd.slope, {
        "x": one([1, 2, 4], np.geomspace(1, 9, 3)),
        "samples": one(np.array([[1, 2, 3.0], [1, 2, 4.0], [2, 3, 4.0]])),
        "independent": one(True, False), "confidence": one(0.95, 0.5)},
        lambda s: finite(s.value, s.low, s.high), ("replicates",)),
    "curve_slope": Case(ntksgd.curve_slope, {"x": one([1, 2, 4]), "y": one([1.0, 0.5, 0.2])},
                        lambda s: finite(s.value)),
    "interval": Case(lambda samples, confidence: intervals.of(
        lambda mean: mean, samples, confidence=confidence, transform="log"),
        {"samples": one([1.0, 2.0, 1.5], np.array([0.1, 0.1])), "confidence": one(0.95, 0.5)},
        # without one of few samples the statistic may not exist: then the interval is all there is
        lambda i: finite(i.value) and np.all(i.low <= i.value) and np.all(i.value <= i.high),
        ("replicates", "block", "statistic", "mean")),
    "width_law": Case(ntksgd.width_law, {
        "excess": one(Excess(np.array([10, 100, 1000]), ((np.array([2, 4, 8]), np.multiply.outer(
            [1.0, 1.2, 0.9], np.outer([1, 0.5, 0.2], [0.2, 0.5, 0.9]))),))),
        "tau": one(0.1, 0.5), "t_min": one(0.0, 10.0)}, lambda law: risks(law.required)),
    "Population": Case(Population, {"name": one("mine"), "x": one(POINTS), "y": one(np.arange(5.))},
                       lambda p: finite(p.x, p.y)),
    "to_sphere": Case(to_sphere, {"features": one(np.eye(4) + np.arange(4.)), "scale":
                                  one(True, False)},
                      lambda x: np.allclose(np.linalg.norm(x, axis=1), 1), ("row",)),
    "kernel_regime": Case(ntksgd.kernel_regime, {
        "X": one(TABLE), "y": one(TABLE[:, 0], np.sign(TABLE[:, 1])), "steps": one(100),
        "width": one(None, 64), "activation": one("relu", "erf"), "tau": one(0.1, 1.0),
        "scale": one(True, False, None), "points": one(24), "starts": one(3), "seed": one(0, 5)},
        lambda k: risks(k.risk) and k.regime.value >= 0),
    "classes.load": Case(classes.load, {"name": one("breast cancer", "digits")},
                         lambda found: finite(*found[:2])),
    "classes.split": Case(classes.split, {
        "name": one("breast cancer"), "train_size": one(50, 100),
        "rng": one(np.random.default_rng(0))}, lambda s: finite(s.x, s.test_x)),
    "class targets": Case(class_losses.targets, {
        "labels": one([0, 1, 2], np.array([1, 1])), "classes": one(3, 5),
        "loss": one("square", "logistic")}, finite),
    "class curvature": Case(class_losses.curvature, {"loss": one("square", "logistic")}, risks),
    "loss_value": Case(losses.loss_value, {
        "loss": one("square", "logistic", "huber"), "g": one(0.5, np.array([0.1, 2.0])),
        "y": one(1.0, np.array([1.0, -1.0]))}, lambda loss: np.all(loss >= 0)),
    "square": Case(labels.square, {"noise": NUMBER}, lambda model: risks(model.variance)),
    "huber": Case(labels.huber, {"scale": NUMBER, "dof": one(1.0, 3.0)},
                  lambda model: risks([model.curvature, model.variance])),
    "logistic": Case(labels.logistic, {"grid": one(PROBLEMS[0].grid())},
                     lambda model: risks([model.curvature, model.variance])),
    "deep initialise": Case(deep.initialise, {
        "m": one(2, 8), "d": one(2, 5), "depth": one(1, 3), "rng": one(np.random.default_rng(0))},
        lambda p: finite(*p)),
    "draw_stack": Case(deep.draw_stack, {
        "widths": one([3], [2, 4]), "d": one(2, 5), "rng": one(np.random.default_rng(0))},
        lambda s: finite(s.signs, *s.weights)),
    "count_parameters": Case(deep.count_parameters, {"m": one(2, 8), "d": one(2, 5),
                                                     "depth": one(1, 3)}, risks),
    "deep train": Case(deep_sgd.train, {
        "params": one(DEEP_START), **STREAM, "step_sizes": RUN["step_sizes"],
        "activation": one("relu"), "times": RUN["times"], "points": RUN["points"],
        "gamma": one(1.0, 0.0), "loss": one("square", "huber")},
        lambda g: not np.any(np.isnan(g)), INSIDE),  # infinite once it diverged
    "relu_circle_tail": Case(relu_circle_tail, {"depth": one(1, 3), "degrees": one(5, [10, 20])},
                             risks),
    "mean_shift": Case(mean_shift, {"spec": one("relu", "erf"), "depth": one(1, 2),
                                    "t": one([0.3, -0.5]), "gamma": one(0.0, 1.0)}, finite),
    "eigenvalue_shift": Case(eigenvalue_shift, {
        "spec": one("erf"), "depth": one(1, 2), "d": one(2, 3), "max_degree": one(2),
        "gamma": one(1.0), "nodes": one(8)}, finite),
    "deep_operator": Case(deep_operator, {
        "stack": one(deep.draw_stack([3, 4], 2, np.random.default_rng(0))), "spec": ACTIVATION,
        "max_degree": one(2, 4), "gamma": one(0.0, 1.0), "degree": one(None, 16)},
        lambda o: finite(o.degree_means())),
    "deep source_problem": Case(ntksgd.source_problem, {
        "spec": one("relu"), "d": one(2, 3), "depth": one(1, 2), "max_degree": one(1, 4)},
        lambda p: finite(p.spectrum.eigenvalues)),
    "deep kernel_risk": Case(ntksgd.kernel_risk, {"problem": one(DEEP), "times": TIMES}, risks,
                             MORE),
    "deep paths": Case(ntksgd.paths, {
        "problem": one(DEEP), "learners": one(["network", "kernel"]), "widths": one([2], [4, 8]),
        "times": one([3], [1, 20]), "replicates": one(1), "seed": one(0)},
        lambda p: finite(p.network), MORE),
    "layer_costs": Case(partial(layer_costs, workers=1), {
        "problem": one(DEEP), "times": one([3], [1, 20]), "n": one(4), "ratio": one(2),
        "starts": one(2), "seed": one(0)}, finite, MORE),
}


@contextmanager
def at_most(seconds):
    """A TimeoutError if the block takes longer, whatever else the machine does."""
    def stop(*_):
        raise TimeoutError(f"took more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("name", CASES)
def test_any_input_gives_a_sane_result_or_an_error_that_names_the_parameter(name):
    case = CASES[name]
    odd = st.lists(st.tuples(st.sampled_from(list(case.good)), st.sampled_from(ODD)), max_size=2)
    first = {key: value.elements[0] if hasattr(value, "elements") else 0.5
             for key, value in case.good.items()}
    assert case.sane(case.call(**first))  # and compiled before it is timed
    names = (*case.good, *case.also, "activation")

    @given(st.fixed_dictionaries(case.good), odd)
    def check(arguments, replaced):
        arguments = arguments | dict(replaced)
        try:
            with at_most(LIMIT):
                result = case.call(**arguments)
        except (ValueError, TypeError, ArithmeticError) as error:
            named = any(re.search(rf"\b{re.escape(one)}", str(error)) for one in names)
            assert named, f"no parameter named: {error!r}"
        else:
            assert case.sane(result), f"not sane: {result!r}"

    check()
