// The explorer: controls, curves and numbers of the expected risk. Numerics: risk.js, width.js.
//
// `render({model, el})` is anywidget's protocol. The model holds one trait, `state`: what differs
// from the DEFAULTS below. On a page `addressModel()` keeps it in the address, after the #.
import { modesOf, sourceTarget, paperTheta, polynomial, blockEnds, expectedRisk, memory, localExponent } from "./risk.js";
import { widthModes, firstOrder } from "./width.js";

// ---- state ----------------------------------------------------------------------------------

/** Controls: sliders have [low, high, step] of what they show or, if `log`, of its log10. */
const CONTROLS = {
  activation: { label: "activation", options: { relu: "ReLU", "squareplus(0.5)": "squareplus(0.5)",
    "squareplus(0.1)": "squareplus(0.1)", tanh: "tanh" } },
  d: { label: "dimension d", options: { 2: "2", 3: "3", 5: "5", 10: "10" } },
  r: { label: "regularity r", range: [0.1, 2, 0.05] },
  noise: { label: "noise s²", range: [-2, 0, 0.1], log: true },
  T: { label: "steps T", range: [2, 12, 0.25], log: true },
  step: { label: "first step η₁κ(1)", range: [0.05, 1.1, 0.05] }, // all 2 η₁ λ_k < 1 in this range
  paper: { label: "θ = 2r/(2r+1), the paper’s (our reading)", check: true },
  theta: { label: "decay θ", range: [0, 0.95, 0.01] },
  steps: { label: "steps", options: { decaying: "η₁ t^(−θ)", tied: "η₁ T^(−θ), constant" } },
  decay: { label: "weight decay λ", options: { off: "none", fixed: "fixed", sum: "1/S_T" } },
  lambda: { label: "fixed λ", range: [-8, -1, 0.25], log: true },
  iterate: { label: "risk of", options: { last: "the last iterate", average: "the average of all" } },
  tau: { label: "tolerance τ", range: [-2, 0, 0.1], log: true },
};
const DEFAULTS = { activation: "squareplus(0.5)", d: "2", r: 0.5, noise: -0.6, T: 6, step: 1,
  paper: true, theta: 0.5, steps: "decaying", decay: "off", lambda: -4, iterate: "last", tau: -1 };

/** A state made whole: unknown names dropped, numbers in range, options that exist. */
function whole(given) {
  const state = { ...DEFAULTS };
  for (const [name, { range, options, check }] of Object.entries(CONTROLS)) {
    const value = given?.[name];
    if (value === undefined) continue;
    if (check) state[name] = value === true || value === "true";
    else if (options) state[name] = String(value) in options ? String(value) : state[name];
    else if (value !== "" && Number.isFinite(+value)) {
      state[name] = Math.min(Math.max(+value, range[0]), range[1]);
    }
  }
  return state;
}

const changed = (state) => Object.fromEntries(
  Object.entries(state).filter(([name, value]) => value !== DEFAULTS[name]));

/** A model for a page: its `state` is kept in location.hash, as name=value&name=value. */
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

const remembered = new Map(); // modes of a kernel, whatever r and the steps
function modesFor(kernels, { activation, d }) {
  const key = `${activation} ${d}`;
  if (!remembered.has(key)) {
    const kernel = kernels[activation][d];
    remembered.set(key, { kernel, risk: modesOf(kernel),
      width: kernel.width ? widthModes(kernel) : null });
  }
  return remembered.get(key);
}

/** All that is shown, from a state. */
function compute(kernels, state) {
  const { kernel, risk: modes, width } = modesFor(kernels, state), { r } = state;
  const T = Math.round(10 ** state.T), noise = 10 ** state.noise, tau = 10 ** state.tau;
  const theta = state.paper ? paperTheta(r) : state.theta, eta1 = state.step / kernel.trace;
  const schedule = state.steps === "tied" ? polynomial(eta1 * T ** -theta, 0) : polynomial(eta1, theta);
  const F = sourceTarget(modes, r), ends = blockEnds(T), average = state.iterate === "average";
  const total = ends.slice(1).reduce((sum, end, j) => sum + schedule.sum(ends[j], end), 0);
  const decay = { off: 0, fixed: 10 ** state.lambda, sum: 1 / total }[state.decay];
  const run = expectedRisk(modes, F, schedule, T, { noise, decay, average });
  const shown = average ? run.averaged : run.risk, local = localExponent(run.t, shown);
  const J = run.t.length - 1, kept = average ? NaN : memory(run, J);
  let c = NaN;
  if (width && decay === 0 && !average) {
    const scale = F[0] / modes.lambda[0] ** (2 * r); // degree 0 has the weight 1, and k + 1 = 1
    const each = width.lambda.map((l, k) => scale * l ** (2 * r) / (1 + width.degree[k]) ** 1.05);
    c = firstOrder(width, each, schedule, run, noise);
  }
  return { run, shown, local, T, theta, noise, tau, decay, r, average, width: width !== null,
    values: { risk: shown[J], exponent: local[J], paper: -paperTheta(r), theta, eta1: schedule.step(1),
      decay, sum: total, bias: average ? NaN : run.bias[J], memory: kept,
      fresh: run.risk[J] - run.bias[J] - kept, c, width: c / tau, power: 1 + 5 / (2 * r + 1) } };
}

// ---- words and numbers ----------------------------------------------------------------------

const SUPERSCRIPT = { "-": "⁻", ".": "·", ...Object.fromEntries([..."0123456789"].map((digit, i) => [digit, "⁰¹²³⁴⁵⁶⁷⁸⁹"[i]])) };
const raised = (x) => [...String(x)].map((sign) => SUPERSCRIPT[sign]).join("");
const minus = (text) => text.replace("-", "−");

/** Three digits; a power of ten where it is short. */
function digits(x) {
  if (!Number.isFinite(x)) return "–";
  if (x === 0) return "0";
  const power = Math.floor(Math.log10(Math.abs(x)) + 1e-9);
  if (power >= -3 && power < 5) return minus(String(+x.toPrecision(3)));
  const front = +(x / 10 ** power).toPrecision(3);
  return minus((front === 1 ? "" : `${front} · `) + `10${raised(power)}`);
}

const READOUT = [ // name, label, text from the numbers
  ["risk", "risk at T", ({ values }) => digits(values.risk)],
  ["exponent", "local exponent at T", ({ values }) => minus(values.exponent.toFixed(3))],
  ["paper", "the paper’s, −2r/(2r+1)", ({ values }) => minus(values.paper.toFixed(3))],
  ["bias", "bias", share("bias")],
  ["fresh", "fresh noise", share("fresh")],
  ["memory", "memory", share("memory")],
  ["eta1", "first step η₁", ({ values }) => digits(values.eta1)],
  ["theta", "θ", ({ values }) => String(+values.theta.toFixed(3))],
  ["decay", "weight decay λ", ({ values }) => digits(values.decay)],
  ["sum", "S_T, the sum of the steps", ({ values }) => digits(values.sum)],
  ["c", "c(T) of the linearised network", coefficient("c")],
  ["width", "its width m* = c(T)/τ", coefficient("width")],
  ["power", "the paper’s width, up to an unknown constant",
    ({ values }) => `T${raised(values.power.toFixed(2))}`],
];

function share(name) {
  return ({ values, average }) => average ? "of the last iterate only"
    : `${digits(values[name])} (${Math.round((100 * values[name]) / values.risk)} %)`;
}

function coefficient(name) {
  return ({ values, width, average, decay }) => {
    if (!width) return "not shipped for this d";
    if (average || decay > 0) return "last iterate without decay only";
    return values[name] > 0 ? digits(values[name]) : "none";
  };
}

// ---- drawing --------------------------------------------------------------------------------

/** An SVG element with attributes and children. */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const MARKS = { // so that no curve is told by its colour alone
  circle: (x, y) => svg("circle", { cx: x, cy: y, r: 3.5 }),
  square: (x, y) => svg("rect", { x: x - 3.2, y: y - 3.2, width: 6.4, height: 6.4 }),
  triangle: (x, y) => svg("path", { d: `M${x - 4} ${y + 3.5}h8l-4 -7.5z` }),
};

/** Axes of a panel: what takes t and a value to pixels, ticks drawn into `into`. */
function axes(into, box, T, [low, high], ticks, label) {
  const x = (t) => box.left + (Math.log10(t) / Math.log10(T)) * box.width;
  const y = (v) => box.top + ((high - v) / (high - low)) * box.height;
  const every = Math.ceil(Math.log10(T) / (box.width / 45));
  for (let power = 0; power <= Math.log10(T); power += every) {
    const at = x(10 ** power);
    into.append(svg("line", { class: "grid", x1: at, x2: at, y1: box.top, y2: box.top + box.height }));
    into.append(svg("text", { class: "tick", x: at, y: box.top + box.height + 16, "text-anchor": "middle" }, `10${raised(power)}`));
  }
  for (const [value, text] of ticks) {
    const at = y(value);
    into.append(svg("line", { class: "grid", x1: box.left, x2: box.left + box.width, y1: at, y2: at }));
    into.append(svg("text", { class: "tick", x: box.left - 6, y: at + 4, "text-anchor": "end" }, text));
  }
  into.append(svg("text", { class: "title", x: box.left, y: box.top - 10 }, label));
  return { x, y };
}

/** A curve of class `name` through the points, with marks at some, and where its label goes. */
function curve(into, name, points, mark, every) {
  const inside = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (inside.length === 0) return null;
  const group = svg("g", { class: `curve ${name}` });
  group.append(svg("path", { d: `M${inside.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}` }));
  let last = -Infinity;
  for (const [x, y] of mark ? inside : []) {
    if (x - last >= every) {
      group.append(MARKS[mark](x, y));
      last = x;
    }
  }
  into.append(group);
  return inside.at(-1);
}

/** Labels beside the ends of the curves, moved apart. */
function labels(into, box, wanted) {
  const placed = wanted.filter(({ end }) => end).sort((a, b) => a.end[1] - b.end[1]);
  const gap = 15, floor = box.top + box.height + 4;
  placed.forEach((one, i) => { one.y = Math.max(one.end[1] + 4, i ? placed[i - 1].y + gap : box.top + 8); });
  for (let i = placed.length - 1, limit = floor; i >= 0; i--, limit -= gap) {
    placed[i].y = Math.min(placed[i].y, limit);
    limit = Math.min(limit, placed[i].y);
  }
  for (const { name, text, y } of placed) {
    into.append(svg("text", { class: `label ${name}`, x: box.left + box.width + 8, y }, text));
  }
}

/** Both panels: the risk and its parts, and the local exponent. */
function draw(picture, numbers, width) {
  const { run, shown: risk, local, T, r, average, values } = numbers, narrow = width < 520;
  const left = 46, right = narrow ? 90 : 104, inner = width - left - right;
  const top = { left, top: 28, width: inner, height: narrow ? 230 : 290 };
  const below = { left, top: top.top + top.height + 58, width: inner, height: narrow ? 90 : 110 };
  const height = below.top + below.height + 42;
  picture.replaceChildren();
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) {
    picture.setAttribute(name, value);
  }
  // points: few enough, single steps at first
  const picked = [];
  run.t.forEach((t, j) => {
    if (t >= 1 && (j === run.t.length - 1 || picked.length === 0
      || Math.log10(t / run.t[picked.at(-1)]) >= Math.log10(T) / 130)) picked.push(j);
  });
  const at = risk[nearest(run.t, Math.sqrt(T))], meets = run.t[nearest(run.t, Math.sqrt(T))];
  const paper = (t) => at * (t / meets) ** values.paper;
  const parts = average ? [] : [
    ["bias", "bias", "circle", picked.map((j) => run.bias[j])],
    ["memory", "memory", "triangle", picked.map((j) => memory(run, j))]];
  if (!average) {
    parts.push(["fresh", "fresh noise", "square",
      picked.map((j, i) => run.risk[j] - run.bias[j] - parts[1][3][i])]);
  }
  const high = Math.ceil(Math.log10(Math.max(...picked.map((j) => risk[j]), 1)) - 1e-9);
  const low = Math.min(Math.floor(Math.log10(Math.min(...picked.map((j) => risk[j])))) - 1, high - 2);
  const every = Math.ceil((high - low) / 8), ticks = [];
  for (let power = high; power >= low; power -= every) ticks.push([power, `10${raised(power)}`]);
  const one = axes(picture, top, T, [low, high], ticks,
    `risk of ${average ? "the average" : "the last iterate"}: exponent ${minus(values.exponent.toFixed(2))} at T, the paper’s ${minus(values.paper.toFixed(2))}`);
  const level = (v) => (v > 0 && Math.log10(v) >= low ? one.y(Math.log10(v)) : NaN);
  const points = (values_at) => picked.map((j, i) => [one.x(run.t[j]), level(values_at(j, i))]);
  const wanted = [{ name: "paper", text: narrow ? "paper" : "paper’s slope", end: curve(picture, "paper", points((j) => paper(run.t[j]))) }];
  for (const [name, text, mark, column] of parts) {
    wanted.push({ name, text, end: curve(picture, name, points((_, i) => column[i]), mark, inner / 7) });
  }
  wanted.push({ name: "risk", text: average ? "average" : "risk", end: curve(picture, "risk", points((j) => risk[j])) });
  picture.append(svg("g", { class: "curve paper" }, MARKS.circle(one.x(meets), level(at))));
  labels(picture, top, wanted);
  const bottom = Math.floor(Math.min(values.paper, ...picked.map((j) => local[j]).filter(Number.isFinite)) * 2) / 2;
  const crown = Math.max(0, Math.ceil(2 * Math.max(...picked.map((j) => local[j]).filter(Number.isFinite))) / 2);
  const steps = [];
  for (let v = crown; v >= bottom; v -= crown - bottom > 2.5 ? 1 : 0.5) steps.push([v, minus(String(v))]);
  const two = axes(picture, below, T, [bottom, crown], steps, "local exponent, over the half decade before t");
  labels(picture, below, [
    { name: "paper", text: minus(`−2r/(2r+1)`), end: curve(picture, "paper", [[two.x(1), two.y(values.paper)], [two.x(T), two.y(values.paper)]]) },
    { name: "risk", text: "exponent", end: curve(picture, "risk", picked.map((j) => [two.x(run.t[j]), two.y(local[j])])) }]);
  picture.append(svg("text", { class: "title", x: left + inner, y: height - 6, "text-anchor": "end" }, "step t"));
  return describe(numbers, meets);
}

function nearest(t, wanted) {
  return t.reduce((best, end, j) => (end >= 1 && Math.abs(Math.log(end / wanted)) < Math.abs(Math.log(t[best] / wanted)) ? j : best), 1);
}

/** The figure in a few sentences, for those who do not see it. */
function describe({ values, T, tau, average }, meets) {
  const width = values.width > 0
    ? ` The linearised network’s excess is ${digits(tau)} of the risk at the width m* ≈ ${digits(values.width)}.` : "";
  return `Risk of ${average ? "the average" : "the last iterate"} against steps t from 1 to ${digits(T)}, both axes logarithmic: `
    + `it ends at ${digits(values.risk)} with the local exponent ${minus(values.exponent.toFixed(2))}. `
    + `The dashed line has the paper’s exponent ${minus(values.paper.toFixed(2))}; its constant is unknown, it is drawn through the risk at t = ${digits(meets)}.${width}`;
}

// ---- page -----------------------------------------------------------------------------------

/** An HTML element with attributes and children. */
function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const GROUPS = { "The problem": ["activation", "d", "r", "noise"],
  "The steps": ["T", "step", "paper", "theta", "steps"],
  "Decay, averaging, width": ["decay", "lambda", "iterate", "tau"] };

/** A control with its label, and for sliders the value beside it: {row, input, sync}. */
function control(name, id) {
  const { label, range, log, options, check } = CONTROLS[name];
  if (check) {
    const input = html("input", { type: "checkbox", id, name });
    return { input, row: html("div", { class: "check" }, input, html("label", { for: id }, label)),
      read: () => input.checked, sync: (value) => { input.checked = value; } };
  }
  if (options) {
    const input = html("select", { id, name }, ...Object.entries(options).map(
      ([value, text]) => html("option", { value }, text)));
    return { input, row: html("div", {}, html("label", { for: id }, label), input),
      read: () => input.value, sync: (value) => { input.value = value; } };
  }
  const [min, max, step] = range, output = html("output", { for: id });
  const input = html("input", { type: "range", id, name, min, max, step });
  const sync = (value) => {
    input.value = value;
    const text = digits(log ? 10 ** +value : +value);
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  return { input, read: () => +input.value, sync,
    row: html("div", {}, html("label", { for: id }, label), output, input) };
}

const NOTE = "Kernel SGD on one fresh sample a step, inputs uniform on the sphere, computed here from the "
  + "kernel’s eigenvalues. Bias: without the gradients’ noise. Memory: what is left of the noise of the steps "
  + "up to S_T/2. Fresh noise: the rest. m* is the width at which the linearised network’s excess risk is τ, to "
  + "first order in 1/m; the network itself may need more.";

let instances = 0;

function render({ model, el }) {
  const prefix = `ntk-explorer-${instances++}`;
  const picture = svg("svg", { role: "img", "aria-labelledby": `${prefix}-described` });
  const described = html("figcaption", { id: `${prefix}-described` }), status = html("p", { class: "status", role: "status" });
  const controls = Object.fromEntries(Object.keys(CONTROLS).map((name) => [name, control(name, `${prefix}-${name}`)]));
  const form = html("form", {}, ...Object.entries(GROUPS).map(([title, names]) =>
    html("fieldset", {}, html("legend", {}, title), ...names.map((name) => controls[name].row))));
  const outputs = READOUT.map(([name, label, text]) => {
    const output = html("output", { "data-name": name, "aria-live": "off" });
    return { name, text, output, row: html("div", {}, html("dt", {}, label), html("dd", {}, output)) };
  });
  const figure = html("figure", {}, picture, described);
  const root = html("section", { class: "ntk-explorer", "aria-label": "Explorer of the exact risk" },
    html("style", {}, STYLE), figure, form, html("dl", {}, ...outputs.map(({ row }) => row)), status,
    html("p", { class: "note" }, NOTE));
  el.replaceChildren(root);

  let state = whole(model.get("state")), frame = 0;

  function update() {
    frame = 0;
    const start = performance.now(), numbers = compute(DATA, state);
    for (const [name, { sync }] of Object.entries(controls)) sync(state[name]);
    controls.theta.sync(numbers.theta);
    controls.theta.input.disabled = state.paper;
    controls.lambda.input.disabled = state.decay !== "fixed";
    for (const { name, text, output } of outputs) {
      output.textContent = text(numbers);
      output.dataset.value = numbers.values[name];
    }
    described.textContent = draw(picture, numbers, Math.max(figure.clientWidth || 640, 300));
    root.dataset.ms = (performance.now() - start).toFixed(2);
  }

  const later = () => { frame ||= requestAnimationFrame(update); };

  function announce() { // to screen readers, once a move is over
    status.textContent = described.textContent;
  }

  form.addEventListener("input", ({ target }) => {
    state = whole({ ...state, [target.name]: controls[target.name].read() });
    later();
  });
  form.addEventListener("change", () => { // the end of a move: once, not at every pixel
    model.set("state", changed(state));
    model.save_changes();
    requestAnimationFrame(() => requestAnimationFrame(announce));
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

const STYLE = `
.ntk-explorer { --ink: #1a1a1a; --soft: #5c5c5c; --grid: #dedede; --paper: #666666; --bias: #0062a3;
  --fresh: #a83c00; --memory: #006b4f; --ground: #ffffff; color: var(--ink); background: var(--ground);
  font: 15px/1.4 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; color-scheme: light; }
@media (prefers-color-scheme: dark) { html:not([data-theme="light"]) .ntk-explorer {
  --ink: #f0f0f0; --soft: #b8b8b8; --grid: #3a3f45; --paper: #b0b0b0; --bias: #74b9f2; --fresh: #ff9f63;
  --memory: #55d3aa; --ground: #14181e; color-scheme: dark; } }
html[data-theme="dark"] .ntk-explorer, body[data-jp-theme-light="false"] .ntk-explorer {
  --ink: #f0f0f0; --soft: #b8b8b8; --grid: #3a3f45; --paper: #b0b0b0; --bias: #74b9f2; --fresh: #ff9f63;
  --memory: #55d3aa; --ground: #14181e; color-scheme: dark; }
.ntk-explorer form { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .75rem; margin: 0; }
.ntk-explorer fieldset { border: 1px solid var(--grid); border-radius: 6px; margin: 0; padding: .25rem .75rem .6rem; min-width: 0; }
.ntk-explorer legend { color: var(--soft); font-size: 14px; padding: 0 .3rem; float: none; width: auto; margin: 0; }
.ntk-explorer fieldset > div { display: grid; grid-template-columns: 1fr auto; column-gap: .6rem; align-items: center; min-height: 2rem; }
.ntk-explorer fieldset > div.check { grid-template-columns: auto 1fr; padding: .3rem 0; }
.ntk-explorer input[type="range"] { grid-column: 1 / -1; width: 100%; height: 28px; margin: 0; accent-color: var(--bias); touch-action: pan-y; }
.ntk-explorer input[type="checkbox"] { width: 1.15rem; height: 1.15rem; accent-color: var(--bias); }
.ntk-explorer input:disabled { opacity: .45; }
.ntk-explorer select { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 4px; min-height: 30px; max-width: 11rem; }
.ntk-explorer :focus-visible { outline: 3px solid var(--bias); outline-offset: 2px; }
.ntk-explorer output { font-variant-numeric: tabular-nums; }
.ntk-explorer figure { margin: 0 0 1rem; }
.ntk-explorer figcaption, .ntk-explorer .note { color: var(--soft); font-size: 14px; margin: .25rem 0; text-align: left; }
.ntk-explorer .status { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.ntk-explorer svg { display: block; max-width: 100%; font: 13px system-ui, sans-serif; }
.ntk-explorer svg text { fill: var(--ink); }
.ntk-explorer svg .tick { fill: var(--soft); font-size: 12px; }
.ntk-explorer svg .grid { stroke: var(--grid); }
.ntk-explorer svg .curve { stroke: var(--colour); fill: var(--colour); }
.ntk-explorer svg .curve path { stroke-width: 1.8; }
.ntk-explorer svg .curve > path:first-child { fill: none; }
.ntk-explorer svg .label { fill: var(--colour); font-weight: 600; font-size: 12.5px; }
.ntk-explorer .risk { --colour: var(--ink); }
.ntk-explorer .risk path { stroke-width: 2.6 !important; }
.ntk-explorer .paper { --colour: var(--paper); }
.ntk-explorer .paper path { stroke-dasharray: 8 5; }
.ntk-explorer .bias { --colour: var(--bias); }
.ntk-explorer .fresh { --colour: var(--fresh); }
.ntk-explorer .fresh > path:first-child { stroke-dasharray: 10 4 2 4; }
.ntk-explorer .memory { --colour: var(--memory); }
.ntk-explorer .memory > path:first-child { stroke-dasharray: 3 4; }
.ntk-explorer dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0 1.25rem; margin: .75rem 0; }
.ntk-explorer dl > div { display: flex; justify-content: space-between; gap: .75rem; border-bottom: 1px solid var(--grid); padding: .2rem 0; }
.ntk-explorer dt { color: var(--soft); font-weight: 400; margin: 0; }
.ntk-explorer dd { margin: 0; text-align: right; white-space: nowrap; }
`;

const numerics = { modesOf, sourceTarget, paperTheta, polynomial, blockEnds, expectedRisk, memory,
  localExponent, widthModes, firstOrder };

export default { render, addressModel, numerics };
