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
# # How wide is wide enough?
#
# **Claim C** (our reading). A two-layer network of width of order $T^{1+5/(2r+1)}$ learns in $T$ steps
# of SGD as fast as its tangent kernel would: a polynomial, where earlier work (Nitanda & Suzuki
# 2020, averaged SGD) needed exponentially many neurons. This is a *sufficient* width, for a class
# of targets. How many neurons are *needed*? We measure
#
# $$m^*(T,\tau)=\min\{m:\ \mathbb E R_m(T)\le(1+\tau)\,R(T)\},$$
#
# $R_m$ the excess risk of the network of width $m$, $R$ that of SGD with the infinite-width kernel,
# which notebook 03 computes exactly. Setting as in the reading guide: symmetric start,
# $\eta_t=\eta_1t^{-2r/(2r+1)}$, no weight decay unless said so, $\|f^*\|=1$.
#
# **Idea.** The network differs from its kernel by *fluctuation* of the kernel at the start and by
# *drift* of the features. Freeze the features: what is left is SGD with a random kernel, whose risk
# *given the start* is exact, no sample drawn, to any $T$. Drift is then network minus frozen network
# on the same samples. And the law of the start is invariant under rotations, so that the mean risk
# is linear in the target's power per degree: the worst target of the class can be computed.
#
# ![Above, lines through the first measured width: the power of the paper rises by many orders of magnitude, the
# measured widths hardly; below, widths from 30 to 5000: measured networks on the curve of the exact linearised
# network](../figures/06_width_requirement-headline.png)
#
# **Verdict.** The claim holds, with powers of $T$ to spare: class against class, at every tolerance, noise and dimension
# tried, the width needed grows like a small power of $T$, the linearised network's to $10^9$ steps. What it needs is set by
# fluctuation at the start; drift's share is smaller and falls. (Numbers: section 6. Proofs: notebook 08.)

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown

from ntksgd import check
from ntksgd.compare.learners import start
from ntksgd.kernels.drawn import drawn_operator
from ntksgd.kernels.harmonics import evaluate
from ntksgd.kernels.sphere import quadrature

# %%
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import source_problem
from ntksgd.problems.samples import parameter_rng
from ntksgd.problems.schedules import power_sums
from ntksgd.problems.target import harmonic_target
from ntksgd.report import claims
from ntksgd.report.claims import Statement
from ntksgd.report.figures import drift as draw_drift
from ntksgd.report.figures import save, use_style
from ntksgd.report.figures import width as draw
from ntksgd.report.tables import excess_table, law_table
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.given_start import risk_given_start
from ntksgd.risk.kernel_risk import kernel_risk

# %%
from ntksgd.risk.predicted_widths import drift_heuristic_width, sufficient_width
from ntksgd.seeds import child
from ntksgd.stats.coverage import coverage
from ntksgd.stats.slopes import curve_slope
from ntksgd.width.budget import Plan, budget
from ntksgd.width.drift_cost import drift_cost
from ntksgd.width.linearised import linearised_sweep
from ntksgd.width.measured import measure
from ntksgd.width.requirement import width_law
from ntksgd.width.worst_target import READINGS

use_style()

# %% tags=["parameters"]
T = 10**5  # type: int  SGD steps of the networks
widths = [[8, 16, 32, 64, 128], [256, 512], [1024, 2048, 4096]]  # type: list  of the networks
replicates = [96, 96, 12]  # type: list  of these groups: wide networks are dear, and less noisy
widths_exact = [6, 20, 64, 200, 640, 2000, 6400, 20000, 64000]  # type: list  linearised
exact_degrees = [32, 128, 16, 14]  # type: list  the kernel's cut: squareplus, ReLU, both on S^2
exact_log_T = [9, 6, 6, 4]  # type: list  log10 of the steps of these linearised networks
exact_starts = [4, 3, 3, 3]  # type: list  starts a width
degrees = 22  # type: int  lowest harmonics among which the worst target is sought
regularities = [0.5, 0.75, 1.0]  # type: list
tolerances = [0.05, 0.1, 0.5, 1.0]  # type: list
noises = [0.01, 0.25, 1.0]  # type: list  variance s^2 of the labels, the middle one by default
step = 1.0  # type: float  eta_1 kappa(1); 2 is the limit of stability
decay = 0.2  # type: float  weight decay, in units of 1/(eta_1 + ... + eta_T)
widths_drift = [96, 128, 192, 256]  # type: list  drift: multiples of 32
replicates_drift = 12  # type: int
T_drift = 10**6  # type: int  drift at the largest r and the smallest noise
drift_relu = [64, 256, 1024]  # type: list  drift of ReLU, at the fluctuation of the last of these
limit = 300.0  # type: float  core-seconds the reader accepts to spend on networks
seed = 5  # type: int

# %%
reached = log_times(10 ** exact_log_T[0], 2 * exact_log_T[0] - 3, 100)
check.one_of("T", T, reached[reached >= 1000].tolist())  # half decades: 100,000, 316,228, ...
[check.integer("exact_log_T", value, 4, 9) for value in exact_log_T]
[check.number("regularities", r, 0.25, 1.0) for r in regularities]
[check.positive("tolerances", tau) for tau in tolerances]
[check.positive("noises", s2) for s2 in noises]
noise, tau_shown, board, smooth = noises[1], tolerances[1], [], "squareplus(0.5)"
ends, T_decay = (regularities[0], regularities[-1]), (10**3, 10**5, 10**7)

# %% [markdown]
# ## 1. Networks: the measurement
#
# One replicate draws a path of samples and trains the networks of a group of widths on it, with
# kernel SGD beside them. The kernel's risk $\hat R$ on that path has a known mean, so
#
# $$x=\frac{R_m-(\hat R-\mathbb E\hat R)}{R}-1,\qquad\mathbb E\,x=\frac{\mathbb E R_m}{R}-1,$$
#
# is an unbiased sample of the excess without most of the sampling noise. Near the level $\tau$ the
# excess is fitted by a local power law $Am^{-\alpha}$ over the four widths around the crossing. Where
# $m^*$ falls outside the widths tested it is reported as a bound (a triangle), and no time at which it
# may lie outside enters a slope. Intervals are the delete-one jackknife's over whole paths, 95 %.

# %%
plan = Plan(T, tuple(zip(widths, replicates, strict=True)))
print(budget({f"squareplus, r = {r:g}": plan for r in regularities}, limit))
problems = {r: source_problem(smooth, 2, r, noise, step, max_degree=64) for r in regularities}
sweeps = {r: measure(problem, plan, seed + i) for i, (r, problem) in enumerate(problems.items())}
print("replicates lost to divergence:", {r: s.diverged for r, s in sweeps.items()})
print(coverage("crossing", min(replicates)))

# %%
laws = {r: [width_law(s.network, tau) for tau in tolerances] for r, s in sweeps.items()}
cells = excess_table({r: s.network for r, s in sweeps.items()})
required = pd.concat([law_table({r: law}, "r").assign(tau=law.tau)
                      for r in regularities for law in laws[r]], ignore_index=True)
save(draw.phase_diagram(cells, required), "06_width_requirement-phase", cells)
plt.show()

# %% [markdown]
# The excess of the network over its kernel. Too narrow a network is degraded, ever more so as $T$
# grows; above the lines it is the kernel, up to noise (crosses: less than two standard errors from
# zero). The lines, $m^*(T,\tau)$, rise slowly:

# %%
slopes = {(r, law.tau): law.slope for r in regularities for law in laws[r] if law.slope}
rows = []
for (r, tau), s in slopes.items():
    law = next(law for law in laws[r] if law.tau == tau)
    rows.append([r, tau, str(s), f"{law.seen.sum()} of {law.seen.size}", *map(law.text, (0, -1)),
                 f"{drift_heuristic_width(r):.2f}", f"{sufficient_width(r):.2f}"])
pd.DataFrame(rows, columns=["r", "tau", "exponent of m*", "times used", "m*(100)", f"m*({T})",
                            "heuristic 2/(2r+1)", "paper"])

# %% [markdown]
# Every exponent lies far below the paper's. These are a few decades of $T$, one target, and the
# noise of sampled paths; the next two sections remove all three.
#
# ## 2. Samples integrated out
#
# Freeze the features at $\Theta_0$: what is left is kernel SGD with $K_0(x,x')=\nabla g(x;\Theta_0)
# \cdot\nabla g(x';\Theta_0)$. Let $e=\ell_t-f^*$, $A(x,x')=\mathbb E[e(x)e(x')\mid\Theta_0]$, $L_0$ the
# operator of $K_0$. One step, $e\leftarrow e-\eta\,(e(x_t)-\xi_t)\,K_0(x_t,\cdot)$, squared and averaged over
# the fresh $(x_t,\xi_t)$:
#
# $$\boxed{\ A\leftarrow A-\eta\,(L_0A+AL_0)+\eta^2\int K_0(\cdot,x)\,\bigl(A(x,x)+s^2\bigr)\,K_0(x,\cdot)\,dx,\qquad A=f^*\otimes f^*\text{ at }t=0\ }$$
#
# and $\mathbb E[R_m^{\rm lin}\mid\Theta_0]=\operatorname{tr}A$. Nothing is sampled but $\Theta_0$. On $n$ equally
# spaced points of the circle, for one start:

# %%
problem, few = problems[ends[0]], 300
operator = drawn_operator(start(problem, 32, parameter_rng(seed)), problem.activation, 24)
points, weights = quadrature(2, 96)  # exact for products of four harmonics of degree 24
Y, f = evaluate(points, 24)[0], problem.target.harmonic_coefficients(24)
K0 = Y @ operator.matrix @ Y.T
L0, A = K0 * weights, np.outer(Y @ f, Y @ f)
for eta in problem.schedule.step_sizes(few):
    level = weights * (np.diag(A) + noise)
    A = A - eta * (L0 @ A + A @ L0.T) + eta**2 * (K0 * level) @ K0
fast = risk_given_start(operator, f[None], problem.schedule, [few]).risk(noise)[0, 0]
print(f"trace A after {few} steps: {weights @ np.diag(A):.6g}, the library's: {fast:.6g}")
assert np.isclose(weights @ np.diag(A), fast, rtol=1e-6)

# %% [markdown]
# The library diagonalises $L_0$ in the harmonics (Funk–Hecke, exact for ReLU too) and takes the steps
# in blocks (module `risk.coupled`): $10^9$ steps in about a second. The mean over starts does not change
# if $f^*\otimes f^*$ is replaced by its mean over rotations, and what is of first order in $L_0-L$ has
# a known mean, zero; so has what is of second order: a few starts a width are enough. The kernel is cut at the
# largest degrees among the parameters, which for ReLU makes $m^*$ too small at the largest $T$.

# %%
kinds, exact = ((smooth, 2), ("relu", 2), (smooth, 3), ("relu", 3)), {}


def sweep_of(kind, rs, ms, degrees=0):
    """Sweeps of one activation and dimension over the regularities rs."""
    (name, d), log_T = kinds[kind], exact_log_T[kind]
    times = log_times(10**log_T, 2 * log_T - 3, 100)
    for j, r in enumerate(rs):
        p = source_problem(name, d, r, noise, step, exact_degrees[kind])
        exact[name, d, r] = linearised_sweep(p, ms, times, exact_starts[kind],
                                             child(seed, 10 * kind + j), degrees)


sweep_of(0, (0.25, *regularities), widths_exact, degrees)

# %%
for kind in (1, 2, 3):
    sweep_of(kind, ends, widths_exact[:-2])

# %%
lazy = {(*key, s2, tau): width_law(sweep.excess(s2), tau) for key, sweep in exact.items()
        for s2 in noises for tau in tolerances}


def decades(law):
    """Exponents of m* in T: all, first two decades, last two decades of the times seen."""
    T, m = law.times[law.seen], law.required[law.seen]
    first, last = T <= 100 * T[0], T >= T[-1] / 100
    local = (curve_slope(T[part], m[part]).value for part in (first, last))
    return [str(law.slope), *(f"{value:.2f}" for value in local)]


table = pd.DataFrame(
    [[*key[:4], *decades(law), law.text(-1), f"{law.times[-1]:.0e}"]
     for key in [(*key, noise) for key in exact] for law in [lazy[*key, tau_shown]]],
    columns=["activation", "d", "r", "s^2", "exponent of m*", "first", "last", "m* there", "at T"])
table

# %% [markdown]
# $\tau=0.1$, $s^2=0.25$. The exponents now have narrow intervals, and a local exponent at either end:
# on the circle the spectrum is sparse and $m^*$ climbs in wobbles, one as $1/(\eta_1+\dots+\eta_T)$
# passes each eigenvalue, so that over a few decades no exponent is asymptotic to better than 0.1.
# (Notebook 07 derives the asymptotic ones.) All noises and tolerances:

# %%
rows = [[name, d, r, *(f"{s.value:.2f}" if (s := lazy[name, d, r, s2, tau].slope) else "-"
                       for s2 in noises for tau in tolerances)] for name, d, r in exact]
pd.DataFrame(rows, columns=pd.MultiIndex.from_tuples(
    [("", "", name) for name in ("activation", "d", "r")]
    + [("s^2", s2, f"tau = {tau:g}") for s2 in noises for tau in tolerances]))

# %%
drawn = pd.concat([
    law_table({r: lazy[smooth, 2, r, noise, tau]}, "r").assign(tau=tau, first_order=c / tau)
    for r in (0.25, *regularities)
    for c in [first_order(exact[smooth, 2, r].problem, exact[smooth, 2, r].times)]
    for tau in tolerances], ignore_index=True)
save(draw.exact_requirement(drawn), "06_width_requirement-exact", drawn)
plt.show()

# %% [markdown]
# Points: $m^*$ of the linearised network, exact but for the starts. Dashed: $c(T)/\tau$, the first order in $1/m$
# (notebook 07), nothing fitted. At large $\tau$, where $m$ is small, higher orders in $1/m$ ask for more than $c/\tau$.
#
# ## 3. The worst target
#
# Claim C is uniform over a class, and so far we had one target. By the invariance of the start, $\mathbb ER_m^{\rm
# lin}=\sum_kF_ka_k+s^2b$ with $a_k$ the response to a harmonic of degree $k$, **whatever the shape of $f^*$** (the
# test suite checks targets that are not zonal). Over the source ball $F_k=\lambda_k^{2r}h_k^2$, $\sum h_k^2\le H^2$,
# this is linear in $(h_k^2)$, hence largest at a single harmonic; so is the ratio of two such risks. Two readings
# of "suffices for the class":
#
# $$\text{class}:\ \sup_{f^*}\mathbb ER_m\le(1+\tau)\sup_{f^*}R,\qquad\text{own}:\ \mathbb ER_m\le(1+\tau)\,R\ \text{ for every }f^*.$$
#
# The second asks for more: a low harmonic, long learnt, has little risk of its own, and what leaks from it is large
# beside that.

# %%
worst, frames = {}, []
for r in (0.25, *regularities):
    sweep = exact[smooth, 2, r]
    for reading, (excess, degree) in {"our target": (sweep.excess(noise), None),
                                      **{how: sweep.worst(how, noise) for how in READINGS}}.items():
        law = worst[r, reading] = width_law(excess, tau_shown)
        at = [degree[np.argmin(np.abs(np.log(sweep.widths / m))), j] if degree is not None else -1
              for j, m in enumerate(law.required)]
        frames.append(law_table({reading: law}, "reading").assign(r=r, degree=at))
worst_table = pd.concat(frames, ignore_index=True)
save(draw.worst_target(worst_table), "06_width_requirement-worst", worst_table)
plt.show()

# %%
pd.DataFrame([[r, reading, *decades(law), law.text(-1),
               f"{sufficient_width(r):.2f}"] for (r, reading), law in worst.items()],
             columns=["r", "target", "exponent of m*", "first", "last",
                      f"m* at 1e{exact_log_T[0]}", "paper"])

# %% [markdown]
# Class against class, as the claim is stated, the exponent is another than that of our target, larger or smaller, but as
# far below the paper's: the easy target was not what made the width small. The network itself at the worst harmonic of
# the "own" reading:

# %%
rows, T_worst = [], T // 10
for i, r in enumerate(ends):
    line = worst_table.query("r == @r and reading == 'own' and T <= @T_worst")
    k, p = int(line["degree"].iloc[-1]), problems[r]
    radius = p.spectrum.eigenvalues.max() ** -r
    alone = p.with_(target=harmonic_target(p.spectrum, k, r, radius))
    few = ((widths[0][1:], replicates[0]), (widths[1], replicates[0] // 4))
    found = measure(alone, Plan(T_worst, few, linearised=True), seed + 80 + i)
    for tau in tolerances[1:3]:
        both = [width_law(part, tau) for part in (found.network, found.linearised)]
        rows.append([r, k, tau, *(f"{law.required[-1]:.0f} [{law.low[-1]:.0f}, {law.high[-1]:.0f}]"
                                  for law in both)])
pd.DataFrame(rows, columns=["r", "degree", "tau", f"m*({T_worst}), network", "linearised network"])

# %% [markdown]
# ## 4. What drift adds
#
# **Heuristic.** $\Theta_t$ travels $\|\Theta_t-\Theta_0\|\approx\|f_t\|_H=O(1)$ for $r\ge1/2$, features are
# Lipschitz, hence $\|K_t-K_0\|\lesssim m^{-1/2}$; add norms over $\sum\eta_t$ steps, and $m\sim(\sum\eta_t)^2=T^{2/(2r+1)}$
# makes drift harmless. The first step is right (notebook 05), the rest is lossy: the two neurons of a pair move so
# that what is of order $m^{-1/2}$ cancels (a symmetry; notebook 08 turns it into a theorem), and errors in learnt
# modes are forgotten. So measure: same start, same samples,
#
# $$R_m-R_m^{\rm lin}=2\langle g-\ell,\ell-f^*\rangle+\|g-\ell\|^2,\qquad c_{\rm drift}(T)=\lim_{m\to\infty}m\,\frac{\mathbb E[R_m-R_m^{\rm lin}]}{R(T)},\qquad m^*\simeq\frac{c+c_{\rm drift}}\tau\quad(\tau\to0).$$
#
# **Orders.** With $\varepsilon=m^{-1/2}$ neuron $i$ is at $\theta_i(0)+\varepsilon v_i$. If $(\alpha,\beta)$ moves one of a
# pair, $(\alpha,-\beta)$ moves the other, which is minus the first at $-\varepsilon$: a pair gives
# $h(\varepsilon)+h(-\varepsilon)$, even in $\varepsilon$. For smooth $\sigma$ the excess has the orders $m^{-1},m^{-2}$; for ReLU,
# where kinks are crossed with random signs, $m^{-1},m^{-3/2}$. (A count of orders at fixed $T$; it bounds no remainder.)
#
# **Estimator.** With independent pairs, products of drift and fluctuation hide $c_{\rm drift}$ until $m\gg c(T)$. But the
# limit asks for the law of the neurons, not for their independence: the *even start* puts pairs on rings of 16
# equally spaced directions with stratified lengths, each $b_i\sim N(0,I)$, so that low harmonics are not coupled.

# %%
costs = {(r, s2): drift_cost(source_problem(smooth, 2, r, s2, step, 64), widths_drift, T,
                             replicates_drift, seed + 20 + i)
         for i, (r, s2) in enumerate((r, s2) for s2 in noises[:2] for r in ends)}
far_cost = drift_cost(source_problem(smooth, 2, ends[1], noises[0], step, 64), widths_drift[-3::2],
                      T_drift, max(replicates_drift // 2, 2), seed + 30)
shares = pd.concat([pd.DataFrame({
    "panel": f"squareplus, $s^2$ = {s2:g}", "r": r, "T": part.times, "share": share.value,
    "low": share.low, "high": share.high}) for (r, s2), cost in costs.items()
    for part in [cost.averaged()] for share in [part.share()]], ignore_index=True)
save(draw_drift.share(shares), "06_width_requirement-share", shares)
plt.show()

# %% [markdown]
# Drift's share of the width as $\tau\to0$: never near one half, and falling once it is past its largest value. A heuristic
# says why: once the parameters have settled, drift is a fixed change $\delta K/m$ of the kernel, which moves the
# eigenvalues at the edge by a part $O(1/m)$, so that $c_{\rm drift}=O(1)$ while $c(T)$ grows as a power. (That drift is never
# dominant is a conjecture beyond the $T$ shown.) Does the heuristic's exponent return at $r=1$ and small noise?

# %%
rows = []
for (r, s2), cost in [*costs.items(), ((ends[1], noises[0]), far_cost)]:
    late, last = (cost.times >= low for low in (1000, cost.times[-1] / 10))
    c, tail = (curve_slope(cost.times[part], cost.fluctuation[part]).value for part in (late, last))
    rows.append([r, s2, f"{cost.times[-1]:,}", f"{c:.3f}", str(cost.exponent(1000)), f"{tail:.2f}",
                 str(cost.exponent(cost.times[-1] / 10)), f"{drift_heuristic_width(r):.2f}"])
pd.DataFrame(rows, columns=["r", "s^2", "T", "exponent of c", "of c + c_drift", "last decade: c",
                            "c + c_drift", "heuristic"])

# %% [markdown]
# At $r=1$, $s^2=0.01$ the exponent of $c$ comes near $2/3$ over $10^3\dots10^5$: one wobble of the sparse spectrum, which is
# over in the next decade (last row); drift moves it by hardly more than its interval. **ReLU**: kinks are crossed. To
# take drift apart from fluctuation, let $N$ neurons learn the labels $\kappa y$: they move $\kappa$ times as far, which is
# the drift of width $m=N/\kappa^2$ at the fluctuation of $N$.

# %%
frames = []
for r in ends:
    p = source_problem("relu", 2, r, noise, step)
    for name, ms, how in (
            (f"{drift_relu[-1]} neurons, even", drift_relu, {"neurons": drift_relu[-1]}),
            ("the network itself", [64, 128, 256, 512], {"start": start})):
        last = drift_cost(p, ms, T // 10, replicates_drift, seed + 32, **how).averaged()
        at = last.at_width()[:, -1]
        frames.append(pd.DataFrame({
            "panel": f"ReLU, $r$ = {r:g}, $T$ ~ {last.times[-1]:,.0f}", "start": name, "r": r,
            "m": last.widths, "value": at.value, "low": at.low, "high": at.high,
            "fluctuation": last.fluctuation[-1]}))
relu_drift = pd.concat(frames, ignore_index=True)
save(draw_drift.by_width(relu_drift), "06_width_requirement-relu", relu_drift)
plt.show()

# %% [markdown]
# At $r=1$ drift *helps* at every width reached: the network itself (squares) from far below, through products with
# fluctuation; drift alone (circles) from above. The two approach one another; we quote the width, and no limit.
#
# ## 5. Weight decay
#
# The paper has a $\lambda$ that we do not know. With $\lambda=c/S_T$, $S_T=\eta_1+\dots+\eta_T$ (towards the start), network and kernel
# share the bias of $\lambda$:

# %%
rows = []
for i, (r, T_end) in enumerate((r, T_end) for r in ends for T_end in T_decay):
    p, without = exact[smooth, 2, r].problem, lazy[smooth, 2, r, noise, tau_shown]
    damped = p.with_(weight_decay=decay / power_sums(p.schedule, [T_end])[0])
    law = width_law(linearised_sweep(damped, widths_exact[1:-2], [T_end], exact_starts[0],
                                     child(seed, 90 + i)).excess(), tau_shown)
    ratio = kernel_risk(damped, [T_end])[0] / kernel_risk(p, [T_end])[0]
    at = int(np.argmin(np.abs(np.log(without.times / T_end))))
    rows.append([r, f"{T_end:.0e}", f"{damped.weight_decay:.2g}", f"{ratio:.2f}",
                 *(f"{x.required[j]:.0f} [{x.low[j]:.0f}, {x.high[j]:.0f}]"
                   for x, j in ((without, at), (law, 0)))])
pd.DataFrame(rows, columns=["r", "T", "lambda", "kernel's risk / that without",
                            "m*, lambda = 0", "m*"])

# %% [markdown]
# With the decay the width needed is of the same size; where it differs beyond the intervals it is larger.
#
# ## 6. The width figure

# %%
pairs = {r: (next(x for x in laws[r] if x.tau == tau_shown),
             lazy[smooth, 2, r, noise, tau_shown]) for r in ends}
headline = []
for r, (law, lin) in pairs.items():
    start_at = law.required[0] / law.times[0] ** np.array([sufficient_width(r),
                                                           drift_heuristic_width(r)])
    for name, source in (("network", law), ("linearised", lin)):
        headline.append(law_table({r: source}, "r").assign(
            series=name, paper=start_at[0] * source.times ** sufficient_width(r),
            heuristic=start_at[1] * source.times ** drift_heuristic_width(r),
            first_order=first_order(exact[smooth, 2, r].problem, source.times) / tau_shown))
headline = pd.concat(headline, ignore_index=True)
save(draw.headline(headline), "06_width_requirement-headline", headline)
plt.show()

# %%
lines = []
for r, (law, lin) in pairs.items():
    lines.append(
        f"- $r={r:g}$: at $T={T:,}$ **{law.text(-1)}** [{law.low[-1]:.0f}, {law.high[-1]:.0f}] "
        f"neurons are within {100 * tau_shown:.0f} % of the kernel's risk; the linearised network, "
        f"exact, needs {lin.text(np.flatnonzero(lin.times == T)[0])}, and {lin.text(-1)} at "
        f"$T=10^{{{exact_log_T[0]}}}$. Exponents in $T$: {law.slope} and {lin.slope}, against "
        f"{sufficient_width(r):.2f}.")
Markdown("\n".join(lines))

# %% [markdown]
# Above, lines of theory go through the first measured width: compare slopes, for constants are not known. Below, the
# same points between 30 and 5000 neurons: networks (filled), the linearised network given its start (open), and its
# first order (dashed). Notebook 08 has what is *proved* of the network: $(1+r)/(2r+1)$, up to logarithms.
#
# ## The scoreboard

# %%
def exponent(quantity, law, name, d, r, at, theory, kind="claim", relation="<=", **options):
    """A row on an exponent of m* in T, from a WidthLaw or a Slope."""
    s = getattr(law, "slope", law)
    return Statement("C", quantity, kind, theory=theory, relation=relation, measured=s.value,
                     interval=s, interval_kind="statistical", activation=name, d=d, r=r,
                     range=f"T = {s.x_min:.0f}..{s.x_max:.0f}, {at}", **options)


against, below = "exponent of m* against 1+5/(2r+1)", "exponent of m* against 2/(2r+1)"
for (r, tau), s in slopes.items():
    board.append(exponent(f"{against}, network", s, smooth, 2, r, f"tau = {tau:g}",
                          sufficient_width(r)))
    if tau == tau_shown:
        board.append(exponent(f"{below}, network", s, smooth, 2, r, f"tau = {tau:g}",
                              drift_heuristic_width(r), "prediction"))
for (r, reading), law in worst.items():
    if reading in READINGS:
        board.append(exponent(f"{against}, worst target ({reading}), linearised", law, smooth, 2, r,
                              f"tau = {tau_shown:g}", sufficient_width(r)))

# %%
for name, d, r in exact:
    sweep, law = exact[name, d, r], lazy[name, d, r, noise, tolerances[0]]
    if law.slope is None:
        continue
    c = first_order(sweep.problem, law.times[law.seen])
    board.append(exponent("exponent of m* against first order, linearised", law, name, d, r,
                          f"tau = {tolerances[0]:g}", curve_slope(law.times[law.seen], c).value,
                          "prediction", "=", why="next order in 1/m"))
for (r, s2), cost in costs.items():
    part = cost.averaged()
    board.append(Statement(
        "C", "share of drift in m*, tau -> 0", "finding", measured=part.share()[-1].value,
        interval=part.share()[-1], interval_kind="statistical", activation=smooth, d=2, r=r,
        range=f"T ~ {part.times[-1]:.0f}, s^2 = {s2:g}"))
for (r, s2), s in [((r, s2), cost.exponent(1000)) for (r, s2), cost in costs.items()]:
    board.append(exponent("exponent of c + c_drift against 2/(2r+1)", s, smooth, 2, r,
                          f"tau -> 0, s^2 = {s2:g}", drift_heuristic_width(r), "prediction"))
frame = claims.record("06_width_requirement", board)
print(claims.text(frame.drop(columns=["claim", "interval"])))

# %% [markdown]
# ## What was shown, and what not
#
# - The paper's width is sufficient and far from necessary, class against class too: what is needed grows like a small
#   power of $T$. Fluctuation of the kernel at the start sets the need; drift is a part of it that shrinks with $T$.
# - *Exact* here: the linearised network's risk given its start, to $10^9$ steps. *Measured*: networks to $10^5$ steps,
#   the drift to $10^6$. *Proved*, for the network: notebook 08.
# - *Limits.* Uniform inputs on the circle and the sphere, symmetric start, an expectation and not a bound with
#   probability $1-\delta$. The worst target is that of the linearised network. On the circle the local exponent wobbles.
# - *To narrow an interval*: more starts, more replicates, larger $T$: `params/paper.yaml`.
