"""The explorer's numbers by the library, from a state of its controls."""

from functools import lru_cache

import numpy as np

from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target
from ntksgd.report import explorer
from ntksgd.risk.exact import expected_risk

TOLERANCE = 1e-3
#: Degrees of the truth, enough for the settings below.
DEGREES = {"relu": {2: 100_000, 3: 10_000, 5: 2_000, 10: 400},
           "squareplus(0.5)": {2: 190, 3: 170, 5: 140, 10: 92},
           "squareplus(0.1)": {2: 820, 3: 700, 5: 510, 10: 232},
           "tanh": {2: 86, 3: 81, 5: 71, 10: 56}}
DEFAULTS = {"activation": "squareplus(0.5)", "d": "2", "r": 0.5, "noise": -0.6, "T": 6.0,
            "step": 1.0, "paper": True, "theta": 0.5, "steps": "decaying", "decay": "off",
            "lambda": -4.0, "iterate": "last", "tau": -1.0}


@lru_cache(maxsize=8)
def spectrum_of(activation, d, max_degree):
    return mercer_spectrum(activation, d, max_degree)


def problem_of(state, max_degree=None):
    """Spectrum, target, schedule, horizon, noise and weight decay of a state of the controls."""
    state = DEFAULTS | state
    d, r, T = int(state["d"]), state["r"], round(10.0 ** state["T"])
    max_degree = max_degree or DEGREES[state["activation"]][d]
    spectrum = spectrum_of(state["activation"], d, max_degree)
    theta = float(schedules.paper_theta(r)) if state["paper"] else state["theta"]
    eta = state["step"] / spectrum.trace
    schedule = schedules.polynomial(eta, theta)
    if state["steps"] == "tied":
        schedule = schedules.constant(eta * T**-theta)
    total = schedules.power_sums(schedule, [T])[0]
    decay = {"off": 0.0, "fixed": 10.0 ** state["lambda"], "sum": 1 / total}[state["decay"]]
    return spectrum, source_target(spectrum, r), schedule, T, 10.0 ** state["noise"], decay


def risks(state, times=None, max_degree=None, tail=True):
    """Risk by the library, at T if no times are given."""
    spectrum, target, schedule, T, noise, decay = problem_of(state, max_degree)
    average = (DEFAULTS | state)["iterate"] == "average"
    found = expected_risk(spectrum, target, schedule, times or [T], noise, decay, tail=tail,
                          average="uniform" if average else None)
    return found.averaged if average else found.risk


def truth(state):
    """Risk at T and local exponent there, by the library."""
    T = problem_of(state)[3]
    begin = T / np.sqrt(10)
    times = [np.floor(begin), np.ceil(begin), T]
    risk = risks(state, times)
    past = np.interp(begin, times[:2], np.log(risk[:2])) if times[0] < times[1] else np.log(risk[0])
    return risk[2], (np.log(risk[2]) - past) / np.log(10) * 2


def load(context, old="", new=""):
    """`evaluate` of a page that holds the module as window.explorer, with `new` for `old`."""
    code = explorer.module()
    assert old in code
    page = context.new_page()
    page.add_script_tag(type="module", content=code.replace(old, new, 1).replace(
        "export default", "window.explorer ="))
    page.wait_for_function("window.explorer")
    return page.evaluate
