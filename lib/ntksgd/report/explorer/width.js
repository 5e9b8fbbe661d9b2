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
const EVERY = 6; // blocks between the times at which `direct` is computed; between, interpolated

/** The ends of a run, every second one where blocks are longer than a step. */
function coarse({ t }) {
  const single = t.findIndex((end, j) => j > 0 && end - t[j - 1] > 1);
  const one_by_one = single < 0 ? t.length - 1 : single - 1;
  return t.map((_, j) => j).filter(
    (j) => j <= one_by_one || (j - one_by_one) % 2 === 0 || j === t.length - 1);
}

/** A degree's response A0 f_0 + A1 f_n to a source eta l^2 f a step, f linear over a block of n
 *  steps, with two derivatives in l; and K = (1 - 2 eta l)^n with two. */
function blockOf(lambda, eta, n, G) {
  const of = () => new Float64Array(lambda.length);
  const K1 = of(), K2 = of(), A0 = [of(), of(), of()], A1 = [of(), of(), of()];
  const c = 2 * eta * n; // x = c l
  phi(lambda.map((l) => 2 * eta * l), n, G);
  const e2 = 1 - 1 / n, e3 = e2 * (1 - 2 / n), e4 = e3 * (1 - 3 / n);
  for (let k = 0; k < lambda.length; k++) {
    const l = lambda[k], x = c * l, K = G.K[k], left = 1 - 2 * eta * l;
    K1[k] = (-c * K) / left;
    K2[k] = (c * c * e2 * K) / (left * left);
    A0[0][k] = (x * x * G.phi0[k]) / (2 * c);
    A1[0][k] = (x * x * G.phi1[k]) / (2 * c);
    if (x < 1e-3) { // x^2 phi(x) / (2c), by the series of phi
      const first0 = -(e2 / 2 - e3 / 6) + x * (e3 / 3 - e4 / 12), first1 = -e3 / 6 + (x * e4) / 12;
      A0[1][k] = x * G.phi0[k] + (x * x * first0) / 2;
      A1[1][k] = x * G.phi1[k] + (x * x * first1) / 2;
      A0[2][k] = c * (G.phi0[k] + 2 * x * first0);
      A1[2][k] = c * (G.phi1[k] + 2 * x * first1);
    } else { // (1 - K - xK) / (2c) and (x - 1 + K) / (2c)
      A0[1][k] = (-K1[k] - c * K - x * K1[k]) / (2 * c);
      A0[2][k] = (-K2[k] - 2 * c * K1[k] - x * K2[k]) / (2 * c);
      A1[1][k] = n === 1 ? 0 : (c + K1[k]) / (2 * c);
      A1[2][k] = n === 1 ? 0 : K2[k] / (2 * c);
    }
  }
  return { K: G.K, logK: G.logK, K1, K2, A0, A1 };
}

/** What the width adds directly: 2 sum_kl pairs_kl (F_k p + N_k g)[l_k, l_l, l_k], the part of the
 *  shifts taken out. p (less 1) and g each with two derivatives. */
function secondOrder({ lambda, F, N, pairs, diagonal }, p, g) {
  const n_k = lambda.length;
  let total = 0;
  for (let k = 0; k < n_k; k++) {
    const l = lambda[k], f = F[k], n = N[k], row = k * n_k;
    const value = f * p[0][k] + n * g[0][k], slope = f * p[1][k] + n * g[1][k];
    const bend = f * p[2][k] + n * g[2][k];
    for (let j = 0; j < n_k; j++) {
      const gap = lambda[j] - l;
      if (Math.abs(gap) <= CLOSE * Math.max(l, lambda[j])) {
        total += pairs[row + j] * (bend / 3 + (f * p[2][j] + n * g[2][j]) / 6);
      } else {
        total += pairs[row + j] * ((f * p[0][j] + n * g[0][j] - value) / gap - slope) / gap;
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
  return { degree: Float64Array.from(width.k), lambda, W, N, pairs, diagonal, shifts };
}

/** F_k of single degrees, on the scale of `F`, those of all modes with their weights. */
export function singleDegrees({ lambda, degree }, modes, F, r) {
  const scale = F[0] / modes.lambda[0] ** (2 * r); // degree 0, of weight 1
  return lambda.map((l, k) => (scale * l ** (2 * r)) / (1 + degree[k]) ** (1 + EXCESS));
}

/** c(T) at the end of a run of `expectedRisk` without weight decay; F_k of single degrees. */
export function firstOrder(modes, F, schedule, run, noise) {
  const { lambda, W, N, shifts } = modes, n_k = lambda.length, ends = coarse(run), J = ends.length;
  const of = () => new Float64Array(n_k), three = () => [of(), of(), of()], all = { ...modes, F };
  const level = ends.map((j) => schedule.step(run.t[j] + 1) * (run.risk[j] + noise));
  const blocks = [], forced = shifts.map(() => new Float64Array(J)), curved = new Float64Array(J);
  const log_p = of(), slope = of(), bend = of(), p = three(), g = three();
  const known = [[0, 0]]; // [end, direct]
  for (let i = 1; i < J; i++) {
    const a = ends[i - 1], b = ends[i], n = run.t[b] - run.t[a], eta = (run.S[b] - run.S[a]) / n;
    const G = blockOf(lambda, eta, n, roomFor(n_k)), { A0, A1, K, K1, K2 } = G;
    blocks.push(G);
    for (let k = 0; k < n_k; k++) {
      const left = 1 - 2 * eta * lambda[k];
      log_p[k] += G.logK[k];
      slope[k] -= (2 * eta * n) / left; // of log p, and its derivative
      bend[k] -= (4 * eta * eta * n) / (left * left);
      p[0][k] = Math.expm1(log_p[k]);
      p[1][k] = (p[0][k] + 1) * slope[k];
      p[2][k] = (p[0][k] + 1) * (slope[k] * slope[k] + bend[k]);
      const [g0, g1, g2] = [g[0][k], g[1][k], g[2][k]], f0 = level[i - 1], f1 = level[i];
      g[0][k] = K[k] * g0 + A0[0][k] * f0 + A1[0][k] * f1;
      g[1][k] = K[k] * g1 + K1[k] * g0 + A0[1][k] * f0 + A1[1][k] * f1;
      g[2][k] = K[k] * g2 + 2 * K1[k] * g1 + K2[k] * g0 + A0[2][k] * f0 + A1[2][k] * f1;
      for (let s = 0; s < shifts.length; s++) {
        const u = shifts[s][k] * W[k];
        forced[s][i] += u * (F[k] * p[1][k] + N[k] * g[1][k]);
        curved[i] += u * shifts[s][k] * (F[k] * p[2][k] + N[k] * g[2][k]);
      }
    }
    if (i < 8 || i % EVERY === 0 || i === J - 1) known.push([i, secondOrder(all, p, g)]);
  }
  const direct = interpolated(known, ends.map((j) => Math.log1p(run.t[j])));
  const steps = ends.map((j) => schedule.step(run.t[j] + 1));
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
function feedback({ lambda, W, N, shifts }, direct, forced, curved, blocks, step) {
  const n_k = lambda.length, of = () => new Float64Array(n_k);
  const y = shifts.map(of), dy = shifts.map(of), z = of(), change = shifts.map(() => 0);
  let moved = direct[0];
  blocks.forEach(({ K, K1, A0, A1 }, b) => {
    const i = b + 1;
    let gain = 0, second = direct[i] + curved[i], seen = 0;
    for (let k = 0; k < n_k; k++) gain += W[k] * N[k] * A1[0][k];
    for (let s = 0; s < shifts.length; s++) {
      const h0 = step[b] * change[s], u = shifts[s];
      let sum = forced[s][i];
      for (let k = 0; k < n_k; k++) {
        dy[s][k] = K[k] * dy[s][k] + K1[k] * y[s][k] + A0[1][k] * h0;
        y[s][k] = K[k] * y[s][k] + A0[0][k] * h0;
        sum += W[k] * N[k] * y[s][k];
      }
      change[s] = sum / (1 - gain * step[i]);
      const h1 = step[i] * change[s];
      for (let k = 0; k < n_k; k++) {
        y[s][k] += A1[0][k] * h1;
        dy[s][k] += A1[1][k] * h1;
        second += 2 * W[k] * u[k] * N[k] * dy[s][k];
      }
    }
    for (let k = 0; k < n_k; k++) {
      z[k] = K[k] * z[k] + A0[0][k] * step[b] * moved;
      seen += W[k] * N[k] * z[k];
    }
    moved = (second + seen) / (1 - gain * step[i]);
    for (let k = 0; k < n_k; k++) z[k] += A1[0][k] * step[i] * moved;
  });
  return moved;
}
