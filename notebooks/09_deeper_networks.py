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
# # 1. Deeper networks
#
# ## The limit kernel
#
# With $L$ hidden layers of $n$ neurons, in NTK parametrisation,
#
# $$u^1 = b\,x+\gamma c^1,\qquad u^{l+1} = \tfrac1{\sqrt n}W^{l+1}\varphi(u^l)+\gamma c^{l+1},
# \qquad g(x) = \tfrac1{\sqrt n}\langle a,\varphi(u^L)\rangle .$$
#
# At the start $b, W\sim N(0,1)$, $c=0$, $a=\pm1$ at random. We divide the activation by its size,
# $\varphi = \sigma/\sqrt{\mathbb E\sigma(z)^2}$, so that $\mathbb E\varphi(z)^2=1$: then every
# layer maps the unit sphere to the unit sphere, and two inputs with inner product $t$ meet layer
# $l$ with correlation $S_l$. Let $\kappa_1(t)=\mathbb E[\varphi(u)\varphi(v)]$ and
# $\kappa_0(t)=\mathbb E[\dot\varphi(u)\dot\varphi(v)]$, $(u,v)$ Gaussian of variances 1 and
# covariance $t$.
#
# *Forwards.* Given layer $l$, the preactivations of layer $l+1$ are Gaussian with covariance
# $\frac1n\sum_i\varphi(u^l_i)\varphi(u'^l_i)\to\kappa_1(S_{l-1})$ (law of large numbers, layer by
# layer). So $S_0=t$ and $S_l=\kappa_1(S_{l-1})$.
#
# *Backwards.* Let $H_l$ be the kernel of all derivatives of a preactivation of layer $l$. The
# derivatives in $b$ and $c^1$ give $H_1 = t+\gamma^2$. A preactivation of layer $l+1$ depends on
# $W^{l+1}$ and $c^{l+1}$, which give $S_l+\gamma^2$, and on all earlier parameters through
# $\varphi(u^l_i)$, which give $\frac1n\sum_i (W^{l+1}_{ji})^2\dot\varphi(u^l_i)\dot\varphi(u'^l_i)
# H_l\to\kappa_0(S_{l-1})H_l$:
#
# $$H_{l+1} = S_l+\gamma^2+\kappa_0(S_{l-1})\,H_l,\qquad K_L = S_L+\kappa_0(S_{L-1})\,H_L .$$
#
# (Jacot, Gabriel & Hongler 2018.) The steps "$\to$" are proved for smooth or ReLU activations in
# the literature; here they are checked at finite width below. $L=1$ is the kernel of notebook 01,
# divided by $\mathbb E\sigma(z)^2$.

# %%
kernels = {L: deep_kernel(activation, L) for L in depths}
t = np.linspace(-1, 1, 201)
np.testing.assert_allclose(kernels[1](t) * normalised(activation)[1], kernels[1].shallow(t))
Markdown("$K_L(1)$: " + ", ".join(f"{k.trace:.4g} for $L={L}$" for L, k in kernels.items()))

# %% [markdown]
# **Which functions does a deeper kernel learn?** The Mercer eigenvalues decide. For ReLU on the
# circle, with $\gamma=1$, the tail can be computed by hand. At a small angle $\omega$ between the
# inputs, $\kappa_0 = 1-\omega/\pi$ and $S_l=1+O(\omega^2)$, with the angle $\omega$ itself to first
# order; and $H_l=2l$ at $\omega=0$. So
#
# $$K_L = K_L(1)-\frac2\pi(1+2+\dots+L)\,|\omega|+O(\omega^2),\qquad
# \text{hence}\quad \lambda_k\simeq\frac{L(L+1)}{\pi^2k^2},$$
#
# because $-c|\omega|$ has the coefficients $c/(\pi k^2)$ (and at $\omega=\pi$ the factor
# $t+\gamma^2=0$ removes the other singularity). *Depth multiplies the tail by $L(L+1)/2$ and leaves
# its exponent at $-d$*: in the kernel regime, deep equals shallow (Bietti & Bach 2021). The same
# regularity $r$ therefore means the same smoothness at every depth, and claim B predicts the same
# rate.

# %%
spectra = {L: quadrature_spectrum(kernels[L], 2, 1024) for L in depths}
angle = np.linspace(0, np.pi, 181)
profile = pd.concat(pd.DataFrame({"depth": L, "angle": angle, "kernel": k(np.cos(angle)) / k.trace})
                    for L, k in kernels.items())
eigenvalues = pd.concat((pd.DataFrame({"depth": L, "degree": np.arange(s.max_degree + 1),
                                       "eigenvalue": s.eigenvalues})
                         for L, s in spectra.items()), ignore_index=True)
by_hand = depths if activation == "relu" else []
tail = {L: relu_circle_tail(L, np.arange(1, 1025)) for L in by_hand}
save(draw.deep_kernels(profile, eigenvalues, tail), "09_deeper_networks-deep-kernels", eigenvalues)

# %%
k = np.arange(256, 1025)
decay = {L: curve_slope(k, spectra[L].eigenvalues[k]) for L in by_hand}
constant = {L: spectra[L].eigenvalues[1024] / tail[L][-1] for L in decay}
if decay:
    np.testing.assert_allclose(list(constant.values()), 1, rtol=2e-3)
print("depth  decay exponent on 256 <= k <= 1024   lambda_1024 / [L(L+1)/(pi k)^2]")
print("\n".join(f"{L:5d}  {decay[L].value:.5f}  {constant[L]:25.5f}" for L in decay))

# %% [markdown]
# The eigenvalues approach the predicted lines at every depth: exponent $-2$, constant
# $L(L+1)/\pi^2$.

# %% [markdown]
# ## Finite width
#
# The network has two copies with equal weights and opposite output signs, so that $g_0=0$ as for
# two layers; $m=2n$ counts both. Each law of large numbers above has an error of order $n^{-1/2}$,
# and errors of layers add, so $\mathbb E\|K_m-K_L\|$ should fall like $m^{-1/2}$ at fixed depth.
#
# One detail is new with depth. In a two-layer network the output signs within a copy may all be
# $+1$. In a deeper one they must be **drawn**: the signal that comes back to neuron $j$ of layer
# $L-1$ is $n^{-1/2}\sum_i W_{ij}\,a_i\,\dot\varphi(u_i^L)$, and $W_{ij}$ and $u^L_i$ are dependent,
# $\mathbb E[W_{ij}\dot\varphi(u_i^L)] = n^{-1/2}\varphi(u_j^{L-1})\,\mathbb E\ddot\varphi$ (Stein).
# With $a_i=1$ the $n$ such terms add up to a signal of order one that the recursion does not
# contain; with random signs they cancel. The figure shows both.

# %%
names = {L: f"{L} hidden layer{'s' * (L > 1)}" for L in depths}
errors = {names[L]: deep_kernel_errors(activation, L, limit_widths, limit_replicates,
                                       child(root, L)) for L in depths}
equal = deep_kernel_errors(activation, 2, limit_widths, limit_replicates, child(root, 2), True)
limit_slopes = {name: slope(limit_widths, e, independent=True) for name, e in errors.items()}
table = series_table(limit_widths, errors | {"2 hidden layers, equal signs": equal})
save(draw.kernel_limit(table, limit_slopes), "09_deeper_networks-kernel-limit", table)

# %%
equal_slope = slope(limit_widths, equal, independent=True)
print(f"slope of |K_m - K| in m, {limit_widths[0]} <= m <= {limit_widths[-1]} (theory -0.5)")
for name, fit in (limit_slopes | {"2, equal signs": equal_slope}).items():
    print(f"{name:>16}: {fit}")
print(coverage("slope", limit_replicates, len(limit_widths), independent=True))

# %% [markdown]
# The slopes agree with $-1/2$ within their intervals; the constant grows with depth. With equal
# signs the error levels off at the extra term. (Intervals, here and below: jackknife with Student's
# $t$, module `ntksgd.stats.intervals`; the last line says how often they cover.)

# %% [markdown]
# ## SGD: network against kernel on the same samples
#
# Target of regularity $r$ in the kernel of each depth, $\|f^*\|=1$, step
# $\eta_t = (\eta_1\kappa(1))\,t^{-2r/(2r+1)}/K_L(1)$: so the stability margin is the same at every
# depth. The exact risk of kernel SGD is known (notebook 03), the network's is sampled; kernel SGD
# on the same samples is the control variate of notebook 06.

# %%
deep, runs = {}, {}
for L in depths:
    deep[L] = source_problem(activation, 2, r, noise, step, max_degree, depth=L)
    runs[L] = [compare.paths(deep[L], ["network", "kernel"], widths, steps, count,
                             child(root, 100 + 10 * L + i))
               for i, (widths, count) in enumerate([(narrow, narrow_replicates),
                                                    (wide, wide_replicates)])]
    assert all(np.isfinite(run.network).all() for run in runs[L])

# %%
def risk_table(problem, runs, shown, panel):
    """Risk in T of the kernel's paths, of networks of the widths shown, and in theory."""
    series = {"kernel": np.concatenate([run.kernel for run in runs])}
    series |= {f"network, m = {m}": run.network[:, i] for run in runs
               for i, m in enumerate(run.widths) if m in shown}
    theory = kernel_risk(problem, steps, tail=False)
    return pd.concat([series_table(steps, series, panel=panel),
                      curve_table(steps, {"theory": theory}, panel=panel)], ignore_index=True)


shown = {narrow[1], narrow[-1]}
table = pd.concat([risk_table(deep[L], runs[L], shown, names[L]) for L in depths])
save(draw.risks(table), "09_deeper_networks-deep-risk", table)

# %%
deep_slopes = {L: slope(steps, runs[L][0].network[:, -1]) for L in depths}
kernel_slopes = {L: curve_slope(steps, kernel_risk(deep[L], steps, tail=False)).value
                 for L in depths}
print(f"slope of risk in T, {steps[0]} <= T <= {T}; theory {-theta:.3g} asymptotically")
for L in depths:
    print(f"{L} hidden: kernel (exact) {kernel_slopes[L]:.3f}, network m = {narrow[-1]}: "
          f"{deep_slopes[L]}")

# %% [markdown]
# At every depth the kernel's risk falls at about $T^{-2r/(2r+1)}$ and the network of moderate
# width follows. Narrow networks lose a factor, more of it the deeper they are, and little of the
# rate: where the interval leaves out the kernel's slope on the same range, the factor still grows
# with $T$.

# %%
laws = {names[L]: width_law(Excess(steps, excess_of(deep[L], runs[L])), tau_depth)
        for L in depths}
paper = sufficient_width(r)
table = law_table(laws).rename(columns={"required": "width"})
save(draw.width_laws(table, paper), "09_deeper_networks-deep-width", table)

# %%
def show_laws(laws, tau):
    """m* at the last time and its exponent, a line each."""
    for name, law in laws.items():
        print(f"{name}: m*(T = {T}, tau = {tau}) = {law.required[-1]:.0f} [{law.low[-1]:.0f}, "
              f"{law.high[-1]:.0f}], exponent {law.slope}")


one = names[1]
against_one = {name: compare_laws(law, laws[one]) for name, law in laws.items() if name != one}
show_laws(laws, tau_depth)
for name, (difference, ratio) in against_one.items():
    print(f"{name} against {one}: exponent larger by {difference}, m* {ratio} times")

# %% [markdown]
# Deeper networks must be wider, about in proportion to the depth, and $m^*$ grows slowly with $T$
# at every depth, a little faster at the largest: local exponents near zero, far below the
# $1+5/(2r+1)$ that suffices for two layers. The curves bend up at the end of the range, so the
# exponents are those of this range and not asymptotic. *The data are consistent with a polynomial
# width law of small exponent for two and three hidden layers; they do not establish one.*

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
frame = claims.record("09_deeper_networks", board)
print(claims.text(frame.drop(columns=["claim", "activation", "d", "r", "interval"])))
