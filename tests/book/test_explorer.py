"""The explorer in a browser, without a network: its numbers against the library's, its controls.

Needs playwright and a Chromium of the system; where there is none the tests are left out.
"""

import json
import shutil
from functools import lru_cache
from importlib.util import find_spec

import numpy as np
import pytest

from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.problem import source_problem
from ntksgd.problems.target import source_target
from ntksgd.report import explorer
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.parts import risk_parts

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
                None)
if CHROMIUM is None:
    pytest.skip("there is no Chromium or Chrome here", allow_module_level=True)

TOLERANCE = 1e-3
#: Degrees of the truth, enough for the settings below.
DEGREES = {"relu": {2: 100_000, 3: 10_000, 5: 2_000, 10: 400},
           "squareplus(0.5)": {2: 190, 3: 170, 5: 140, 10: 92},
           "squareplus(0.1)": {2: 820, 3: 700, 5: 510, 10: 232},
           "tanh": {2: 86, 3: 81, 5: 71, 10: 56}}
DEFAULTS = {"activation": "squareplus(0.5)", "d": "2", "r": 0.5, "noise": -0.6, "T": 6.0,
            "step": 1.0, "paper": True, "theta": 0.5, "steps": "decaying", "decay": "off",
            "lambda": -4.0, "iterate": "last", "tau": -1.0}
SETTINGS = [
    {},
    {"activation": "relu", "r": 1.0, "T": 12},
    {"activation": "relu", "d": "3", "r": 0.75, "noise": -2, "T": 9},
    {"activation": "relu", "d": "5", "r": 2, "noise": 0, "T": 8},
    {"activation": "relu", "d": "10", "T": 4.5, "step": 0.3},
    {"activation": "tanh", "r": 0.1, "T": 12},
    {"activation": "tanh", "d": "10", "paper": False, "theta": 0.0, "T": 8},
    {"activation": "squareplus(0.1)", "r": 1.5, "T": 10},
    {"activation": "squareplus(0.1)", "d": "3", "paper": False, "theta": 0.95, "T": 12},
    {"d": "5", "steps": "tied", "r": 0.25, "T": 8},
    {"decay": "sum", "r": 1.0, "T": 9},
    {"d": "3", "decay": "fixed", "lambda": -2.5, "T": 7},
    {"iterate": "average", "T": 8},
    {"activation": "relu", "iterate": "average", "decay": "sum", "r": 0.75, "T": 10},
    {"d": "10", "iterate": "average", "steps": "tied", "noise": 0, "step": 1.1, "T": 6},
    {"T": 2, "step": 0.05, "noise": -1.3},
]


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


def truth(state, max_degree=None, tail=True):
    """Risk at T and local exponent there, by the library."""
    spectrum, target, schedule, T, noise, decay = problem_of(state, max_degree)
    begin = T / np.sqrt(10)
    times = [np.floor(begin), np.ceil(begin), T]
    found = expected_risk(spectrum, target, schedule, times, noise, decay, tail=tail,
                          average="uniform")
    average = (DEFAULTS | state)["iterate"] == "average"
    risk = found.averaged if average else found.risk
    past = np.interp(begin, times[:2], np.log(risk[:2])) if times[0] < times[1] else np.log(risk[0])
    return risk[2], (np.log(risk[2]) - past) / np.log(10) * 2


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as p:
        yield p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "explorer.html"
    path.write_text(explorer.page(), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    """The page, opened from its file; nothing may be logged as an error, nothing be asked for."""
    context = browser.new_context(offline=True, viewport={"width": 900, "height": 900})
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    yield page
    context.close()
    assert said == []
    assert {url.split("#")[0] for url in asked if not url.startswith("data:")} <= {address}


def settled(page):
    """Wait until what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def value(page, name):
    settled(page)
    return float(page.locator(f"output[data-name={name}]").get_attribute("data-value"))


def move(page, state):
    """Set the controls as a reader would."""
    for name, to in state.items():
        control = page.locator(f"[name={name}]")
        if isinstance(to, bool):
            control.set_checked(to)
        elif isinstance(to, str):
            control.select_option(to)
        else:
            control.fill(str(to))


@pytest.mark.parametrize("state", SETTINGS, ids=str)
def test_sliders_give_the_risk_of_the_library(page, state):
    move(page, state)
    risk, exponent = truth(state)
    assert value(page, "risk") == pytest.approx(risk, rel=TOLERANCE)
    assert value(page, "exponent") == pytest.approx(exponent, abs=2e-3)
    assert value(page, "eta1") == pytest.approx(float(problem_of(state)[2](1)), rel=1e-6)
    shown = page.locator("output[data-name=exponent]").text_content()
    assert float(shown.replace("−", "-")) == pytest.approx(exponent, abs=2.5e-3)


@pytest.mark.parametrize("state", [{}, {"activation": "relu", "r": 1.0, "T": 10},
                                   {"d": "3", "r": 0.25, "T": 3, "step": 0.5}], ids=str)
def test_parts_are_those_of_the_library(page, state):
    move(page, state)
    spectrum, target, schedule, T, noise, _ = problem_of(state)
    parts = risk_parts(spectrum, target, schedule, [T], noise)
    for name in ("bias", "memory", "fresh"):
        assert value(page, name) == pytest.approx(getattr(parts, name)[0], rel=5e-3), name


@pytest.mark.parametrize("state", [{"T": 5}, {"activation": "tanh", "d": "3", "r": 1.0},
                                   {"activation": "squareplus(0.1)", "T": 4, "tau": -0.5}], ids=str)
def test_width_is_that_of_first_order(page, state):
    move(page, state)
    full, tau = DEFAULTS | state, 10 ** state.get("tau", -1)
    K = {"squareplus(0.5)": 90, "squareplus(0.1)": 380, "tanh": 46}[full["activation"]]
    problem = source_problem(full["activation"], int(full["d"]), full["r"], 10 ** full["noise"],
                             full["step"], K)
    c = first_order(problem, [round(10 ** full.get("T"))])[0]
    assert value(page, "c") == pytest.approx(c, rel=3e-3)
    assert value(page, "width") == pytest.approx(c / tau, rel=3e-3)
    assert value(page, "power") == pytest.approx(1 + 5 / (2 * full["r"] + 1))


def test_width_is_not_made_up_where_it_is_not_known(page):
    for state in ({"d": "5"}, {"d": "2", "decay": "sum"}, {"decay": "off", "iterate": "average"}):
        move(page, state)
        assert np.isnan(value(page, "c")) and np.isnan(value(page, "width"))
        assert "only" in page.locator("output[data-name=c]").text_content() or state == {"d": "5"}


# ---- the numerics alone, over a grid ------------------------------------------------------------

RUN = """({kernel, cases}) => {
  const { modesOf, sourceTarget, polynomial, expectedRisk } = explorer.numerics;
  const modes = modesOf(kernel);
  return cases.map(({ r, eta, theta, T, noise, decay, average }) => {
    const run = expectedRisk(modes, sourceTarget(modes, r), polynomial(eta, theta), T,
      { noise, decay, average });
    return (average ? run.averaged : run.risk).at(-1);
  });
}"""
WIDTH = """({kernel, cases}) => {
  const n = explorer.numerics, modes = n.modesOf(kernel), width = n.widthModes(kernel);
  return cases.map(({ r, eta, theta, T, noise }) => {
    const schedule = n.polynomial(eta, theta), F = n.sourceTarget(modes, r);
    const run = n.expectedRisk(modes, F, schedule, T, { noise });
    return n.firstOrder(width, n.singleDegrees(width, modes, F, r), schedule, run, noise);
  });
}"""


@pytest.fixture
def numerics(browser):
    """`evaluate` of a page that holds the module, changed or not."""
    context = browser.new_context(offline=True)

    def load(old="", new=""):
        code = explorer.module()
        assert old in code
        page = context.new_page()
        page.add_script_tag(type="module", content=code.replace(old, new, 1).replace(
            "export default", "window.explorer ="))
        page.wait_for_function("window.explorer")
        return page.evaluate

    yield load
    context.close()


#: Degrees of both sides on the grid: it is the same truncated kernel there.
SHORT = {2: 20_000, 3: 6_000, 5: 1_500, 10: 300}


def grid(count, seed, kernels):
    """States of the controls at random, ends of their ranges included, `count` for each kernel."""
    rng = np.random.default_rng(seed)
    for activation, d in kernels:
        yield activation, d, [{
            "activation": activation, "d": str(d), "r": float(rng.choice([0.1, 0.25, 0.5, 1, 2])),
            "noise": float(rng.choice([-2.0, -0.6, 0.0])), "T": float(rng.choice([2, 4, 6, 8, 12])),
            "step": float(rng.choice([0.05, 0.5, 1.0, 1.1])), "paper": bool(rng.random() < 0.4),
            "theta": float(rng.choice([0.0, 0.3, 0.7, 0.95])),
            "steps": str(rng.choice(["decaying", "decaying", "tied"])),
            "decay": str(rng.choice(["off", "off", "fixed", "sum"])),
            "lambda": float(rng.uniform(-8, -1)), "iterate": str(rng.choice(["last", "average"]))}
            for _ in range(count)]


def case_of(state, K):
    """A setting as the numerics take it."""
    _, _, schedule, T, noise, decay = problem_of(state, K)
    eta, end = float(schedule(1)), float(schedule(4))
    return {"r": state["r"], "eta": eta, "theta": np.log(eta / end) / np.log(4), "T": T,
            "noise": noise, "decay": decay, "average": state["iterate"] == "average"}


ALL = [(activation, d) for activation in explorer.ACTIVATIONS for d in explorer.DIMENSIONS]


def errors(evaluate, count, seed, kernels=ALL):
    """Relative errors of the numerics on `grid`, against the library with every degree."""
    found = []
    for activation, d, states in grid(count, seed, kernels):
        K = min(SHORT[d], DEGREES[activation][d])
        kernel = explorer.kernel(activation, d, max_degree=K)
        got = evaluate(RUN, {"kernel": kernel, "cases": [case_of(s, K) for s in states]})
        true = [truth(s, K, tail=False)[0] for s in states]
        found += [(abs(a / b - 1), s) for a, b, s in zip(got, true, states, strict=True)]
    return found


def test_numerics_agree_with_the_library_on_a_grid(numerics):
    found = errors(numerics(), 16, 2407)
    assert len(found) == 16 * len(ALL)
    worst = max(found, key=lambda pair: pair[0])
    assert worst[0] < TOLERANCE, worst


BROKEN = [
    ("(1 - kept - x * kept) / (x * x)", "(1 - kept) / x"),
    ("risk[j] = (known + gain * next * noise)", "risk[j] = (known + gain * next * risk[j - 1])"),
    ("2 * (1 - drag) * eta * lambda[k]", "2 * eta * lambda[k] * (1 - drag) ** 40"),
    ("count *= (k + j) / j", "count *= (k + j) / (j + 1)"),
    ("(1 + EXCESS) * Math.log1p", "Math.log1p"),
    ("(last + all) + all - last) / 2", "(last + all) + all - last) / 3"),
    ("spread[k]) / eta_a", "spread[k]) / eta_b"),
    ("integral(b + 0.5) - integral(a + 0.5)", "integral(b) - integral(a)"),
]


@pytest.mark.parametrize("old, new", BROKEN)
def test_a_broken_formula_is_seen(numerics, old, new):
    found = errors(numerics(old, new), 12, 1, [("squareplus(0.5)", 5)])
    assert max(error for error, _ in found) > TOLERANCE


def width_errors(evaluate):
    found = []
    for activation, d, K in (("relu", 2, 300), ("squareplus(0.5)", 2, 90), ("tanh", 3, 42)):
        kernel = explorer.kernel(activation, d, True, K)
        for r, noise in ((0.5, 0.25), (1.5, 0.01)):
            problem, times = source_problem(activation, d, r, noise, 1.0, K), [10, 1000, 10**6]
            cases = [{"r": r, "eta": float(problem.schedule(1)), "theta": 2 * r / (2 * r + 1),
                      "T": T, "noise": noise} for T in times]
            got = evaluate(WIDTH, {"kernel": kernel, "cases": cases})
            found += list(np.abs(got / first_order(problem, times) - 1))
    return found


def test_first_order_agrees_with_the_library(numerics):
    assert max(width_errors(numerics())) < 3e-3


@pytest.mark.parametrize("old, new", [
    ("bend / 3 + ", "bend / 2 + "),
    ("moved = (second + seen)", "moved = second"),
    ("second += 2 * W[k]", "second += W[k]"),
    ("K1[k] = (-c * K) / left", "K1[k] = -c * K"),
])
def test_a_broken_first_order_is_seen(numerics, old, new):
    assert max(width_errors(numerics(old, new))) > 3e-3


# ---- the page -----------------------------------------------------------------------------------


def outputs(page):
    settled(page)
    return page.eval_on_selector_all("output[data-name]", """all => Object.fromEntries(
        all.map(o => [o.dataset.name, o.textContent]))""")


def test_the_state_is_in_the_address_and_comes_back(page, address):
    assert "#" not in page.url
    move(page, {"activation": "tanh", "r": 1.25, "paper": False, "theta": 0.3, "T": 8})
    before = outputs(page)
    assert page.url.split("#")[1] == "activation=tanh&r=1.25&T=8&paper=false&theta=0.3"
    shared = page.url
    page.reload()
    assert outputs(page) == before
    page.goto(f"{address}#r=0.5&d=10")
    assert outputs(page) != before
    page.goto(shared)
    assert outputs(page) == before


def test_an_address_of_nonsense_does_no_harm(page, address):
    before = outputs(page)
    page.goto(f"{address}#r=&d=7&T=x&activation=constructor&unknown=1")
    page.reload()
    assert outputs(page) == before
    page.goto(f"{address}#T=99&r=-3")
    page.reload()
    assert page.locator("[name=T]").input_value() == "12"
    assert page.locator("[name=r]").input_value() == "0.1"


def test_the_keyboard_moves_what_has_the_focus(page):
    before = value(page, "risk")
    page.locator("[name=r]").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("[name=r]").input_value() == "0.55"
    assert value(page, "risk") != before
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "noise"
    page.locator("[name=paper]").press("Space")
    assert page.locator("[name=theta]").is_enabled()


def test_all_controls_have_a_name_and_the_figure_a_description(page):
    names = page.eval_on_selector_all(
        "input, select", "all => all.map(o => o.labels[0]?.textContent)")
    assert len(names) == len(DEFAULTS) and all(names)
    ranges = page.eval_on_selector_all("[type=range]", "all => all.map(o => o.ariaValueText)")
    assert len(ranges) == 7 and all(ranges)
    described = page.locator("svg[role=img]").get_attribute("aria-labelledby")
    assert "its constant is unknown" in page.locator(f"#{described}").text_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_all_without_scrolling_sideways(browser, address, scheme):
    context = browser.new_context(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    right = page.eval_on_selector_all(
        "svg text", "all => Math.max(...all.map(t => t.getBoundingClientRect().right))")
    assert right <= 360 - 8
    ink, ground = (page.evaluate("name => getComputedStyle(document.querySelector('.ntk-explorer'))"
                                 ".getPropertyValue(name)", name) for name in ("--ink", "--ground"))
    assert (ink < ground) == (scheme == "light")
    context.close()


def test_curves_differ_in_more_than_colour(page):
    drawn = page.eval_on_selector_all("g.curve > path:first-child", """all => all.map(
        path => getComputedStyle(path).strokeDasharray + " " + path.parentNode.lastChild.tagName
                + " " + path.parentNode.childElementCount)""")[:5]
    marked = {text.rsplit(" ", 1)[0] for text in drawn}
    assert len(marked) == 5, drawn
    named = page.eval_on_selector_all("svg text.label", "all => all.map(t => t.textContent)")
    assert {"risk", "bias", "memory", "fresh noise", "paper’s slope"} <= set(named)


def test_a_move_takes_less_than_50_ms(page):
    """The least of many moves, as other programs may run; the slowest settings on offer."""
    for state in ({"activation": "squareplus(0.1)", "T": 12, "paper": False, "theta": 0.0},
                  {"activation": "squareplus(0.1)", "T": 12, "decay": "sum", "iterate": "average"}):
        move(page, state)
        took = []
        for i in range(25):
            page.locator("[name=r]").fill(str(0.5 + 0.05 * i))
            settled(page)
            took.append(float(page.locator(".ntk-explorer").get_attribute("data-ms")))
        print(state, "least", min(took), "median", np.median(took), "ms")
        assert min(took) < 50


# ---- the module elsewhere -----------------------------------------------------------------------


def test_a_plain_model_is_enough(numerics):
    """What anywidget hands to `render`, by its protocol."""
    evaluate = numerics()
    said = evaluate("""() => {
      const said = [], calls = {};
      let state = { r: 1, d: "3" };
      const model = { get: (name) => state, set: (name, value) => { said.push([name, value]); },
        save_changes: () => said.push("saved"), on: (name, call) => { calls[name] = call; } };
      const el = document.createElement("div");
      document.body.append(el);
      explorer.render({ model, el });
      const slider = el.querySelector("[name=r]");
      said.push(slider.value);
      slider.value = 0.75;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      slider.dispatchEvent(new Event("change", { bubbles: true }));
      state = { r: 2 };
      calls["change:state"]();
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
        () => done([...said, slider.value, location.hash]))));
    }""")
    assert said == ["1", ["state", {"d": "3", "r": 0.75}], "saved", "2", ""]


@pytest.mark.skipif(find_spec("anywidget") is not None, reason="anywidget is installed")
def test_without_anywidget_it_is_said_what_to_install():
    with pytest.raises(ImportError, match="pip install anywidget"):
        explorer.widget()


def test_the_data_are_small_and_the_same_every_time():
    first = explorer.data()
    explorer.data.cache_clear()
    assert explorer.data() == first
    assert len(first) < 300_000
    assert set(json.loads(first)) == set(explorer.ACTIVATIONS)
