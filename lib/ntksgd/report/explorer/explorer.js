// The explorer: its controls, what is computed from them, the page. Numerics: risk.js, width.js.
//
// `render({model, el})` is anywidget's protocol. The model holds one trait, `state`: what differs
// from the DEFAULTS below. On a page `addressModel()` keeps it in the address, after the #.
import { modesOf, sourceTarget, paperTheta, polynomial, blockEnds } from "./risk.js";
import { expectedRisk, memory, localExponent } from "./risk.js";
import { widthModes, singleDegrees, firstOrder } from "./width.js";
import { digits, draw, minus, raised, svg } from "./picture.js";

// ---- state ----------------------------------------------------------------------------------

/** Controls: a range is [low, high, step] of what is shown or, if `log`, of its log10. */
const CONTROLS = {
  activation: { label: "activation", options: { relu: "ReLU", "squareplus(0.5)": "squareplus(0.5)",
    "squareplus(0.1)": "squareplus(0.1)", tanh: "tanh" } },
  d: { label: "dimension d", options: { 2: "2", 3: "3", 5: "5", 10: "10" } },
  r: { label: "regularity r", range: [0.1, 2, 0.05] },
  noise: { label: "noise s²", range: [-2, 0, 0.1], log: true },
  T: { label: "steps T", range: [2, 12, 0.25], log: true },
  step: { label: "first step η₁κ(1)", range: [0.05, 1.1, 0.05] }, // 2 η₁ λ_k < 1 throughout
  paper: { label: "θ = 2r/(2r+1), the paper’s (our reading)", check: true },
  theta: { label: "decay θ", range: [0, 0.95, 0.01] },
  steps: { label: "η_t", options: { decaying: "η₁ t^(−θ)", tied: "η₁ T^(−θ), constant" } },
  decay: { label: "weight decay λ", options: { off: "none", fixed: "fixed", sum: "1/S_T" } },
  lambda: { label: "fixed λ", range: [-8, -1, 0.25], log: true },
  iterate: { label: "risk of", options: { last: "the last iterate", average: "their average" } },
  tau: { label: "tolerance τ", range: [-2, 0, 0.1], log: true },
};
const GROUPS = {
  "The problem": ["activation", "d", "r", "noise"],
  "The steps": ["T", "step", "paper", "theta", "steps"],
  "Decay, averaging, width": ["decay", "lambda", "iterate", "tau"],
};
const DEFAULTS = { activation: "squareplus(0.5)", d: "2", r: 0.5, noise: -0.6, T: 6, step: 1,
  paper: true, theta: 0.5, steps: "decaying", decay: "off", lambda: -4, iterate: "last", tau: -1 };

/** A state made whole: unknown names dropped, numbers in range, options that exist. */
function whole(given) {
  const state = { ...DEFAULTS };
  for (const [name, { range, options, check }] of Object.entries(CONTROLS)) {
    const value = given?.[name];
    if (value === undefined) continue;
    if (check) state[name] = String(value) === "true";
    else if (options) state[name] = Object.hasOwn(options, value) ? String(value) : state[name];
    else if (value !== "" && Number.isFinite(+value)) {
      state[name] = Math.min(Math.max(+value, range[0]), range[1]);
    }
  }
  return state;
}

/** What differs from the defaults. */
const changed = (state) => Object.fromEntries(
  Object.entries(state).filter(([name, value]) => value !== DEFAULTS[name]));

/** A model for a page: its `state` is kept in the address, as #name=value&name=value. */
function addressModel() {
  const read = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  let state = read();
  return {
    get: () => state,
    set: (_, value) => { state = value; },
    save_changes() {
      const hash = new URLSearchParams(state).toString();
      history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    },
    on(_, call) {
      addEventListener("hashchange", () => {
        if (location.hash && !location.hash.includes("=")) return; // a heading of the page
        state = read();
        call();
      });
    },
  };
}

// ---- numbers --------------------------------------------------------------------------------

const remembered = new Map(); // what does not depend on r, s^2 and steps, of each kernel

function modesFor({ activation, d }) {
  const key = `${activation} ${d}`, kernel = DATA[activation][d];
  if (!remembered.has(key)) {
    remembered.set(key, { trace: kernel.trace, modes: modesOf(kernel),
      pairs: kernel.width ? widthModes(kernel) : null });
  }
  return remembered.get(key);
}

/** All that is shown, from a state. */
function compute(state) {
  const { trace, modes, pairs } = modesFor(state), { r } = state;
  const T = Math.round(10 ** state.T), noise = 10 ** state.noise, tau = 10 ** state.tau;
  const theta = state.paper ? paperTheta(r) : state.theta, eta1 = state.step / trace;
  const schedule = state.steps === "tied" ? polynomial(eta1 * T ** -theta, 0)
    : polynomial(eta1, theta);
  const ends = blockEnds(T), average = state.iterate === "average";
  const sum = ends.slice(1).reduce((S, end, j) => S + schedule.sum(ends[j], end), 0);
  const decay = { off: 0, fixed: 10 ** state.lambda, sum: 1 / sum }[state.decay];
  const F = sourceTarget(modes, r);
  const run = expectedRisk(modes, F, schedule, T, { noise, decay, average });
  const shown = average ? run.averaged : run.risk, local = localExponent(run.t, shown);
  const J = run.t.length - 1, bias = average ? NaN : run.bias[J];
  const kept = average ? NaN : memory(run, J);
  const known = pairs !== null && decay === 0 && !average;
  const c = !known ? NaN
    : firstOrder(pairs, singleDegrees(pairs, modes, F, r), schedule, run, noise);
  return { run, shown, local, T, tau, average, decay, shipped: pairs !== null,
    values: { risk: shown[J], exponent: local[J], paper: -paperTheta(r), bias, memory: kept,
      fresh: shown[J] - bias - kept, eta1: schedule.step(1), theta, decay, sum,
      c, width: c / tau, power: 1 + 5 / (2 * r + 1) } };
}

const READOUT = [ // name, label, text from the numbers
  ["risk", "risk at T", ({ values }) => digits(values.risk)],
  ["exponent", "local exponent at T", ({ values }) => minus(values.exponent.toFixed(3))],
  ["paper", "the paper’s, −2r/(2r+1)", ({ values }) => minus(values.paper.toFixed(3))],
  ["bias", "bias", part("bias")],
  ["fresh", "fresh noise", part("fresh")],
  ["memory", "memory", part("memory")],
  ["eta1", "first step η₁", ({ values }) => digits(values.eta1)],
  ["theta", "θ", ({ values }) => String(+values.theta.toFixed(3))],
  ["decay", "weight decay λ", ({ values }) => digits(values.decay)],
  ["sum", "S_T, the sum of the steps", ({ values }) => digits(values.sum)],
  ["c", "c(T) of the linearised network", coefficient("c")],
  ["width", "its width m*\u00a0=\u00a0c(T)/τ", coefficient("width")],
  ["power", "the paper’s width, its constant unknown",
    ({ values }) => `T${raised(values.power.toFixed(2))}`],
];

function part(name) {
  return ({ values, average }) => (average ? "of the last iterate only"
    : `${digits(values[name])} (${Math.round((100 * values[name]) / values.risk)} %)`);
}

function coefficient(name) {
  return ({ values, shipped, average, decay }) => {
    if (!shipped) return "not shipped for this d";
    if (average || decay > 0) return "only last iterate, no decay";
    return name === "width" && values.c <= 0 ? "any" : digits(values[name]);
  };
}

const NOTE = "Kernel SGD, one fresh sample a step, inputs uniform on the sphere: computed here, "
  + "from the eigenvalues of the network’s limit kernel. Bias: without the gradients’ noise. "
  + "Memory: what is left of the noise of the steps up to S_T/2. Fresh noise: the rest. At the "
  + "width m* the excess risk of the linearised network, c(T)/m to first order, is τ times the "
  + "risk; the network itself may need more.";

// ---- page -----------------------------------------------------------------------------------

/** An HTML element with attributes and children. */
function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// JupyterLab takes arrow keys for itself unless what has the focus says this.
const KEYS = { "data-lm-suppress-shortcuts": "true" };

/** A control with its label and, for a slider, its value: {row, input, read, sync}. */
function control(name, id) {
  const { label, range, log, options, check } = CONTROLS[name];
  const title = html("label", { for: id }, label);
  if (check) {
    const input = html("input", { type: "checkbox", id, name, ...KEYS });
    return { input, row: html("div", { class: "check" }, input, title),
      read: () => input.checked, sync: (value) => { input.checked = value; } };
  }
  if (options) {
    const input = html("select", { id, name, ...KEYS }, ...Object.entries(options).map(
      ([value, text]) => html("option", { value }, text)));
    return { input, row: html("div", {}, title, input),
      read: () => input.value, sync: (value) => { input.value = value; } };
  }
  const [min, max, step] = range, output = html("output", { for: id, "aria-live": "off" });
  const input = html("input", { type: "range", id, name, min, max, step, ...KEYS });
  const sync = (value) => {
    const text = digits(log ? 10 ** value : value);
    input.value = value;
    input.setAttribute("aria-valuetext", text);
    output.textContent = text;
  };
  return { input, row: html("div", {}, title, output, input), read: () => +input.value, sync };
}

let instances = 0;

function render({ model, el }) {
  const prefix = `ntk-explorer-${instances++}`, described = `${prefix}-described`;
  const controls = Object.fromEntries(
    Object.keys(CONTROLS).map((name) => [name, control(name, `${prefix}-${name}`)]));
  const form = html("form", {}, ...Object.entries(GROUPS).map(([title, names]) => html(
    "fieldset", {}, html("legend", {}, title), ...names.map((name) => controls[name].row))));
  const picture = svg("svg", { role: "img", "aria-labelledby": described });
  const caption = html("figcaption", { id: described });
  const figure = html("figure", {}, picture, caption);
  const outputs = READOUT.map(([name, label, text]) => ({ name, label, text,
    output: html("output", { "data-name": name, "aria-live": "off" }) }));
  const readout = html("dl", {}, ...outputs.map(({ label, output }) => html(
    "div", {}, html("dt", {}, label), html("dd", {}, output))));
  const status = html("p", { class: "status", role: "status" }); // for screen readers
  const name = { class: "ntk-explorer", "aria-label": "Explorer of the exact risk" };
  const root = html("section", name, html("style", {}, STYLE), figure, form, readout, status,
    html("p", { class: "note" }, NOTE));
  el.replaceChildren(root);

  let state = whole(model.get("state")), frame = 0;

  function update() {
    frame = 0;
    const start = performance.now(), numbers = compute(state);
    for (const [name, { sync }] of Object.entries(controls)) sync(state[name]);
    controls.theta.sync(numbers.values.theta);
    controls.theta.input.disabled = state.paper;
    controls.lambda.input.disabled = state.decay !== "fixed";
    for (const { name, text, output } of outputs) {
      output.textContent = text(numbers);
      output.dataset.value = numbers.values[name];
    }
    caption.textContent = draw(picture, numbers, Math.max(figure.clientWidth || 640, 300));
    root.dataset.ms = (performance.now() - start).toFixed(2);
  }

  const later = () => { frame ||= requestAnimationFrame(update); };

  form.addEventListener("input", ({ target }) => {
    state = whole({ ...state, [target.name]: controls[target.name].read() });
    later();
  });
  form.addEventListener("change", () => { // the end of a move: said and saved once
    model.set("state", changed(state));
    model.save_changes();
    requestAnimationFrame(() => { status.textContent = caption.textContent; });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  model.on("change:state", () => {
    state = whole(model.get("state"));
    later();
  });
  const resized = new ResizeObserver(later);
  resized.observe(figure);
  update();
  return () => resized.disconnect();
}

const numerics = { modesOf, sourceTarget, polynomial, expectedRisk, memory, localExponent,
  widthModes, singleDegrees, firstOrder };

export default { render, addressModel, numerics };
