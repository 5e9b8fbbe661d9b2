// The explorer's picture: the risk with its parts, and below it the local exponent, as SVG by hand.
import { memory } from "./risk.js";

// ---- numbers as words -----------------------------------------------------------------------

const SUPERSCRIPT = Object.fromEntries(
  [..."-.0123456789"].map((sign, i) => [sign, [..."⁻·⁰¹²³⁴⁵⁶⁷⁸⁹"][i]]));
export const raised = (x) => [...String(x)].map((sign) => SUPERSCRIPT[sign]).join("");
export const minus = (text) => String(text).replace("-", "−");

/** Three digits, with a power of ten where that is shorter. */
export function digits(x) {
  if (!Number.isFinite(x)) return "–";
  if (x === 0) return "0";
  const power = Math.floor(Math.log10(Math.abs(x)) + 1e-9);
  if (power >= -3 && power < 5) return minus(+x.toPrecision(3));
  const front = +(x / 10 ** power).toPrecision(3);
  return minus((front === 1 ? "" : `${front} · `) + `10${raised(power)}`);
}

// ---- pieces ---------------------------------------------------------------------------------

/** The name space of SVG, as the browser's own parser has it. */
function nameSpace() {
  const parsed = document.createElement("div");
  parsed.innerHTML = "<svg></svg>";
  return parsed.firstChild.namespaceURI;
}

/** An SVG element with attributes and children. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(nameSpace(), tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const MARKS = { // no curve is told by its colour alone
  circle: (x, y) => svg("circle", { cx: x, cy: y, r: 3.5 }),
  square: (x, y) => svg("rect", { x: x - 3.2, y: y - 3.2, width: 6.4, height: 6.4 }),
  triangle: (x, y) => svg("path", { d: `M${x - 4} ${y + 3.5}h8l-4 -7.5z` }),
};

/** Axes and title of a panel: what takes t and a value to pixels. `ticks` are [value, text]. */
function axes(picture, box, T, [low, high], ticks, title) {
  const { left, top } = box, right = left + box.width, bottom = top + box.height;
  const x = (t) => left + (Math.log10(t) / Math.log10(T)) * box.width;
  const y = (value) => top + ((high - value) / (high - low)) * box.height;
  const line = (x1, y1, x2, y2) => picture.append(svg("line", { class: "grid", x1, y1, x2, y2 }));
  const tick = (text, x, y, anchor) => picture.append(
    svg("text", { class: "tick", x, y, "text-anchor": anchor }, text));
  const every = Math.ceil(Math.log10(T) / (box.width / 45)); // decades between two ticks
  for (let power = 0; power <= Math.log10(T); power += every) {
    const at = x(10 ** power);
    line(at, top, at, bottom);
    tick(`10${raised(power)}`, at, bottom + 16, "middle");
  }
  for (const [value, text] of ticks) {
    line(left, y(value), right, y(value));
    tick(text, left - 6, y(value) + 4, "end");
  }
  picture.append(svg("text", { x: 2, y: top - 10 }, title));
  return { x, y };
}

/** A curve through the points that are numbers, with marks `every` pixels; returns its end. */
function curve(picture, name, points, mark, every) {
  const inside = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (inside.length === 0) return null;
  const path = inside.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
  const group = svg("g", { class: `curve ${name}` }, svg("path", { d: `M${path}` }));
  let last = -Infinity;
  for (const [x, y] of mark ? inside : []) {
    if (x - last < every) continue;
    group.append(MARKS[mark](x, y));
    last = x;
  }
  picture.append(group);
  return inside.at(-1);
}

/** Labels {name, text, end} beside the ends of the curves, moved apart. */
function label(picture, box, wanted) {
  const placed = wanted.filter(({ end }) => end).sort((a, b) => a.end[1] - b.end[1]), gap = 15;
  placed.forEach((one, i) => {
    one.y = Math.max(one.end[1] + 4, i > 0 ? placed[i - 1].y + gap : box.top + 8);
  });
  let limit = box.top + box.height + 4;
  for (const one of [...placed].reverse()) {
    one.y = Math.min(one.y, limit);
    limit = one.y - gap;
  }
  const x = box.left + box.width + 8;
  for (const { name, text, y } of placed) {
    picture.append(svg("text", { class: `label ${name}`, x, y }, text));
  }
}

// ---- panels ---------------------------------------------------------------------------------

/** Block ends that are drawn: few enough, evenly in log t, the last one among them. */
function drawn({ t }, T) {
  const picked = [];
  t.forEach((end, j) => {
    const far = picked.length === 0 || end / t[picked.at(-1)] >= T ** (1 / 130);
    if (end >= 1 && (far || j === t.length - 1)) picked.push(j);
  });
  return picked;
}

/** Ticks at powers of ten, at most eight of them. */
function decades(low, high) {
  const every = Math.ceil((high - low) / 8), ticks = [];
  for (let power = high; power >= low; power -= every) ticks.push([power, `10${raised(power)}`]);
  return ticks;
}

/** The risk, its parts, and the paper's line through the risk at the end `meets`. */
function risks(picture, box, { run, shown, T, average, values }, picked, meets, narrow) {
  const risk = picked.map((j) => shown[j]);
  const high = Math.ceil(Math.log10(Math.max(...risk, 1)) - 1e-9);
  const low = Math.min(Math.floor(Math.log10(Math.min(...risk))) - 1, high - 2);
  const { x, y } = axes(picture, box, T, [low, high], decades(low, high),
    `risk: exponent ${minus(values.exponent.toFixed(3))} at T, `
    + `the paper’s ${minus(values.paper.toFixed(3))}`);
  const level = (value) => (value >= 10 ** low ? y(Math.log10(value)) : NaN);
  const labels = [];
  const add = (name, text, column, mark) => labels.push({ name, text, end: curve(picture, name,
    picked.map((j, i) => [x(run.t[j]), level(column[i])]), mark, box.width / 7) });
  const through = shown[meets];
  add("paper", narrow ? "paper" : "paper’s slope",
    picked.map((j) => through * (run.t[j] / run.t[meets]) ** values.paper));
  if (!average) {
    const bias = picked.map((j) => run.bias[j]), kept = picked.map((j) => memory(run, j));
    add("bias", "bias", bias, "circle");
    add("memory", "memory", kept, "triangle");
    add("fresh", "fresh noise", risk.map((all, i) => all - bias[i] - kept[i]), "square");
  }
  add("risk", average ? "average" : "risk", risk);
  picture.append(svg("g", { class: "curve paper" }, MARKS.circle(x(run.t[meets]), level(through))));
  label(picture, box, labels);
}

/** The local exponent, and the paper's. */
function exponents(picture, box, { run, local, T, values }, picked) {
  const found = picked.map((j) => local[j]).filter(Number.isFinite);
  const low = Math.floor(2 * Math.min(values.paper, ...found)) / 2;
  const high = Math.max(0, Math.ceil(2 * Math.max(...found)) / 2), ticks = [];
  const every = high - low > 2.5 ? 1 : 0.5;
  for (let value = high; value >= low; value -= every) ticks.push([value, minus(value)]);
  const { x, y } = axes(picture, box, T, [low, high], ticks,
    "local exponent, over the half decade before t");
  const flat = [1, T].map((t) => [x(t), y(values.paper)]);
  const moving = picked.map((j) => [x(run.t[j]), y(local[j])]);
  label(picture, box, [
    { name: "paper", text: "−2r/(2r+1)", end: curve(picture, "paper", flat) },
    { name: "risk", text: "exponent", end: curve(picture, "risk", moving) }]);
}

/** Both panels, `width` pixels wide; returns what they show, in words. */
export function draw(picture, numbers, width) {
  const { run, T } = numbers, narrow = width < 520, left = 46;
  const inner = width - left - (narrow ? 112 : 132); // the widest label in a wide font
  const above = { left, top: 28, width: inner, height: narrow ? 230 : 290 };
  const below = { left, top: above.top + above.height + 58, width: inner, height: 100 };
  const height = below.top + below.height + 42;
  picture.replaceChildren();
  picture.setAttribute("width", width);
  picture.setAttribute("height", height);
  const picked = drawn(run, T), distance = (j) => Math.abs(Math.log(run.t[j] ** 2 / T));
  const meets = picked.reduce((best, j) => (distance(j) < distance(best) ? j : best));
  risks(picture, above, numbers, picked, meets, narrow);
  exponents(picture, below, numbers, picked);
  picture.append(svg("text", { x: left + inner, y: height - 6, "text-anchor": "end" }, "step t"));
  return describe(numbers, run.t[meets]);
}

/** The figure in a few sentences, for those who do not see it too. */
function describe({ values, T, tau, average }, meets) {
  return `Risk of ${average ? "the average of all iterates" : "the last iterate"} against steps t `
    + `from 1 to ${digits(T)}, both axes logarithmic: it ends at ${digits(values.risk)} with the `
    + `local exponent ${minus(values.exponent.toFixed(3))}. The dashed line has the paper’s `
    + `exponent ${minus(values.paper.toFixed(3))}; its constant is unknown, it is drawn through `
    + `the risk at t = ${digits(meets)}.`
    + (values.width > 0 ? ` The linearised network’s excess is ${digits(tau)} of the risk at the `
      + `width m* ≈ ${digits(values.width)}, to first order.` : "");
}
