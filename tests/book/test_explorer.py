"""The explorer's page in a browser without a network: its controls, and the numbers they give."""

import json
from importlib.util import find_spec

import numpy as np
import pytest

from book.explorer_truth import DEFAULTS, TOLERANCE, load, problem_of, truth
from ntksgd.problems.problem import source_problem
from ntksgd.report import explorer
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.parts import risk_parts

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


@pytest.fixture(scope="module")
def browser(chromium):
    return chromium


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "explorer.html"
    path.write_text(explorer.page(), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def tab(browser):
    """A tab, what it has logged as an error, and what it has asked for."""
    context = browser.new_context(offline=True, viewport={"width": 900, "height": 900})
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page, said, asked
    context.close()


@pytest.fixture
def page(tab, address):
    """The page, opened anew; nothing may be logged as an error, nothing be asked for."""
    page, said, asked = tab
    page.goto("about:blank")
    page.goto(address)
    yield page
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


def test_width_of_relu_has_no_last_degree(page):
    """The library's c(T) for ReLU misses a part ~ 1/K beyond its last degree K; the page has it."""
    move(page, {"activation": "relu", "r": 1.0, "T": 4})
    once, twice = (first_order(source_problem("relu", 2, 1.0, 10**-0.6, 1.0, K), [10**4])[0]
                   for K in (160, 320))
    assert value(page, "c") == pytest.approx(2 * twice - once, rel=3e-3)
    assert abs(twice / value(page, "c") - 1) > 6e-3


def test_width_is_not_made_up_where_it_is_not_known(page):
    for state in ({"d": "5"}, {"d": "2", "decay": "sum"}, {"decay": "off", "iterate": "average"}):
        move(page, state)
        assert np.isnan(value(page, "c")) and np.isnan(value(page, "width"))
        assert "only" in page.locator("output[data-name=c]").text_content() or state == {"d": "5"}


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


def test_the_keyboard_moves_it_where_jupyterlab_takes_keys_for_itself(page):
    """Its shortcuts listen before all others, but not to what bears this attribute itself."""
    page.evaluate("""() => addEventListener("keydown", (event) => {
        if (!event.target.hasAttribute("data-lm-suppress-shortcuts")) event.preventDefault();
    }, true)""")
    page.locator("[name=r]").press("ArrowRight")
    assert page.locator("[name=r]").input_value() == "0.55"
    page.locator("[name=activation]").press("ArrowDown")
    assert page.locator("[name=activation]").input_value() != DEFAULTS["activation"]
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


def no_label_is_cut(page):
    over = page.eval_on_selector_all("svg text", """all => Math.max(...all.map(t =>
        t.getBoundingClientRect().right - t.ownerSVGElement.getBoundingClientRect().right))""")
    return over <= 0


def test_no_label_is_cut_though_a_theme_pads_figures(page):
    page.add_style_tag(content="figure { padding: 40px; }")
    page.wait_for_timeout(200)  # it draws again when its size changes
    assert no_label_is_cut(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_all_without_scrolling_sideways(browser, address, scheme):
    context = browser.new_context(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert no_label_is_cut(page)

    def dark():
        ink, ground = (page.evaluate("""name => getComputedStyle(
            document.querySelector('.ntk-explorer')).getPropertyValue(name)""", name)
            for name in ("--ink", "--ground"))
        return ink > ground

    assert dark() == (scheme == "dark")
    for theme in ("dark", "light"):  # as the book's switch does
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        assert dark() == (theme == "dark")
    context.close()


def test_curves_differ_in_more_than_colour(page):
    drawn = page.eval_on_selector_all("g.curve > path:first-child", """all => all.map(
        path => getComputedStyle(path).strokeDasharray + " " + path.parentNode.lastChild.tagName
                + " " + path.parentNode.childElementCount)""")[:5]
    marked = {text.rsplit(" ", 1)[0] for text in drawn}
    assert len(marked) == 5, drawn
    named = page.eval_on_selector_all("svg text.label", "all => all.map(t => t.textContent)")
    assert {"risk", "bias", "memory", "fresh noise", "paper’s slope"} <= set(named)


SLIDE = """to => new Promise((done) => {
  const slider = document.querySelector("[name=r]");
  slider.value = to;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(done));
})"""


def test_a_move_takes_less_than_50_ms(page):
    """Of the processor, drawing included; the least of some moves at the slowest settings."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def spent():
        found = session.send("Performance.getMetrics")["metrics"]
        return {one["name"]: one["value"] for one in found}["ThreadTime"] * 1e3

    for state in ({"activation": "squareplus(0.1)", "T": 12, "paper": False, "theta": 0.0},
                  {"activation": "squareplus(0.1)", "T": 12, "decay": "sum", "iterate": "average"}):
        move(page, state)
        took = []
        for i in range(12):
            before = spent()
            page.evaluate(SLIDE, 0.5 + 0.05 * i)
            took.append(spent() - before)
        print(state, "least", min(took), "median", np.median(took), "ms")
        assert 1 < min(took) < 50


# ---- the module elsewhere -----------------------------------------------------------------------


def test_a_plain_model_is_enough(browser):
    """What anywidget hands to `render`, by its protocol."""
    context = browser.new_context(offline=True)
    said = load(context)("""() => {
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
    context.close()
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
