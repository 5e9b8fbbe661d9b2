// The expected risk of kernel SGD, and c(T) of the linearised network, in the browser.
//
// As ntksgd.risk.moments, with its symbols: e = f - f*, sorted by degree k,
//     C_k <- (1 - q_k) C_k + eta^2 lambda_k^2 N_k (R + s^2) + weight decay,    R = sum_k C_k,
//     q_k = drag (2 - drag) + 2 (1 - drag) eta lambda_k,    drag = eta lambda,
// but n steps at once: n = 1 up to t = 40 (exact there), then n = t/20. Inside a block the step in
// q_k is its mean, and the noise g = eta (R + s^2) is linear in t between the ends: with the
// geometric sums over n steps in closed form (`phi`) that is the exponential integrator of second
// order, implicit in the one number R at the end.
//
// kernel = {d, trace, k, lambda, weight}: degrees, eigenvalues lambda_k, and how many degrees each
// stands for (ntksgd.report.explorer.degrees).

const GROWTH = 0.05; // n/t, the relative length of a block
export const EXCESS = 0.05; // eps in h_k^2 ~ (k+1)^(-1-eps), as ntksgd.problems.target has it
const NEGLIGIBLE = 40; // exp(-40) is nothing

// ---- problem --------------------------------------------------------------------------------

/** N_k, the number of harmonics of degree k on S^(d-1), for real k too. */
export function multiplicity(d, k) {
  if (k === 0) return 1;
  if (d === 2) return 2;
  let count = (2 * k + d - 2) / (d - 2);
  for (let j = 1; j < d - 2; j++) count *= (k + j) / j;
  return count;
}

/** lambda_k, the trace it carries N_k W_k, and W_k, as typed arrays. */
export function modesOf(kernel) {
  const lambda = Float64Array.from(kernel.lambda), weight = Float64Array.from(kernel.weight);
  const count = weight.map((w, i) => w * multiplicity(kernel.d, kernel.k[i]));
  return { degree: Float64Array.from(kernel.k), lambda, weight, count };
}

/** F_k = lambda_k^(2r) (k+1)^(-1-eps), scaled to ||f*|| = 1, times the weights of the degrees. */
export function sourceTarget(modes, r) {
  const F = modes.lambda.map((l, i) =>
    modes.weight[i] * Math.exp(2 * r * Math.log(l) - (1 + EXCESS) * Math.log1p(modes.degree[i])));
  const total = F.reduce((a, b) => a + b, 0);
  return F.map((f) => f / total);
}

/** theta = 2r/(2r+1), our reading of the paper's steps. */
export const paperTheta = (r) => (2 * r) / (2 * r + 1);

/** Steps eta_t = eta1 t^-theta, and their sum over a < t <= b. */
export function polynomial(eta1, theta) {
  const step = (t) => eta1 * t ** -theta;
  const integral = (t) => (eta1 * t ** (1 - theta)) / (1 - theta);
  const sum = (a, b) => (b - a === 1 ? step(b) : integral(b + 0.5) - integral(a + 0.5));
  return { step, sum };
}

/** Ends of the blocks of steps, 0, 1, ..., T. */
export function blockEnds(T) {
  const ends = [0];
  for (let t = 0; t < T; ) {
    t = Math.min(T, t + Math.max(1, Math.floor(GROWTH * t)));
    ends.push(t);
  }
  return ends;
}

// ---- n steps at once ------------------------------------------------------------------------

/** Room for the geometric sums of `phi`, an array entry a degree. */
export function roomFor(n_k) {
  const of = () => new Float64Array(n_k);
  return { logK: of(), K: of(), phi0: of(), phi1: of() };
}

/** K = (1-q)^n, and the geometric sums of a forcing that is linear in t, with x = nq:
 *      sum_s (1-q)^(n-s) f_s = n (phi0 f_0 + phi1 f_n),    f_s before step s + 1,
 *      phi0 = (1 - K - xK)/x^2,    phi1 = (x - 1 + K)/x^2. */
export function phi(q, n, { logK, K, phi0, phi1 }) {
  const e2 = 1 - 1 / n, e3 = e2 * (1 - 2 / n), e4 = e3 * (1 - 3 / n);
  for (let k = 0; k < q.length; k++) {
    const y = q[k], x = n * y;
    if (x < 1e-3) { // series: K - 1 + x has no digits left
      logK[k] = -x * (1 + y / 2);
      K[k] = 1 - x * (1 - x * (e2 / 2 - x * (e3 / 6 - (x * e4) / 24)));
      phi0[k] = 1 - e2 / 2 - x * (e2 / 2 - e3 / 6 - x * (e3 / 6 - e4 / 24));
      phi1[k] = e2 / 2 - x * (e3 / 6 - (x * e4) / 24);
    } else {
      // q >= 1 only in first steps with a large weight decay: K is tiny there, of either sign
      logK[k] = y < 1 ? n * Math.log1p(-y) : -1e9;
      const kept = (K[k] = y >= 1 ? (1 - y) ** n : logK[k] < -NEGLIGIBLE ? 0 : Math.exp(logK[k]));
      phi0[k] = (1 - kept - x * kept) / (x * x);
      phi1[k] = n === 1 ? 0 : (x - 1 + kept) / (x * x);
    }
  }
}

/** The modes that move by step sums up to S; the others, 2 lambda_k S < 1e-6, keep their error. */
export function moving({ lambda, count }, F, S) {
  const moves = Array.from(lambda, (l) => 2 * l * S >= 1e-6);
  const pick = (values) => values.filter((_, k) => moves[k]);
  return { lambda: pick(lambda), count: pick(count), F: pick(F),
    still: F.reduce((a, f, k) => (moves[k] ? a : a + f), 0) };
}

/** Risk of SGD at the block ends t_0 = 0, ..., t_J = T.
 *
 *  options = {noise: s^2, decay: lambda, average: whether of the mean iterate as well}
 *  Returns {t, S, risk, bias, averaged} over the ends, and for every degree that moves the noise
 *  part V[j*n_k + k] of C_k and the logarithm of what carries it on, carried[j*n_k + k]. */
export function expectedRisk(modes, target, schedule, T, { noise, decay = 0, average = false }) {
  const t = blockEnds(T), J = t.length, of = (n) => new Float64Array(n);
  const { lambda, count, F, still } = moving(modes, target, schedule.sum(0, T));
  const n_k = lambda.length, q = of(n_k), p = of(n_k), G = roomFor(n_k);
  const S = of(J), risk = of(J), bias = of(J).fill(still), averaged = of(J).fill(NaN);
  const V = of(J * n_k), carried = of(J * n_k), response = of(n_k); // response of V_k to g_n
  // b_k: C_k without the gradients' noise; m_k: E P_k e = m_k P_k f*, of fixed point fixed_k
  const b = Float64Array.from(F), m = of(n_k).fill(-1), next_m = of(n_k);
  const fixed = lambda.map((l) => -decay / (decay + l));
  const sums = average ? runningSums(F, fixed, still) : null;
  risk[0] = bias[0] = F.reduce((a, f) => a + f, still);
  for (let j = 1; j < J; j++) {
    const n = t[j] - t[j - 1], sum = schedule.sum(t[j - 1], t[j]), eta = sum / n;
    const first = schedule.step(t[j - 1] + 1), next = schedule.step(t[j] + 1);
    const g = first * (risk[j - 1] + noise), drag = eta * decay, old = (j - 1) * n_k, at = j * n_k;
    S[j] = S[j - 1] + sum;
    for (let k = 0; k < n_k; k++) {
      q[k] = drag * (2 - drag) + 2 * (1 - drag) * eta * lambda[k];
      p[k] = eta * (decay + lambda[k]);
    }
    phi(q, n, G);
    const { logK, K, phi0, phi1 } = G;
    let known = still, gain = 0;
    for (let k = 0; k < n_k; k++) {
      const forced = sum * lambda[k] * lambda[k]; // times N_k g, or -F_k eta m_k^2
      carried[at + k] = carried[old + k] + logK[k];
      if (average || decay > 0) {
        next_m[k] = fixed[k] + (m[k] - fixed[k]) * Math.exp(n * Math.log1p(-p[k]));
      }
      if (decay === 0) b[k] *= K[k];
      else {
        const was = m[k] * m[k], is = next_m[k] * next_m[k];
        b[k] = K[k] * (b[k] - F[k] * was) + F[k] * is
          - forced * F[k] * (phi0[k] * first * was + phi1[k] * next * is);
      }
      V[at + k] = K[k] * V[old + k] + forced * count[k] * phi0[k] * g;
      response[k] = forced * count[k] * phi1[k];
      bias[j] += b[k];
      known += b[k] + V[at + k];
      gain += response[k];
    }
    // R = known + gain eta (R + s^2), with the step that comes after the end
    risk[j] = (known + gain * next * noise) / (1 - gain * next);
    const end = next * (risk[j] + noise);
    for (let k = 0; k < n_k; k++) V[at + k] += response[k] * end;
    if (average) {
      const etas = [schedule.step(Math.max(t[j - 1], 1)), schedule.step(t[j])];
      averaged[j] = sums(n, sum, etas, p, b, V.subarray(at, at + n_k), m, next_m) / t[j] ** 2;
    }
    m.set(next_m);
  }
  return { t, S, risk, bias, averaged, V, carried };
}

/** E|e_1 + ... + e_t|^2, block by block: the moments B and A of ntksgd.risk.moments, centred.
 *
 *  The mean of the sum is l_k P_k f*, l_k the sum of m_k, a geometric one. About it, with the
 *  covariance C_k - F_k m_k^2 of an iterate, B_k <- (1 - p_k) B_k + that, p_k = eta (lambda +
 *  lambda_k), and A grows by 2 B_k less that. Linear in a block is what forces B_k over eta. */
function runningSums(F, fixed, still) {
  const n_k = F.length, l = new Float64Array(n_k), B = new Float64Array(n_k), G = roomFor(n_k);
  const spread = new Float64Array(n_k);
  let A = 0, t = 0, lastB = 0, last = 0;
  return (n, sum, [eta_a, eta_b], p, b, V, m, next_m) => {
    phi(p, n, G);
    let sumB = 0, all = 0, mean = 0;
    for (let k = 0; k < n_k; k++) {
      const phi0 = G.phi0[k], phi1 = G.phi1[k], psi = phi0 + phi1;
      const now = b[k] - F[k] * next_m[k] * next_m[k] + V[k];
      B[k] = G.K[k] * B[k]
        + sum * (((phi0 - psi / n) * spread[k]) / eta_a + ((phi1 + psi / n) * now) / eta_b);
      l[k] += n * (fixed[k] + (m[k] - fixed[k]) * (1 - p[k]) * psi);
      spread[k] = now;
      sumB += B[k];
      all += now;
      mean += F[k] * l[k] * l[k];
    }
    // sums over the block by the trapezoidal rule
    A += n * (lastB + sumB) + sumB - lastB - (n * (last + all) + all - last) / 2;
    t += n;
    lastB = sumB;
    last = all;
    return A + mean + still * t * t; // what does not move adds up
  };
}

/** Memory of the noise at the end j: what the steps m with S_m <= S_T/2 injected, and is left. */
export function memory(run, j) {
  const { t, S, V, carried } = run, n_k = V.length / t.length, half = S[j] / 2;
  let i = 0;
  while (S[i + 1] <= half * (1 + 1e-12)) i++;
  const left = (from) => {
    let total = 0;
    for (let k = 0; k < n_k; k++) {
      const gone = carried[j * n_k + k] - carried[from * n_k + k];
      if (gone > -NEGLIGIBLE) total += V[from * n_k + k] * Math.exp(gone);
    }
    return total;
  };
  // m lies in the block after t_i: whole steps, their sum linear in between
  const n = t[i + 1] - t[i], share = Math.floor((n * (half - S[i])) / (S[i + 1] - S[i]) + 1e-9) / n;
  return left(i) * (1 - share) + (share > 0 ? left(i + 1) * share : 0);
}

/** d log(values) / d log t over the half decade before each t >= 10^(1/2), else NaN. */
export function localExponent(t, values) {
  let i = 0;
  return Array.from(t, (end, j) => {
    const begin = end / Math.sqrt(10);
    if (begin < 1) return NaN;
    while (t[i + 1] <= begin) i++;
    const share = i === 0 ? 0 : Math.log(begin / t[i]) / Math.log(t[i + 1] / t[i]);
    const past = (1 - share) * Math.log(values[i]) + share * Math.log(values[i + 1]);
    return (Math.log(values[j]) - past) / Math.log(end / begin);
  });
}
