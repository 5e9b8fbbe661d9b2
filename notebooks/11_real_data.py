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
# # Real data: does the theory predict what a network does?
#
# The paper draws its inputs from a known law and gives its target a regularity $r$. A data set
# comes with neither. This notebook takes data sets that scikit-learn ships, measures the spectrum
# of the tangent kernel on them, reads an *effective* regularity $r$ off the labels, and asks three
# questions:
#
# 1. Does the rate that this $r$ predicts, $T^{-2r/(2r+1)}$, agree with the risk of SGD in the RKHS
#    and of a finite network, within intervals?
# 2. How wide must the network be?
# 3. Does any of it survive on examples that were held out?
#
# Nothing here is claimed by the paper: its assumptions on the law and on the target cannot be
# verified on finitely many points. What we can do is state exactly which parts of the theory need
# them.

# %%
import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.compare.data_problem import data_problems, per_mode_check
from ntksgd.compare.held_out import one_pass_errors
from ntksgd.compare.paths import paths
from ntksgd.compare.regularity import half_sample_regularity, regularity
from ntksgd.kernels.empirical import empirical_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems.data import SOURCES
from ntksgd.problems.grid import log_times
from ntksgd.problems.schedules import paper_theta, power_sums
from ntksgd.report import claims
from ntksgd.report.claims import Statement

# %%
from ntksgd.report.figures import data as figures
from ntksgd.report.figures import save, use_style
from ntksgd.report.tables import law_table
from ntksgd.risk.predicted_widths import drift_heuristic_width, sufficient_width
from ntksgd.stats import intervals
from ntksgd.stats.coverage import coverage
from ntksgd.stats.intervals import Interval
from ntksgd.stats.slopes import curve_slope, slope
from ntksgd.width.excess import Excess, controlled_excess
from ntksgd.width.requirement import width_law

use_style()

# %% tags=["parameters"]
activation = "squareplus(0.5)"  # type: str  network and kernel for the tables of features
photograph_activation = "relu"  # type: str  for the photograph, an input of three dimensions
load_factor = 0.5  # type: float  eta_1 kappa(1), in (0, 2): the first step
T_low = 100  # type: int  rates are fitted from here ...
T_high = 20_000  # type: int  ... to here; samples are drawn with replacement
replicates = 12  # type: int  sample paths per data set
widths = [8, 16, 32, 64, 128, 256]  # type: list[int]  networks on every path, for d > 10
low_d_widths = [16, 64, 256, 1024]  # type: list[int]  the same for smaller d
tolerance = 0.1  # type: float  m*: network risk at most 1 + tolerance times the kernel risk
noise = 0.25  # type: float  variance of noise added to the labels in section 6
lazy_paths = 4  # type: int  of these paths, how many also train linearised networks
splits = 20  # type: int  random training and test sets in section 8
halves = 8  # type: int  half samples, for the sampling error of r
seed = 7  # type: int  root of all randomness

# %%
check.number("load_factor", load_factor, 0, 2, open_low=True, open_high=True)
check.integer("T_low", T_low, 10, check.integer("T_high", T_high, 100) // 10)
for name, value, least in (("replicates", replicates, 2), ("splits", splits, 2),
                           ("halves", halves, 2), ("seed", seed, 0)):
    check.integer(name, value, least)
check.integer("lazy_paths", lazy_paths, 2, replicates)
for name, grid in (("widths", widths), ("low_d_widths", low_d_widths)):
    check.integer(f"number of {name}", len({check.width(m) for m in grid}), 4)
check.positive("tolerance", tolerance)
check.positive("noise", noise)
activations = {name: photograph_activation if name == "photograph" else activation
               for name in SOURCES}
times = log_times(T_high, 9, T_low)

# %% [markdown]
# ## 1. The data, and a law under which nothing is estimated
#
# Features are centred, divided by their standard deviation where their units differ, and scaled to
# length 1: inputs on the sphere $S^{d-1}$, as the theory wants them. The length of a feature
# vector, which may carry information, is lost. The photograph is another kind of problem:
# its input is a place $(u, v, 1)$ scaled to length 1, its value the grey level there. All labels
# are scaled to mean square 1, so the risk of $f = 0$ is 1.
#
# Let $P_n$ be the **empirical law**: draw one of the $n$ points at random, with replacement. This
# is an input law like any other, so the setting of the earlier notebooks holds for it with sums in
# place of integrals: successive draws are independent, one pass may be longer than $n$, the target
# $f^*$ is the vector of labels, and the risk $R(f) = \frac1n\sum_i (f(x_i) - y_i)^2$ is a finite
# sum. Under $P_n$ labels are exact and $s^2 = 0$: what a statistician calls noise in the labels is,
# for $P_n$, part of a rough target. Sections 2 to 7 are about $P_n$; section 8 is about the unknown
# law that the data came from.

# %%
problems = data_problems(activations, T_low, T_high, load_factor)
rows = [[name, s.population.n, s.population.d, s.problem.activation.name,
         f"{s.spectrum.eigenvalues[0]:.3f}", f"{s.spectrum.trace:.3f}"]
        for name, s in problems.items()]
print(pd.DataFrame(rows, columns=["data", "n", "d", "kernel of", "lambda_1", "kappa(1)"])
      .to_string(index=False))

# %% [markdown]
# ## 2. What is left of the exact recursion
#
# Under $P_n$ the operator $L g = \mathbb E_{x'}[K(\cdot, x')\, g(x')]$ is the matrix $K/n$. Write
# $\lambda_i$ for its eigenvalues, $\varphi_i$ for its eigenfunctions, orthonormal in $L^2(P_n)$,
# and $c_i = \langle f^*, \varphi_i\rangle$. With $e = f - f^*$ a step of SGD is
#
# $$ e \leftarrow e - \eta\,(e(x) - \xi)\,K_x, \qquad x \sim P_n,\quad \xi \text{ independent of }
#    x \text{ with variance } s^2 . $$
#
# *The mean* obeys $\mathbb E e \leftarrow (I - \eta L)\,\mathbb E e$, on any data.
#
# *Second moments.* $S = \mathbb E\, e e^\top$ obeys, because $x$ is independent of $e$,
#
# $$ S \leftarrow S - \eta (L S + S L) + \frac{\eta^2}{n}\, K \operatorname{diag}(S_{ii} + s^2)\, K :
#    \tag{1} $$
#
# closed and exact, but $O(n^3)$ a step. Its diagonal in the eigenbasis, $C_i = \mathbb E \langle e,
# \varphi_i\rangle^2$, obeys
#
# $$ C_i \leftarrow (1 - 2\eta\lambda_i)\, C_i + \eta^2\lambda_i^2 \left(
#    \mathbb E[e(x)^2 \varphi_i(x)^2] + s^2\right). \tag{2} $$
#
# On the sphere with uniform inputs the addition theorem makes the mean of $\varphi_i^2$ over a
# degree equal to 1, so the bracket is $R + s^2$ and the recursion of notebook 03 closes. On data it
# does not. One thing remains: the inputs have length 1, so $\sum_i \lambda_i \varphi_i(x)^2 =
# K(x,x) = \kappa(1)$ *for every* $x$. Hence $\sum_i \lambda_i\, \mathbb E[e^2\varphi_i^2] =
# \kappa(1) R$ exactly, and dividing (2) by $\lambda_i$ and adding up,
#
# $$ \mathbb E\|e\|_H^2 \leftarrow \mathbb E\|e\|_H^2 - 2\eta R + \eta^2\kappa(1)\,(R + s^2). \tag{3} $$
#
# Two consequences hold for **every data set on the sphere**: with $s = 0$ the RKHS distance to the
# target falls as long as $\eta\kappa(1) < 2$; and, summing (3), the step-weighted risks are tied by
# $\sum_t \eta_t (2 - \eta_t\kappa(1)) R_t = \|f^*\|_H^2 - \mathbb E\|e_T\|_H^2 + s^2\kappa(1)\sum_t
# \eta_t^2$.
#
# So replacing the bracket in (2) by $R + s^2$ does not alter the total noise that enters, weighted
# by $\lambda_i$; it only spreads it evenly over the modes. How much does that cost? We compare with
# (1) on a hundred points of each data set, with noise.

# %%
checks = {name: per_mode_check(s, 100, 1000, noise, seed) for name, s in problems.items()}
comparison = {name: (t, ratio) for name, (t, ratio, _) in checks.items()}
for name, (_, ratio, identity) in checks.items():
    assert identity < 1e-9, name  # the summed form of (3), with R from (1)
    print(f"{name:15s} largest error of the per-mode recursion: {np.max(np.abs(ratio - 1)):.2%}")
table = pd.concat(
    pd.DataFrame({"data": n, "T": t, "ratio": ratio}) for n, (t, ratio) in comparison.items())
save(figures.closure(table), "11_real_data-closure", table)

# %% [markdown]
# Identity (3) holds to rounding on all of them. The per-mode recursion, exact on the uniform
# sphere, is not exact here, but its error stays at the level printed above: **the learning curve of
# kernel SGD on a data set is known from its spectrum and the coefficients $c_i^2$, without
# training**. From here on "recursion" means this approximation.

# %% [markdown]
# ## 3. Eigenvalue decay
#
# A power law $\lambda_i \sim i^{-\beta}$ is what the theory calls a capacity condition. For ReLU on
# $S^{d-1}$ with uniform inputs, degree $k$ has $\lambda_k \sim k^{-d}$ and about $k^{d-2}$ members,
# so $\beta = d/(d-1)$: 3/2 for the photograph's three dimensions, and barely above 1 for
# sixty-four. Real data do not fill the sphere. The fit runs over indices 10 to $n/4$; beyond, an
# eigenvalue of $n$ points says little about anything but these $n$ points.

# %%
decays = {}
for name in [n for n in problems if n != "digits, parity"]:  # the same points as "digits, zero"
    for act in dict.fromkeys([activation, "relu"]):
        known = problems[name]
        found = (known.spectrum if known.problem.activation.name == act
                 else empirical_spectrum(known.population, tangent_kernel(act)))
        decays[name.removesuffix(", zero"), act] = found.eigenvalues
for (name, act), values in decays.items():
    index = np.unique(np.geomspace(10, values.size // 4, 40).round().astype(int))
    print(f"{name:15s} {act:16s} beta = {-curve_slope(index, values[index - 1]).value:.2f}")

# %%
table = pd.concat(
    pd.DataFrame({"data": n, "activation": a, "i": np.arange(1, v.size + 1), "eigenvalue": v})
    for (n, a), v in decays.items())
save(figures.spectra(table), "11_real_data-spectra", table)

# %% [markdown]
# The tables of features have something like a power law over two decades, also for the analytic
# squareplus: in many dimensions so few points resolve only low degrees, where smoothness shows as a
# slightly larger $\beta$. The decay is faster than $d/(d-1)$: the data lie near a set of far lower
# dimension. In three dimensions smoothness shows at once: the analytic kernel's eigenvalues fall
# faster than any power, which is why the photograph is given to ReLU; there $\beta$ comes out near
# the 3/2 of uniform inputs, though they cover only a patch of the sphere. (The curves are exact for
# these points and have kinks: no interval of $\beta$ is given.)

# %% [markdown]
# ## 4. Effective regularity
#
# The source condition $f^* = L^r h$ means $\sum_i c_i^2\lambda_i^{-2r} < \infty$, and it bounds the
# **tail power**
#
# $$ F(\lambda) = \sum_{\lambda_i \le \lambda} c_i^2 \;\le\; \lambda^{2r}\,\|h\|^2 . $$
#
# With finitely many points every target satisfies it for every $r$, so $r$ can only mean the slope
# of $F$ over a **window** of eigenvalues: $r = \tfrac12\, d\log F/d\log\lambda$. Which window? With
# $\tau = \sum_t \eta_t$ the mean iterate has the risk $\sum_i c_i^2 e^{-2\lambda_i\tau}$ (up to
# $\eta^2\lambda_i^2$), and if $F(\lambda) = A\lambda^{2r}$ this is
#
# $$ \int_0^\infty e^{-2\lambda\tau}\,dF(\lambda) = A\,\Gamma(2r+1)\,(2\tau)^{-2r}: \tag{4} $$
#
# steps up to $\tau$ see the eigenvalues above $1/(2\tau)$. So between $T_{low}$ and $T_{high}$ the
# window is $[1/2\tau(T_{high}),\, 1/2\tau(T_{low})]$; with $\eta_t = \eta_1 t^{-\theta}$ and
# $\theta = 2r/(2r+1)$ it depends on $r$ itself, and we take the fixed point. The interval of $r$ is
# the range of the fits on the whole window and on each half of it. It says how far from a power law
# the tail is, which here is the main uncertainty.

# %%
for name, s in problems.items():
    print(f"{name:15s} r = {s.r:.3f} [{s.fit.low:.3f}, {s.fit.high:.3f}] on eigenvalues "
          f"{s.fit.x_min:.1e} to {s.fit.x_max:.1e}; predicted rate T^{s.rate.value:.3f}")
fig = figures.regularities(problems)
save(fig, "11_real_data-regularity", pd.concat(
    pd.DataFrame({"data": n, "eigenvalue": s.spectrum.eigenvalues,
                  "tail": s.spectrum.tail_power(s.spectrum.eigenvalues)})
    for n, s in problems.items()))

# %% [markdown]
# Every $r$ is far below $1/2$: **none of these targets lies in the RKHS** in any practical sense,
# and theory that starts at $r \ge 1/2$ would not apply. (The paper's rate is stated for a
# regularity $r$; whether small $r$ is included we cannot tell from its summary; the exact recursion
# does not mind.) Digits are the cleanest power law. Diabetes is nearly flat: most of a noisy label
# is spread over all eigenfunctions alike, and no regularity is to be had from that.
#
# How much does $r$ depend on choices? The table compares other ranges of $T$, the range of indices
# 10 to $n/4$ that one would fit without asking for $T$, and the value from random half samples on
# the same window (mean $\pm$ standard deviation, which estimates the standard error of $r$ from
# $n$ points: a delete-half jackknife).

# %%
def index_regularity(s):
    """r on the eigenvalues of index 10 to n/4."""
    values = s.spectrum.eigenvalues
    return regularity(s.spectrum, values[s.population.n // 4 - 1], values[9]).value


ranges = [(T_low, T_high // 10), (10 * T_low, T_high), (10 * T_low, 10 * T_high)]
one_pass = {name: s.between(30, int(0.78 * s.population.n)) for name, s in problems.items()}
rows, sampling = [], {}
for name, s in problems.items():
    half = half_sample_regularity(s.population, s.problem.kernel, s.problem.gram,
                                  [s.fit, one_pass[name].fit], halves, seed)
    # one half sample is as far off as all points are: its interval, not that of the mean of halves
    sampling[name] = intervals.of(lambda mean: mean, half[:, 1]).half * np.sqrt(halves)
    rows.append([name, f"{s.r:.3f}", *(f"{s.between(*ends).r:.3f}" for ends in ranges),
                 f"{index_regularity(s):.3f}",
                 f"{half[:, 0].mean():.3f} +- {half[:, 0].std(ddof=1):.3f}"])

# %%
columns = ["data", "r", *(f"T {a:.0e}..{b:.0e}" for a, b in ranges), "i 10..n/4", "half samples"]
print(pd.DataFrame(rows, columns=columns).to_string(index=False))

# %% [markdown]
# Read across a row: where the half samples agree with the whole, $r$ belongs to the law the data
# came from; where they are larger by several standard deviations (breast cancer, diabetes), the
# window reaches eigenvalues that so few points do not resolve, and $r$ there belongs to $P_n$ only.
# The range of the fit matters more than the sampling error: an $r$ without its range means little.

# %% [markdown]
# ## 5. Predicted and measured rates
#
# Now train. On the same sample paths from $P_n$: kernel SGD, and networks of several widths from
# their symmetric initialisation, all parameters trained, $\theta = 2r/(2r+1)$ with the $r$ just
# found. Intervals are those of the jackknife over whole sample paths, with Student's $t$ (module
# `ntksgd.stats.intervals`); the last lines below say how often they cover.

# %%
grids = {name: sorted(set(low_d_widths if s.population.d <= 10 else widths))
         for name, s in problems.items()}
runs = {name: paths(s.problem, ["network", "kernel"], grids[name], times, replicates, seed)
        for name, s in problems.items()}
recursion = {name: s.expected(times).risk for name, s in problems.items()}
print(f"sampled kernel risk / recursion at T = {times[-1]}")
ratios = {}
for name, run in runs.items():
    last = run.kernel[:, -1] / recursion[name][-1]
    ratios[name] = intervals.of(lambda mean: mean, last, transform="log")
    print(f"{name:15s} {ratios[name]}")
for use in ("mean", "slope"):
    print(f"{use}: {coverage(use, replicates, len(times))}")

# %%
kernel = {name: run.kernel for name, run in runs.items()}
widest = {name: run.network[:, -1] for name, run in runs.items()}
fig = figures.risks(problems, times, recursion, kernel, widest, grids)
save(fig, "11_real_data-risks", pd.concat(
    pd.DataFrame({"data": n, "T": times, "recursion": recursion[n], "kernel": kernel[n].mean(0),
                  "network": widest[n].mean(0)}) for n in problems))

# %% [markdown]
# Kernel SGD lies on the green curve, which has seen no training, and so do the networks on the four
# tables, nearly; on the photograph the network of the largest width falls behind (section 7). The
# dashed line is the rate from $r$ alone, with its height fitted. The chain from $r$ to the network
# has four links, and the table finds the weak ones.

# %%
fits = {}
for name, s in problems.items():
    effort = power_sums(s.problem.schedule, times)
    fits[name] = {"predicted by r": s.rate,
                  "mean iterate": curve_slope(times, s.spectrum.bias(effort)),
                  "recursion": curve_slope(times, recursion[name]),
                  "kernel SGD": slope(times, kernel[name]),
                  "network": slope(times, widest[name])}
links = pd.DataFrame([[name, what, e.value, getattr(e, "low", np.nan), getattr(e, "high", np.nan)]
                      for name, of in fits.items() for what, e in of.items()],
                     columns=["data", "what", "exponent", "low", "high"])
fig = figures.exponents(links)
save(fig, "11_real_data-exponents", links)

# %%
order = list(dict.fromkeys(links["what"]))
wide = links.pivot(index="data", columns="what", values="exponent").loc[list(problems), order]
print(wide.round(3).to_string())
print()
for later, earlier in reversed(list(zip(order[1:4] + ["network"], order[:3] + ["kernel SGD"],
                                        strict=True))):
    print(f"largest |{later} - {earlier}|: {(wide[later] - wide[earlier]).abs().max():.3f}")

# %% [markdown]
# Two links are strong: the fluctuations of SGD move the exponent little, and the recursion
# gives what sampling gives. One is weak on every data set: turning a spectrum into one number $r$.
# By (4) the mean iterate sees the tail power through $e^{-2\lambda\tau}$, an average that reaches
# below the window; here $F$ is steeper there, so the curve falls faster than the fitted slope says.
# The last, from kernel to network, is weak where the width is too small: the photograph.

# %%
def discrepancy(measured, predicted):
    """Measured minus predicted exponent, and the range that the ends of both allow."""
    return Interval(measured.value - predicted.value, measured.low - predicted.high,
                    measured.high - predicted.low)


for name, found in fits.items():
    for what in ("kernel SGD", "network"):
        gap = discrepancy(found[what], found["predicted by r"])
        print(f"{name:15s} {what:10s} minus predicted exponent: {gap} -> "
              f"{'agree' if gap.contains(0) else 'disagree'}")

# %% [markdown]
# "Agree" means that some exponent lies in both intervals: that of the prediction (departure from a
# power law) and that of the measurement (sample paths). For kernel SGD the
# prediction errs to one side on every data set, over this range of $T$: the risk falls *faster*
# than $r$ says. The gaps are of the size of the intervals, so another range of $T$ can turn a
# verdict.

# %% [markdown]
# ## 6. Noise, and the step schedule
#
# Add up the quasi-stationary solution of (2), $C_i \approx \tfrac12\eta\lambda_i(\mathbb
# E[e^2\varphi_i^2] + s^2)$: again $\sum_i\lambda_i\varphi_i(x)^2 = \kappa(1)$ is all it takes, and
# the risk $V$ added by label noise solves $V = q\,(V + s^2)$ with $q = \eta_T\kappa(1)/2$,
#
# $$ V = s^2\,\frac{q}{1-q}, \tag{5} $$
#
# **on every data set on the sphere**, whatever its spectrum (a heuristic: it takes the step as
# slowly varying and all modes as relaxed). We check it at two horizons, and ask what the theory's
# step decay is worth: the risk with $\theta = 2r/(2r+1)$ against that with the best $\theta$ in
# hindsight.

# %%
late, thetas, rows = T_high * np.array([1, 100]), np.linspace(0, 0.6, 9), []
for name, s in problems.items():
    q = s.problem.schedule(late) * s.spectrum.trace / 2
    ratio = s.expected(late).variance / (q / (1 - q))
    swept = [s.expected([T_high], noise, theta).risk[0] for theta in thetas]
    ours, best = s.expected([T_high], noise).risk[0], int(np.argmin(swept))
    rows.append([name, *ratio.round(3), f"{paper_theta(s.r):.2f}", f"{thetas[best]:.2f}",
                 f"{ours / swept[best]:.3f}"])
print(pd.DataFrame(rows, columns=[
    "data", *(f"V/(5), T={t:.0e}" for t in late), "2r/(2r+1)", "best theta",
    "risk/best"]).to_string(index=False))

# %% [markdown]
# Formula (5) is close on every data set, and closer at the longer horizon: with it a practitioner
# knows the price of label noise from the last step size alone. The schedule is another matter. With
# this much noise and at this horizon the $\theta$ from $r$ costs on some data sets visibly more
# risk than the best (last column; below 1 the grid of $\theta$ is too coarse to tell): slower decay
# is better while the bias still dominates. The theory's $\theta$ is right as an exponent, for $T
# \to \infty$.

# %% [markdown]
# ## 7. How wide is wide enough
#
# $m^*(T, \tau)$ is the least width whose expected risk is at most $(1 + \tau)$ times that of kernel
# SGD: the estimator of notebook 06, with kernel SGD on the same samples as control variate. The
# exact mean of the control is replaced by the recursion of section 2; it cancels except as a scale.

# %%
excesses = {name: Excess(times, ((grids[name], controlled_excess(
    run.network, run.kernel, recursion[name], recursion[name])),)) for name, run in runs.items()}
laws = {name: width_law(excess, tolerance) for name, excess in excesses.items()}
table = law_table(laws, "data")
save(figures.widths(excesses, table, tolerance), "11_real_data-widths", table)

# %%
rows = []
for name, law in laws.items():
    end, r = ("at most ", "", "more than ")[int(law.censored[-1]) + 1], problems[name].r
    fitted = ["", ""] if law.slope is None else [
        str(law.slope), f"{law.slope.x_min:.0f} to {law.slope.x_max:.0f}, {law.seen.sum()} times"]
    rows.append([name, f"{end}{law.required[-1]:.0f} [{law.low[-1]:.0f}, {law.high[-1]:.0f}]",
                 *fitted, f"{drift_heuristic_width(r):.2f}", f"{sufficient_width(r):.2f}"])
print(pd.DataFrame(rows, columns=["data", f"m* at T = {times[-1]}", "exponent of m* in T",
                                  "fitted on T", "heuristic", "sufficient"]).to_string(index=False))

# %% [markdown]
# The last column is the paper's exponent $1 + 5/(2r+1)$, which is not contradicted; the one before
# it is the heuristic $2/(2r+1)$ of notebook 06. The data sets differ in kind. On digits and breast
# cancer a few hundred neurons do, and the need hardly grows, far more slowly than the heuristic
# (below zero the network is *better* than its kernel). On the photograph it grows fast, about as
# the heuristic says although the fit has few points, and soon exceeds every width tried.
#
# Why? Two things separate a network from its kernel: at finite width the tangent kernel at the
# start is random (*fluctuation*), and training moves it (*drift*). The network linearised at its
# initial parameters has only the first. And how far the parameters must move is known: for wide
# networks $\|\Theta_T - \Theta_0\|^2$ is about $\|f_T\|_H^2$, which the mean iterate puts at
# $\sum_i (1 - e^{-\lambda_i\tau})^2 c_i^2/\lambda_i$, to be compared with $m$ neurons.

# %%
rows = []
for name, s in problems.items():
    # the same paths: the same children of the same seed
    run, ends = runs[name], [grids[name][0], grids[name][-1]]
    lazy = paths(s.problem, ["linearised"], ends, times[-1:], lazy_paths, seed).linearised[..., 0]
    full, base = run.network[:lazy_paths, [0, -1], -1], run.kernel[:lazy_paths, -1].mean()
    for k, m in enumerate(ends):
        rows.append([name, f"{s.reached_norm(T_high):.0f}", m,
                     *(f"{x[:, k].mean() / base - 1:+.2f}" for x in (full, lazy))])

# %%
print(pd.DataFrame(rows, columns=["data", "||f_T||_H^2", "m", "network excess",
                                  "linearised excess"]).to_string(index=False))

# %% [markdown]
# On the digits and on breast cancer narrow networks are far *better* than their linearisation: the
# drift of the features helps, and that is why so few neurons do. On the photograph it is the other
# way round: the wide linearised network follows the kernel much more closely than the network
# itself, whose features drift to its harm. Its target is rough for the kernel, so that the function
# to be reached has a large RKHS norm, the parameters must move far, and $m$ must be large beside
# $\|f_T\|_H^2$ for the lazy picture to hold. The size of the norm alone does not decide, as the
# digits' parity shows: whether drift helps or harms depends on the target, and perhaps on the
# dimension and the activation, which differ too. All this for these data and this range of $T$.

# %% [markdown]
# ## 8. Held-out examples
#
# Now the law that the data came from. Split at random; train on each training example once, in
# random order; measure the mean square error on the test set. This is one-pass SGD for the unknown
# law, and $T$ ends with the training set. Centring and scaling are learnt from the training part
# only. The test error contains the noise of the labels, which is unknown, so for the noisy tables
# its slope is not that of an excess risk. The dashed curve is the recursion of section 2, run on
# the spectrum of the *whole* data set (so it has seen the test labels; what it has not seen is any
# training). The interval of the predicted exponent now includes the sampling error of $r$: half its
# interval by the half samples, on the window of this one pass.

# %%
short = {name: s for name, s in one_pass.items() if name != "photograph"}
spans = {name: log_times(int(0.78 * s.population.n), 9, 30) for name, s in short.items()}
held = {name: one_pass_errors(s.problem, spans[name], splits, seed, widths[-1])
        for name, s in short.items()}
curve = {name: s.expected(spans[name]).risk for name, s in short.items()}
fig = figures.held_out(spans, {n: h[0] for n, h in held.items()},
                       {n: h[1] for n, h in held.items()}, curve, widths[-1])
save(fig, "11_real_data-held-out", pd.concat(
    pd.DataFrame({"data": n, "T": spans[n], "recursion": curve[n], "kernel": h[0].mean(0),
                  "network": h[1].mean(0)}) for n, h in held.items()))

# %%
rows, test_slopes = [], {}
for name, s in short.items():
    f, g = (slope(spans[name], errors) for errors in held[name])
    rate, final = s.predicted_rate(sampling[name]), held[name][0].mean(0)[-1]
    test_slopes[name] = g
    agree = discrepancy(g, rate).contains(0)
    rows.append([name, str(rate), str(f), str(g), "yes" if agree else "no",
                 f"{final:.3f}", f"{curve[name][-1]:.3f}"])
print(pd.DataFrame(rows, columns=["data", "predicted by r", "kernel SGD", "network", "overlap",
                                  "last error", "recursion"]).to_string(index=False))

# %% [markdown]
# On the digits the curve computed without training runs through the errors on examples never seen.
# It lies somewhat below for the two small tables, because to $P_n$ the labels' noise is signal that
# more steps can learn, and to the test set it is not. (Intervals: jackknife over random splits of
# the one data set there is; they do not cover drawing another one.)

# %% [markdown]
# ## 9. Predictions and measurements
#
# The paper claims nothing about data, so no row has a verdict. Predictions are ours: the exponent
# from $r$ (its range stands beside it: the fits on parts of the window), the recursion per mode for
# the risk of kernel SGD, and the heuristic $2/(2r+1)$ for the width.

# %%
def row(name, s, quantity, theory, found, where, relation="="):
    """A prediction on one data set; `found` has value, low and high."""
    return Statement("F", f"{name}: {quantity}", "prediction", measured=found.value, theory=theory,
                     relation=relation, interval=found, interval_kind="statistical", range=where,
                     activation=s.problem.activation.name, d=s.population.d, r=round(s.r, 4))


board = []
for name, s in problems.items():
    span, law = f"T = {T_low}..{T_high}", laws[name].slope
    known = f"r = {s.fit.low:.3f}..{s.fit.high:.3f}"
    board += [row(name, s, f"exponent of risk, {what}", s.rate.value, fits[name][what],
                  f"{span}, {known}" + (f", m = {grids[name][-1]}" if what == "network" else ""))
              for what in ("kernel SGD", "network")]
    board += [row(name, s, "kernel SGD over recursion", 1.0, ratios[name], f"T = {T_high}")]
    if law is not None:
        board += [row(name, s, "exponent of m*", drift_heuristic_width(s.r), law,
                      f"T = {law.x_min:.0f}..{law.x_max:.0f}, tau = {tolerance:g}", "<=")]

# %%
for name, s in short.items():
    board += [row(name, s, "exponent of test error, network", s.rate.value, test_slopes[name],
                  f"T = 30..{spans[name][-1]}, r = {s.fit.low:.3f}..{s.fit.high:.3f}, "
                  f"m = {widths[-1]}")]
frame = claims.record("11_real_data", board)
print(claims.text(frame.drop(columns=["claim", "kind", "activation", "d", "r", "interval"])))

# %% [markdown]
# **What carries over.** The tangent-kernel description itself: given the spectrum and the labels'
# coefficients, the whole learning curve of SGD, for the kernel and for a network of a few hundred
# neurons on the tables of features, follows from a recursion in which nothing is fitted, and on the
# digits even for test error. The condition $\eta\kappa(1) < 2$ suffices for stability on any data
# on the sphere, and the noise formula (5) holds on all of these. The sufficient width of the paper
# is never contradicted.
#
# **What carries over with a caveat.** The rate: $-2r/(2r+1)$ is right to a few hundredths of an
# exponent, on the slow side, and lies within the joint range on some data sets and not on others
# (section 5 says which). Real tails are not power laws over the range that SGD sees, so $r$ depends
# on that range. Where labels are noisy, $r$ under $P_n$ mixes signal and noise.
#
# **What does not.** The network as a copy of its kernel, at the widths one would use: features
# move, to its benefit on the digits, to its harm on the photograph. And the step decay $2r/(2r+1)$,
# optimal as an exponent, is not the best choice at a given $T$.
#
# **Limits.** Five small problems; inputs forced onto the sphere; square loss on $\pm1$ labels (no
# classification error); one architecture; intervals conditional on the data sets at hand.
