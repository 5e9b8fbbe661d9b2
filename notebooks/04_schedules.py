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
#
# **The question.** Notebook 03 follows the last iterate with steps $t^{-\theta}$: it reaches
# $T^{-2r/(2r+1)}$, and no more. The minimax rate of the source class is $T^{-2r\beta/(2r\beta+1)}$
# ($\beta$: the capacity). Which schedules reach it, at which constant, and what must one know?
# The paper claims nothing here: every row of this notebook's scoreboard is ours.
#
# **The idea.** The last iterate of SGD carries the noise of its last steps. There are two ways to
# lose it: average over the last half of a run, or let the steps go to zero, so that each
# eigendirection averages by itself over the last stretch of the run that it can still feel.
#
# ![Eight panels, one a scheme: measured rate exponents against r lie on the curve predicted for the
# scheme; only the tail average, the third power and, up to a logarithm, geometric decay follow the
# minimax curve](../figures/04_schedules-rates.png)
#
# **The verdict.**
# 1. Averages of the paper's own steps gain nothing beyond $r=1-\tfrac1{2\beta}$: their early noise stays.
# 2. The tail average of a constant step is minimax for every $r\ge\tfrac12(1-\tfrac1\beta)$.
# 3. So is the *last* iterate if its steps fall like $(1-t/T)^p$ with $p>\beta-1$; a smaller $p$ saturates
#    as if the capacity were $p+1$. The least variance at a given sum of steps has $p=2\beta-1$.
# 4. Without a horizon, the tail average of $t^{-\theta}$ is minimax up to that same $r$.
# 5. What to use is a table, at the end: it depends on what is known.
#
# **What is known** (in other settings, not re-proved here). Optimality of $(1-t/T)^{2\beta-1}$: Li et al.
# 2026 (2602.06797), and Bordelon & Mori 2026 (2602.04774); averages: Dieuleveut & Bach 2016; tail averages:
# Mücke, Neu & Rosasco 2019; step decay against polynomial decay: Ge et al. 2019, Wu et al. 2022;
# exponential decay on the sphere: Zhang et al. 2025; without a horizon: Meterez et al. 2026. Ours: the
# exact risk of each, in one setting, so that constants can be compared.
#
# | symbol | meaning |
# |:--|:--|
# | $\eta,\ \eta_t$ | largest step; step at $t$ |
# | $x=\eta T$, $S_t=\eta_1+\dots+\eta_t$ | time of the gradient flow |
# | $\lambda_k, N_k$; $\beta$ | eigenvalue, multiplicity; ordered eigenvalues $\sim i^{-\beta}$ |
# | $r$, $s^2$, $R$ | regularity, noise variance of the labels, risk |
# | $p$, $\theta$, $\zeta$ | powers: $\eta(1-t/T)^p$, $\eta t^{-\theta}$, constant step $T^{-\zeta}$ |
# | $\tau=S_T-S_t$ | time that is left to forget the noise of step $t$ |

# %%
import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.compare import families, rates, regret
from ntksgd.compare.families import power
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.target import source_target
from ntksgd.report import claims
from ntksgd.report.figures import save, use_style
from ntksgd.report.figures import schedules as draw
from ntksgd.risk import predicted
from ntksgd.risk.collocation import observe
from ntksgd.risk.ridge import best_ridge
from ntksgd.stats.numerical import calibration, window, window_times

use_style()

# %% tags=["parameters"]
T = 10**8  # type: int  horizon of the schemes
far = 1.0e15  # type: float  horizon of the steps that need none
tied_T = 10**12  # type: int  horizon of the best theta
noises = [0.0, 0.01, 1.0]  # type: list[float]  variance s^2 of the labels: none, small, large
regularities = [0.25, 0.5, 0.75, 1.0, 1.5]  # type: list[float]  r of the targets
dimensions = [2, 3, 5]  # type: list[int]  inputs on S^(d-1), the first one for the rates
excess = 0.01  # type: float  h_k^2 ~ (k+1)^(-1-excess), as in notebook 03
steps = 12  # type: int  sizes of the step tried for each scheme
step = 1.0  # type: float  largest step times kappa(1)
power_steps = 6  # type: int  sizes of the step tried for each power
workers = 2  # type: int  processes; the results do not depend on them

# %%
check.integer("T", T, 10**6, 10**12)
check.number("far", far, 1e9)
check.integer("tied_T", tied_T, 10**9)
check.integer("steps", steps, 6)
check.integer("power_steps", power_steps, 4)
check.integer("workers", workers, 1)
check.number("step", step, 0.0, 1.0, open_low=True)
for r in regularities:
    check.positive("regularities", r)
for s2 in noises:
    check.number("noises", s2, 0.0)
for d in dimensions:
    check.dimension(d)
rows = []  # of the scoreboard
spectra = {d: mercer_spectrum("relu", d, rates.degrees("relu", d)) for d in dimensions}
modes = {d: rates.clustered(spectra[d], regularities, excess, nodes=6) for d in dimensions}
beta = {d: d / (d - 1) for d in dimensions}
kappa, first = spectra[dimensions[0]].trace, dimensions[0]

# %% [markdown]
# ## 1. What the last iterate remembers
#
# ReLU kernel on the sphere, targets and exact recursion of notebook 03, $\lambda=0$. The noise of step
# $t$ enters degree $k$ with variance $\eta_t^2\lambda_k^2N_ks^2$ and decays like $e^{-2\lambda_k\tau}$, so (up to the
# feedback of the risk itself on the gradient noise)
#
# $$ V_T=\int_0^T\eta_t^2\,\varphi(S_T-S_t)\,dt,\qquad \varphi(\tau)=\sum_k\lambda_k^2N_ke^{-2\lambda_k\tau}\sim\tau^{-(2-1/\beta)}. $$
#
# Take $\eta_t=\eta u^p$, $u=1-t/T$ the fraction that is left; then $\tau=xu^{p+1}/(p+1)$. Degree $\lambda$ feels
# the last fraction $u$ with $\lambda xu^{p+1}\sim1$ and has averaged over that: its noise is
# $N\,\eta\lambda\,u^p\sim\tfrac NT(\lambda x)^{1/(p+1)}$. Summed over the $\sim x^{1/\beta}$ eigenvalues above $1/x$,
#
# $$ \boxed{V_T\sim\tfrac1T\sum_{\lambda_i>1/x}(\lambda_ix)^{1/(p+1)}\sim
# \begin{cases}x^{1/\beta}/T & \beta<p+1\\ x^{1/\beta}\log x\,/\,T & \beta=p+1\\ x^{1/(p+1)}/T & \beta>p+1\end{cases}} $$
#
# The bias is $x^{-2r}$. With the best $x$ the rate is $T^{-2rb/(2rb+1)}$, $b=\min(\beta,p+1)$: **capacity
# saturation** (if the best $\eta$ is an allowed one, $2r+1/b\ge1$). A constant step is $p=0$: $b=1$, the rate
# $2r/(2r+1)$. This is a scaling argument; the integral itself can be computed.


# %%
def noise_left(modes, eta, p, T):
    """The integral for V_T, in u = 1 - t/T: steps eta u^p."""
    u = np.geomspace(0.1 / T, 1, 3000)
    tau = eta * T * u ** (p + 1) / (p + 1)
    phi = np.exp(-2 * np.outer(tau, modes.eigenvalues)) @ modes.weights
    return np.trapezoid((eta * u**p) ** 2 * phi * T * u, np.log(u))


# %%
eta = 0.01 / kappa
for p in (0.5, 1.0, 3.0):
    exact = observe(modes[first], families.schedule_of(power(p), eta, T), [T])[0, 0, -1]
    ratio = exact / noise_left(modes[first], eta, p, T)
    print(f"p = {p:g}: exact variance {exact:.3e}, over the integral {ratio:.4f}")
    rows.append(claims.Statement(
        "B", f"variance, steps (1-t/T)^{p:g} / its integral", "check", measured=ratio, theory=1,
        range=f"T = {T:.3g}", relation="=", resolution=0.02, activation="relu", d=first))

# %% [markdown]
# ## 2. The optimal shape
#
# Among all schedules with the same sum $S_T$ (so, the same bias), which has the least $V_T$? Write it
# in the time $\tau$, with $dt=d\tau/\eta$:
#
# $$ \min_\eta\int_0^{S_T}\eta(\tau)\varphi(\tau)\,d\tau\quad\text{subject to}\quad\int_0^{S_T}\frac{d\tau}{\eta(\tau)}=T. $$
#
# The derivative with respect to $\eta(\tau)$ vanishes where $\varphi=\mu/\eta^2$: $\eta\propto\varphi^{-1/2}$. (The problem
# is convex in $\eta$; a bound on the largest step is left out.) With $\varphi\sim\tau^{-(2-1/\beta)}$,
#
# $$ \eta\propto\tau^{1-1/(2\beta)},\qquad -\frac{d\tau}{dt}=\eta\ \Rightarrow\ \tau\propto(T-t)^{2\beta},\qquad
# \boxed{\eta_t\propto(T-t)^{2\beta-1}.} $$
#
# At the given $S_T$ the integral has its minimum where it should, and it is flat:

# %%
grid = np.arange(0.25, 8.01, 0.25)
for d in dimensions:
    S = T ** (1 / (1 + 1 / beta[d])) / spectra[d].trace  # the balance for r = 1/2
    left = np.array([noise_left(modes[d], (p + 1) * S / T, p, T) for p in grid])
    loss = left[np.argmin(abs(grid - predicted.optimal_power(beta[d])))] / left.min()
    print(f"d = {d}: least variance at p = {grid[left.argmin()]:.2f}, "
          f"2 beta - 1 = {2 * beta[d] - 1:.2f}; variance there / least {loss:.4f}")

# %% [markdown]
# Now the whole risk, exactly, each power with its own best step:

# %%
powers = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0]
near = step * np.geomspace(0.1, 1e-4, power_steps)
frames = []
for d in dimensions:
    one = rates.clustered(spectra[d], [0.5], excess, nodes=6)
    scan = families.scheme_risks(one, [power(p) for p in powers], near / spectra[d].trace, [T],
                                 constant=False, workers=workers)
    best = np.array([families.best_step(near, families.noisy(columns, noises[-1])[:, 0, 0])
                     for columns in scan.values()]).T
    assert np.all((best[0] > near[-1]) & (best[0] < near[0]))  # none at an end of the grid
    frames.append(pd.DataFrame({
        "d": d, "beta": beta[d], "r": 0.5, "p": powers, "risk": best[1],
        "relative": best[1] / best[1].min(), "optimal": predicted.optimal_power(beta[d])}))
scan = pd.concat(frames, ignore_index=True)
save(draw.powers(scan, "The best power is near 2β - 1, and the minimum is flat"),
     "04_schedules-powers", scan)

# %%
for d, part in scan.groupby("d", sort=False):
    part = part.reset_index(drop=True)
    i, optimal = part.relative.idxmin(), part.optimal[0]
    price = np.interp(optimal, part.p, part.relative)
    rows.append(claims.Statement(
        "B", "best power of (1-t/T)", "prediction", measured=part.p[i], theory=optimal,
        interval=(part.p[max(i - 1, 0)], part.p[min(i + 1, len(part) - 1)]), relation="=",
        interval_kind="numerical", resolution=1.5, range=f"T = {T:.3g}", activation="relu", d=d,
        r=0.5))
    print(f"d = {d}: best power tried {part.p[i]:g}, 2 beta - 1 = {optimal:.2f}, "
          f"risk there / least risk {price:.3f}")

# %% [markdown]
# ## 3. Eight schemes, measured
#
# - *Last, $\eta(1-t/T)^p$*, $p=0,\tfrac12,1,3$: $b=\min(\beta,p+1)$ as above. On the circle $\beta=2$: $p=1$ is
#   the border and has the logarithm; its local exponent is $2r/(2r+\tfrac12+1/\log x)$.
# - *Stable-decay*: constant, then linearly to zero over the last fifth. A fixed fraction changes constants
#   only: the exponent of $p=1$.
# - *Geometric*, from $\eta$ to $\eta/T$: $\tau=\eta_tT/\log T$, so $\eta\propto\tau$ as for $p=\infty$; each eigenvalue
#   above $1/x$ costs $\log T/T$, with $x=\eta T/\log T$: minimax in $T/\log T$ instead of $T$.
# - *Averages of a constant step*: $s^2/T$ for each of the $x^{1/\beta}$ eigenvalues above $1/x$. The
#   uniform average remembers its first iterates, $\tfrac1T\sum_te^{-\eta\lambda t}\sim1/(\lambda x)$: its bias stops at
#   $x^{-2}$, it saturates at $r=1$. The tail average forgets: minimax, for $2r+1/\beta\ge1$.
#
# Every scheme gets its best step $\eta\le1/\kappa(1)$ for each $T$, $r$, $s^2$, by a spline through the grid.

# %%
etas = step * np.geomspace(1, 10**-6.6, steps)
shared = ["power 1", "power 3", "geometric", "stable-decay 20 %"]
horizons = window_times(T, 2)
risks = {}
for d in dimensions:
    extra = ["power 0.5"] if d == first else [power(predicted.optimal_power(beta[d]))]
    risks[d] = families.scheme_risks(modes[d], [*extra, *shared], etas / spectra[d].trace,
                                     horizons if d == first else [T], workers=workers)

# %%
def geometric_rate(r, beta):
    """Exponent of (T / log T)^(-a) over the last window."""
    t = horizons[1:]
    return predicted.tail_average(r, beta) * np.diff(np.log(t / np.log(t)))[0] / np.log(t[1] / t[0])


theory = {
    "last, constant": lambda r, b: predicted.power_to_zero(r, b, 0),
    "power 0.5": lambda r, b: predicted.power_to_zero(r, b, 0.5),
    "power 1": lambda r, b: predicted.linear_decay(r, b, T / 10),
    "stable-decay 20 %": lambda r, b: predicted.linear_decay(r, b, T / 10),
    "power 3": lambda r, b: predicted.power_to_zero(r, b, 3), "geometric": geometric_rate,
    "uniform average": predicted.uniform_average, "tail average": predicted.tail_average}

# %%
frames, fine = [], np.linspace(0.2, 1.55, 55)
for scheme, rate in theory.items():
    least = families.best_step(etas, families.noisy(risks[first][scheme], noises[-1]))[1]
    for r, of_r in zip(regularities, least.T, strict=True):
        e = window(horizons, of_r)
        frames.append({"scheme": scheme, "r": r, "exponent": e.value, "low": e.low,
                       "high": e.high, "limit": -float(rate(r, beta[first]))})
attained = pd.DataFrame(frames)
curves = pd.concat([pd.DataFrame({
    "scheme": scheme, "r": fine, "predicted": rate(fine, beta[first]),
    "minimax": predicted.minimax(fine, beta[first])}) for scheme, rate in theory.items()])
save(draw.rates(attained, curves, "Steps that fall fast enough reach the minimax rate"),
     "04_schedules-rates", attained)

# %%
for row in attained.itertuples():
    rows.append(claims.Statement(
        "B", f"best step: {row.scheme}", "prediction", measured=row.exponent, theory=row.limit,
        range=f"T = {horizons[1]:.3g}..{T:.3g}", relation="=", interval=(row.low, row.high),
        interval_kind="numerical", activation="relu", d=first, r=row.r))
table = attained.pivot_table(index="r", columns="scheme", values="exponent", sort=False)
table["minimax"] = -predicted.minimax(table.index.to_numpy(), beta[first])
print(table.round(3).to_string())
print(calibration(attained.itertuples(), attained.limit))

# %% [markdown]
# ### Constants
#
# Risk at $T$, each scheme with its best step, over that of *kernel ridge regression* with its best
# regularisation (by its deterministic equivalent, notebook 03). With no noise at all ridge regression
# interpolates, and no one-pass method is near it: it is left out there.

# %%
frames = []
for d in dimensions:
    for s2 in [s2 for s2 in noises if s2 > 0]:
        ridge = [best_ridge(spectra[d], source_target(spectra[d], r, excess), T, s2)[1]
                 for r in regularities]
        for scheme, columns in risks[d].items():
            least = families.best_step(etas, families.noisy(columns[:, -1], s2))[1]
            frames.append({"d": d, "s2": s2, "scheme": scheme} | {
                f"r={r:g}": v for r, v in zip(regularities, least / ridge, strict=True)})
constants = pd.DataFrame(frames)
for s2, part in constants.groupby("s2"):
    print(f"risk / risk of ridge regression, s2 = {s2:g}")
    print(part.drop(columns="s2").round(2).to_string(index=False))

# %% [markdown]
# ## 4. The wrong step
#
# The best step depends on $r$, $\beta$ and $s^2$: nobody has it. What does a wrong one cost?

# %%
i, frames = regularities.index(0.5), []
for scheme in theory:
    curve = families.noisy(risks[first][scheme][:, -1], noises[-1])[:, i]
    at, least = families.best_step(etas, curve)
    wrong = np.geomspace(0.125, 8, 25)
    wrong = wrong[(wrong * at <= etas[0]) & (wrong * at >= etas[-1])]
    loss = families.at_step(etas, curve, wrong * at) / least
    frames.append(pd.DataFrame({"scheme": scheme, "wrong": wrong, "loss": loss}))
mistakes = pd.concat(frames, ignore_index=True)
save(draw.wrong_step(mistakes, "A wrong step costs about the same in all schemes but one"),
     "04_schedules-wrong", mistakes)

# %%
factors = [0.25, 0.5, 2.0, 4.0]
price = pd.DataFrame({scheme: np.exp(np.interp(np.log(factors), np.log(of.wrong), np.log(of.loss)))
                      for scheme, of in mistakes.groupby("scheme", sort=False)}, index=factors)
print(price.T.round(2).to_string())
assert price.loc[[0.5, 2.0]].max().max() < 1.3 and price.max().max() < 2.3

# %% [markdown]
# ReLU on the circle, $r=1/2$, largest noise. By the balance, risk $\approx A\eta^{-2r}+B\eta^{1/b}$: a step
# wrong by $w$ costs $w^{-2r}$ or $w^{1/b}$ at worst. The larger $b$, the cheaper a step that is too large;
# the last iterate of a constant step ($b=1$) pays most.

# %% [markdown]
# ## 5. Without a horizon
#
# Steps $t^{-\theta}$ serve every $T$. Their tail average has, with $x=T^{1-\theta}$, bias $x^{-2r}$ and variance
# $x^{1/\beta}/T$ as for a constant step (within the last half the step changes by $2^\theta$ only), **and** the
# memory of the early noise of notebook 03, $x^{-(2-1/\beta)}$ if $\theta>\tfrac12$: an average over the last half
# still has it. (For $\theta<\tfrac12$ the noise of *all* earlier steps, $T^{1-2\theta}x^{-(2-1/\beta)}=x^{1/\beta}/T$, is no more
# than the variance itself.) Balance: $1-\theta=\beta/(2r\beta+1)$ is minimax, and $\theta\le\tfrac12$ exactly for
# $r\le1-\tfrac1{2\beta}$; beyond, $\theta=\tfrac12$ and the exponent $1-\tfrac1{2\beta}$ are all there is.
#
# With the paper's $\theta=2r/(2r+1)$ the bias is the last iterate's, and the average removes nothing.

# %%
def free_exponents(r, thetas):
    """Times, brackets [last, tail][theta] of steps t^(-theta), while the degrees last."""
    one = rates.clustered(spectra[first], [r], excess, nodes=6)
    learned = rates.RESOLVED / (2 * spectra[first].eigenvalues[-2:].max() * step / kappa)
    end = min(far, float(learned ** (1 / (1 - min(thetas)))))  # S_T is about T^(1 - theta)
    times = window_times(end, np.log10(end) / 4)
    seen = families.horizon_free(one, step / kappa, thetas, times, workers)
    return times, [[window(times, of_theta[:, 0]) for of_theta in kind]
                   for kind in families.noisy(seen, noises[-1])]


# %%
frames = []
for r in [r for r in regularities if r <= 1]:
    own, free = predicted.capacity_free(r), float(predicted.horizon_free_theta(r, beta[first]))
    times, (last, tail) = free_exponents(r, [own, free])
    slow = predicted.last_iterate(r, own, beta[first])
    for name, e, limit in (("last, paper's theta", last[0], slow),
                           ("tail average, paper's theta", tail[0], slow),
                           ("tail average, its own theta", tail[1],
                            predicted.horizon_free_tail(r, beta[first]))):
        frames.append({"r": r, "T": times[2], "scheme": name, "exponent": e.value})
        rows.append(claims.Statement(
            "B", f"t^(-theta): {name}", "prediction", measured=e.value, theory=-float(limit),
            range=f"T = {times[1]:.3g}..{times[2]:.3g}", relation="=", interval=e,
            interval_kind="numerical", activation="relu", d=first, r=r))
free = pd.DataFrame(frames).pivot(index=["r", "T"], columns="scheme", values="exponent")
free["minimax"] = -predicted.minimax(free.index.get_level_values("r"), beta[first])
print(free.round(3).rename(index="{:.3g}".format).to_string())

# %% [markdown]
# ### The best $\theta$ of the last iterate
#
# The exponent is the least of three (notebook 03): $2r(1-\theta)$, $(2-\tfrac1\beta)(1-\theta)$, $\theta$. Its maximum is
# at $\theta=q/(1+q)$, $q=\min(2r,2-\tfrac1\beta)$: no later than $2r/(2r+1)$.

# %%
thetas, swept = np.round(np.arange(0.15, 0.91, 0.05), 2), [0.25, 0.5, 1.0]
times = window_times(tied_T, 3)
seen = rates.decaying_risks(spectra[first], swept, thetas, times, noises[-1], step, excess)
frames = []
for theta, of_theta in zip(thetas, seen, strict=True):
    for r, risk in zip(swept, of_theta, strict=True):
        e = window(times, risk)
        frames.append({"r": r, "theta": theta, "exponent": e.value, "low": e.low, "high": e.high,
                       "paper": predicted.capacity_free(r)})
sweep, fine = pd.DataFrame(frames), np.linspace(0.1, 0.9, 161)
least = pd.concat([pd.DataFrame({"r": r, "theta": fine, "exponent": -predicted.last_iterate(
    r, fine, beta[first])}) for r in swept])
save(draw.theta(sweep, least, "Beyond r = 1 - 1/(2β), 2r/(2r+1) decays too fast"),
     "04_schedules-theta", sweep)

# %%
for r, part in sweep.groupby("r"):
    part = part.reset_index(drop=True)
    i = part.exponent.idxmin()
    ends = part.theta[max(i - 1, 0)], part.theta[min(i + 1, len(part) - 1)]
    best = float(predicted.best_theta(r, beta[first]))
    rows.append(claims.Statement(
        "B", "best theta", "prediction", measured=part.theta[i], interval=ends, theory=best,
        interval_kind="numerical", range=f"T = {times[1]:.3g}..{tied_T:.3g}", relation="=",
        activation="relu", d=first, r=r))
    print(f"r = {r:g}: best theta {part.theta[i]:.2f}, theory {best:.3f}, 2r/(2r+1) = "
          f"{2 * r / (2 * r + 1):.3f}")

# %% [markdown]
# ## 6. What to use
#
# Four states of knowledge: *nothing*; the *horizon* $T$; $r$ and $\beta$; all of these and the noise $s^2$.
# Each scheme gets the step that it can have: $1/\kappa(1)$, the largest that we use (half of the stable
# $2/\kappa(1)$), or $T^{-1/2}/\kappa(1)$, or with everything known the sum
# $S_T\kappa(1)=c\,(T/s^2)^{1/(2r+1/\beta)}$ at which bias and variance balance. Theory leaves $c$ open; $c=1$ is
# innocent, $c=4$ was picked by looking at this grid. The *regret* is the risk over the least of all
# schemes here with their best steps, over every $r$, $d$ and $s^2$ of this notebook.

# %%
tables = []
for d in dimensions:
    known = {name: columns[:, -1:] for name, columns in risks[d].items()}
    sizes = etas / spectra[d].trace
    made = regret.candidate_risks(modes[d], known, sizes, T, regularities, beta[d], noises, workers)
    least = regret.least_risks(known, sizes, made, noises)
    tables += [{"knows": knows, "scheme": scheme, "d": d, "s2": s2, "r": r, "regret": ratio}
               for (knows, scheme), values in made.items()
               for s2, of_noise in zip(noises, values / least, strict=True)
               for r, ratio in zip(regularities, of_noise, strict=True)]
regrets = pd.DataFrame(tables)

# %%
with_noise, keys = regrets[regrets.s2 > 0], ["knows", "scheme"]
summary = with_noise.groupby(keys, sort=False).regret.agg(["median", "max"])
silent = regrets[regrets.s2 == 0].groupby(keys, sort=False).regret
summary["median, s2 = 0"] = silent.median()
for knows, part in summary.groupby(level=0, sort=False):
    print(f"\nknown: {knows}; regrets")
    print(part.droplevel(0).sort_values("max").map("{:.3g}".format).to_string())

# %% [markdown]
# What the table says, of this grid at this $T$ (columns: median and worst regret with noise; without).
#
# - *Knowing nothing*: $t^{-1/2}$ and the tail average. With a constant step the largest one is right
#   without noise, and wrong by orders of magnitude with it.
# - *Knowing $T$ alone* helps little: what one lacks is the size of the step, not its shape.
# - *Knowing all*, the balance does: the tail average of a constant step, and $(1-t/T)^{2\beta-1}$ if only one
#   iterate can be kept, come close to the least risk everywhere, with one constant.
# - Without noise a constant step, or one that falls late, is best: there is nothing to average away.
#
# Needs the horizon: every decay to zero, and the constant step of the averages. Does not: $t^{-\theta}$. The
# tail average of a run of unknown length is kept by restarting the sum at powers of two.

# %%
least_worst = summary["max"].groupby(level=0, sort=False).idxmin()
for knows, scheme in least_worst:
    rows.append(claims.Statement(
        "B", f"worst regret, known {knows}: {scheme}", "finding", range=f"T = {T:.3g}",
        measured=summary.loc[(knows, scheme), "max"], activation="relu"))
    print(f"known: {knows:15s} least worst regret: {scheme}")

# %% [markdown]
# ## 7. Scoreboard
#
# Exponents are those of the risk at the largest noise; brackets as in notebook 03 (a rule of thumb for
# exact curves, whose calibration is printed in section 3).

# %%
board = claims.record("04_schedules", rows)
print(claims.counts(board))
for (kind, quantity), part in board.groupby(["kind", "quantity"], sort=False):
    same = [name for name in ("activation", "d", "range") if part[name].nunique() == 1]
    print(f"\n{kind}: {quantity};", *(f"{name}: {part[name].iloc[0]}" for name in same))
    print(claims.text(part.drop(columns=["claim", "kind", "quantity", "interval", *same])))

# %% [markdown]
# Does the scoreboard say what the opening says?

# %%
verdicts = board.set_index("quantity").verdict
paper = board[board.quantity.str.contains("paper's theta")]
slower = -predicted.minimax(1.0, beta[first])
assert (paper[paper.r == 1].ci_low > slower).all()  # 1: averages of the paper's steps gain nothing
assert not (verdicts["best step: tail average"] == "fails").any()  # 2
assert not (verdicts["best step: power 3"] == "fails").any()  # 3: and saturation below beta - 1,
small = board[(board.quantity == "best step: power 0.5") & (board.r == 0.5)]
assert small.ci_low.item() > -predicted.minimax(0.5, beta[first])  # which is not minimax
assert (verdicts["best power of (1-t/T)"] == "holds").all()
assert not (verdicts["t^(-theta): tail average, its own theta"] == "fails").any()  # 4
