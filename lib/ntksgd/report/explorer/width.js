// c(T) = lim m (E R_m / R - 1) of the linearised network, as ntksgd.risk.finite_width has it.
//
// With p and g the bias and the variance as functions of an eigenvalue l (ntksgd.risk.
// spectral_functions), the width moves the risk R(T) at first order in 1/m by moved(T)/m,
//     moved = direct + self noise,
//     direct = 2 sum_kl V_kl (F_k p + N_k g)[l_k, l_l, l_k],
//     N_k V_kl = size_k size_l <G_k, G_l> - delta_kl N_k lambda_k^2,
// V without the part of the shifts u_a of whole degrees, which moves R by its second derivatives:
//     sum_a d^2 R / d(lambda_k + eps u_ak)^2,
// and both feed back, as R is part of the noise (ntksgd.risk.self_noise).
//
// kernel.width = {k, lambda, weight, size, G: rows G_k, shifts: rows u_a}: fewer degrees than the
// risk takes, as they come in pairs.
import { EXCESS, multiplicity, phi, roomFor } from "./risk.js";

const CLOSE = 1e-3; // relative gap below which a divided difference is a derivative
// blocks between the times at which `direct` is computed (between, it is interpolated): fewer
// later, where it no longer matters for the noise that the error itself makes
const EVERY = (t) => (t < 8 ? 1 : t < 1e4 ? 6 : 18);

/** The ends of a run, every second one where blocks are longer than a step. */
function coarse({ t }) {
  const single = t.findIndex((end, j) => j > 0 && end - t[j - 1] > 1);
  const one_by_one = single < 0 ? t.length - 1 : single - 1;
  return t.map((_, j) => j).filter(
    (j) => j <= one_by_one || (j - one_by_one) % 2 === 0 || j === t.length - 1);
}

/** A degree's response A0 f_0 + A1 f_n to a source eta l^2 f a step, f linear over a block of n
 *  steps, with two derivatives in l; and K = (1 - 2 eta l)^n with two. `spare` is overwritten. */
function blockOf(lambda, eta, n, spare) {
  const n_k = lambda.length, of = () => new Float64Array(n_k), { q, G, K2 } = spare;
  const K = of(), K1 = of(), A0 = [of(), of(), spare.A0], A1 = [of(), of(), spare.A1];
  const c = 2 * eta * n; // x = c l
  for (let k = 0; k < n_k; k++) q[k] = 2 * eta * lambda[k];
  phi(q, n, G);
  const e2 = 1 - 1 / n, e3 = e2 * (1 - 2 / n), e4 = e3 * (1 - 3 / n);
  for (let k = 0; k < n_k; k++) {
    const x = n * q[k], left = 1 - q[k], phi0 = G.phi0[k], phi1 = G.phi1[k], kept = G.K[k];
    const first = (-c * kept) / left, second = (c * c * e2 * kept) / (left * left);
    K[k] = kept;
    K1[k] = first;
    K2[k] = second;
    A0[0][k] = (x * x * phi0) / (2 * c);
    A1[0][k] = (x * x * phi1) / (2 * c);
    if (x < 1e-3) { // x^2 phi(x) / (2c), with the derivatives of the series of phi
      const slope0 = -(e2 / 2 - e3 / 6) + x * (e3 / 3 - e4 / 12), slope1 = -e3 / 6 + (x * e4) / 12;
      A0[1][k] = x * phi0 + (x * x * slope0) / 2;
      A1[1][k] = x * phi1 + (x * x * slope1) / 2;
      A0[2][k] = c * (phi0 + 2 * x * slope0);
      A1[2][k] = c * (phi1 + 2 * x * slope1);
    } else { // (1 - K - xK) / (2c) and (x - 1 + K) / (2c)
      A0[1][k] = (-first - c * kept - x * first) / (2 * c);
      A0[2][k] = (-second - 2 * c * first - x * second) / (2 * c);
      A1[1][k] = n === 1 ? 0 : (c + first) / (2 * c);
      A1[2][k] = n === 1 ? 0 : second / (2 * c);
    }
  }
  return { K, K1, A0, A1 };
}

/** What the width adds directly: 2 sum_kl pairs_kl (F_k p + N_k g)[l_k, l_l, l_k], the part of the
 *  shifts taken out. p (less 1) and g each with two derivatives. */
function secondOrder({ lambda, N, pairs, diagonal }, F, [p, p1, p2], [g, g1, g2]) {
  const n_k = lambda.length;
  let total = 0;
  for (let k = 0; k < n_k; k++) {
    const l = lambda[k], f = F[k], n = N[k], row = k * n_k;
    const value = f * p[k] + n * g[k], slope = f * p1[k] + n * g1[k], bend = f * p2[k] + n * g2[k];
    for (let j = 0; j < n_k; j++) {
      const gap = lambda[j] - l;
      if (Math.abs(gap) <= CLOSE * Math.max(l, lambda[j])) {
        total += pairs[row + j] * (bend / 3 + (f * p2[j] + n * g2[j]) / 6);
      } else {
        total += pairs[row + j] * ((f * p[j] + n * g[j] - value) / gap - slope) / gap;
      }
    }
    total -= (diagonal[k] * bend) / 2;
  }
  return 2 * total;
}

/** The modes of kernel.width, and what does not depend on r, s^2 and steps. */
export function widthModes({ d, width }) {
  const lambda = Float64Array.from(width.lambda), n_k = lambda.length, { size, G, shifts } = width;
  const N = lambda.map((_, k) => multiplicity(d, width.k[k])), W = width.weight;
  const pairs = new Float64Array(n_k * n_k), diagonal = new Float64Array(n_k);
  for (let k = 0; k < n_k; k++) {
    for (let j = 0; j < n_k; j++) {
      let product = 0;
      for (let i = 0; i < G[k].length; i++) product += G[k][i] * G[j][i];
      pairs[k * n_k + j] = (W[k] * W[j] * size[k] * size[j] * product) / N[k];
    }
    diagonal[k] = W[k] * shifts.reduce((sum, u) => sum + u[k] * u[k], lambda[k] * lambda[k]);
  }
  // the shifts, and with the weights of the degrees for sums over them
  const rows = shifts.map((u) => Float64Array.from(u));
  const weighted = rows.map((u) => u.map((value, k) => W[k] * value));
  const carried = N.map((count, k) => W[k] * count); // by the degrees that k stands for
  const degree = Float64Array.from(width.k);
  return { degree, lambda, N, carried, pairs, diagonal, rows, weighted };
}

/** F_k of single degrees, on the scale of `F`, those of all modes with their weights. */
export function singleDegrees({ lambda, degree }, modes, F, r) {
  const scale = F[0] / modes.lambda[0] ** (2 * r); // degree 0, of weight 1
  return lambda.map((l, k) => (scale * l ** (2 * r)) / (1 + degree[k]) ** (1 + EXCESS));
}

/** c(T) at the end of a run of `expectedRisk` without weight decay; F_k of single degrees. */
export function firstOrder(modes, F, schedule, run, noise) {
  const { lambda, N, rows, weighted } = modes, n_k = lambda.length, ends = coarse(run);
  const of = () => new Float64Array(n_k), three = () => [of(), of(), of()];
  const steps = ends.map((j) => schedule.step(run.t[j] + 1));
  const level = ends.map((j, i) => steps[i] * (run.risk[j] + noise));
  const forced = rows.map(() => new Float64Array(ends.length)), curved = ends.map(() => 0);
  const spare = { q: of(), G: roomFor(n_k), K2: of(), A0: of(), A1: of() };
  const [p, p1, p2] = three(), [g, g1, g2] = three(), [log_p, slope, bend] = three();
  const first = of(), second = of(), blocks = [], known = [[0, 0]]; // known: [end, direct]
  for (let i = 1; i < ends.length; i++) {
    const a = ends[i - 1], b = ends[i], n = run.t[b] - run.t[a], eta = (run.S[b] - run.S[a]) / n;
    const block = blockOf(lambda, eta, n, spare), { K, K1, A0, A1 } = block;
    const f0 = level[i - 1], f1 = level[i];
    blocks.push(block);
    for (let k = 0; k < n_k; k++) {
      const left = 1 - 2 * eta * lambda[k], g_k = g[k], g1_k = g1[k];
      log_p[k] += spare.G.logK[k];
      slope[k] -= (2 * eta * n) / left; // of log p, and its derivative
      bend[k] -= (4 * eta * eta * n) / (left * left);
      p[k] = Math.expm1(log_p[k]);
      p1[k] = (p[k] + 1) * slope[k];
      p2[k] = (p[k] + 1) * (slope[k] * slope[k] + bend[k]);
      g[k] = K[k] * g_k + A0[0][k] * f0 + A1[0][k] * f1;
      g1[k] = K[k] * g1_k + K1[k] * g_k + A0[1][k] * f0 + A1[1][k] * f1;
      g2[k] = K[k] * g2[k] + 2 * K1[k] * g1_k + spare.K2[k] * g_k + A0[2][k] * f0 + A1[2][k] * f1;
      first[k] = F[k] * p1[k] + N[k] * g1[k];
      second[k] = F[k] * p2[k] + N[k] * g2[k];
    }
    rows.forEach((u, s) => {
      const v = weighted[s];
      let along = 0, across = 0;
      for (let k = 0; k < n_k; k++) {
        along += v[k] * first[k];
        across += v[k] * u[k] * second[k];
      }
      forced[s][i] = along;
      curved[i] += across;
    });
    if (i - known.at(-1)[0] >= EVERY(run.t[b]) || i === ends.length - 1) {
      known.push([i, secondOrder(modes, F, [p, p1, p2], [g, g1, g2])]);
    }
  }
  const direct = interpolated(known, ends.map((j) => Math.log1p(run.t[j])));
  return feedback(modes, direct, forced, curved, blocks, steps) / run.risk.at(-1);
}

/** Values at every index, linear in x between the known ones. */
function interpolated(known, x) {
  let i = 1;
  return x.map((at, j) => {
    while (known[i][0] < j) i++;
    const [[a, left], [b, right]] = [known[i - 1], known[i]];
    return left + ((right - left) * (at - x[a])) / (x[b] - x[a]);
  });
}

/** moved(T): the change of R along each shift and the second-order one, as noise of their own.
 *
 *  Source h = eta change, as g = eta (R + s^2) above; y is a degree's response to it, y' its
 *  derivative in l; implicit in the change at the end of a block. */
function feedback({ carried, weighted, N }, direct, forced, curved, blocks, steps) {
  const n_k = N.length, of = () => new Float64Array(n_k);
  const y = weighted.map(of), dy = weighted.map(of), z = of(), change = weighted.map(() => 0);
  let moved = direct[0];
  blocks.forEach(({ K, K1, A0: [A0, A0_1], A1: [A1, A1_1] }, b) => {
    const i = b + 1;
    let gain = 0, second = direct[i] + curved[i], seen = 0;
    for (let k = 0; k < n_k; k++) gain += carried[k] * A1[k];
    weighted.forEach((u, s) => {
      const h0 = steps[b] * change[s], y_s = y[s], dy_s = dy[s];
      let sum = forced[s][i], turned = 0;
      for (let k = 0; k < n_k; k++) {
        dy_s[k] = K[k] * dy_s[k] + K1[k] * y_s[k] + A0_1[k] * h0;
        y_s[k] = K[k] * y_s[k] + A0[k] * h0;
        sum += carried[k] * y_s[k];
      }
      change[s] = sum / (1 - gain * steps[i]);
      const h1 = steps[i] * change[s];
      for (let k = 0; k < n_k; k++) {
        y_s[k] += A1[k] * h1;
        dy_s[k] += A1_1[k] * h1;
        turned += u[k] * N[k] * dy_s[k];
      }
      second += 2 * turned;
    });
    for (let k = 0; k < n_k; k++) {
      z[k] = K[k] * z[k] + A0[k] * steps[b] * moved;
      seen += carried[k] * z[k];
    }
    moved = (second + seen) / (1 - gain * steps[i]);
    for (let k = 0; k < n_k; k++) z[k] += A1[k] * steps[i] * moved;
  });
  return moved;
}
