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
# # Real data: foretold from one half, measured on the other
#
# **Question** (claim F: the paper claims nothing here). Does the theory predict, *before training*,
# what SGD in the RKHS and a finite network do on real data? Two laws are kept apart throughout.
# **Training risk**: the *empirical law* $P_n$ draws one of $n$ points, with replacement; $R$ is the
# error on these same points, after up to dozens of passes over them. **Test error**: one pass, then
# new points of the unknown law.
#
# **Idea.** Split a data set into halves A and B. Kernel matrix and labels of A give eigenvalues and
# coefficients, hence, by the recursion of
# [notebook 03](03_rkhs_convergence.ipynb), a whole learning curve; and, by a fit to its first part,
# an effective regularity $r$, hence the one-number rate $T^{-2r/(2r+1)}$. Both are forecasts for B,
# ten times further. Then B is trained on. So with test error and width.
#
# ![Training risk against steps for four data sets and two activations: kernel SGD on half B lies on
# the curve computed from half A, in the mean over splits; the power law mostly misses it; ReLU networks
# fall behind](../figures/11_real_data-forecast.png)
#
# **Verdict** (numbers: the last cell). One half's curve foretells kernel SGD on the other as far as
# halves resemble each other. In the mean over halves, where their scatter cancels, the recursion is
# close for kernel SGD, a little low, and nearly as close for smooth networks. The rate fails beyond
# its fit in most cases: the tail of finitely many points bends and ends. The width carries over least:
# most forecasts of it are too vague to judge, and the few that can be judged were missed: too much
# for a smooth network, whose moving features help, too little for a ReLU network.

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from IPython.display import Markdown

from ntksgd import check
from ntksgd.compare.halves import forecasts
from ntksgd.compare.trial import scores, trial
from ntksgd.problems.schedules import paper_theta
from ntksgd.report import claims, data_widths

# %% tags=["hide-input"]
from ntksgd.report import data_tables as tables
from ntksgd.report.figures import data as draw
from ntksgd.report.figures import save, use_style
from ntksgd.risk.empirical import METHODS, empirical_risk
from ntksgd.seeds import child
from ntksgd.stats.coverage import coverage
from ntksgd.width import on_data
from ntksgd.width.requirement import width_law

use_style()

# %% tags=["parameters"]
data = ["digits, parity", "breast cancer", "diabetes", "photograph"]  # type: list[str]
activations = ["squareplus(0.5)", "relu"]  # type: list[str]  a smooth one, and one with a kink
load_factor = 0.5  # type: float  eta_1 kappa(1), in (0, 2): the first step
T_low = 200  # type: int  r is fitted from here ...
T_fit = 2000  # type: int  ... to here: nothing later enters the one-number rate
T_high = 20_000  # type: int  forecasts go to here
splits = 5  # type: int  random halves: every one is forecast, then trained
width = 256  # type: int  of the networks in sections 4 and 5
widths = [8, 32, 128, 512, 2048]  # type: list[int]  in section 6, at most these
replicates = [4, 3]  # type: list[int]  sample paths for widths up to 1024, and above
starts = 3  # type: int  initialisations a width, for the forecast of the width
closure = "mode"  # type: str  the recursion of that forecast: mode, mean or exact
tolerance = 0.1  # type: float  m*: network risk at most 1 + tolerance times the kernel risk
noise = 0.25  # type: float  variance of noise added to the labels in section 7
seed = 7  # type: int  root of all randomness

# %% tags=["hide-input"]
check.one_of("closure", closure, METHODS)
check.integer("splits", splits, 3)
check.integer("T_fit", T_fit, T_low + 5)
check.integer("T_high", T_high, T_fit + 5)
check.integer("number of activations", len(set(activations)), 2, 2)
check.integer("starts", starts, 2)
check.integer("number of replicates", len(replicates), 2, 2)
check.integer("replicates", min(replicates), 2)
check.positive("tolerance", tolerance)
check.positive("noise", noise)
check.integer("number of widths", len({check.width(m) for m in widths}), 4)
widths, cases = sorted(set(widths)), [(name, act) for name in data for act in activations]

# %% [markdown]
# ## 1. Two laws, two halves
#
# Features are centred, divided by their standard deviation where their units differ (both learnt
# from A), and scaled to length 1: inputs on $S^{d-1}$, as the theory wants them. Of the photograph the
# input is a place $(u,v,1)$ scaled to length 1, the value the grey level there. Labels, centred unless
# $\pm1$, have mean square 1, both on the whole set: the one thing of B that a forecast knows; the risk of
# $f=0$ is about 1. $P_n$ is an input law like any other: draws are independent, $T$ may exceed $n$, the
# target $f^*$ is the vector of labels, $R(f)=\frac1n\sum_i(f(x_i)-y_i)^2$. What a statistician calls noise
# of the labels is, for $P_n$, part of the target, which enough steps learn by heart. The next cell
# forecasts from half A of each random split; half B is not looked at before section 4.

# %%
halves = {case: forecasts(*case, (T_low, T_fit, T_high), splits, child(seed, 0), load_factor)
          for case in cases}
first = {case: of[0].forecast for case, of in halves.items()}
times = first[cases[0]].times
pd.DataFrame([[*case, (s := f.source).population.n, s.population.d, s.spectrum.eigenvalues[0],
               s.spectrum.trace, round(T_high / s.population.n)] for case, f in first.items()],
             columns=["data", "kernel of", "n (half)", "d", "lambda_1", "kappa(1)",
                      "passes at T_high"]).round(3)

# %% [markdown]
# ## 2. The recursion on data
#
# Under $P_n$ the operator is $L=K/n$, with eigenvalues $\lambda_i$, eigenfunctions $\varphi_i$
# orthonormal in $L^2(P_n)$, $c_i=\langle f^*,\varphi_i\rangle$. With $e=f-f^*$ a step is $e\leftarrow
# e-\eta\,(e(x)-\xi)K_x$, $\xi$ the noise of the label, and because $x\sim P_n$ is independent of $e$, $S=\mathbb E\,ee^\top$ obeys
#
# $$ S \leftarrow S - \eta (L S + S L) + \frac{\eta^2}{n}\, K \operatorname{diag}(S_{ii} + s^2)\, K,
#    \tag{1} $$
#
# exactly, but at $O(n^3)$ a step. In the eigenbasis $C_i=\mathbb E\langle e,\varphi_i\rangle^2$ obeys
#
# $$ C_i \leftarrow (1 - 2\eta\lambda_i)\, C_i + \eta^2\lambda_i^2 \left(
#    \mathbb E[e(x)^2 \varphi_i(x)^2] + s^2\right). \tag{2} $$
#
# Under the uniform law on the sphere, averaged over a degree, the bracket is $R+s^2$ (addition theorem);
# here it is not. One thing remains. A step changes $\|e\|_H^2$ by $-2\eta(e(x)-\xi)\,e(x)+\eta^2(e(x)-
# \xi)^2\|K_x\|_H^2$, and $\|K_x\|_H^2=\kappa(1)$ for *every* $x$, inputs having length 1: in the mean
#
# $$ \mathbb E\|e\|_H^2 \leftarrow \mathbb E\|e\|_H^2 - 2\eta R + \eta^2\kappa(1)\,(R + s^2) \tag{3} $$
#
# on **every data set on the sphere**: with $s=0$ the distance to the target falls while
# $\eta\kappa(1)<2$. Three ways to close (2) (module `risk.empirical`): *mode*, bracket $=R+s^2$, which
# only spreads the noise evenly; *mean*, off-diagonal moments those of the mean iterate, $\mathbb
# Ee=\prod(1-\eta L)\,e_0$; *exact*, all of $S$, over blocks of steps.

# %%
source, few, n = first[cases[-1]].source, 300, 60
some = source.at(source.population.subset(np.arange(n)))
K, S = some.problem.gram, np.outer(some.population.y, some.population.y)
norm, learnt = np.trace(np.linalg.solve(K, S)), 0.0  # ||f*||_H^2
for eta in some.problem.schedule.step_sizes(few):
    learnt += eta * (2 - eta * K[0, 0]) * np.trace(S) / n  # (3), summed over the steps
    S = S - eta / n * (K @ S + S @ K) + eta**2 / n * (K * np.diag(S)) @ K  # (1)
fast = some.risk([few], "exact")[0]
print(f"trace S/n after {few} steps: {np.trace(S) / n:.8f}, the library's: {fast:.8f}")
assert np.isclose(np.trace(S) / n, fast, rtol=1e-6)
assert np.isclose(norm - np.trace(np.linalg.solve(K, S)), learnt, rtol=1e-9)

# %%
rows = []
for name, act in cases[:4]:  # two data sets
    small = first[name, act].source
    small = small.at(small.population.subset(np.arange(50)))
    for what, s in (("limit", small.spectrum), ("m = 32", on_data.drawn_spectrum(small, 32, seed))):
        risk = {how: empirical_risk(s, small.population.y, small.problem.schedule, times,
                                    method=how) for how in METHODS}
        rows += [[act, what, *(np.abs(risk[how] / risk["exact"] - 1).max() for how in METHODS[:2])]]
errors = pd.DataFrame(rows, columns=["activation", "kernel", *METHODS[:2]])
errors.groupby(["activation", "kernel"]).max().map("{:.2%}".format)

# %% [markdown]
# The largest error of the risk over two data sets and all times, on 50 points, for the limit kernel and
# for that of a drawn network, whose diagonal is not constant: less than the intervals of what is
# measured below. So a forecast that misses hardly owes it to the recursion. Default: "mode".
#
# ## 3. What half A foretells
#
# **Effective regularity.** $f^*=L^rh$ means $\sum_ic_i^2\lambda_i^{-2r}<\infty$ and bounds the *tail
# power* $F(\lambda)=\sum_{\lambda_i\le\lambda}c_i^2\le\lambda^{2r}\|h\|^2$. Finitely many points
# satisfy it for every $r$, so $r$ can only mean half the log-log slope of $F$ over a window. With
# $S_T=\sum_{t\le T}\eta_t$ the mean iterate has the risk $\sum_ic_i^2e^{-2\lambda_iS_T}$ (up to
# $\eta^2\lambda_i^2$); if $F=A\lambda^{2r}$ this is
#
# $$ \int_0^\infty e^{-2\lambda S_T}\,dF(\lambda) = A\,\Gamma(2r+1)\,(2S_T)^{-2r}: \tag{4} $$
#
# the steps between $T_{\rm low}$ and $T_{\rm fit}$ see the window $[1/2S_{T_{\rm fit}},
# 1/2S_{T_{\rm low}}]$, where $\eta_t=\eta_1t^{-\theta}$, $\theta=2r/(2r+1)$: a fixed point in $r$.

# %%
tails, fits = tables.tail_tables(first)
save(draw.tails(tails, fits), "11_real_data-regularity",
     pd.concat([tails, fits], ignore_index=True), alt=(
    f"Tail power of the labels against the eigenvalue, {len(data)} data sets by two activations, "
    "with the power law fitted on the window that SGD visits; below it tails leave the fit, drop."))

# %% [markdown]
# Beyond the window the tail leaves its fit and falls, for $n$ points run out of eigenvalues (those of the
# analytic kernel on the photograph run out before its power does). Every $r$ is far below $1/2$: **none
# of these targets lies in the RKHS** in any practical sense. The forecasts, before any training:

# %%
tables.forecast_table(halves)

# %% [markdown]
# "rate" is $-2r/(2r+1)$, "exponent of the curve" that of the whole spectrum's forecast beyond
# $T_{\rm fit}$: the two contradict each other already. The rate "in hindsight", $-2r(1-\theta)$ with $r$
# from the window that is foretold (-inf: the tail ends in it), is mostly closer, but no match.
# "Resolved": up to this $T$ half of A's points give A's curve within 10 %. Beyond, the curve is one of
# $n$ points, not of their law: **as many other points** should follow it, another number not.
#
# ## 4. What half B does
#
# Now train on B, in every split: one sample path each of kernel SGD and of a network, all parameters
# trained. Intervals: jackknife over splits with Student's $t$, for the data set at hand: halves overlap.

# %%
trials = {case: trial(of, width, child(seed, 1)) for case, of in halves.items()}
risks = tables.risk_table(trials)
save(draw.forecasts(risks, T_fit), "11_real_data-forecast", risks, alt=(
    f"Training risk against steps, {len(data)} data sets by two activations: kernel SGD on half B "
    "lies on the curve from half A, the power law mostly above it later; ReLU networks lag."))
print(coverage("mean", splits), coverage("slope", splits, 5), sep="\n")

# %% [markdown]
# Lines: forecasts from A, means over splits; points: B; grey: beyond the fit. A ratio of means over
# splits says little here: A and B change roles from split to split, and it would be near 1 for a
# useless forecast of single halves, too. **The typical miss of one split is the score**: $e$ to the root
# mean square of log(forecast/measured) at $T_{\rm high}$. "B's curve" is the recursion with B's own
# spectrum; of what is trained there is one path, whose noise is part of the miss.

# %%
pairs = {"spectrum / B's curve": ("curve", "expected"), "spectrum / kernel": ("curve", "kernel"),
         "rate / kernel": ("power_law", "kernel"), "spectrum / network": ("curve", "network"),
         "rate / network": ("power_law", "network")}
found = {how: scores(trials, how, pairs) for how in ("miss", "ratio", "gap_miss", "gap")}
tables.interval_table(found["miss"])

# %%
tables.interval_table(found["ratio"])  # of means over splits: the recursion, the rate, the width

# %%
exponents = {case: t.exponents for case, t in trials.items()}
missed = {f"{a}: one forecast misses kernel by": f"{a} / kernel" for a in ("spectrum", "rate")}
tables.interval_table({case: {**exponents[case], **{
    what: found["gap_miss"][case][pair] for what, pair in missed.items()}} for case in cases})

# %%
shown = [tables.mark_table(of) for of in (found["miss"], exponents)]
save(draw.scores(*shown), "11_real_data-exponents",
     pd.concat(shown, keys=["miss", "exponent"], names=["panel", "row"]).reset_index(), alt=(
    "Rows of data sets and activations. Left, the factor that one split's forecast misses by: "
    "for kernel SGD mostly less for the spectrum than for the rate. Right, exponents: those of the "
    "rate are mostly too flat."))

# %% [markdown]
# The spectrum's miss of kernel SGD is mostly its miss of B's curve: halves differ (on the photograph a
# path's noise adds). The rate knows nothing of what follows its window: under $P_n$ tails end, so it errs
# to the slow side, but not for the analytic kernel on the photograph, whose tail stays: there it does as
# well as the spectrum. Smooth networks stay close to their kernel; ReLU networks of this width fall behind.
#
# ## 5. Test error
#
# Train once over A in random order, $T\le n$, and test on B: one-pass SGD for the unknown law. The
# forecast uses A alone. A's labels in the half of its modes with the least eigenvalues are not to be
# told from noise; let $s^2$ be $n$ times the mean of $c_i^2$ there. Under $P_n$ they are signal; on new
# points a floor that no step learns and every step feeds. The recursion is linear in $(c_i^2,s^2)$:
#
# $$ \text{test}(T) = R_A(T) + s^2\,\bigl(1 + V(T) - W(T)\bigr), $$
#
# $V$ the risk that noise of variance 1 adds, $W$ that left of it if it is learnt: a heuristic.

# %%
tests = tables.risk_table(trials, test=True)
save(draw.test_errors(tests), "11_real_data-held-out", tests, alt=(
    f"Test error against examples of one pass, {len(data)} data sets by two activations: kernel "
    "SGD and networks lie near the line forecast from the training half, mostly a little above."))

# %%
once = {f"forecast / {learner}": ("test", f"test_{learner}") for learner in ("kernel", "network")}
found |= {"test": scores(trials, "ratio", once), "test_miss": scores(trials, "miss", once)}
tables.interval_table({case: {
    "R_A / kernel": t.ratio("plain", "test_kernel"), **found["test"][case],
    "one forecast misses kernel by": found["test_miss"][case]["forecast / kernel"]}
    for case, t in trials.items()}).assign(n=[f.once[-1] for f in first.values()], s2=[
        np.mean(t.foretold("floor")).round(3) for t in trials.values()])

# %% [markdown]
# At $T=n$. $R_A$ alone is too low where labels are noisy: what it learns by heart is of no use to new
# points. What remains errs to the low side in every mean: A's last eigenfunctions, we think, fit A
# better than B. Again the miss of one split is the score.
#
# ## 6. How wide is wide enough
#
# $m^*(T,\tau)$: the least width whose expected training risk is at most $(1+\tau)$ times that of kernel
# SGD. *Forecast, from A*: the network linearised at its start is kernel SGD with the kernel $K_0$ of
# that start, and its risk follows from $K_0$ at A's points by section 2; nothing is trained. It also
# chooses the widths to train on B: up to the first beyond three times the largest forecast, at least
# four; all if there is none. There kernel SGD on the same samples is a control variate, its mean the
# recursion closed by "mean". First split; intervals over starts (forecast) and paths (measured).

# %%
sweeps = {case: on_data.forecast_excess(f.source, widths, times, starts, child(seed, 2), closure)
          for case, f in first.items()}
foretold = {case: width_law(sweep, tolerance) for case, sweep in sweeps.items()}
chosen = {case: on_data.widths_to_train(law, widths) for case, law in foretold.items()}
at = int(np.searchsorted(times, T_fit)), -1
pd.DataFrame([[*case, *map(law.text, at), chosen[case][-1]]
              for case, law in foretold.items()],
             columns=["data", "activation", f"m*({T_fit})", f"m*({T_high})", "widest trained"])

# %%
networks, moved, there = {}, {}, {}
for case, (half, *_) in halves.items():
    there[case] = half.forecast.source.at(half.other)
    networks[case], moved[case] = on_data.measured_excess(
        there[case], on_data.groups(chosen[case], replicates), times, child(seed, 3))
measured = {case: width_law(excess, tolerance) for case, excess in networks.items()}
table = data_widths.law_tables(foretold, measured)
save(draw.widths(table), "11_real_data-widths", table, alt=(
    f"Required width against steps, {len(data)} data sets by two activations: forecast, line and "
    "band; trained networks, points; smooth ones at the line or below, ReLU mostly above it late."))

# %%
(width_scores := data_widths.width_table(foretold, measured, at))

# %%
data_widths.width_exponents(foretold, measured, first)

# %% [markdown]
# Triangles, "<=" and ">" are bounds: the end of the widths trained. An interval that reaches it has an
# infinite (or zero) end, and such times enter no exponent (where few are left, it describes those
# alone). "Sufficient" is the paper's $1+5/(2r+1)$, never contradicted, but hardly tested by these
# widths, and with $r$ far below $1/2$. "Inside", "outside" a factor of 2: both intervals say so.
# **The width does not reliably carry over.** On the same labels smooth networks need what their linearisation
# needs, or far less; ReLU networks on some targets far more, and the widest one trained is not
# enough. What separates network and linearisation, here both at B, is drift:

# %%
lazy = {case: on_data.linearised_samples(there[case], ms[-1:], times[-1:], starts, child(seed, 4),
                                         closure)[0] for case, ms in chosen.items()}
(drift := data_widths.drift_table(first, networks, moved, lazy))

# %% [markdown]
# How far the parameters travel is foretold roughly ("ratio"): $\|\Theta_T-\Theta_0\|^2\approx
# \|f_T\|_H^2$, which the mean iterate of A puts at $\sum_i(1-e^{-\lambda_iS_T})^2c_i^2/\lambda_i$: it grows
# with $T$, for both activations alike. But training moves the kernel of a smooth network by $O(1/m)$,
# that of a ReLU network, whose kinks are crossed, by more: see
# [notebook 05](05_network_follows_kernel.ipynb), and [13](13_your_data.ipynb) for a forecast with drift.
#
# ## 7. Noise, and the step schedule
#
# Add up the quasi-stationary solution of (2), $C_i\approx\tfrac12\eta\lambda_i(\mathbb
# E[e^2\varphi_i^2]+s^2)$; as $\sum_i\lambda_i\varphi_i(x)^2=K(x,x)=\kappa(1)$ at every $x$, the risk $V$ that
# label noise adds solves $V=q\,(V+s^2)$, $q=\eta_T\kappa(1)/2$,
#
# $$ V = s^2\,\frac{q}{1-q}, \tag{5} $$
#
# **on every data set on the sphere**, whatever its spectrum (a heuristic: slowly varying step, all
# modes relaxed). And what is $\theta=2r/(2r+1)$ worth, beside the best $\theta$ in hindsight?

# %%
after, thetas, rows = T_high * np.array([1, 100]), np.linspace(0, 0.6, 9), []
for case, f in first.items():
    s = f.source
    q = s.problem.schedule(after) * s.spectrum.trace / 2
    price = s.expected(after).variance / (q / (1 - q))
    swept = [s.risk([T_high], noise=noise, theta=theta)[0] for theta in thetas]
    ours, best = s.risk([T_high], noise=noise)[0], int(np.argmin(swept))
    rows.append([*case, *price, float(paper_theta(s.r)), thetas[best], ours / swept[best]])
(noisy := pd.DataFrame(rows, columns=["data", "activation", *(f"V / (5), T = {t}" for t in after),
                                      "2r/(2r+1)", "best theta", "risk / best"]).round(3))

# %% [markdown]
# In the recursion the price of noise is nearly (5), known from the last step alone.
#
# ## 8. What carried over (rows are predictions of ours and their misses, none about the paper)

# %%
len(claims.record("11_real_data", tables.board(trials, found, foretold, measured, at, tolerance)))

# %%
one, mean, off, test, test_mean = (
    {what: tables.ends(found[how], what) for what in next(iter(found[how].values()))}
    for how in ("miss", "ratio", "gap_miss", "test_miss", "test"))
smooth, kinked = (tables.ends(found["ratio"], "spectrum / network", act) for act in activations)
needs = {act: ", ".join(measured[case].text(-1) for case in cases if case[1] == act)
         for act in activations}
apart = {act: data_widths.beyond(foretold, measured, at, act) for act in activations}
judged = [(width_scores["factor of 2"] == how).sum() for how in ("inside", "outside", "open")]

# %%
Markdown(f"""
**What carried over to practice.** *The learning curve*: the forecast of one half misses kernel SGD
on the other, at $T={T_high}$, by a typical factor of {one["spectrum / kernel"]} (B's own curve:
{one["spectrum / B's curve"]}), its exponent by {off["spectrum / kernel"]}. In the mean over splits,
where the scatter of halves cancels, forecast over measured is {mean["spectrum / kernel"]} for
kernel SGD, {smooth} for {activations[0]} networks of width {width}. *The test error* of one pass,
without a test set: by a typical factor of {test["forecast / kernel"]} (kernel SGD) and
{test["forecast / network"]} (networks); in the mean {test_mean["forecast / kernel"]} and
{test_mean["forecast / network"]}, with 1 in the interval in {tables.holds(found["test"],
"forecast / kernel")} and {tables.holds(found["test"], "forecast / network")} cases. Roughly, *how
far the parameters travel*: foretold over measured {drift["ratio"].min()} to {drift["ratio"].max()}.
""")

# %%
Markdown(f"""
**What did not.** *The one-number rate* misses by a typical factor of {one["rate / kernel"]}, the
exponent by {off["rate / kernel"]}; the interval of means over splits has 1 in it in
{tables.holds(found["ratio"], "rate / kernel")} cases. *The width*: of {len(width_scores)} forecasts
{judged[0]} are right within a factor of 2 by both intervals, {judged[1]} wrong, {judged[2]} open.
Neurons needed at $T={T_high}$, a data set each: {"; ".join(
    f"{act} {needs[act]}" for act in activations)}.
By both intervals, at $T={T_fit}$ or $T={T_high}$, {"; ".join(
    f"{act} needs less than half the forecast on {less} and more than twice the forecast on {more} "
    f"of {of} targets" for act, (less, more, of) in apart.items())}.
In the mean, forecast over measured risk of {activations[1]} networks of width {width} is {kinked}.

**Computed, not measured** (recursion on A): the recursion's noise risk is
{noisy.iloc[:, 3].min():.2f} to {noisy.iloc[:, 3].max():.2f} times (5) at the longer horizon;
$\\theta=2r/(2r+1)$ costs up to {noisy["risk / best"].max():.2f} times the best at $T={T_high}$.

**Limits.** {len(data)} small problems; inputs forced onto the sphere; square loss, also on labels
$\\pm1$ (classification: [notebook 12](12_classification.ipynb)); intervals for the data sets at
hand, not for the next one.
""")
