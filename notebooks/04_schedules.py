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
# # Which steps? Last, averaged, optimal
# **The question.** The last iterate with steps $t^{-\theta}$ reaches $T^{-2r/(2r+1)}$ for $r\le1-\frac1{2\beta}$, and
# never more ([notebook 03](03_rkhs_convergence.ipynb)). The minimax rate of the source class is $T^{-2r\beta/(2r\beta+1)}$ ($\beta$: the capacity). Which
# steps reach it, at which constant, and what must one know? The paper claims nothing here: every row of the scoreboard is ours.
#
# **The idea.** The last iterate carries the noise of its last steps. One loses it by averaging the last half of the run, or by
# letting the steps go to zero, so that each eigendirection averages by itself over the last stretch that it can still feel.
#
# ![Eight panels, one a scheme: measured rate exponents against r lie on the curve predicted for the scheme; the tail average and the third power follow the minimax curve, the uniform average up to r = 1; power 1, stable-decay and geometric decay miss it by a logarithm](../figures/04_schedules-rates.png)
#
# **The verdict.** Exponents by scaling arguments, set beside exact risks; proved is the lower bound of section 3.
# 1. The tail average of steps $t^{-2r/(2r+1)}$ (our reading of the paper) gains no power of $T$: their early noise, and their bias,
#    stay.
# 2. The tail average of a constant step has the minimax exponent for every $r\ge\tfrac12(1-\tfrac1\beta)$ (measured up to $r=\tfrac32$).
# 3. So has the *last* iterate if its steps fall like $(1-t/T)^p$, $p>\beta-1$ (with equality, a logarithm); a smaller $p$ saturates,
#    as if the capacity were $p+1$. At a given sum of steps the best power tends to $2\beta-1$.
# 4. Without a horizon, but with $r$ and $\beta$ known, the tail average of $t^{-\theta}$ has it for
#    $\tfrac12(1-\tfrac1\beta)\le r<1-\tfrac1{2\beta}$.
# 5. What to use is a table, at the end: who knows $T$, $r$, $\beta$ and $s^2$ loses a small factor, who does not,
#    many times more at worst.
#
# **Known.** The power $(1-t/T)^{2\beta-1}$ for easy targets, minimax for the last iterate of kernel SGD, and the saturation of
# fixed shapes: [Li et al. (2026)](00_reading_guide.ipynb#li2026); power decay and stable-decay optima:
# [Bordelon and Mori (2026)](00_reading_guide.ipynb#bordelon2026); averages:
# [Dieuleveut and Bach (2016)](00_reading_guide.ipynb#dieuleveut2016); tail averages:
# [Mücke, Neu and Rosasco (2019)](00_reading_guide.ipynb#mucke2019); step decay: [Ge et al. (2019)](00_reading_guide.ipynb#ge2019),
# [Wu et al. (2022)](00_reading_guide.ipynb#wu2022); exponential decay on the sphere:
# [Zhang et al. (2025)](00_reading_guide.ipynb#zhang2025); no horizon: [Meterez et al. (2026)](00_reading_guide.ipynb#meterez2026).
# Ours: the exact risk of each, so that constants can be compared, and the best steps of all.
#
# | symbol | meaning |
# |:--|:--|
# | $\eta,\eta_t$; $S_t=\sum_{u\le t}\eta_u$; $x=\eta T$; $\tau=S_T-S_t$ | largest step, step at $t$; time of the gradient flow; what is left of it to forget the noise of step $t$ |
# | $\lambda_k, N_k, F_k$; $\beta$ | eigenvalue, multiplicity, power of the target; ordered eigenvalues $\sim i^{-\beta}$ |
# | $r$, $s^2$, $R_t$ | regularity, noise variance of the labels, risk |
# | $p$, $\theta$ | powers: $\eta(1-t/T)^p$, $\eta t^{-\theta}$ |

# %% tags=["hide-input"]
import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.compare import best_steps as beside
from ntksgd.compare import families, horizon_free, powers, rates, regret
from ntksgd.compare.families import power
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.report import claims
from ntksgd.report import schedule_board as board
from ntksgd.report import schedule_tables as tables

# %% tags=["hide-input"]
from ntksgd.report.figures import optimal_schedule as draw_best
from ntksgd.report.figures import save, use_style
from ntksgd.report.figures import schedules as draw
from ntksgd.risk import predicted
from ntksgd.risk.collocation import observe
from ntksgd.risk.optimal_schedule import best_steps, risk_and_gradient
from ntksgd.risk.schedule_bound import continuous_limit, lower_bound
from ntksgd.stats.numerical import Bracket, calibration, window, window_times

use_style()

# %% tags=["parameters"]
T = 10**8  # type: int  horizon of the schemes
far = 1.0e15  # type: float  horizon of the steps that need none
tied_T = 10**12  # type: int  horizon of the best theta
noises = [0.0, 0.01, 1.0]  # type: list[float]  variance s^2 of the labels: none, small, large
regularities = [0.25, 0.5, 0.75, 1.0, 1.5]  # type: list[float]  r of the targets
dimensions = [2, 3]  # type: list[int]  inputs on S^(d-1), the first one for the rates
excess = 0.01  # type: float  h_k^2 ~ (k+1)^(-1-excess), as in notebook 03
steps = 12  # type: int  sizes of the step tried for each scheme
power_steps = 5  # type: int  sizes of the step tried for each power
best_T = 4000  # type: int  horizon at which all steps are optimised
best_noises = [0.01, 1.0]  # type: list[float]  variance s^2 there: small, large
best_regularities = [0.25, 0.5, 1.0, 1.5]  # type: list[float]  r there
starts_T = 1000  # type: int  horizon at which the search runs from several starts
bound_T = 1.0e12  # type: float  horizon of the lower bound's exponent
nodes = 4  # type: int  eigenvalues kept of an octave (12: risks to 1e-10)

# %% tags=["hide-input"]
for name, value, low, high in (
        ("T", T, 10**6, 10**12), ("tied_T", tied_T, 10**9, 10**15), ("steps", steps, 6, 99),
        ("power_steps", power_steps, 4, 99), ("best_T", best_T, 100, 10**5),
        ("starts_T", starts_T, 100, 10**5), ("nodes", nodes, 3, 12)):
    check.integer(name, value, low, high)
check.number("far", far, 1e9), check.number("bound_T", bound_T, 1e8)
for name, values in (("regularities", regularities), ("noises", noises[1:]),
                     ("best_regularities", best_regularities), ("best_noises", best_noises)):
    [check.positive(name, value) for value in values]
if 0.5 not in regularities or max(best_regularities) < 0.5 or noises[0] != 0:
    raise ValueError(f"regularities = {regularities} must contain 0.5, best_regularities = "
                     f"{best_regularities} one of at least 0.5, noises = {noises} begin with 0")

# %%
rows, first, noise = [], dimensions[0], noises[-1]  # rows of the scoreboard
spectra = {d: mercer_spectrum("relu", d, rates.degrees("relu", d)) for d in dimensions}
modes = {d: rates.clustered(spectra[d], regularities, excess, nodes) for d in dimensions}
largest = {d: 1 / spectra[d].trace for d in dimensions}  # 1/kappa(1), half of the largest stable
beta = {d: d / (d - 1) for d in dimensions}
short = mercer_spectrum("relu", 2, 4000)  # for the best steps of all, section 3
cap = 1 / short.trace

# %% [markdown]
# ## 1. What the last iterate remembers
# ReLU kernel on the sphere, targets and exact recursion of notebook 03, no weight decay. The noise of step $t$ enters degree $k$
# with variance $\eta_t^2\lambda_k^2N_ks^2$ and decays like $e^{-2\lambda_k\tau}$, so (up to the feedback of the risk itself on the
# gradient noise)
# $$ V_T=s^2\int_0^T\eta_t^2\,\varphi(S_T-S_t)\,dt,\qquad \varphi(\tau)=\sum_k\lambda_k^2N_ke^{-2\lambda_k\tau}\sim\tau^{-(2-1/\beta)}. $$
# Take $\eta_t=\eta u^p$, $u=1-t/T$ the fraction that is left; then $\tau=xu^{p+1}/(p+1)$. Degree $\lambda$ feels the last fraction
# $u$ with $\lambda xu^{p+1}\sim1$ and has averaged over that: its noise is $N\,\eta\lambda\,u^p\sim\tfrac NT(\lambda x)^{1/(p+1)}$.
# Summed over the $\sim x^{1/\beta}$ eigenvalues above $1/x$,
# $$ \boxed{\frac{V_T}{s^2}\sim\tfrac1T\sum_{\lambda_i>1/x}(\lambda_ix)^{1/(p+1)}\sim
# \begin{cases}x^{1/\beta}/T & \beta<p+1\\ x^{1/\beta}\log x\,/\,T & \beta=p+1\\ x^{1/(p+1)}/T & \beta>p+1\end{cases}} $$
# The bias is $x^{-2r}$. With the best $x$ the rate is $T^{-2rb/(2rb+1)}$, $b=\min(\beta,p+1)$: **capacity saturation** (the
# phenomenon: Li et al. 2026; the index by our scaling; if the best $\eta$ is an allowed one, $2r+1/b\ge1$). A constant step is
# $p=0$: $b=1$, the rate $2r/(2r+1)$. The scaling is heuristic; the integral itself is computed, and stands beside the exact
# variance:

# %%
m, eta, u = modes[first], 0.01 * largest[first], np.geomspace(0.1 / T, 1, powers.POINTS)
for p in (0.5, 1.0, 3.0):
    exact = observe(m, families.schedule_of(power(p), eta, T), [T])[0, 0, -1]
    phi = np.exp(-2 * np.outer(eta * T * u ** (p + 1) / (p + 1), m.eigenvalues)) @ m.weights
    integral = np.trapezoid((eta * u**p) ** 2 * phi * T * u, np.log(u))  # dt = T du = T u dlog u
    np.testing.assert_allclose(integral, powers.noise_left(m, eta, p, T))
    print(f"p = {p:g}: exact variance {exact:.3e}, over the integral {exact / integral:.4f}")
    rows.append(board.row("check", f"variance, steps (1-t/T)^{p:g} / its integral",
                          exact / integral, 1, T, first, resolution=0.01))

# %% [markdown]
# ## 2. Eight schemes, measured
# - *Last, $\eta(1-t/T)^p$*, $p=0,\tfrac12,1,3$: $b=\min(\beta,p+1)$ as above. On the circle $\beta=2$: $p=1$ is the border and has
#   the logarithm; its local exponent is $2r/(2r+\tfrac12+1/\log x)$.
# - *Stable-decay* (as the "WSD" of [Hu et al. (2024)](00_reading_guide.ipynb#hu2024), without the warm-up): constant, then linearly
#   to zero over the last fifth. A fixed fraction changes constants only: the exponent of $p=1$.
# - *Geometric*, from $\eta$ to $\eta/T$: $\tau\approx\eta_tT/\log T$, so $\eta_t\propto\tau$ as for $p=\infty$; each eigenvalue
#   above $1/S_T$, $S_T\approx\eta T/\log T$, costs $\log T/T$: minimax in $T/\log T$ instead of $T$.
# - *Averages of a constant step*: $s^2/T$ for each of the $x^{1/\beta}$ eigenvalues above $1/x$. The uniform average remembers its
#   first iterates, $\tfrac1T\sum_te^{-\eta\lambda t}\sim1/(\lambda x)$: its bias stops at $x^{-2}$, it saturates at $r=1$. The tail
#   average forgets: minimax, for $2r+1/\beta\ge1$.
#
# Every scheme gets its best step $\eta\le1/\kappa(1)$ for each $T$, $r$, $s^2$, by a spline through the grid. Brackets as in
# notebook 03: the last two decades, give or take the change from the two before.

# %%
# times the largest: down to a little below T^(-2r/(2r+1))
etas = np.geomspace(1, T ** (-predicted.capacity_free(max(regularities)) - 0.075), steps)
horizons, risks = window_times(T, 2), {}
shared = ["power 1", "stable-decay 20 %", "power 3", "geometric"]
for d in dimensions:
    extra = ["power 0.5"] if d == first else [power(predicted.optimal_power(beta[d]))]
    risks[d] = families.scheme_risks(modes[d], [*extra, *shared], etas * largest[d],
                                     horizons if d == first else [T])
schemes = ["last, constant", "power 0.5", *shared, "uniform average", "tail average"]

# %%
attained = tables.attained(risks[first], schemes, etas, horizons, noise, regularities, beta[first])
curves = tables.rate_curves(schemes, beta[first], T)
save(draw.rates(attained, curves, "Steps that fall fast enough reach the minimax rate"),
     "04_schedules-rates", pd.concat([attained, curves], ignore_index=True),
     alt="Eight panels, one a scheme: measured rate exponents against r lie on the curve predicted "
         "for the scheme. Tail average and third power follow the minimax curve, the uniform "
         "average up to r = 1; the others miss it by a power or a logarithm.")
rows += board.best_steps(attained, T, first)
print(calibration(attained.itertuples(), attained.limit))

# %% [markdown]
# Each scheme lies on its own curve, within its brackets. Constants: the risk at $T$, largest noise, over that of *kernel ridge
# regression* with its best regularisation (deterministic equivalent, `ntksgd.risk.ridge`). $\lambda_K$, the
# least eigenvalue kept, is not learnt yet: $2\lambda_KS_T\ll1$.

# %%
for d in dimensions:
    ratio = tables.over_ridge(spectra[d], risks[d], etas, noise, T, regularities, excess)
    used = 2 * spectra[d].eigenvalues[-2:].max() * largest[d] * T
    print(f"d = {d}, beta = {beta[d]:g}; 2 lambda_K S_T at most {used:.1e}")
    print(ratio.round(2).to_string())

# %% [markdown]
# The averages are near ridge regression, below it from about $r=1$ on, where that saturates. Linear decay pays a small factor at
# $\beta=2$, less at smaller $\beta$; the constant last iterate pays most. Without noise ridge regression interpolates, and there is
# no such comparison.
#
# ## 3. The best steps of all
# Forget families. Which $\eta_1,\dots,\eta_T\ge0$ make $R_T$ least? With $\lambda=0$ and batch 1,
# $$ C_k\leftarrow(1-2\eta_t\lambda_k)C_k+\eta_t^2w_k(R+s^2),\qquad w_k=\lambda_k^2N_k,\quad R=\sum_kC_k. $$
# Let $p_k$ be the derivative of $R_T$ in the $C_k$ after step $t$: $p_k=1$ at the end, and backwards
# $p_k\leftarrow(1-2\eta_t\lambda_k)p_k+\eta_t^2G$, $G=\sum_jw_jp_j$. Then
# $$ \frac{\partial R_T}{\partial\eta_t}=2\eta_t(R+s^2)G-2\sum_k\lambda_kp_kC_k, \qquad
# \eta_t=\frac{\sum_k\lambda_kp_kC_k}{(R+s^2)\,G}\ \text{ (or the cap)} $$
# where it vanishes: $C$ before and $p$ after step $t$. All $T$ derivatives cost one run forwards and one back. In one step $R_T$ is
# a convex parabola; in all of them together it need not be convex.

# %%
m = rates.clustered(short, [0.5], 0.05, 8)
lam, w, C, path, gradient = m.eigenvalues, m.weights, m.power[0], [], []
eta, p = cap * np.linspace(1, 0.1, 200), np.ones_like(lam)
for step in eta:
    path.append(C)
    C = (1 - 2 * step * lam) * C + step**2 * w * (C.sum() + 1.0)
for step, C in zip(eta[::-1], path[::-1], strict=True):
    G = w @ p
    gradient.append(2 * step * (C.sum() + 1.0) * G - 2 * (lam * p) @ C)
    p = (1 - 2 * step * lam) * p + step**2 * G
np.testing.assert_allclose(gradient[::-1], risk_and_gradient(m, eta, 1.0)[1], rtol=1e-8)

# %% [markdown]
# A quasi-Newton search in $\log\eta_t$, steps at most $1/\kappa(1)$, from three very different starts. That they agree is no proof
# that the minimum is global; how much lower any sequence could be, the theorem below says.

# %%
shapes = beside.step_shapes(starts_T)
starts = [shapes["constant"][0], shapes["(1-t/T)^3"][0], shapes["t^(-theta)"][4]]
found = [best_steps(m, 1.0, cap, 0.5 * cap * start) for start in starts]
np.testing.assert_allclose([f.risk for f in found], found[0].risk, rtol=1e-6)
assert max(f.residual for f in found) < 1e-3  # each step within 0.1 % of its own best value
print(f"least risk at T = {starts_T}: {found[0].risk:.4g}, from {len(starts)} starts, to 1e-6")

# %% [markdown]
# ### Their shape
# Measure the run by what is still to come, $\tau=\eta_{t+1}+\dots+\eta_T$. Noise put in at $\tau$ is left over with weight
# $\varphi(\tau)=\sum_kw_ke^{-2\lambda_k\tau}$. For $R\ll s^2$ and a given total $S$, minimise $s^2\int\eta\,\varphi\,d\tau$ under
# $\int d\tau/\eta=T$. The integrand with a multiplier, $\eta\varphi+\mu/\eta$, is least at
# $$ \boxed{\eta=c\,\varphi(\tau)^{-1/2}},\qquad \text{variance}=\frac{s^2}{T}\Big(\int_0^S\varphi^{1/2}d\tau\Big)^2. $$
# If $\varphi\sim\tau^{-(2-1/\beta)}$ then $T-t\sim\tau^{1/(2\beta)}$ and $\eta\sim(T-t)^{2\beta-1}$, the power of Li et al. (2026,
# by a scaling law); the variance is $S^{1/\beta}/T$, the bias $S^{-2r}$: together the minimax rate. Two corrections. *Feedback*:
# $s^2$ becomes $R_t+s^2$, so that while $R_t$ is large steps are held back: a short warm-up. *Cap*: $\eta=\min(M,\dots)$. The free
# peak is $S/T\sim T^{1/(2r+1/\beta)-1}$, so for $2r+1/\beta<1$ (hard targets), or little noise, steps stay at the cap and decay at
# the end: "stable, then decay".
#
# ### No steps do better: a lower bound
# **Theorem** (ours; the argument is elementary). *Let $0\le\eta_t\le M$, $2M\lambda_0<1$, batch 1, $\lambda=0$, any fixed target.
# Put $q_k=-\log(1-2M\lambda_k)/(2M\lambda_k)$, $B(u)=\sum_kF_ke^{-2q_k\lambda_ku}$,
# $\tilde\varphi(\tau)=\sum_kw_ke^{-2q_k\lambda_k\tau}$. Then*
# $$ R_T\ \ge\ \min_{0\le S\le MT}\ B(S)+\frac1T\Big(\int_0^S\sqrt{(B(S-\tau)+s^2)\,\tilde\varphi(\tau)}\,d\tau\Big)^2. $$
#
# *Proof.* $-\log(1-x)/x$ increases, so $1-2\eta\lambda_k\ge e^{-2q_k\lambda_k\eta}$ for $\eta\le M$. Unrolled, every term of the
# recursion is $\ge0$: $R_t\ge B(S_t)$ and $R_T\ge B(S_T)+\sum_t\eta_t^2(B(S_{t-1})+s^2)\tilde\varphi(S_T-S_t)$. Cauchy–Schwarz:
# $\sum_t\eta_t^2a_t\ge\frac1T(\sum_t\eta_ta_t^{1/2})^2$. $B$ and $\tilde\varphi$ decrease, so $a_t$ is at least the integrand
# squared on the whole interval $S_T-S_t\le\tau\le S_T-S_{t-1}$, which has length $\eta_t$. $\square$ (Replacing Cauchy–Schwarz by
# $\eta^2a+\mu\ge\eta\min_{\eta'\le M}(\eta'a+\mu/\eta')$ sharpens it where the cap binds; so the library has it. With $q_k=1$ the
# right side is the *continuous limit*, no bound but an approximation.)
#
# If $\lambda_{(i)}$ is of exact order $i^{-\beta}$, $s^2>0$ and $B(S)\gtrsim S^{-2r'}$: **for one fixed target, no steps
# $0\le\eta_t\le M$ bring the last iterate below order $T^{-2r'\beta/(2r'\beta+1)}$**. A target of regularity $r$ has this for
# $r'>r$ only, as near as one likes: the minimax exponent, up to an arbitrarily small loss. (If $2r'+1/\beta<1$ the cap gives more,
# $B(MT)\gtrsim T^{-2r'}$.) And $q_k\to1$ for small $\lambda_k$: bound and continuous limit meet as $S\to\infty$.

# %%
long = rates.clustered(mercer_spectrum("relu", 2, rates.degrees("relu", 2)), [0.5], 0.01)
at = window_times(bound_T, np.log10(bound_T) / 4)
bounds = np.array([lower_bound(long, int(t), 1.0, cap).risk for t in at])
limits = np.array([continuous_limit(long, int(t), 1.0, cap).risk for t in at])
exponent, minimax = window(at, bounds), float(predicted.minimax(0.5, 2))
print(f"exponent of the lower bound {exponent}, minimax {-minimax:.3f}")
print("bound / continuous limit:", *(f"{ratio:.3f}" for ratio in bounds / limits))
rows.append(board.row("prediction", "exponent of the lower bound over all steps", exponent,
                      -minimax, bound_T, r=0.5))

# %% [markdown]
# At a horizon where all steps can be searched for, beside the best: families of steps with their best constants, and those predicted.

# %%
ratios, curves, searches = map(pd.DataFrame, beside.beside_the_best(
    short, best_regularities, best_noises, best_T, cap))
assert searches.residual.max() < 1e-3
curves = tables.with_guide(curves, 3)
save(draw_best.best_steps(curves, 3), "04_schedules-best", curves,
     alt="The best steps of all against what is left of the run, for several r and two noises: a "
         "plateau or a rise, then a fall to a floor, nearly as predicted.")

# %%
save(draw_best.ratios(ratios), "04_schedules-ratios", ratios,
     alt="Risk of each family of steps, with its best size, over that of the best steps, for "
         "several r and two noises: the predicted steps come nearest, a constant one loses most.")
rows += board.beside_the_best(ratios, best_T)
each = ratios.pivot_table("relative", "family", ["noise", "r"], sort=False)
print(each.map(lambda ratio: f"{ratio:.3g}").to_string())

# %% [markdown]
# For $s^2=1$, $r\ge1/2$ the predicted steps cost no more than the best, to a per cent (a row of the scoreboard). They are no power yet:
# they end on a floor $c\,\varphi(0)^{-1/2}$, not at zero, since noise younger than $1/\lambda_0$ is all alike; its share of the run
# shrinks only like $S^{-1/(2\beta)}$. At this horizon a geometric decay (its rate tuned too) is closer to the best than any of the
# powers for $s^2=1$, $r\ge1/2$. With little noise and a target at the edge ($r=1/4$) the best steps stay at the cap, and "stable,
# then linear" is nearly best. The tail average is no last iterate: the theorem does not bind it, and it is sometimes better than
# all of them.
#
# ## 4. Which power?
# Of the steps $(1-t/T)^p$ with one sum $S_T$, the integral of section 1 is least at a power that tends to $2\beta-1$ as $T$ grows
# (as far as the degrees kept last):

# %%
for d in dimensions:
    learned = rates.RESOLVED / (2 * spectra[d].eigenvalues[-2:].max() * largest[d])
    times = np.geomspace(T, learned ** (1 + 1 / beta[d]), 3)
    sums = times ** (1 / (1 + 1 / beta[d])) * largest[d]  # the balance for r = 1/2
    found = [powers.least_power(modes[d], S, t) for S, t in zip(sums, times, strict=True)]
    best, half = predicted.optimal_power(beta[d]), abs(found[2] - found[1]) + 0.05
    print(f"d = {d}, 2 beta - 1 = {best:g}:",
          ", ".join(f"p = {p:.2f} at T = {t:.0e}" for p, t in zip(found, times, strict=True)))
    rows.append(board.row("prediction", "power of least variance", Bracket(
        found[2], found[2] - half, found[2] + half), best, times[2], d))

# %% [markdown]
# And the whole risk, exactly, each power with its own best step:

# %%
scan = pd.concat([pd.DataFrame({"d": d, **powers.scan(
    spectra[d], beta[d], [1.0, 2.0, 3.0, 4.0, 6.0], T, noise, power_steps, excess, nodes)})
    for d in dimensions], ignore_index=True)
save(draw.powers(scan, "The minimum over the powers is flat near 2β - 1"),
     "04_schedules-powers", scan,
     alt="Risk against the power p of steps that fall like (1 - t/T) to the p, over that at the "
         "best power, a panel for each dimension: a flat minimum near 2 beta - 1.")
rows += board.optimal_powers(scan, T)

# %% [markdown]
# Powers next to $2\beta-1$ cost a few per cent; $p=1$, on the circle the border of saturation, costs much more.
#
# ## 5. The wrong step
# The best step depends on $r$, $\beta$ and $s^2$: nobody has it. By the balance the risk is about $A\eta^{-2r}+B\eta^{1/b}$: a step
# wrong by $w$ costs $w^{-2r}$ or $w^{1/b}$ at worst. ReLU on the circle, $r=\tfrac12$, largest noise:

# %%
wrong = tables.wrong_steps(risks[first], schemes, etas, noise, regularities.index(0.5),
                           np.geomspace(0.125, 8, 25))
save(draw.wrong_step(wrong, "A wrong step costs most where b is small"),
     "04_schedules-wrong", wrong,
     alt="Loss by a wrong size of the step against its ratio to the best size, a curve for each "
         "scheme: the last iterate of a constant step loses most on either side.")
print(tables.at_factors(wrong, (0.25, 0.5, 2.0, 4.0)).round(2).to_string())

# %% [markdown]
# The last iterate of a constant step, $b=1$, pays most.
#
# ## 6. Without a horizon
# Steps $t^{-\theta}$ serve every $T$. Their tail average has, with $x=T^{1-\theta}$, bias $x^{-2r}$ and variance $x^{1/\beta}/T$ as
# for a constant step (over the last half the step changes by $2^\theta$ only), **and** the memory of early noise of notebook 03,
# $x^{-(2-1/\beta)}$ if $\theta>\tfrac12$: an average over the last half still has it. (For $\theta<\tfrac12$ that of *all* earlier
# steps, $T^{1-2\theta}x^{-(2-1/\beta)}=x^{1/\beta}/T$, is no more than the variance; at $\theta=\tfrac12$ it is more by a
# logarithm.) The balance $1-\theta=\beta/(2r\beta+1)$ is minimax where $0\le\theta<\tfrac12$, that is $\tfrac12(1-\tfrac1\beta)\le
# r<1-\tfrac1{2\beta}$; from there on $\theta=\tfrac12$ and $T^{-(1-1/(2\beta))}\log T$ are the best of these. With
# $\theta=2r/(2r+1)$ bias or memory is the last iterate's: the average improves no exponent.

# %%
found = [at for r in regularities if r <= 1 for at in horizon_free.exponents(
    spectra[first], r, noise, beta[first], far, excess, nodes)]
rows += board.horizon_free(found, beta[first], first)
print(tables.horizon_free(found, beta[first]).round(3).to_string())

# %% [markdown]
# With its own $\theta$ the tail average is minimax where derived; from $r=1-\tfrac1{2\beta}$ on it misses the limit, on the logarithm's side.
#
# **The best $\theta$ of the last iterate.** Its exponent is the least of three (notebook 03): $2r(1-\theta)$,
# $(2-\tfrac1\beta)(1-\theta)$, $\theta$; greatest at $\theta=q/(1+q)$, $q=\min(2r,2-\tfrac1\beta)$, never beyond $2r/(2r+1)$.

# %%
thetas, swept = np.round(np.arange(0.15, 0.91, 0.05), 2), [0.25, 0.5, 1.0]
times = window_times(tied_T, 3)
seen = rates.decaying_risks(spectra[first], swept, thetas, times, noise, 1.0, excess, nodes)
sweep, least = tables.theta_sweep(seen, times, swept, thetas, beta[first])
save(draw.theta(sweep, least, "Beyond r = 1 - 1/(2β), 2r/(2r+1) decays too fast"),
     "04_schedules-theta", pd.concat([sweep, least], ignore_index=True),
     alt="Rate exponent of the last iterate against theta of steps t to the -theta, for three r: "
         "it rises, then falls, along the least of three derived lines.")
rows += board.best_theta(sweep, beta[first], tied_T, first)

# %% [markdown]
# ## 7. What to use
# Four states of knowledge: *nothing*; the *horizon* $T$; $r$ and $\beta$; all of these and the noise $s^2$. Each scheme gets the
# step that it can have: $1/\kappa(1)$, the largest that we use (half of the stable $2/\kappa(1)$), or $T^{-1/2}/\kappa(1)$, or with
# everything known the sum $S_T\kappa(1)=c\,(T/s^2)^{1/(2r+1/\beta)}$ at which bias and variance balance. Theory leaves $c$ open;
# $c=1$ is innocent, $c=4$ was picked by looking at this grid, and favours the tail average; the sizes of the other states are not
# tuned at all. The *regret* is the risk over the least of all schemes here with their best steps, over every $r$, $d$ and $s^2$ of
# this notebook.

# %%
regrets = pd.concat([pd.DataFrame(regret.regrets(
    modes[d], {name: of[:, -1:] for name, of in risks[d].items()}, etas * largest[d], T,
    regularities, beta[d], noises)) for d in dimensions])
summary = tables.regret_summary(regrets)
rows += board.least_worst(summary, T)
for knows, part in summary.groupby(level=0, sort=False):
    print(f"\nknown: {knows}; regrets")
    print(part.droplevel(0).sort_values("max").map("{:.3g}".format).to_string())

# %% [markdown]
# What the table says, of this grid at this $T$ (columns: median and worst regret with noise; without):
# - *Knowing nothing*: $t^{-1/2}$ and the tail average. With a constant step the largest one is good without noise, and wrong by
#   orders of magnitude with it.
# - *Knowing $T$ alone*, at the sizes tried, does not lower the worst regret: what one lacks is the size of the step.
# - *Knowing all*, the balance does: the tail average of a constant step, and $(1-t/T)^{2\beta-1}$ if only one iterate can be kept,
#   stay within a small factor of the least risk wherever there is noise, with one constant.
#
# Needs the horizon: every decay that ends at $T$, and a constant step that shrinks with $T$. Does not: $t^{-\theta}$; its tail
# average, restarted at powers of two, needs none either: the last complete block is at least a quarter of the run, which costs a
# constant.
#
# ## 8. Scoreboard

# %%
scores = claims.record("04_schedules", rows)
print(claims.counts(scores))
print(claims.by_quantity(scores))

# %% [markdown]
# Rows that do not hold: stable-decay and power 3 at $r=3/2$, wide brackets (few degrees are learnt); the tail average of
# $t^{-1/2}$, the logarithm of section 6. The
# points of the opening, held against the rows:

# %%
said = board.opening(scores, summary, beta[first])
print("points of the opening that these sizes bear out:", *(k for k, true in said.items() if true))
assert all(said.values()) or T < 10**8
