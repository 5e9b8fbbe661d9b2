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
# # How fast SGD converges in an RKHS
# **Claim B** (our reading). SGD in the RKHS of the tangent kernel, with steps $\eta_t=\eta_1t^{-\theta}$, has a **last iterate**
# with $E\,\|f_T-f^*\|^2_{L^2}=O\big(T^{-2r/(2r+1)}\big)$ for a target of regularity $r$.
#
# A third-party summary gives $C\log(2/\delta)(T^{-2r/(2r+1)}+\text{any small constant})$ "for suitable choices of theta, lambda,
# and polynomially large width M"; its conditions, the range of $r$ included, are not known to us. **$\lambda=0$, $\theta=2r/(2r+1)$,
# the plain expectation and every $r>0$ are ours**: what fails with them bounds our reading, not the paper. Section 5 has
# $\lambda>0$, section 7 single runs.
#
# **Idea.** For uniform inputs on the sphere and independent noise of mean zero the expected risk obeys a closed recursion. Three
# things hold it: the bias, the noise of late steps, and what is left of the noise of early steps. The first two balance at
# $T^{-2r/(2r+1)}$. The third decays at a pace of its own, whatever the target: $S_T^{-(2-1/\beta)}$, where the **capacity**
# $\beta$ says that the eigenvalues, in order, fall like $i^{-\beta}$.
#
# ![Rate exponent against regularity: steps that decay follow 2r/(2r+1), then bend below it; a step tied to the horizon goes on.](../figures/03_rkhs_convergence-saturation.png)
#
# **Verdict.** With steps $t^{-2r/(2r+1)}$ and $\lambda=0$ the rate holds, provably, for $r\le1-\tfrac1{2\beta}$ and fails,
# provably, for larger $r$ (eigenvalues of exact order $i^{-\beta}$, $\beta<\infty$; $\eta_1\kappa(1)\le1$, $2\eta_1\lambda_0\le1$).
# A constant step tied to the horizon has no such limit. Neither has, by a scaling argument, up to $r=1$ and up to logarithms, a
# weight decay that vanishes slowly enough; the decay that restores the exponent costs more than it saves until the horizon is long.
#
# | symbol | meaning | symbol | meaning |
# |---|---|---|---|
# | $t,u\le T$ | steps | $S_t$ | $\eta_1+\dots+\eta_t$, of order $t^{1-\theta}$ |
# | $\lambda_k,N_k$ | eigenvalue of degree $k$, multiplicity | $\lambda$ | weight decay |
# | $\lambda_{(i)}$ | all eigenvalues in order, $\sim i^{-\beta}$ | $s^2$ | variance of the labels' noise |
# | $r$, $\epsilon$ | $f^*=L^rh$, $h_k^2\propto(k+1)^{-1-\epsilon}$ | $R_t$ | $E\Vert f_t-f^*\Vert^2$ |

# %% tags=["hide-input"]
import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.compare import capacity, path_quantiles, rates
from ntksgd.compare.weight_decay import decayed_risks, enough_decay
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target

# %% tags=["hide-input"]
from ntksgd.report import claims, rate_board
from ntksgd.report import rate_tables as tables
from ntksgd.report.figures import convergence as draw
from ntksgd.report.figures import save, use_style
from ntksgd.report.figures.capacity import capacity as draw_capacity
from ntksgd.report.figures.probability import probability as draw_probability
from ntksgd.risk import predicted
from ntksgd.risk.exact import expected_risk
from ntksgd.stats.numerical import calibration, window_times
from ntksgd.stats.weighted_chi_square import largest_factor

use_style()

# %% tags=["parameters"]
T = 10**9  # type: int  horizon of the measured exponents
far = 1.0e24  # type: float  horizon that shows the limit: no computer runs it, the recursion does
noises = [0.0, 0.01, 1.0]  # type: list[float]  variance s^2 of the labels: none, small, large
regularities = [0.25, 0.5, 0.75, 1.0, 1.5]  # type: list[float]  r of the targets
excess = 0.01  # type: float  h_k^2 ~ (k+1)^(-1-excess): the smaller, the sharper r
activations = ["relu", "squareplus(0.5)"]  # type: list[str]  power-law and fast spectrum
dimensions = [2, 3, 5]  # type: list[int]  inputs on S^(d-1)
step = 1.0  # type: float  eta_1 kappa(1), at most 1 for the explicit bounds
long = 1.0e18  # type: float  horizon of the parts, of weight decay and of the RKHS norm
tied_T = 10**12  # type: int  horizon of the constant step tied to it
fixed = 1.0e-4  # type: float  a weight decay that does not know the horizon
runs = [[100, 1000], [3000]]  # type: list[list[int]]  horizons of the sampled paths
paths = [5000, 500]  # type: list[int]  how many paths have them
capacities = [1.05, 1.25, 2.0]  # type: list[float]  beta of the prescribed decays
nodes = 5  # type: int  eigenvalues kept of an octave (12: risks to 1e-10)
seed = 2407  # type: int  root of all randomness

# %% tags=["hide-input"]
check.integer("T", T, 10**4, 10**12), check.number("far", far, T), check.integer("seed", seed, 0)
check.number("long", long, 1e12, 1e20), check.integer("tied_T", tied_T, 10**6)
check.number("step", step, 0.0, 1.0, open_low=True), check.positive("fixed", fixed)
check.integer("nodes", nodes, 5, 12), [check.integer("paths", n, 500) for n in paths]
[check.positive("regularities", r) for r in regularities]
[check.number("noises", value, 0.0) for value in noises]
[check.number("capacities", b, 1.0, 4.0, open_low=True) for b in capacities]
check.positive("noises: the last", noises[-1]), check.integer("horizons", len(runs[0]), 2)
check.one_of("number of paths", len(paths), (len(runs),))
check.integer("number of capacities", len(set(capacities)), 2)
if not any(0.5 < r <= 1 for r in regularities):
    raise ValueError(f"regularities = {regularities}: needs one in (1/2, 1]")
if any(n % path_quantiles.CHUNK for n in paths):
    raise ValueError(f"paths = {paths}: must be multiples of {path_quantiles.CHUNK}")
rows, s2 = [], noises[-1]  # of the scoreboard; the noise that is scored

# %% [markdown]
# ## 1. The exact risk
# Inputs are uniform on $S^{d-1}$, labels $y=f^*(x)+\xi$ with independent noise of variance $s^2$, and
# $K(x,x')=\sum_k\lambda_k\sum_{j\le N_k}\varphi_{kj}(x)\varphi_{kj}(x')$ ([notebook 01](01_tangent_kernel.ipynb)). One step from
# $f_0=0$, on a fresh sample: $f_{t+1}=(1-\eta\lambda)f_t-\eta(f_t(x)-y)K(x,\cdot)$. With $e=f-f^*$, $P_k$ the projection on degree
# $k$ and $a=1-\eta\lambda$,
# $$ e'=a\,e-\eta\lambda f^*-g,\qquad P_kg=\eta\lambda_k\,(e(x)-\xi)\sum_j\varphi_{kj}(x)\varphi_{kj}. $$
# *Mean.* $x$ is fresh: $E[P_kg]=\eta\lambda_kP_ke$. *Second moment.* $\|P_kg\|^2=\eta^2\lambda_k^2(e(x)-\xi)^2
# \sum_j\varphi_{kj}(x)^2$, and $\sum_j\varphi_{kj}(x)^2=N_k$ **for every** $x$ (addition theorem): so
# $E\|P_kg\|^2=\eta^2\lambda_k^2N_k(R+s^2)$. No other moment enters and no Gaussian assumption is made: this closes the recursion.
# Let $C_k=E\|P_ke\|^2$, $M_k=E\langle P_ke,P_kf^*\rangle$, $F_k=\|P_kf^*\|^2$:
#
# | term of $\Vert e'\Vert^2$ | mean | term | mean |
# |---|---|---|---|
# | $\Vert ae\Vert^2$ | $a^2C_k$ | $-2a\eta\lambda\langle e,f^*\rangle$ | $-2a\eta\lambda M_k$ |
# | $\Vert\eta\lambda f^*\Vert^2$ | $\eta^2\lambda^2F_k$ | $-2a\langle e,g\rangle$ | $-2a\eta\lambda_kC_k$ |
# | $\Vert g\Vert^2$ | $\eta^2\lambda_k^2N_k(R+s^2)$ | $2\eta\lambda\langle f^*,g\rangle$ | $2\eta^2\lambda\lambda_kM_k$ |
# $$ \boxed{\begin{aligned}
# C_k&\leftarrow(a^2-2\eta a\lambda_k)C_k+\eta^2\lambda_k^2N_k(R+s^2)+\eta^2\lambda^2F_k-2\eta\lambda(a-\eta\lambda_k)M_k\\
# M_k&\leftarrow(a-\eta\lambda_k)M_k-\eta\lambda F_k\end{aligned}} $$

# %%
def recursion(spectrum, F, etas, s2, decay):
    """R_1 ... R_T, line by line as above."""
    lam, weight = spectrum.eigenvalues, spectrum.eigenvalues**2 * spectrum.multiplicities
    C, M, risks = F.copy(), -F, []
    for eta in etas:
        a, R = 1 - eta * decay, C.sum()
        C = ((a**2 - 2 * eta * a * lam) * C + eta**2 * weight * (R + s2)
             + eta**2 * decay**2 * F - 2 * eta * decay * (a - eta * lam) * M)
        M = (a - eta * lam) * M - eta * decay * F
        risks.append(C.sum())
    return np.array(risks)


# %%
short, at = mercer_spectrum("relu", 2, 400), np.array([1, 10, 1000, 5000])
target, decaying = source_target(short, 0.5, excess), schedules.polynomial(step / short.trace, 0.5)
plain = recursion(short, target.power, decaying.step_sizes(at[-1]), s2, 0.01)[at - 1]
for method in ("direct", "collocation"):
    library = expected_risk(short, target, decaying, at, s2, 0.01, method=method, tail=False).risk
    assert np.abs(library / plain - 1).max() < 1e-8
print(f"these lines and the library, both of its methods: R = {plain.round(6)} at T = {at}")

# %% [markdown]
# *Long horizons.* In $\log t$ each moment is smooth: over a block of steps it is represented by a polynomial of degree 16 that
# satisfies the recursion at 16 points. The tests hold it against *all* sample paths on a small group and against sampled SGD.
#
# *Prior work.* Loss curves of SGD through second moments are known for features with Gaussian or general moments
# ([Bordelon and Pehlevan (2022)](00_reading_guide.ipynb#bordelon2022), [Li et al. (2025)](00_reading_guide.ipynb#li2025),
# [Wang et al. (2026)](00_reading_guide.ipynb#wang2026)); for translation-invariant models they close exactly
# ([Velikanov, Kuznedelev and Yarotsky (2023)](00_reading_guide.ipynb#velikanov2023), as said in arXiv 2504.12519). Here the
# addition theorem closes them on every sphere, for any schedule, noise and weight decay.
#
# ## 2. Where the rate comes from
# Let $\lambda=0$. Unrolled, with $\varphi(D)=\sum_k\lambda_k^2N_ke^{-2\lambda_kD}$,
# $$ R_T\approx\underbrace{\sum_kF_ke^{-2\lambda_kS_T}}_{\text{bias}}
# +\sum_{u\le T}\eta_u^2\,(R_{u-1}+s^2)\,\varphi(S_T-S_u). $$
# **Bias.** $F_k=\lambda_k^{2r}h_k^2$ and $\max_xx^{2r}e^{-2xS}=(r/eS)^{2r}$: exponent $2r(1-\theta)$.
#
# **Fresh noise.** The identity $\sum_{u\le T}2\eta_u\lambda_k\prod_{v>u}(1-2\eta_v\lambda_k)= 1-\prod_{u\le T}(1-2\eta_u\lambda_k)$
# says that degree $k$, once $\lambda_kS_T\gg1$, holds $\tfrac{\eta_T}2\lambda_kN_ks^2$: summed, $\tfrac{\eta_T}2\kappa(1)s^2$.
# Exponent $\theta$, whatever the spectrum. Their balance $2r(1-\theta)=\theta$ gives $\theta=2r/(2r+1)$ and $T^{-2r/(2r+1)}$.
#
# **Memory.** Of the first, large steps' noise $\varphi(S_T)\sim S_T^{-(2-1/\beta)}$ is left. The exponent is the least of **three**,
# $$ \boxed{\min\{\,2r(1-\theta),\ (2-\tfrac1\beta)(1-\theta),\ \theta\,\}} $$
# (without $\theta$ if $s^2=0$), and with $\theta=2r/(2r+1)$ memory is slowest once $r>1-\tfrac1{2\beta}$. Capacity: for ReLU
# $\lambda_k\sim k^{-d}$, $N_k\sim k^{d-2}$, so $\beta=d/(d-1)$; for squareplus $\beta=\infty$ (notebook 01).
#
# **Who holds the risk at $T$?** *Bias*: the recursion without its term $\eta^2\lambda_k^2N_k(R+s^2)$. *Memory*: what that term
# brought in while $S_u\le S_T/2$, carried to $T$. *Fresh*: the rest.

# %%
circle = mercer_spectrum("relu", 2, 100_000)
times = np.round(np.geomspace(10, long, 69))
held = tables.holders(circle, (0.5, 1.0), times, s2, step, excess, nodes)
np.testing.assert_allclose(held.bias + held["fresh noise"] + held.memory, 1, rtol=1e-9)
np.testing.assert_allclose(held.coarse, held.risk, rtol=1e-4)  # so much is enough from here on
shares = held.drop(columns=["risk", "coarse"])
save(draw.holders(shares), "03_rkhs_convergence-parts", shares,
     alt="Shares of bias, fresh noise and memory in the risk against time: at last fresh noise "
         "holds most at r = 1/2, memory of early noise nearly all at r = 1.")
print(shares[shares["T"] == times[-1]].round(3).to_string(index=False))

# %% [markdown]
# ## 3. Memory is a theorem
# **Lower bound.** Let $2\eta_u\lambda_0\le1$ for all $u$. Then every factor $1-2\eta_u\lambda_k$ is $\ge0$, and so is every term of
# the recursion. Keep only the noise of the first step, $\eta_1^2\lambda_k^2N_k(\|f^*\|^2+s^2)$:
# $$ R_T\ \ge\ \eta_1^2\,(\|f^*\|^2+s^2)\sum_k\lambda_k^2N_k\prod_{u=2}^T(1-2\eta_u\lambda_k). $$
# If $c\,i^{-\beta}\le\lambda_{(i)}\le C\,i^{-\beta}$ the sum is at least $c'S_T^{-(2-1/\beta)}$. *Proof.* $1-x\ge4^{-x}$ on
# $[0,\tfrac12]$, where the logarithm of the left side is concave and both ends agree; degrees with $\lambda_k>\lambda_0/2$ are
# dropped. So the product is at least $16^{-\lambda_kS_T}$. Take $x=1/S_T$ and $A=2^\beta C/c$. At least $(c/x)^{1/\beta}-1$
# eigenvalues are $\ge x$, at most $(C/Ax)^{1/\beta}=\tfrac12(c/x)^{1/\beta}$ are $\ge Ax$: for small $x$ at least
# $\tfrac14(c/x)^{1/\beta}$ lie between, and each gives $x^2\,16^{-A}$. $\square$
#
# This holds for **every** sequence with $2\eta_u\lambda_0\le1$ ($\lambda_0$ the largest eigenvalue) and $\eta_1$ bounded below, without
# noise too, and binds steps whose sum $S_T$ grows slowly. Averages of the iterates do not escape it: the first step's noise enters each
# with a factor of at least $\prod_u(1-\eta_u\lambda_k)$. Without noise the best is $\theta=0$, exponent $\min(2r,2-\tfrac1\beta)$
# (scaling; [Berthier, Bach and Gaillard (2020)](00_reading_guide.ipynb#berthier2020) prove polynomial rates set by both regularities).
# [Wang et al. (2026)](00_reading_guide.ipynb#wang2026) have the same kernel exponent for linear random features; [Ge et al. (2019)](00_reading_guide.ipynb#ge2019): in
# finite dimension, without a source condition, no polynomially decaying steps are minimax for the last iterate.
#
# **Upper bound.** Let $\eta_1\kappa(1)\le1$, $2\eta_1\lambda_0\le1$, $\eta_t$ not increase. For every split $m<T$,
# $$ R_T\le\Big(\frac r{eS_T}\Big)^{2r}\|h\|^2+(\rho+s^2)\,\Phi(S_T-S_m)\sum_{u\le m}\eta_u^2
# +\Big(\sup_{t\ge m}R_t+s^2\Big)\frac{\eta_{m+1}\kappa(1)}2. $$
# *Late noise*, $u>m$: the identity of section 2 with $\eta_u\le\eta_{m+1}$. *Rough bound*: the same with $m=0$ gives
# $R_t\le\rho=(\|f^*\|^2+s^2\eta_1\kappa(1)/2)/(1-\eta_1\kappa(1)/2)$. *Early noise*: $R_{u-1}\le\rho$, and $\Phi\ge\varphi$. With
# $n(x)=\#\{i:\lambda_{(i)}\ge x\}\le Ax^{-1/\beta}$ and $g(x)=x^2e^{-2xD}$, whose derivative $2x(1-xD)e^{-2xD}$ is negative beyond $1/D$,
# $$ \varphi(D)=\int_0^\infty n(x)\,g'(x)\,dx\le
# 2A\,D^{-a}\int_0^1v^{a-1}(1-v)e^{-2v}dv=:\Phi(D),\qquad a=2-\tfrac1\beta. $$
# With $m\propto T$ the terms have the three exponents if $\theta>\tfrac12$, where $\sum\eta_u^2<\infty$; for $\theta\le\tfrac12$
# the middle one is faster than $\theta$. So **$T^{-2r/(2r+1)}$ holds for $r\le1-\tfrac1{2\beta}$, the end included**, and beyond it
# $T^{-(2-1/\beta)/(2r+1)}$ is the exact order.

# %%
smooth = [r for r in regularities if 0.5 <= r <= 1]
sandwich = tables.between(circle, smooth, np.round(np.geomspace(10, long, 35)), s2, step, excess,
                          nodes, beta=2.0)
assert np.all(sandwich.lower <= sandwich.risk) and np.all(sandwich.risk <= sandwich.upper)
save(draw.between(sandwich), "03_rkhs_convergence-bound", sandwich,
     alt="Exact risk times the claimed rate against time, between an upper and a lower bound, a "
         "panel for each r: flat up to r = 3/4, rising with both bounds at r = 1.")
rows += rate_board.bounds(sandwich, long, beta=2.0)
for end in sandwich[sandwich["T"] == long].itertuples():
    print(f"r = {end.r:g}, T = {long:.0e}: upper bound / risk {end.upper / end.risk:.1f}, "
          f"risk / lower bound {end.risk / end.lower:.3g}")

# %% [markdown]
# Flat means that the claim's rate holds. At $r=1$ the lower bound itself rises, and the exact risk is a small factor above it: the
# **first step** alone decides the rate.
#
# ## 4. Measured exponents
# An exact curve has no sampling error, but need not be asymptotic. *Bracket* (a rule of thumb): the exponent over three decades
# before $T$, a quarter of $\log T$ at the far horizon, give or take its change from the window before and what a prefactor that
# moves by 10 % makes. Printed is how many brackets contain the derived limit.

# %%
cases = [(activation, d) for activation in activations for d in dimensions]
times = np.round(np.geomspace(10, far, 6 * round(np.log10(far / 10)) + 1))
curves = rates.paper_risks(cases, regularities, times, step, excess, nodes=nodes)
found = tables.exponents(curves, noises, T, far)
at_T, limits = found[found.column == f"s2={s2:g}"], found[found.column == "far"]
rows += rate_board.decaying(at_T) + rate_board.decaying(limits)
print(found.pivot_table(index=["activation", "d", "r", "paper", "memory"], columns="column",
                        values="exponent").round(3).reset_index().to_string(index=False))
for name, part in ((f"T = {T:.0e}", at_T), ("far horizon", limits)):
    print(f"{name}: {calibration(part.itertuples(), part.memory)}")

# %% [markdown]
# `paper` is $-2r/(2r+1)$, `memory` the least of three. Now a **constant step tied to the horizon**, $\eta_1T^{-2r/(2r+1)}$: all
# steps are alike, and by the identity all gradient noise together holds at most $\tfrac{\eta\kappa(1)}2(\sup_tR_t+s^2)$. No memory.

# %%
tied = tables.tied(circle, regularities, tied_T, s2, step, excess, nodes)
rows += rate_board.tied(tied, tied_T)
attained, lines = tables.saturation(limits, tied, dimensions)
save(draw.saturation(attained, lines), "03_rkhs_convergence-saturation",
     pd.concat([attained, lines], ignore_index=True), alt=(
         "Rate exponent against regularity: steps that decay follow 2r/(2r+1), then bend below it, "
         "the earlier the higher the dimension; a step tied to the horizon goes on."))

# %% [markdown]
# ReLU. Decaying steps (far horizon) leave the claim's curve at $r=1-\tfrac1{2\beta}$ for the dashed lines; the step tied to $T$
# does not. Averaging $t^{-\theta}$ iterates does not help (section 3):

# %%
exponents = tables.averaged(circle, 1.0, 1e15, s2, step, excess, nodes)
print("r = 1, T = 1e15:", {name: round(value, 3) for name, value in exponents.items()})
assert max(exponents.values()) - min(exponents.values()) < 0.02

# %% [markdown]
# Which averages and schedules do help is [notebook 04](04_schedules.ipynb).
#
# ## 5. With weight decay, as the summary has it
# With $\lambda>0$ a gradient's noise is also multiplied by $(1-\eta_u\lambda)^2$ a step: by the time $T$ early noise is smaller by
# the factor $e^{-2\lambda S_T}$. The mean goes to $L(L+\lambda)^{-1}f^*$, at the squared distance
# $\sum_kF_k\lambda^2/(\lambda_k+\lambda)^2\lesssim\lambda^{2\min(r,1)}$. (Online, along $\lambda_t\to0$:
# [Tarrès and Yao (2014)](00_reading_guide.ipynb#tarres2014).)
#
# 1. $\lambda=c/S_T$: memory times $e^{-2c}$, the same exponent.
# 2. $\lambda=a\log T/S_T$: memory times $T^{-2a}$. It is down to the rate when $(2-\tfrac1\beta)(1-\theta)+2a\ge2r(1-\theta)$, that
#    is $a\ge(2r-2+\tfrac1\beta)(1-\theta)/2$. The price is a bias $(\log T/S_T)^{2\min(r,1)}$: **for $r\le1$ the claim's rate, up
#    to logarithms** (heuristic, by section 2); beyond $r=1$ weight decay saturates.
# 3. $\lambda$ fixed: like 1. near $S_T=1/\lambda$, that is $T\sim\lambda^{-(2r+1)}$; then its bias stays.

# %%
r, times, a = 1.0, np.round(np.geomspace(100, long, 13)), enough_decay(1.0, beta=2.0)
kinds = {"λ = 0": 0.0, "λ = 1/S_T": lambda T, S: 1 / S, "λ = 1/(5 S_T)": lambda T, S: 0.2 / S,
         "λ = a log T/S_T": lambda T, S: a * np.log(T) / S, f"λ = {fixed:g}": fixed}
columns = decayed_risks(circle, r, times, list(kinds.values()), step, excess, nodes)
decayed = tables.decayed(kinds, r, times, columns @ [1.0, s2])
save(draw.weight_decay(decayed), "03_rkhs_convergence-weightdecay", decayed,
     alt="Risk against time for several weight decays, times the claimed rate and over the risk "
         "without: one that vanishes slowly lowers the risk at long horizons and raises it at "
         "short ones; a fixed one fails at last.")

# %%
shown = decayed[np.isin(decayed["T"], times[[2, 3, 8, 12]])]
print(shown.pivot(index="T", columns="decay", values="ratio").round(2).to_string())
spared = columns[1, -1, 1] / columns[0, -1, 1]
print(f"T = {long:.0e}: λ = 1/S_T divides the variance by {1 / spared:.2f}, e^2 = {np.e**2:.2f}")
rows.append(claims.Statement(
    "B", "variance with lambda = 1/S_T over without", "prediction", measured=spared, r=r, d=2,
    range=f"T = {long:.3g}", theory=np.exp(-2), relation="=", resolution=0.01, activation="relu"))
rows += rate_board.weight_decays(decayed, r, long, {
    "λ = 1/S_T": ("1/S_T", "memory of early noise"),
    "λ = a log T/S_T": ("a log(T)/S_T", "logarithms")})

# %% [markdown]
# $r=1$, ReLU on the circle. $\lambda=1/S_T$ divides the variance as derived. What should restore the exponent is no free repair:
# until far horizons (all rows but the last) its bias exceeds all that it saves. A smaller multiple of $1/S_T$ saves a little at every
# horizon here, a constant and not the exponent. A constant step tied to $T$ has no memory to suppress: there $\lambda$ of order
# $1/S_T$ only adds bias, and saturation at $r=1$.
#
# ## 6. Convergence in the RKHS
# For $r>1/2$ one may ask for $E\|f_T-f^*\|_H^2=\sum_kC_k/\lambda_k$, which controls the error at every point:
# $|f(x)|\le\kappa(1)^{1/2}\|f\|_H$. One power of $\lambda$ less turns the exponents into $(2r-1)(1-\theta)$ for the bias,
# $\theta-(1-\theta)/\beta$ for fresh noise and $(1-\tfrac1\beta)(1-\theta)$ for the memory. With $\theta=2r/(2r+1)$ and
# $\tfrac12<r\le1-\tfrac1{2\beta}$ the bias decides: $T^{-(2r-1)/(2r+1)}$, **strong convergence** of the last iterate (by the
# scaling of section 2; the notion, and a proof for unregularised online learning, in
# [Guo and Shi (2019)](00_reading_guide.ipynb#guo2019), whose exponents we have not seen).

# %%
rkhs = tables.rkhs(circle, [r for r in regularities if r > 0.5],
                   np.round(np.geomspace(10, long, 69)), s2, step, excess, nodes, beta=2.0)
rows += rate_board.rkhs(rkhs, long)
save(draw.rkhs_norm(rkhs), "03_rkhs_convergence-rkhs", rkhs,
     alt="Squared distance from the target in the RKHS against the number of steps, for each r "
         "above 1/2: it falls along the derived powers.")

# %% [markdown]
# ## 7. High probability: one run against the mean
# So far, means over runs. The paper's bound carries a factor $\log(2/\delta)$ (we read its $\delta$ as the chance of the random
# start). What of one run? Markov's inequality loses $1/\delta$. With Gaussian noise more is true: **given the inputs** $Z=f_T-f^*$
# is affine in the noise, a Gaussian vector. For a coordinate $\mu+\sqrt v\,g$, $\mu^2+v=1$,
# $$ \log E\,e^{z(\mu+\sqrt vg)^2}=-\tfrac12\log(1-2zv)+\tfrac{z(1-v)}{1-2zv}\le-\tfrac12\log(1-2z), $$
# as it grows with $v$. $\|Z\|^2/E\|Z\|^2$ is a weighted mean of such squares; by convexity and Chernoff's inequality
# $P(\|Z\|^2>x\,E\|Z\|^2)\le\sqrt x\,e^{(1-x)/2}$. So with probability $1-\delta$, for every kernel, step and $T$,
# $$ \|f_T-f^*\|^2\le C\log(2/\delta)\;E\big[\|f_T-f^*\|^2\,\big|\,x_1,\dots,x_T\big]. $$
# How much the last factor moves with the inputs is measured, not bounded. *Heuristic law*: $f_T-f^*$ Gaussian with the moments of
# the recursion, so a weighted $\chi^2$. In balance (section 2) degree $k$ holds $\tfrac{\eta_T}2\lambda_ks^2$ a coordinate: the
# noise keeps a relative spread $\sqrt{2\sum_kN_k\lambda_k^2}/\kappa(1)$ at **every** $T$.

# %%
deltas, runs_T = np.geomspace(0.5, 1e-3, 12), list(zip(runs, paths, strict=True))
kinds = [("relu", 0.25), ("relu", 0.5), ("relu", 1.0), ("squareplus(0.5)", 0.5)]
found = path_quantiles.sampled_losses(kinds, runs_T, 64, s2, seed, step, excess)
quantiles = pd.DataFrame(path_quantiles.quantile_table(found, deltas))
spreads = pd.DataFrame(path_quantiles.spread_table(found))
assert np.all(np.abs(spreads.z) < 4)  # the mean over paths is the exact expected risk
rows += rate_board.probability(quantiles, found, runs[0][-1], deltas)

# %%
save(draw_probability(quantiles, spreads, runs[0][-1]), "03_rkhs_convergence-probability",
     quantiles.merge(spreads[["case", "T", "spread", "low", "high", "law"]], on=["case", "T"],
                     suffixes=("", "_spread")),
     alt="Left: quantiles of the loss of single runs over the mean against log(2/delta): on the "
         "Gaussian law, far below the bound. Right: their relative spread against time: it falls "
         "slowly or not at all.")
print(f"C = {largest_factor():.3f}; upper ends of the intervals (order statistics) are finite down "
      f"to delta = {quantiles.delta.min():.2g} with {paths[0]} paths")

# %% [markdown]
# Left: quantiles over the mean follow the heuristic law, far below the bound. Right: the standard deviation stays above a third of
# the mean; on these horizons the spread falls slowly or not at all as more degrees are learned. (Degrees end at 64.)
#
# ## 8. What ignoring the capacity costs
# **Claim B\*** (our reading). Where the eigenvalues decay favourably, $T^{-2r/(2r+1)}$, which knows nothing of the capacity, comes
# near the minimax rate. For $\lambda_{(i)}\sim i^{-\beta}$ that is $T^{-2r\beta/(2r\beta+1)}$
# ([Caponnetto and De Vito (2007)](00_reading_guide.ipynb#caponnetto2007)); the exponents differ by
# $$ \frac{2r\beta}{2r\beta+1}-\frac{2r}{2r+1}=\frac{2r(\beta-1)}{(2r\beta+1)(2r+1)}\ \longrightarrow\ 0\qquad(\beta\to1). $$
# "Favourably" thus means *slowly*. Measured, both exactly: last iterate with the step $T^{-2r/(2r+1)}$, and tail average with
# $T^{-\zeta}$, $1-\zeta=\beta/(2r\beta+1)$, minimax for $2r+1/\beta\ge1$; $\lambda_k=(k+1)^{-\beta}$ on the circle (an octave of
# its degrees is a quadrature rule: near $\beta=1$ no list holds the trace), and ReLU (where the degrees kept do not resolve a
# case, it is left out).

# %%
kernels = [("power", b) for b in capacities] + [("relu", d) for d in dimensions]
rs, settings = [0.25, 0.5, 1.0], {"nodes": nodes, "excess": excess}
found = capacity.capacity_gaps(kernels, rs, window_times(tied_T, 3), s2, step, **settings)
rows += rate_board.gaps(found, tied_T)
gaps, curves = tables.gaps(found), tables.gap_curves(rs, max(capacities))
losses = pd.DataFrame({
    "kernel": ["prescribed decay"] * len(capacities) + [f"ReLU, d = {d}" for d in dimensions],
    "beta": [*capacities, *map(predicted.relu_capacity, dimensions)],
    "loss": capacity.tuned_losses(kernels, 0.5, 10**6, s2, step, **settings)})

# %%
save(draw_capacity(gaps, losses, curves, 10**6), "03_rkhs_convergence-capacity",
     pd.concat([gaps, losses.assign(r=0.5), curves.assign(kernel="derived")], ignore_index=True),
     alt="Left: minimax minus capacity-free exponent against the capacity: measured gaps lie on "
         "the derived curves and close as it tends to 1. Right: risk of the last iterate over that "
         "of the tail average, each at its best step: smaller the smaller the capacity.")
print(gaps.round(3).to_string(index=False))

# %% [markdown]
# The gap closes as $\beta\to1$, along the formula; the claim's rows continue it linearly to $\beta=1$. A finite factor remains:
# each with its best step, the last iterate is worse than the average, by less the smaller $\beta$.
#
# ## 9. Scoreboard

# %%
board = claims.record("03_rkhs_convergence", rows)
print(claims.counts(board))
print(claims.by_quantity(board))

# %% [markdown]
# Rows that do not hold (default profile). *Claim, decaying steps, $r>1-\tfrac1{2\beta}$*: memory; a row that holds there, and the
# undecided ones of squareplus at $r=1$, the end of the range, owe it to the width of the bracket; the far horizon shows the limit. *Claim, $\lambda>0$, $r=1$*: the logarithms
# of the bias, or the memory that $e^{2}$ divides. *Squareplus far out, $r\ge3/4$*: $\lambda_k$ falls about like $e^{-ck^p}$,
# $p=\tfrac23$ (notebook 01), so the memory is $S_T^{-2}(\log S_T)^{(d-1)/p-1}$ (heuristic) and the bias is divided by a power of
# the same logarithm; the bracket is made for power laws. *Step tied to $T$, $r=3/2$*: out of range; $S_T\sim T^{1/4}$ has reached a
# dozen degrees, and bias and balance by the formulas of section 2 on these horizons give the measured exponent. *B\*, $\beta$
# nearest to 1*: undecided where the gap is below what the brackets resolve.

# %%
relu = board[board.activation == "relu"]
claim, by = relu[relu.quantity == rate_board.STEPS], dict(list(relu.groupby("quantity")))
edge = predicted.largest_r(predicted.relu_capacity(relu.d.astype(float)))
within, near = claim.r <= edge[claim.index], (relu.r - edge).abs() < 0.06  # near: not settled
tied, memory = by["step T^(-2r/(2r+1))"].verdict, by[f"{rate_board.STEPS}, memory"].verdict
said = [(memory[~near[memory.index]] == "holds").all(),
        (claim.verdict[within] == "holds").all() and (claim.verdict[claim.r >= 1] != "holds").all(),
        tied.isin(["holds", "out of range"]).all() and (tied == "holds").any(),
        decayed.query("1e3 < T < 1e14 and decay == 'λ = a log T/S_T'").ratio.min() > 1,
        decayed.query("decay == 'λ = 1/(5 S_T)'").ratio.max() < 1]
print("of the opening and section 5 these sizes bear out", sum(said), "of", len(said), "points")
assert (board.verdict[board.kind == "check"] == "holds").all()
assert all(said) or T < 10**9 or far < 1e20
