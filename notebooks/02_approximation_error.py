# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The approximation error of a finite width
#
# **Claim A** (our reading). Let $K_m$ be the tangent kernel of a two-layer network of width $m$
# at its symmetric initialisation, $L_m$ its integral operator on the sphere with the uniform
# measure, and $f^*$ a target of regularity $r$. With the ridge $\lambda = m^{-1/(2r+1)}$ the
# population ridge approximant
#
# $$ f_{m,\lambda} = (L_m + \lambda)^{-1} L_m f^* $$
#
# misses $f^*$ in $L^2$ by $O(m^{-r/(2r+1)})$. No sample and no noise enter: the only randomness
# is the draw of the initial neurons.
#
# This notebook asks four questions. Does the claim follow for every $r \in [1/2, 1]$, and with
# which constant? What is measured at widths one can draw, and is that asymptotic? Which part of
# the error dominates? And is the claim sharp, for its own $\lambda$ and for the best one?

# %%
import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.compare import approximation
from ntksgd.compare.approximation_draws import ridge_paths
from ntksgd.kernels import sphere
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.target import source_target

# %%
from ntksgd.report import claims
from ntksgd.report.figures import approximation as draw
from ntksgd.report.figures import save, use_style
from ntksgd.risk import approximation as approx
from ntksgd.stats.coverage import coverage
from ntksgd.stats.intervals import of
from ntksgd.stats.numerical import calibration, window, window_times
from ntksgd.stats.slopes import curve_slope, local_exponents, slope

use_style()

# %% tags=["parameters"]
activations = ["squareplus(0.5)", "relu"]  # type: list[str]  activations compared
dimensions = [2, 3]  # type: list[int]  inputs on the circle (2) and on the sphere (3)
regularities = [0.5, 0.75, 1.0]  # type: list[float]  r of the targets, in [1/2, 1]
small_r = 0.25  # type: float  a regularity below 1/2
excess = 0.05  # type: float  h_k^2 ~ (k+1)^(-1-excess): the smaller, the sharper r
log2_m_max = 13  # type: int  widths 2^4 ... 2^log2_m_max at the ridge of the claim
replicates = 48  # type: int  independent draws of the neurons
log2_m_paths = 8  # type: int  widths 2^3 ... 2^log2_m_paths for every ridge
path_replicates = 12  # type: int  draws for those
log10_m_bias = 12  # type: int  the exact bias is followed to m = 10^log10_m_bias
seed = 2407  # type: int  root of all randomness

# %%
for d in dimensions:
    check.one_of("dimensions", d, (2, 3))
for r in regularities:
    check.number("regularities", r, 0.5, 1.0)
check.number("small_r", small_r, 0.0, 0.5, open_low=True, open_high=True)
check.integer("log2_m_max", log2_m_max, 9, 17)
check.integer("log2_m_paths", log2_m_paths, 6, 10)
check.integer("log10_m_bias", log10_m_bias, 6, 12)
check.integer("replicates", replicates, 8)
check.integer("path_replicates", path_replicates, 8)
seed = check.integer("seed", seed, 0)

# %% [markdown]
# ## 1. The error, and its two parts
#
# Write $L$ for the operator of the infinite-width kernel $K$, with eigenvalue $\lambda_k$ on the
# harmonics of degree $k$. Since $1 - \mu/(\mu + \lambda) = \lambda/(\mu + \lambda)$, the error is
#
# $$ e_m = f^* - f_{m,\lambda} = \lambda\, (L_m + \lambda)^{-1} f^*,
# \qquad e = f^* - f_\lambda = \lambda\, (L + \lambda)^{-1} f^* \quad (m = \infty). $$
#
# $e$ is the **bias**. From $B^{-1} - A^{-1} = B^{-1}(A - B)A^{-1}$ the rest, the **fluctuation**,
# is
#
# $$ e - e_m = \lambda\, (L_m + \lambda)^{-1} (L_m - L) (L + \lambda)^{-1} f^*. $$
#
# The source condition says $f^* = L^r h$ with $\|h\| < \infty$; in degree $k$ the power of $f^*$
# is $F_k = \lambda_k^{2r} h_k^2$. Our targets take $h_k^2 \propto (k+1)^{-1-\varepsilon}$, just
# summable, and $\|f^*\| = 1$. To be exact on a quadrature grid they are cut at a largest degree.

# %%
problems = [approximation.problem(a, d, [small_r, *regularities], excess)
            for a in activations for d in dimensions]
rows = [{"activation": s.activation, "d": s.d, "degrees <=": s.resolution.band,
         "lambda_0": s.spectrum.eigenvalues[0], "lambda_8": s.spectrum.eigenvalues[8]}
        | {f"|h| r={r:g}": t.source_norm(r) for r, t in s.targets.items()} for s in problems]
print(pd.DataFrame(rows).to_string(index=False, float_format="{:.3g}".format))

# %% [markdown]
# ## 2. The bias is exact
#
# $L$ acts on each degree as a number, so
#
# $$ \|e\|^2 = \sum_k \Big(\frac{\lambda}{\lambda_k + \lambda}\Big)^2 F_k
# \;\le\; c_r^2\, \lambda^{2r} \|h\|^2, \qquad c_r = \sup_{u>0} \frac{u^r}{1+u} = r^r (1-r)^{1-r},
# $$
#
# the supremum taken at $u = \lambda_k/\lambda = r/(1-r)$. It is finite only for $r \le 1$: for a
# smoother target ridge regression **saturates**, the bias stays of order $\lambda$, and the claim
# with its $\lambda = m^{-1/(2r+1)}$ would fail. That is the upper end of the range.
#
# At that $\lambda$ the bias is of order $m^{-r/(2r+1)}$ at most. When does the exponent show? A
# sum can be computed for any $m$, so follow its local exponent $d \log \|e\| / d \log m$ far
# beyond the widths that one can draw.

# %%
m_far = 10.0 ** np.arange(1, log10_m_bias + 0.1, 0.5)
m_last, rows, limits = window_times(m_far[-1], log10_m_bias / 4), [], []
for activation in activations:
    for d in dimensions:
        degrees = ({2: 10**5, 3: 10**4} if activation == "relu" else {2: 400, 3: 400})[d]
        spectrum = mercer_spectrum(activation, d, degrees).truncate(1e-24)
        for r in regularities:
            target, at = source_target(spectrum, r, excess), (activation, d, r)
            far, last = (approx.bias(target, approx.claimed_ridge(m, r)) for m in (m_far, m_last))
            rows.append(pd.DataFrame(dict(zip(("activation", "d", "r"), at, strict=True)) | {
                "m": m_far, "exponent": local_exponents(m_far, far), "theory": -r / (2 * r + 1)}))
            limits.append((at, window(m_last, last)))
exponents = pd.concat(rows, ignore_index=True)
save(draw.bias_exponents(exponents), "02_approximation_error-bias", exponents)

# %%
last = exponents[exponents["m"] >= m_far[-5]].groupby(["activation", "d", "r"], sort=False)
far_exponents = last["exponent"].agg(["min", "max"]).join(last["theory"].first()).reset_index()
print(f"local exponents of the bias for m in [{m_far[-5]:.0e}, {m_far[-1]:.0e}]")
print(far_exponents.to_string(index=False, float_format="{:.3f}".format))
bias_limits = pd.DataFrame([(*at, b.value, b.low, b.high) for at, b in limits],
                           columns=["activation", "d", "r", "exponent", "low", "high"])
# the excess of the target shifts the limit for a power-law spectrum, as derived next
shift = excess / (2 * bias_limits["d"]) * (bias_limits["activation"] == "relu")
bias_limits["limit"] = -np.minimum(bias_limits["r"] + shift, 1) / (2 * bias_limits["r"] + 1)
print(f"exponents over [{m_last[1]:.0e}, {m_last[2]:.0e}], numerical brackets and derived limits;",
      calibration([b for _, b in limits], bias_limits["limit"]))
print(bias_limits.to_string(index=False, float_format="{:.3f}".format))

# %% [markdown]
# The exponents settle late, and near, not on, the dotted lines. The reasons can be read off the
# sum.
#
# - Few degrees have $\lambda_k > \lambda$ while $m$ is small, so the curves first swing: each new
#   degree that comes above $\lambda$ makes a step. At drawable widths the exponent is not
#   asymptotic.
# - $r < 1$, ReLU ($\lambda_k \sim k^{-d}$): the sum lives around the degree
#   $k_\lambda \sim \lambda^{-1/d}$ where $\lambda_k = \lambda$, so
#   $\|e\| \sim \lambda^r h_{k_\lambda} k_\lambda^{1/2} \sim \lambda^{r + \varepsilon/(2d)}$: a
#   shift by the excess $\varepsilon$ of the target.
# - $r < 1$, squareplus ($\lambda_k$ decays like an exponential): a single degree of order
#   $\log(1/\lambda)$ counts, and $\|e\|$ is smaller than $\lambda^r$ by the factor
#   $\log(1/\lambda)^{-(1+\varepsilon)/2}$, which steepens every local exponent a little.
# - $r = 1$: every degree up to $k_\lambda$ counts,
#   $\|e\|^2 \approx \lambda^2 \sum_{k \le k_\lambda} h_k^2$, and that sum still grows, for
#   $\varepsilon$ small almost like $\log k_\lambda$. The exponent comes from the shallow side,
#   and is short of its limit even at the largest $m$ here.
#
# None of this touches the bound $\|e\| \le c_r \lambda^r \|h\|$, which holds at every $m$.

# %% [markdown]
# ## 3. The fluctuation, bounded: claim A follows for $r \in [1/2, 1]$
#
# One neuron with weight $b$ contributes the operator
# $Z_b = \sigma \otimes \sigma + \sum_j (\dot\sigma x_j) \otimes (\dot\sigma x_j) + \gamma^2 \dot\sigma \otimes \dot\sigma$,
# functions of $\langle b, x\rangle$, with $\mathbb{E} Z_b = L$. The symmetric initialisation has
# only $m/2$ independent neurons, each twice, so $L_m = \frac{2}{m} \sum_{i \le m/2} Z_{b_i}$ and,
# exactly,
#
# $$ \mathbb{E} \|L_m - L\|_{HS}^2 = \frac{2C}{m}, \qquad C = \mathbb{E}\|Z_b\|_{HS}^2 -
# \|L\|_{HS}^2. $$
#
# In the formula of the fluctuation, $\|\lambda (L_m + \lambda)^{-1}\| \le 1$,
# $\|L_m - L\| \le \|L_m - L\|_{HS}$ and $\|(L + \lambda)^{-1} L^r\| \le c_r \lambda^{r-1}$. Take
# root mean squares over the draw, $\|X\|_{rms} = (\mathbb{E}\|X\|^2)^{1/2}$:
#
# $$ \|e_m\|_{rms} \;\le\; c_r \|h\| \Big( \lambda^r + \sqrt{2C/m}\; \lambda^{r-1} \Big). $$
#
# With $\lambda = m^{-1/(2r+1)}$ the second term is
# $\sqrt{2C}\, m^{-1/2} \lambda^{-1} = \sqrt{2C}\, m^{-1/2 + 1/(2r+1)}$ times the first. The power
# of $m$ is not positive exactly when $r \ge 1/2$. So
#
# $$ \boxed{\; \|e_m\|_{rms} \le c_r \|h\| \big(1 + \sqrt{2C}\big)\, m^{-r/(2r+1)},
# \qquad \tfrac12 \le r \le 1. \;} $$
#
# No assumption on the activation beyond $C < \infty$, none on $d$. Below, $C$ and the constant.

# %%
rows, constants = [], {}
for s in problems:
    for r in regularities:
        constant = approx.source_constant(r) * s.targets[r].source_norm(r)
        constant *= 1 + np.sqrt(2 * s.constant)
        constants[s.activation, s.d, r] = constant
        curve = approximation.predicted(s, r, "claim", 2.0 ** np.arange(1, 41))
        rate = curve.widths ** (-r / (2 * r + 1))
        assert np.all(curve.bound.total <= constant * rate * (1 + 1e-12))
        rows.append((s.activation, s.d, r, f"{s.constant:.3f}", f"{constant:.3f}"))
print(pd.DataFrame(rows, columns=["activation", "d", "r", "C", "constant"]).to_string(index=False))

# %% [markdown]
# ## 4. No draw of neurons beats the bias, on average
#
# A lower bound costs three lines. The map $A \mapsto (A + \lambda)^{-1}$ is operator convex, so
# by Jensen $M := \mathbb{E} (L_m + \lambda)^{-1} \succeq (L + \lambda)^{-1}$. The law of $b$ is
# invariant under rotations, so $M$ commutes with them and is, like $L$, a number on each degree;
# hence also $M^2 \succeq (L + \lambda)^{-2}$. And the square of a mean is at most the mean of the
# square:
#
# $$ \mathbb{E}\|e_m\|^2 \;\ge\; \|\lambda M f^*\|^2 \;\ge\; \|\lambda (L + \lambda)^{-1} f^*\|^2 =
# \|e\|^2. $$
#
# A finite width never helps in the mean square. With section 3 the error is caught between two
# explicit curves; and at the claim's own $\lambda$ no proof, however clever, can do better than
# the bias.

# %% [markdown]
# ## 5. Measured
#
# Draw the neurons, put $K_m$ on a quadrature grid, solve $(A + \lambda) e_m = \lambda f^*$ with
# $A_{ij} = w_i^{1/2} K_m(x_i, x_j) w_j^{1/2}$, and take norms with the weights. The circle has an
# equispaced grid, the sphere a product of Gauss–Legendre and equispaced points. The target is
# integrated exactly; the kernel is not quite, because $\dot\sigma$ of ReLU jumps. How much that
# matters is measured: same neurons, two grids.

# %%
finer, rows = {2: 511, 3: 40}, []
for s in problems:
    grids = s.resolution.grid, finer[s.d]
    points = [len(sphere.quadrature(s.d, grid)[1]) for grid in grids]
    pairs = zip(*(approximation.measured([s], [("claim", r) for r in regularities], [64, 512],
                                         replicates=4, seed=seed, grid=grid) for grid in grids),
                strict=True)
    changes = [[np.sqrt(old.mean(axis=0)) / np.sqrt(new.mean(axis=0)) - 1 for old, new in
                ((a.squared_error, b.squared_error),
                 (a.squared_fluctuation, b.squared_fluctuation))] for a, b in pairs]
    rows.append([s.activation, s.d, *points, *np.abs(changes).max(axis=(0, 2))])
columns = ["activation", "d", "points", "finer", "error", "fluctuation"]
print("largest relative change of error and fluctuation when the grid is refined")
print(pd.DataFrame(rows, columns=columns).to_string(index=False, float_format="{:.1e}".format))
assert max(row[4] for row in rows) < 5e-3

# %% [markdown]
# Well below the spread over draws. Now every width: a replicate is one long list of neurons, of
# which width $m$ takes the first $m/2$.

# %%
widths = [2**j for j in range(4, log2_m_max + 1)]
rules = [("claim", r) for r in [small_r, *regularities]] + [("fixed", regularities[0])]
rules += [("bound", r) for r in regularities if r > 0.5]
curves = approximation.measured(problems, rules, widths, replicates=replicates, seed=seed)
print(coverage("mean", replicates))


# %%
def columns(curve):
    """Theory, and root mean squares of the draws with their intervals."""
    exact, bound = curve.expansion, curve.bound
    found = {"activation": curve.problem.activation, "d": curve.problem.d, "r": curve.r,
             "rule": curve.rule, "m": curve.widths, "lam": curve.ridge, "bias": curve.bias,
             "expanded": exact.error, "expanded_fluctuation": exact.fluctuation,
             "bound": bound.total, "bias_bound": bound.bias,
             "fluctuation_bound": bound.fluctuation}
    for name in ("error", "fluctuation"):
        rms = of(np.sqrt, getattr(curve, f"squared_{name}"), transform="log")
        found |= {name: rms.value, f"{name}_low": rms.low, f"{name}_high": rms.high}
    return found


results = pd.concat([pd.DataFrame(columns(curve)) for curve in curves], ignore_index=True)
at_claim = results[(results["rule"] == "claim") & (results["r"] >= 0.5)]
save(draw.error_between_bounds(at_claim), "02_approximation_error-error", at_claim)

# %%
loose = (at_claim["bound"] / at_claim["error"]).groupby(at_claim["r"]).agg(["min", "max"])
print("bound / measured error, least and largest over widths and settings")
print(loose.to_string(float_format="{:.2f}".format))
above = at_claim["error"] / at_claim["bias"]
print(f"measured error / exact bias: {above.min():.3f} to {above.max():.3f}, "
      f"at m = {widths[-1]}: {above[at_claim['m'] == widths[-1]].max():.3f} at most")
assert np.all(at_claim["error_high"] > 0.99 * at_claim["bias"])

# %% [markdown]
# The points lie on the lower curve: **claim A is in practice a statement about the bias**, that
# is about $\lambda$; the width enters through the choice $\lambda = m^{-1/(2r+1)}$. The explicit
# bound holds everywhere, and loses a single-figure factor.
#
# Slopes of the measured error, with intervals over replicates (here as everywhere the jackknife
# with Student's $t$; printed with them, how often such intervals contain the truth), beside the slope of the
# exact bias on the same widths and of the expansion in $1/m$ that section 6 derives:

# %%
def slopes(quantity, rule, m_min=0):
    """Slopes in m of the error or the fluctuation: measured, of the expansion, of the bias."""
    rows = []
    for curve in [curve for curve in curves if curve.rule == rule]:
        kept = curve.widths >= m_min
        m, squares = curve.widths[kept], getattr(curve, f"squared_{quantity}")[:, kept]
        # the mean square against m^2 has the slope of the root mean square against m
        fit = slope(m**2, squares)
        theory = (curve_slope(m, values[kept]).value
                  for values in (getattr(curve.expansion, quantity), curve.bias))
        rows.append((curve.problem.activation, curve.problem.d, curve.r, fit.value, fit.low,
                     fit.high, *theory))
    return pd.DataFrame(rows, columns=["activation", "d", "r", "slope", "low", "high", "expanded",
                                       "bias"])


# %%
error_slopes = slopes("error", "claim")
error_slopes.insert(3, "claim", -error_slopes["r"] / (2 * error_slopes["r"] + 1))
main = error_slopes[error_slopes["r"] >= 0.5]
print(main.to_string(index=False, float_format="{:.3f}".format))
print(f"fitted on m = {widths[0]} ... {widths[-1]};", coverage("slope", replicates, len(widths)))

# %% [markdown]
# For $r = 1/2$ the measured error falls faster than the claim asks. For $r = 1$ it falls more
# slowly, and the interval excludes $-1/3$: this does not contradict the claim, whose bound holds
# at every width, but it does say that these widths are **not asymptotic**. The slope of the exact
# bias on these widths is close to it, and section 2 shows where that goes.

# %% [markdown]
# ## 6. The fluctuation on its own
#
# Write $D = L_m - L$ and $A = (L + \lambda)^{-1}$. Then
# $e_m = e - \lambda A D A f^* + \lambda A D A D A f^* - \dots$, and because $\mathbb{E} D = 0$,
#
# $$ \mathbb{E}\|e - e_m\|^2 = \lambda^2\, \mathbb{E}\|A D A f^*\|^2 + o(1/m), \qquad
# \mathbb{E}\|e_m\|^2 = \|e\|^2 + 2\langle e, \lambda A\, \mathbb{E}[D A D] A f^*\rangle +
# \lambda^2\, \mathbb{E}\|A D A f^*\|^2 + o(1/m). $$
#
# Both need $\mathbb{E}[D B D]$ for a $B$ that is a number $B_k$ on each degree, and by rotation
# invariance that is again a number on each degree $l$:
#
# $$ \tfrac{2}{m} \Big( \sum_k B_k\, q_{kl} - B_l \lambda_l^2 \Big), \qquad
# q_{kl} = \mathbb{E}\, \mathrm{tr}(P_k Z_b P_l Z_b) / N_l . $$
#
# The $q_{kl}$ are one-dimensional integrals (module `ntksgd.kernels.neuron_moments`);
# $\sum_{kl} N_l q_{kl} = \mathbb{E}\|Z_b\|_{HS}^2$ ties them to $C$. So the expansion has no free
# parameter:
#
# $$ \mathbb{E}\|e - e_m\|^2 \approx \frac{2}{m} \sum_l \frac{F_l}{(\lambda_l + \lambda)^2} \Big(
# \sum_k \frac{\lambda^2 q_{kl}}{(\lambda_k + \lambda)^2} -
# \frac{\lambda^2 \lambda_l^2}{(\lambda_l + \lambda)^2} \Big). $$

# %%
s = problems[-1]
q, counts = s.coupling, s.spectrum.multiplicities
hilbert_schmidt = np.sum(q * counts) - s.spectrum.eigenvalues**2 @ counts
print(f"{s.activation}, d = {s.d}: C = {s.constant:.4f} directly, {hilbert_schmidt:.4f} "
      f"from q_kl up to degree {s.spectrum.max_degree}")
save(draw.fluctuation(at_claim), "02_approximation_error-fluctuation", at_claim)

# %%
wide = at_claim[at_claim["m"] >= 256]
ratio = wide["fluctuation"] / wide["expanded_fluctuation"]
share = (wide["fluctuation"] / wide["bias"])[wide["m"] == widths[-1]]
print(f"measured / first order for m >= 256: {ratio.min():.3f} to {ratio.max():.3f}, "
      f"mean {ratio.mean():.3f}")
print(f"fluctuation / bias at m = {widths[-1]}: {share.min():.3f} to {share.max():.3f}")

# %% [markdown]
# The black lines are the first order, not fits. The fluctuation is far below the bias, and the
# gap widens: **the bias dominates**. At a fixed $\lambda$ the slope must be $-1/2$; at the ridge
# of the claim it is steeper.

# %%
fluctuation_slopes = slopes("fluctuation", "claim", m_min=256)
fixed_slopes = slopes("fluctuation", "fixed", m_min=256)
shown = ["activation", "d", "r", "slope", "low", "high", "expanded"]
print(f"slope of the fluctuation, m = 256 ... {widths[-1]}, ridge of the claim")
print(fluctuation_slopes.loc[fluctuation_slopes["r"] >= 0.5, shown].to_string(
    index=False, float_format="{:.3f}".format))
print("fixed ridge 0.1")
print(fixed_slopes[shown].to_string(index=False, float_format="{:.3f}".format))

# %% [markdown]
# Why so small? *Heuristic.* Where one kind of feature prevails,
# $q_{kl} \approx N_k \lambda_k \lambda_l$; then with the effective dimension
# $\mathcal{N}(\lambda) = \sum_k N_k \lambda_k/(\lambda_k + \lambda)$ the sum over $k$ is about
# $\lambda\, \mathcal{N}(\lambda)$, and the sum over $l$ about $\lambda^{\min(2r-1, 0)}$. So
#
# $$ \|e - e_m\|_{rms} \sim \Big(\frac{\lambda\, \mathcal{N}(\lambda)}{m}\Big)^{1/2}
# \lambda^{\min(r - 1/2,\, 0)} \quad\text{instead of}\quad m^{-1/2} \lambda^{r-1}. $$
#
# For ReLU $\mathcal{N}(\lambda) \sim \lambda^{-(d-1)/d}$, so at the ridge of the claim and
# $r \ge 1/2$ the exponent should be $-\frac12 - \frac{1}{2d(2r+1)}$. The expansion, continued to
# large $m$, can be asked:

# %%
rows = []
m_expand = 10.0 ** np.arange(2, 8.1, 0.5)
for d in dimensions if "relu" in activations else []:
    band = {2: 1024, 3: 200}[d]
    sizes = approximation.STANDARD[d]._replace(band=band, reach=band)
    long = approximation.problem("relu", d, regularities, excess, sizes)
    for r in regularities:
        expansion = approximation.predicted(long, r, "claim", m_expand).expansion
        local = local_exponents(m_expand, expansion.fluctuation)
        heuristic = -0.5 - 1 / (2 * d * (2 * r + 1))
        rows.append((d, r, heuristic, local[2], local[6], local[10]))
print("local exponents of the first-order fluctuation, relu")
print(pd.DataFrame(rows, columns=["d", "r", "heuristic", "m=1e3", "m=1e5", "m=1e7"]).to_string(
    index=False, float_format="{:.3f}".format))

# %% [markdown]
# The heuristic exponent is met within a few hundredths, most slowly at $r = 1/2$, where
# $\sum_l h_l^2$ enters and converges only just.

# %% [markdown]
# ## 7. Below $r = 1/2$: the elementary proof fails, the rate does not
#
# For $r < 1/2$ the bound on the fluctuation, $m^{-1/2} \lambda^{r-1}$, decays more slowly than
# $\lambda^r$, and section 3 no longer gives the claim. But it lost too much. If
# $L_m + \lambda \succeq \frac12 (L + \lambda)$, then for $r \le 1/2$, by the Cordes inequality,
#
# $$ \|\lambda (L_m + \lambda)^{-1} L^r h\| \le \lambda\, \|(L_m + \lambda)^{-1 + r}\|\,
# \|(L_m + \lambda)^{-r} (L + \lambda)^{r}\|\, \|h\| \le 2^{r} \lambda^r \|h\|, $$
#
# and a matrix Chernoff bound gives that event with high probability once $m$ exceeds a multiple
# of $\mathcal{N}(\lambda) \log \mathcal{N}(\lambda)$ (known for random features: Bach 2017; Rudi
# & Rosasco 2017; we do not prove it here). Since
# $\mathcal{N}(\lambda) \le \kappa(1)/\lambda = \kappa(1)\, m^{1/(2r+1)}$, that is so for every
# $r > 0$ and $m$ large.

# %%
small = results[(results["rule"] == "claim") & (results["r"] == small_r)]
save(draw.error_between_bounds(small), "02_approximation_error-small-r", small)

# %%
small_slopes = error_slopes[error_slopes["r"] < 0.5]
print(small_slopes.to_string(index=False, float_format="{:.3f}".format))
elementary = -0.5 + (1 - small_r) / (2 * small_r + 1)
print(f"exponent of the elementary bound on the fluctuation: {elementary:+.3f}")

# %% [markdown]
# The fluctuation part of the elementary bound does not fall with $m$ here, while the measured
# error stays on the bias.

# %% [markdown]
# ## 8. The best ridge is none
#
# Is $\lambda = m^{-1/(2r+1)}$ a balance? For any fixed draw, in the eigenbasis of $L_m$,
#
# $$ \|e_m\|^2 = \sum_j \Big(\frac{\lambda}{\mu_j + \lambda}\Big)^2 \langle f^*, v_j\rangle^2 $$
#
# **increases with $\lambda$, term by term**. So the best ridge is $\lambda \to 0$, for every draw
# and every target; the limit is the distance of $f^*$ from the span of the tangent features.
# There is no trade-off in the population problem without noise: the bound has one (below), the
# error has none.

# %%
fine = [approximation.problem(a, d, regularities, excess, approximation.FINE[d])
        for a in activations for d in dimensions]
path_widths = [2**j for j in range(3, log2_m_paths + 1)]
ridges = 10.0 ** np.arange(-8, 0.1, 0.25)
drawn = ridge_paths(fine, path_widths, ridges, replicates=path_replicates, seed=seed)
frames = []
for path in drawn:
    rms = of(np.sqrt, path.squared_error, transform="log")
    frames.append(pd.DataFrame({
        "activation": path.activation, "d": path.d, "r": path.r, "m": path.m, "lam": path.ridge,
        "error": rms.value, "error_low": rms.low, "error_high": rms.high, "floor": path.floor}))
paths = pd.concat(frames, ignore_index=True)

# %%
sweep = paths[(paths["r"] == regularities[0]) & (paths["lam"] > 0)].copy()
for s in fine:
    mine = (sweep["activation"] == s.activation) & (sweep["d"] == s.d)
    sweep.loc[mine, "bias"] = approx.bias(s.targets[regularities[0]], sweep.loc[mine, "lam"])
fig = draw.ridge_sweep(sweep, lambda m: approx.claimed_ridge(m, regularities[0]))
save(fig, "02_approximation_error-sweep", sweep)

# %% [markdown]
# All curves rise. Each follows the bias (dashed) down to a $\lambda$ at which
# $\mathcal{N}(\lambda)$ is comparable to the rank of $K_m$, then flattens: the features are used
# up. The claim's ridge sits high on the slope.
#
# How low can the plateau be? $V$, the span of the features, has rank $p \le \frac{m}{2}(d+2)$
# ($d+1$ for ReLU, where $\sigma(u) = u\,\dot\sigma(u)$ is a combination of the others), and its
# law is invariant under rotations. So the mean projector is a number $v_l \in [0, 1]$ on each
# degree, $\sum_l v_l N_l \le p$, and
#
# $$ \mathbb{E}\, \mathrm{dist}(f^*, V)^2 = \sum_l F_l (1 - v_l) \;\ge\;
# \min\Big\{ \sum_l F_l (1 - v_l) : 0 \le v_l \le 1,\ \sum_l v_l N_l \le p \Big\}, $$
#
# least when the rank is spent on the degrees with the largest $F_l/N_l$. This **rank floor**
# holds for every $\lambda$. For ReLU it falls like $m^{-rd/(d-1)}$. The elementary bound, for its
# part, is least at $\lambda \propto m^{-1/2}$ (at $\lambda \to 0$ for $r = 1$), where it gives
# $m^{-r/2}$: better than the claim for every $r > 1/2$.

# %%
d_shown = dimensions[0]
claimed = results[(results["d"] == d_shown) & (results["r"] >= 0.5) & (results["rule"] != "fixed")]
ends = paths[(paths["d"] == d_shown) & (paths["lam"] == 0) & (paths["error"] > 1e-9)]
shown = pd.concat([claimed, ends.assign(rule="limit")], ignore_index=True)
save(draw.best_ridge(shown), "02_approximation_error-best", shown)

# %%
bound_slopes, rows = slopes("error", "bound"), []
for d in dimensions if "relu" in activations else []:
    for r in regularities:
        wide = [p for p in drawn if (p.activation, p.d, p.r) == ("relu", d, r) and p.m >= 32]
        limits = np.stack([path.squared_error[:, -1] for path in wide], axis=1)
        fit = slope(np.square([float(path.m) for path in wide]), limits, independent=True)
        last = np.log2(np.sqrt(limits[:, -1].mean() / limits[:, -2].mean()))
        rows.append(("relu", d, r, fit.value, fit.low, fit.high, last))
best_slopes = pd.DataFrame(rows, columns=["activation", "d", "r", "slope", "low", "high", "last"])
best_slopes["floor"] = -best_slopes["r"] * best_slopes["d"] / (best_slopes["d"] - 1)
print(f"ridge m^(-1/2), m = {widths[0]} ... {widths[-1]}")
print(bound_slopes[["activation", "d", "r", "slope", "low", "high", "bias"]].to_string(
    index=False, float_format="{:.3f}".format))
print(f"ridge -> 0, relu, m = 32 ... {path_widths[-1]}; 'last' between the two largest widths")
print(best_slopes[["d", "r", "slope", "low", "high", "last", "floor"]].to_string(
    index=False, float_format="{:.3f}".format))

# %%
plateau = paths[paths["lam"] == 0]
assert np.all(plateau["error"] >= plateau["floor"] * (1 - 1e-9))
for _, path in paths.groupby(["activation", "d", "r", "m"]):
    assert np.all(np.diff(path.sort_values("lam")["error"]) >= -1e-12)

# %% [markdown]
# With the best ridge the error falls several times faster than the claim says. (Points below
# $10^{-9}$ are left out: there rounding shows.) For squareplus, whose target is analytic, it
# falls faster than any power. For ReLU the slopes are of the order of the floor's, which no ridge
# can pass. On the circle they stay short of it, and one can see why: tangent features of ReLU are
# $1\{\langle b,x\rangle > 0\}$ times $1, x_1, x_2$, and since
# $1\{u>0\} = \frac12 + \frac12 \mathrm{sign}(u)$ the odd part of a combination is a step function
# with $m/2$ random jumps on a half circle, plus a linear function. Step functions come no nearer
# to a smooth odd function than order $1/m$.
#
# So claim A is sharp for its own $\lambda$ (section 4) and far from sharp for the network: the
# features could do better, and it is the ridge that forbids it. What the ridge buys lies outside
# this notebook: it stands for the finite time of SGD, $\lambda \sim 1/(\eta T)$, and for the
# noise.

# %% [markdown]
# ## 9. Scoreboard
#
# Claim A is an $O(\cdot)$ bound, so it is tested as one: the supremum over the widths of
# $m^{r/(2r+1)}$ times the error, against the explicit constant of section 3. The slopes of the
# error are compared with the expansion on the same widths; set beside the exponent of the claim
# they would test no bound, and stand as findings.

# %%
def statements(kind, quantity, table, where, theory=None, relation="=", value="slope", **rest):
    """Statements on claim A: one for each row of a table with columns value, low, high."""
    return [claims.Statement(
        "A", quantity, kind, measured=getattr(at, value), range=where, activation=at.activation,
        d=int(at.d), r=float(at.r), theory=theory and getattr(at, theory),
        relation=relation if theory else "", interval=(at.low, at.high),
        **{"interval_kind": "statistical"} | rest) for at in table.itertuples()]


def largest(rule, exponent):
    """Supremum over m of m^exponent times the error, with the envelope of its intervals."""
    part = results[(results["rule"] == rule) & (results["r"] >= 0.5)]
    scaled = part[["error", "error_low", "error_high"]].mul(part["m"] ** exponent(part["r"]), 0)
    scaled = part[["activation", "d", "r"]].join(scaled.set_axis(["value", "low", "high"], axis=1))
    found = scaled.groupby(["activation", "d", "r"], sort=False).max().reset_index()
    keys = zip(found["activation"], found["d"], found["r"], strict=True)
    return found.assign(constant=[constants[key] for key in keys])


# %%
whole, wide = (f"m = {m}..{widths[-1]}" for m in (widths[0], 256))
board = statements("claim", "sup of m^(r/(2r+1)) error", largest("claim", lambda r: r / (2*r + 1)),
                   whole, "constant", "<=", "value")
board += statements("prediction", "sup of m^(r/2) error, ridge m^(-1/2)",
                    largest("bound", lambda r: r / 2), whole, "constant", "<=", "value")
board += statements("prediction", "slope of the error", slopes("error", "claim", m_min=256), wide,
                    "expanded")
board += statements("prediction", "slope of the fluctuation", fluctuation_slopes, wide, "expanded")
board += statements("prediction", "slope of the fluctuation, ridge 0.1",
                    fixed_slopes.assign(half=-0.5), wide, "half")
board += statements("prediction", "exponent of the bias", bias_limits,
                    f"m = {m_last[0]:.0e}..{m_last[2]:.0e}", "limit", value="exponent",
                    interval_kind="numerical", why="logarithms")

# %%
board += statements("finding", "slope of the error", error_slopes, whole)
board += statements("finding", "slope of the error, ridge m^(-1/2)", bound_slopes, whole)
board += statements("finding", "slope of the error, ridge -> 0", best_slopes,
                    f"m = 32..{path_widths[-1]}")
scoreboard = claims.record("02_approximation_error", board)
print(claims.counts(scoreboard))
for (kind, relation), part in scoreboard.groupby(["kind", "relation"], sort=False):
    shown = part.drop(columns=["claim", "kind", "interval"])
    print(f"\n{kind} {relation}\n{claims.text(shown)}")

# %% [markdown]
# **What fails.** In the default profile only the exponent of the bias of ReLU at $r = 1$: the sum of
# $h_k^2$ in front of $\lambda^2$ still grows, almost like a logarithm (section 2), and the bracket,
# made for power laws, does not allow for it. The bound itself holds at every width, with room
# to spare. The findings say why slopes do not test it: at $r = 1$ the error falls more slowly than
# $m^{-1/3}$ on these widths, where the bias is not asymptotic, and the claim is true all the same.
#
# **What this notebook shows.** Claim A follows from four lines of operator algebra for
# $r \in [1/2, 1]$, with an explicit constant; the error is the bias, up to a few per cent; the
# fluctuation of a width-$m$ kernel is predicted without a free parameter; and the exponent
# $r/(2r+1)$ belongs to the ridge, not to the network.
