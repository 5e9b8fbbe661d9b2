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
# # Beyond the theorem: depth, other losses, momentum
#
# The paper's theorem is about two layers, the square loss, and plain SGD with batches of one.
# **Nothing on this page is claimed by it.** Each section changes one of these, keeps everything
# else, and measures what remains of the theory: the limit kernel, the rate, the width.
#
# *What would be a polynomial width law?* With
#
# $$m^*(T) = \min\{m:\ \mathbb E R_m(T) \le (1+\tau)\,R(T)\}$$
#
# ($R_m$ the risk of the network of width $m$ after $T$ steps, $R$ that of SGD in the RKHS of its
# limit kernel), it would be a bound $m^*(T)\le C\,T^p$ for all $T$. A run over a finite range can
# support such a law by a local exponent $d\log m^*/d\log T$ that is small and does not grow; it
# cannot prove one. For two layers, the paper's exponent is $1+5/(2r+1)$; notebook 06 measures it.

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown

from ntksgd import check
from ntksgd.compare import paths as compare
from ntksgd.compare.concentration import deep_kernel_errors
from ntksgd.compare.drift import trace
from ntksgd.kernels.deep import deep_kernel, normalised, relu_circle_tail
from ntksgd.kernels.spectrum import quadrature_spectrum
from ntksgd.problems import labels
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import source_problem
from ntksgd.problems.schedules import polynomial
from ntksgd.report import claims
from ntksgd.report.claims import Statement

# %%
from ntksgd.report.figures import deep as draw
from ntksgd.report.figures import save, use_style
from ntksgd.report.tables import curve_table, law_table, series_table
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.predicted import capacity_free
from ntksgd.risk.predicted_widths import sufficient_width
from ntksgd.risk.stability import largest_stable_step
from ntksgd.seeds import child
from ntksgd.stats import intervals
from ntksgd.stats.coverage import coverage
from ntksgd.stats.slopes import curve_slope, slope
from ntksgd.width.excess import Excess
from ntksgd.width.measured import excess_of
from ntksgd.width.requirement import compare_laws, width_law

use_style()

# %% tags=["parameters"]
T = 10**4  # type: int  SGD steps
r = 0.5  # type: float  regularity of the targets, each in the RKHS of its own kernel
noise = 0.25  # type: float  variance of the labels' noise, square loss
activation = "relu"  # type: str  any built-in activation
depths = [1, 2, 3]  # type: list[int]  numbers of hidden layers, starting with 1
step = 1.0  # type: float  eta_1 kappa(1) for the deep networks
max_degree = 128  # type: int  largest degree of spectra and targets
limit_widths = [16, 32, 64, 128, 256, 512]  # type: list[int]  widths for the kernel at the start
limit_replicates = 40  # type: int  networks a width, kernel at the start
narrow = [8, 16, 32, 64]  # type: list[int]  widths of the deep networks that are trained
narrow_replicates = 128  # type: int
wide = [128]  # type: list[int]  further widths, the costly ones
wide_replicates = 24  # type: int
loss_widths = [8, 16, 32, 64, 128, 256]  # type: list[int]  two-layer networks, other losses
loss_replicates = 128  # type: int
paths = 128  # type: int  sampled paths with momentum and batches
tau_depth = 0.5  # type: float  tolerance of the width law, deep networks
tau_loss = 0.2  # type: float  tolerance of the width law, losses
seed = 6  # type: int

# %%
check.integer("T", T, 1000)
check.positive("r", r)
check.number("step", step, 0, 2, open_low=True, open_high=True)
if depths[0] != 1 or sorted(set(depths)) != list(depths):
    raise ValueError(f"depths = {depths}: must increase from 1")
steps = log_times(T, 9, first=100)
root = np.random.SeedSequence(seed)
theta = float(capacity_free(r))  # decay of the steps, and of the risk

# %% [markdown]
# # 2. Other losses
#
# SGD on a loss $\ell$ replaces the residual $f(x)-y$ by $\ell'(f(x),y)$. We let the labels be such
# that $f^*$ minimises the expected loss:
#
# - **logistic**, $y=\pm1$ with $P(y=1|x)=p(x)=1/(1+e^{-f^*(x)})$; the risk is the excess of the
#   logistic loss;
# - **Huber** (threshold 1), $y=f^*(x)+{}$Student noise with 2 degrees of freedom: symmetric, of
#   *infinite* variance; the risk is $\|f-f^*\|^2$.
#
# *Near the target.* Let $h=\ell'(f^*(x),y)$, of mean 0 given $x$, $V=\mathbb E h^2$, and let $D$
# be the curvature $\partial_g\mathbb E\,\ell'(g,y)$ at $f^*$. To first order in $e=f-f^*$,
#
# $$e\leftarrow e-\eta\,(D\,e(x)+h)\,K_x = e-(\eta D)\,\bigl(e(x)+h/D\bigr)K_x :$$
#
# SGD on the *square* loss with step $\eta D$ and noise variance $V/D^2$, whose risk is known
# exactly. For Huber, $D=P(|\text{noise}|<1)$ and $V=\mathbb E\min(\text{noise}^2,1)$ are finite
# although the noise has no variance. For the logistic loss $D(x)=V(x)=p(1-p)$ depends on $x$; we
# use its mean, which is a heuristic for the bias but not for the noise: at a constant step the
# covariance $C$ of $e$ solves $LDC+CDL=\eta\,LDL$, so $C=\eta L/2$, and the excess loss is
# $\frac12\mathbb E[D e^2]=\frac\eta4\kappa(1)\,\mathbb E D$ as for $D$ constant. **Prediction: the
# rates of the square loss, and its width law at matched step and noise.**
#
# Steps are $\eta_1 D\kappa(1)=1/4$; each loss has its twin, the square loss of noise $V/D^2$.

# %%
def two_layers(law, norm, step=0.25):
    """Two-layer problem with this law of the labels, whose target has L2 norm `norm`."""
    return source_problem(activation, 2, r, step=step, max_degree=max_degree, labels=law, norm=norm)


norms = {"logistic": 2.0, "Huber": 1.0}
laws_of_labels = {"logistic": labels.logistic, "Huber": labels.huber(0.5, 2.0)}
losses = {name: two_layers(laws_of_labels[name], norms[name]) for name in norms}
twins = {name: labels.square(problem.noise) for name, problem in losses.items()}
for name, problem in losses.items():
    print(f"{name}: D = {problem.labels.curvature:.3f}, V = {problem.labels.variance:.3f}, "
          f"noise of its twin {problem.noise:.3f}")
twin_of = {name: f"square, as {name}" for name in norms}
cases = losses | {twin_of[name]: two_layers(twins[name], norms[name]) for name in norms}

# %%
loss_runs = {name: compare.paths(problem, ["network", "kernel"], loss_widths, steps,
                                 loss_replicates, child(root, 200 + i))
             for i, (name, problem) in enumerate(cases.items())}
assert all(np.isfinite(run.network).all() for run in loss_runs.values())
shown = {loss_widths[1], loss_widths[-1]}
table = pd.concat([risk_table(problem, [loss_runs[name]], shown, name)
                   for name, problem in losses.items()])
save(draw.risks(table), "10_other_losses-loss-risk", table)

# %%
late = steps >= T / 10  # the expansion needs a small error: the last decade only
loss_slopes, twin_slopes = {}, {}
for name, problem in losses.items():
    theory, run = kernel_risk(problem, steps, tail=False), loss_runs[name]
    twin_slopes[name] = curve_slope(steps[late], theory[late]).value
    loss_slopes[name] = slope(steps[late], run.network[:, -1, late])
    ratio = intervals.of(lambda mean: mean, run.kernel[:, -1] / theory[-1], transform="log")
    print(f"{name}: kernel SGD / local theory at T = {T}: {ratio}; slopes for T >= {T // 10}:\n"
          f"    theory {twin_slopes[name]:.3f}, kernel {slope(steps[late], run.kernel[:, late])}, "
          f"network m = {loss_widths[-1]} {loss_slopes[name]}")

# %% [markdown]
# The Huber risk joins the curve of its square-loss twin once $|e|\ll1$, under noise that the square
# loss itself could not stand: its risk would be infinite. For the logistic loss the curve with the
# mean curvature is too high and too flat: at this step most of the risk is still bias, which a mean
# curvature describes badly ($e$ is largest where $D(x)$, its weight, is smallest). With the larger
# step of the table further down, where noise dominates, the two are closer (its column `theory` is
# the same ratio). In both losses the curves of the wide network and of its kernel lie on each
# other.

# %%
loss_laws = {name: width_law(Excess(steps, excess_of(cases[name], [run])), tau_loss)
             for name, run in loss_runs.items()}
table = law_table(loss_laws).rename(columns={"required": "width"})
save(draw.width_laws(table, paper), "10_other_losses-loss-width", table)

# %%
show_laws(loss_laws, tau_loss)
loss_differences = {name: compare_laws(loss_laws[name], loss_laws[twin_of[name]])[0]
                    for name in losses}
for name, difference in loss_differences.items():
    print(f"exponent minus that of its twin, {name}: {difference}")

# %% [markdown]
# Huber and its twin need the same width within the intervals. The logistic loss does not: it needs
# fewer neurons than its twin, and the exponent is smaller. All local exponents are far below the
# two-layer bound. *The data support a polynomial width law for these losses no less than for the
# square loss; a reduction to the square loss holds for Huber and fails for the logistic loss.*

# %% [markdown]
# ## A network can beat its kernel
#
# With the step four times larger, networks can have a *smaller* risk than kernel SGD: clearly so
# for the logistic loss, barely for the square loss with the same noise. Interpretation (a
# heuristic, tested here): noise in the residuals makes SGD drift, at second order in the step,
# down the gradient of $\mathbb E K_\Theta(x,x)$ (label-noise regularisation: Blanc et al. 2020),
# while the noise part of the risk is proportional to $\mathbb E K_\Theta(x,x)$. If that were all,
# the ratio of risks would be the ratio of traces, $\mathbb E K_T(x,x)/\kappa(1)$.

# %%
few = loss_widths[1::2]


def risk_and_trace(problem, seed):
    """Risk of the network over the kernel's, and trace after training, width by width."""
    run = compare.paths(problem, ["network", "kernel"], few, [T], loss_replicates, seed)
    risks = np.concatenate([run.network[..., 0], run.kernel], axis=1)
    ratio = intervals.of(lambda mean: mean[:, :-1] / mean[:, -1:], risks, transform="log")
    traced = compare.paths(problem, ["network"], few, [T], max(2, loss_replicates // 4), seed,
                           observers={"trace": trace}, degree=63).observed["trace"][..., 0]
    moved = intervals.of(lambda mean: mean, traced, transform="log")
    theory = run.kernel.mean() / kernel_risk(problem, [T], tail=False)[0]
    return pd.DataFrame({"width": few, "ratio": ratio.value, "ratio_half": ratio.half,
                         "trace": moved.value, "trace_half": moved.half, "theory": theory})


# %%
makers = {"logistic": laws_of_labels["logistic"], "square twin": twins["logistic"]}
rows = [risk_and_trace(two_layers(law, 2.0, first), child(root, 300 + i)
                       ).assign(series=f"{name}, step {first:g}")
        for name, law in makers.items() for i, first in enumerate((0.25, 1.0))]
table = pd.concat(rows, ignore_index=True)
save(draw.trace_and_risk(table), "10_other_losses-trace", table)

# %%
print(table.round(3).to_string(index=False))

# %% [markdown]
# The trace rises above its limit at the small step, and at the large one it falls below (but for
# the narrowest network with the square loss). For the logistic loss it accounts for the whole
# deviation of the risk, of either sign. For the square loss there is a further error on top, which
# falls with the width and which the trace does not see. So "risk at most $(1+\tau)$ times the
# kernel's" can be met by a network that is not close to its kernel: *a width law measured by risk
# does not certify that the kernel describes the network* (notebook 05 measures the distance
# itself).

# %% [markdown]
# # 3. Momentum and mini-batches
#
# In the RKHS the recursion of second moments closes here too. Heavy ball with batches of $b$:
#
# $$f_{t+1} = f_t-\tfrac{\eta}{b}\sum_{i\le b}(f_t(x_i)-y_i)K_{x_i}+\beta(f_t-f_{t-1}).$$
#
# With $e=f-f^*$, $q=1+\beta$, $u=\eta\lambda_k$, the step is
# $e_{t+1} = (q-\eta H)e_t-\beta e_{t-1}+\eta\cdot\text{noise}$, where $H$ averages $b$ rank-one
# operators; $\mathbb E P_kH=\lambda_kP_k$, and by the addition theorem
# $\mathbb E\|P_kHe\|^2=\frac1b\lambda_k^2N_k\|e\|^2+(1-\frac1b)\lambda_k^2\|P_ke\|^2$. So
# $C_k=\mathbb E\|P_ke_t\|^2$, $X_k=\mathbb E\langle P_ke_t,P_ke_{t-1}\rangle$ and
# $B_k=\mathbb E\|P_ke_{t-1}\|^2$ obey
#
# $$\begin{aligned}
# C_k&\leftarrow\bigl(q^2-2qu+(1-\tfrac1b)u^2\bigr)C_k-2\beta(q-u)X_k+\beta^2B_k
# +\tfrac{\eta^2}{b}\lambda_k^2N_k(R+s^2),\\
# X_k&\leftarrow(q-u)\,C_k-\beta X_k,\qquad B_k\leftarrow C_k,\qquad R=\textstyle\sum_kC_k .
# \end{aligned}$$
#
# At a constant step the fixed point is $C_k = uN_k(R+s^2)\big/\,b\,[\,2(1-\beta)+2\beta
# u/q-(1-\frac1b)u\,]$. For small steps this is plain SGD with the **effective step**
# $\eta/(b(1-\beta))$ in the noise and $\eta/(1-\beta)$ in the drift: momentum should change
# nothing but the step.

# %%
plain, betas = source_problem(activation, 2, r, noise, 0.5, max_degree), (0.0, 0.5, 0.9, 0.97)
first, exact, sampled = plain.schedule.largest, {}, {}
for i, beta in enumerate(betas):
    problem = plain.with_(momentum=beta, schedule=polynomial((1 - beta) * first, theta))
    exact[beta] = kernel_risk(problem, steps, tail=False)
    sampled[beta] = compare.paths(problem, ["kernel"], [], steps, paths,
                                  child(child(root, 400), i)).kernel
heavy = pd.concat([part for beta in betas for part in (
    curve_table(steps, {"exact": exact[beta]}, beta=beta),
    series_table(steps, {"sampled": sampled[beta]}, beta=beta))], ignore_index=True)
grid = np.linspace(0, 0.99, 34)
limits = [largest_stable_step(plain.spectrum, b, tail=False) * plain.spectrum.trace / (1 - b)
          for b in grid]
save(draw.momentum(heavy, grid, limits), "10_other_losses-momentum", heavy)

# %%
def deviation(samples, exact):
    """Distance of the mean of samples from its exact value, in standard errors."""
    error = samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
    return np.abs(samples.mean(axis=0) - exact) / error


score = np.array([deviation(sampled[beta], exact[beta]) for beta in betas])
assert score.max() < 4.5
print(f"sampled against exact: largest deviation {score.max():.1f} standard errors, {score.size} "
      "points")
factor = {beta: exact[beta][-1] / exact[0.0][-1] for beta in betas[1:]}
for beta, ratio in factor.items():
    print(f"beta = {beta:g}: exact risk at T = {T} over that of plain SGD with step eta/(1-beta): "
          f"{ratio:.4f}")

# %% [markdown]
# At the same effective step all momenta give the same risk, apart from a start-up of about
# $1/(1-\beta)$ steps. Momentum buys neither rate nor noise; it only lets the effective step be
# somewhat larger before the second moments diverge.

# %%
rules = {"step fixed": lambda b: first, "step $\\propto\\sqrt{b}$": lambda b: first * np.sqrt(b),
         "step $\\propto b$": lambda b: first * b}
parts, worst = [], 0.0
for i, (name, rule) in enumerate(rules.items()):
    # a function of the samples seen, so that nothing but the batch changes
    plan = {b: plain.with_(batch=b, schedule=polynomial(rule(b) * b**-theta, theta))
            for b in (2 ** np.arange(9)).tolist()}
    known = {b: kernel_risk(problem, [T // b], tail=False)[0] for b, problem in plan.items()
             if problem.schedule.largest < largest_stable_step(problem.spectrum, batch=b)}
    drawn = {b: compare.paths(plan[b], ["kernel"], [], [T // b], paths,
                              child(child(child(root, 500), i), b)).kernel
             for b in (1, 16) if b in known}
    worst = max(worst, *(deviation(drawn[b], known[b]).max() for b in drawn))
    parts += [curve_table(list(known), {name: list(known.values())}),
              series_table(list(drawn), {name: np.concatenate(list(drawn.values()), axis=1)})]
table = pd.concat(parts, ignore_index=True)
save(draw.batches(table), "10_other_losses-batches", table)

# %%
assert worst < 4
linear = {b: risk / known[1] for b, risk in known.items()}  # of the last rule
print("step proportional to b: risk after the same samples over that of b = 1: "
      + ", ".join(f"{v:.3f} (b = {b})" for b, v in linear.items() if b > 1))

# %% [markdown]
# With the step proportional to the batch size the risk after $n$ samples does not depend on $b$
# (linear scaling), until the first, large steps become unstable: the line ends there. With a fixed
# step, batches waste samples.

# %% [markdown]
# # What carries over
#
# | | kernel limit | rate | width |
# |:--|:--|:--|:--|
# | depth | recursion, $m^{-1/2}$ at every depth; signs must be drawn | same exponent: same eigenvalue decay | larger by a factor; exponent small on this range |
# | Huber | same kernel | joins the square loss at matched step and noise | that of the square loss |
# | logistic | same kernel | falls faster on this range than the matched square loss | below the matched square loss |
# | momentum, batches | second moments close exactly | that of plain SGD at the effective step | not measured here |
#
# What did not: the square loss's exact risk does not cover the bias of the logistic loss; risk
# ratios can be below one, so they do not certify closeness to the kernel; and no exponent here is
# asymptotic. The paper claims nothing here, so no row below has a verdict. *Predictions* are ours,
# from the sections above: $m^{-1/2}$, the kernel's own slope on the same range, the square loss at
# matched step and noise, plain SGD at the effective step. *Findings* stand without one: nobody
# predicted the width law of a deeper network.

# %%
def row(quantity, found, where, theory=None):
    """A prediction if there is a theory, else a finding; `found` has value, low and high."""
    kind, relation = ("finding", "") if theory is None else ("prediction", "=")
    return Statement("F", quantity, kind, measured=found.value, theory=theory, relation=relation,
                     interval=found, interval_kind="statistical", range=where,
                     activation=activation, d=2, r=r)


span, late_span = f"T = {steps[0]}..{T}", f"T = {steps[late][0]}..{T}"
board = [row(f"slope of |K_m - K| in m, {name}", fit,
             f"m = {limit_widths[0]}..{limit_widths[-1]}", -0.5)
         for name, fit in limit_slopes.items()]
board += [row(f"slope of risk in T, {names[L]}, against its kernel's", fit,
              f"{span}, m = {narrow[-1]}", kernel_slopes[L]) for L, fit in deep_slopes.items()]
board += [row(f"slope of risk in T, {name}, against the square loss's", fit,
              f"{late_span}, m = {loss_widths[-1]}", twin_slopes[name])
          for name, fit in loss_slopes.items()]

# %%
for tau, group in ((tau_depth, laws), (tau_loss, {name: loss_laws[name] for name in losses})):
    board += [row(f"exponent of m* in T, {name}", law.slope,
                  f"T = {law.slope.x_min:.0f}..{law.slope.x_max:.0f}, tau = {tau:g}")
              for name, law in group.items() if law.slope]
for name, (difference, ratio) in against_one.items():
    board += [row(f"exponent of m* in T, {name} minus {one}", difference,
                  f"{span}, tau = {tau_depth:g}"),
              row(f"m*, {name} over {one}", ratio, f"T = {T}, tau = {tau_depth:g}")]
board += [row(f"exponent of m* in T, {name} minus square loss", difference,
              f"{span}, tau = {tau_loss:g}", 0.0) for name, difference in loss_differences.items()]
board += [Statement("F", f"risk, momentum {beta:g}, over plain SGD at the effective step",
                    "prediction", measured=ratio, theory=1.0, relation="=", range=f"T = {T}",
                    activation=activation, d=2, r=r) for beta, ratio in factor.items()]

# %%
frame = claims.record("10_other_losses", board)
print(claims.text(frame.drop(columns=["claim", "activation", "d", "r", "interval"])))
