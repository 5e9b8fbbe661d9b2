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
# # Other losses, momentum, mini-batches (claim F: nothing here is the paper's)
# **Question.** The paper's theorem is about the square loss and plain SGD, one sample a step. Does the theory survive the logistic and the Huber loss, momentum and mini-batches, and how wide must the network be then?
#
# **Statements** (ours).
# 1. *Risk.* The first two moments of SGD in the RKHS close under one approximation, that $f_t(x)$ is Gaussian; for the square loss, and for the expansion of a loss near the target with a curvature $D(x)$, under none. No sampling, any $T$.
# 2. *Theorem.* If $|\ell'|\le1$, network and linearised network stay within const$\,S^{7/2}/m$ of each other on **every** path, $S=\eta_1+\dots+\eta_T$: no moment of the labels, no independence, no event. Within const$\,S^{5/2}/m$ where the labels have a finite mean size; their variance may be infinite.
# 3. *Width law.* The linearised network's excess is $c(T)/m$ to first order, $c$ derived for either loss, nothing fitted: $m^*\simeq c(T)/\tau$.
# 4. Momentum $\beta$ and batches of $b$ close exactly. They change the step only, to $\eta/(1-\beta)$ in the drift and $\eta/(b(1-\beta))$ in the noise.
#
# **Idea.** A bounded residual cannot push far: a neuron moves by at most $O(S/\sqrt m)$. Near the target a loss is the square loss with weights $D(x)$; far from it the residual, in the mean over labels, is known too.
#
# ![Required width against the number of steps, two losses and two activations: the linearised networks about the lines c(T)/tau, the networks of that size](../figures/10_other_losses-widths.png)
#
# **Verdict.** The theory survives. The closure gives the risk of kernel SGD for both losses from the first step on; the mean curvature, a common shortcut, does not. The width of the linearised network is that of the matched square loss for Huber, less for the logistic loss, as derived; the networks' own is of that size, less for ReLU, late more for the smooth activation: drift, which the kernel's trace does not explain. All exponents stay far below claim C's. Momentum and batches change neither risk nor width at the same effective step. (Numbers: section 6.)

# %%
import numpy as np
import pandas as pd
from IPython.display import Markdown

from ntksgd import check
from ntksgd.compare.bounded_paths import bounded_path
from ntksgd.compare.bounded_residual import sufficient_exponent
from ntksgd.compare.loss_paths import loss_paths
from ntksgd.compare.paths import paths
from ntksgd.compare.trace_mechanism import trace_test
from ntksgd.kernels.harmonics import evaluate
from ntksgd.kernels.sphere import quadrature
from ntksgd.problems import labels
from ntksgd.problems.expected_loss import local
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import source_problem
from ntksgd.problems.schedules import polynomial
from ntksgd.report import claims

# %%
from ntksgd.report import loss_tables as tables
from ntksgd.report.figures import losses as draw
from ntksgd.report.figures import save, use_style
from ntksgd.report.loss_board import row
from ntksgd.risk.circle_closure import circle_moments
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.loss_first_order import loss_first_order
from ntksgd.risk.predicted_widths import sufficient_width
from ntksgd.seeds import child
from ntksgd.stats import intervals
from ntksgd.stats.slopes import curve_slope, slope
from ntksgd.width.comparisons import exponents_of_part, over_first_order, required_ratio
from ntksgd.width.excess import Excess
from ntksgd.width.measured import excess_of
from ntksgd.width.requirement import width_law

use_style()

# %% tags=["parameters"]
T = 10**5  # type: int  SGD steps
r = 0.5  # type: float  regularity of the targets
step = 0.25  # type: float  eta_1 D kappa(1), D the mean curvature of the loss
max_degree = 64  # type: int  largest degree of spectra and targets
widths = [8, 16, 32, 64, 128, 256]  # type: list[int]
replicates = 48  # type: int
tolerances = [0.1, 0.5]  # type: list[float]
one_neuron = [[24, 8, 3], [16, 6, 6]]  # type: list  cut, angles, radii: of ReLU, of squareplus
T_bound = 100  # type: int  steps of the runs that are set beside the bound
max_log2_width = 14  # type: int  the widest of them
T_trace = 10**4  # type: int
trace_widths = [16, 64, 256]  # type: list[int]
T_momentum = 10**4  # type: int  samples seen with momentum and batches
replicates_short = 96  # type: int  of the runs to T_trace and T_momentum
seed = 6  # type: int

# %%
check.integer("T", T, 10**4)
times = log_times(T, 4 * round(np.log10(T / 100)) + 1, 100)
first, last, half = times <= 1000, times >= T / 10, times[::2]
root, smooth = np.random.SeedSequence(seed), "squareplus(0.5)"
quadratures = dict(zip(("relu", smooth), one_neuron, strict=True))
makers = {"logistic": (labels.logistic, 2.0), "Huber": (labels.huber(0.5, 2.0), 1.0)}
problems = {(name, act): source_problem(act, 2, r, step=step, max_degree=max_degree, labels=law,
                                        norm=norm)
            for name, (law, norm) in makers.items() for act in ("relu", smooth)}

# %% [markdown]
# ## 1. The risk of kernel SGD under a loss
# SGD on $\ell$ replaces $f(x)-y$ by $\ell'(f(x),y)$. The labels are such that $f^*$ minimises the expected loss:
# - **logistic**: $y=\pm1$, $P(y=1|x)=1/(1+e^{-f^*(x)})$, $\|f^*\|=2$;
# - **Huber** (threshold 1): $y=f^*(x)+\frac12$ Student noise with 2 degrees of freedom, of *infinite* variance; $\|f^*\|=1$.
#
# For both we report the **excess loss** $\mathbb E\ell(f,y)-\mathbb E\ell(f^*,y)$ and the **squared distance** $\|f-f^*\|^2$.
# *Near the target* let $e=f-f^*$, $D(x)=\partial_g\mathbb E[\ell'(g,y)|x]$ at $f^*$, $h=\ell'(f^*,y)$ (mean 0 given $x$), $V(x)=\mathbb E[h^2|x]$. To first order in $e$, $e\leftarrow e-\eta\,(D(x)e(x)+h)K_x$. Where $D,V$ are constant (Huber) this is SGD on the square loss, step $\eta D$, noise $V/D^2$: the **twin**. For the logistic loss $D(x)=V(x)=p(1-p)$; to put its mean is a heuristic.
#
# *Everywhere.* Let $K(x,x')=\langle\psi(x),\psi(x')\rangle$, $f_t=\langle\psi,u_t\rangle$, so $u\leftarrow u-\eta\,\ell'(f(x),y)\,\psi(x)$; $a=\mathbb Eu$, $P={\rm Cov}\,u$; and $G,D,q$ at $x$ the means over labels and over $f(x)\sim N(\langle\psi,a\rangle,\langle\psi,P\psi\rangle)$ of $\ell'$, its slope in $g$, and $\ell'^2$. Then
# $$\boxed{\;a\leftarrow a-\eta b,\quad P\leftarrow P-\eta(MP+PM)+\eta^2\Bigl(\int q\,\psi\psi^\top-bb^\top\Bigr),\quad b=\int G\psi,\quad M=\int D\,\psi\psi^\top.\;}$$
# *Derivation.* $u-\eta\ell'\psi$ has the mean $a-\eta b$ and the covariance $P-\eta(Q+Q^\top)+\eta^2(\int q\psi\psi^\top-bb^\top)$, $Q=\int\mathbb E[(u-a)\,\ell']\psi^\top$. If $(u,f(x))$ is Gaussian, $\mathbb E[(u-a)\ell']=\mathbb E[(u-a)G(f(x))]=D\,P\psi$ (Stein). With $G$ linear and $q$ quadratic in $f$ nothing is assumed: the recursion is *exact for the square loss and for the local model with $D(x)$, $V(x)$*. For another loss the Gaussian law is a heuristic, tested here. As code:

# %%
problem, T0 = problems["logistic", "relu"], 30
loss, (x, w) = problem.labels.expected, quadrature(2, 4 * max_degree)
Y, degrees = evaluate(x, max_degree)
psi, truth = Y * np.sqrt(problem.spectrum.eigenvalues[degrees]), problem.target(x)
z, gauss = np.polynomial.hermite_e.hermegauss(8)
a, P = np.zeros(degrees.size), np.zeros((degrees.size,) * 2)
for eta in problem.schedule.step_sizes(T0):
    f = (psi @ a)[:, None] + np.sqrt(np.sum((psi @ P) * psi, axis=1))[:, None] * z
    G, D, q = (w * (part(f, truth[:, None]) @ gauss) / gauss.sum() for part in loss[:3])
    b, M, Q = psi.T @ G, (psi.T * D) @ psi, (psi.T * q) @ psi
    a, P = a - eta * b, P - eta * (M @ P + P @ M) + eta**2 * (Q - np.outer(b, b))
distance = w @ ((psi @ a - truth)**2 + np.sum((psi @ P) * psi, axis=1))
np.testing.assert_allclose(distance, circle_moments(problem, [T0]).distance[0], rtol=1e-5)

# %% [markdown]
# The library takes long stretches of steps at once. Beside it, on the same samples: kernel SGD, networks, linearised networks.

# %%
closure = {key: circle_moments(p, times) for key, p in problems.items()}
nearby = {key: circle_moments(p, times, local(p.labels.expected)) for key, p in problems.items()}
runs = {key: loss_paths(p, widths, times, replicates, child(root, i), linearised=True)
        for i, (key, p) in enumerate(problems.items())}

# %%
def theories(key, kind):
    """Risk by three theories: mean curvature (the twin's), local model, closure."""
    factor = 1.0 if kind == "loss" else problems[key].labels.risk_factor
    name = "excess" if kind == "loss" else "distance"
    return {"mean curvature": kernel_risk(problems[key], times, tail=False) / factor,
            "local, D(x)": getattr(nearby[key], name),
            "moment closure": getattr(closure[key], name)}


kinds, wide = ("loss", "distance"), f"network, m = {widths[-1]}"
table = pd.concat([tables.theory_rows(key, times, theories(key, kind), {
    "kernel SGD, sampled": run[kind].kernel, wide: run[kind].network[:, -1]}, kind)
    for key, run in runs.items() for kind in kinds], ignore_index=True)
save(draw.theories(table[table["measure"] == "loss"]), "10_other_losses-theories", table)

# %%
shown = [4, -5, -1]  # T = 1000, and both ends of the last decade


def late_ratio(samples, expected):
    """Mean over the last decade of sampled over expected, with its interval."""
    return intervals.of(lambda mean: (mean[:, last] / expected[last]).mean(axis=1), samples,
                        transform="log")


agreement = {(*key, kind): late_ratio(runs[key][kind].kernel, theories(key, kind)["moment closure"])
             for key in problems for kind in kinds}
rows = []
for key, found in agreement.items():
    one = theories(key[:2], key[2])
    off = [one[name][shown] / one["moment closure"][shown] for name in list(one)[:2]]
    rows.append([*key, *(f"{v:.2f}" for v in np.concatenate(off)), str(found)])
tables.crossed(rows, [("", "loss"), ("", "activation"), ("", "measure")]
        + [(name, f"T = {times[j]:,}") for name in list(one)[:2] for j in shown]
        + [("sampled", "last decade")])

# %% [markdown]
# All over the closure. *The closure is what was sampled*, for both measures. The mean curvature is not, for the logistic loss; $D(x)$ closes most of that gap late. **What remains is the start**: at $f_0=0$ the error is of the size of $f^*$, where $\ell'$ is not linear (the logistic residual is steeper on the way than at $f^*$, Huber's is cut at 1), and the memory of it fades like the bias. Huber's $D$ does not depend on $x$: both local theories coincide but for the numerical error of the blocks. (The square loss itself would have an infinite risk under these labels.)
# **Exponents in $T$, decade by decade:**

# %%
def by_decade(y):
    """Exponents over the first and over the last decade, of samples (n, times) or of a curve."""
    fit = slope if np.ndim(y) == 2 else curve_slope
    return [fit(times[part], y[..., part]) for part in (first, last)]


names = ("closure", "kernel SGD", wide)
exponents = {(*key, kind): [by_decade(y) for y in (
    theories(key, kind)["moment closure"], run[kind].kernel, run[kind].network[:, -1])]
    for key, run in runs.items() for kind in kinds}
hits = [found[1][j].contains(found[0][j].value) for found in exponents.values() for j in (0, 1)]
print(f"closure's exponent in the interval of kernel SGD: {sum(hits)} of {len(hits)}")
tables.crossed([[*key, *(str(one[j]) for j in (0, 1) for one in found)]
         for key, found in exponents.items()],
        [("", "loss"), ("", "activation"), ("", "measure")]
        + [(when, name) for when in ("first decade", "last decade") for name in names])

# %% [markdown]
# Both losses fall as the closure says (of the intervals of kernel SGD one expects one in twenty to miss it; both measures share their samples); "the exponent of the logistic loss" on one short range depends on the decade and on the measure.
# ## 2. Every path: a bound for bounded residuals
# **Proposition.** Let network, start and $c,c_3,c_4,\Psi,\kappa_0,L_0,\nu$ be as in notebook 08; $\ell(\cdot,y)\ge0$ convex, $|\ell'|\le1$, $\ell'$ 1-Lipschitz, $\ell'^2\le2\ell$ (Huber, logistic); any $(x_t,y_t)$ and steps with $\eta_t\kappa_0^2\le2-\frac1\nu$. Let $\alpha=cS/\sqrt m$, $N^2=2\sum\eta_t\,\ell(0,y_t)$, and
# $$o=\tfrac\Psi c(e^\alpha-1),\quad B=\min\Bigl(\tfrac{\kappa_0\sqrt m}c(e^\alpha-1),\ \tfrac N{\sqrt{1-\alpha}}\Bigr),\quad v=\alpha B,\quad\hat\rho=\tfrac{c\,vB+c_3\,oB^2}{\sqrt m},\quad\hat\psi=\tfrac{c\,v+c_4\,oB}{\sqrt m},$$
# the second entry of $B$ only if $\alpha<1$ and, with it, $\eta_t(\kappa_0+cB/\sqrt m)^2\le1$. Then for the networks trained by $\ell$, on every path,
# $$\|g_T-\ell_T\|\le\|L_0\|^{1/2}\bigl(\sqrt{\nu S}\,\hat\rho+S\hat\psi\bigr)+\hat\rho .$$
# *Proof.* $e_t=\ell'(g_{t-1}(x_t),y_t)$, so $\sum\eta|e|\le S$.
# 1. By Lemma 1 there a neuron's gradient is at most $m^{-1/2}(\Psi+c|\Delta_i|)$, so that $\Psi+c|\Delta_i|$ grows in a step by at most $1+c\eta/\sqrt m$; likewise $\kappa_0+c\|V\|/\sqrt m$. Hence $|\Delta_i|\le o$, and $\|V\|\le$ the first entry.
# 2. $\|V_t\|^2=\|V\|^2-2\eta e\langle\varphi,V\rangle+\eta^2e^2\|\varphi\|^2$; $\langle\varphi,V\rangle=g+n$, $|n|\le cB^2/(2\sqrt m)$; convexity: $-2eg\le2\ell(0,y)-2\ell(g,y)$; $\eta\|\varphi\|^2e^2\le e^2\le2\ell(g,y)$. By induction $\|V_t\|^2\le N^2+\alpha B^2=B^2$.
# 3. $\|V^e\|\le\sum\eta|e|\|\varphi^e\|\le cSB/\sqrt m=v$, and Lemma 2 there gives $|\rho|\le\hat\rho$, $\|\psi\|\le\hat\psi$.
# 4. The linearised network is $W_t=W-\eta\,\ell'(\langle\varphi_0,W\rangle,y_t)\varphi_0$. $\ell'$ rises, with slope at most 1, so $e-\ell'(\langle\varphi_0,W\rangle,y_t)=\mathsf D\,(\langle\varphi_0,U\rangle+\rho)$ for some $\mathsf D\in[0,1]$, and $U_t=V_t^o-W_t=U-\eta\mathsf D(\langle\varphi_0,U\rangle+\rho)\varphi_0-\eta e\psi$. By Lemma 3 there, with the step $\eta\mathsf D$, $\|U_t\|\le(\|U\|^2+\nu\eta\hat\rho^2)^{1/2}+\eta\hat\psi$. Sum; $g-\ell=\langle\varphi_0,U\rangle+\rho$. $\square$
#
# For $m\ge{\rm const}\,S^2$: $B\lesssim S$, and the gap is $\lesssim\Psi S^{7/2}/m$ *whatever the labels*; if $\mathbb E|y|<\infty$, $\mathbb EN^2=O(S)$, and it is $\lesssim\Psi S^{5/2}/m$.

# %%
bound_widths, found = 2 ** np.arange(6, max_log2_width + 1, 2), {}
for name in makers:
    found[name] = np.array([[bounded_path(problems[name, smooth], T_bound, int(m), child(root, i))
                             for m in bound_widths] for i in range(8)])
table = pd.concat([tables.bound_rows(name, bound_widths, one) for name, one in found.items()],
                  ignore_index=True)
save(draw.bound(table), "10_other_losses-bound", table)

# %%
found["Huber, every label +-1e9"] = np.array([[bounded_path(
    problems["Huber", smooth], T_bound, int(m), child(root, 0), np.full(T_bound, sign * 1e9))
    for m in bound_widths] for sign in (1, -1)])
for name, one in found.items():
    gap, moved = (one[..., 0] / one[..., 1:3].min(axis=-1)).max(), one[..., 3].max()
    print(f"{name}: gap at most {gap:.2g} of its bound, distance moved {moved:.2g} of its bound")
    assert max(gap, moved) <= 1
falls = {name: slope(bound_widths[-3:], found[name][:, -3:, 0]) for name in makers}
Markdown("Slope of the gap in $m$: " + ", ".join(f"{fit} ({name})" for name, fit in falls.items())
         + "; of the bound: $-1$. Width that keeps the gap below $T^{-r/(2r+1)}$ by the bound, up "
         f"to logarithms: $T^{{{sufficient_exponent(r):.3g}}}$ for labels of finite mean size, "
         f"$T^{{{sufficient_exponent(r, False):.3g}}}$ for any. Claim C, for the square loss: "
         f"$T^{{{sufficient_width(r):.3g}}}$.")

# %% [markdown]
# No path violates it, nor one of the seven adversaries in the library's tests, where the bound on the distance is attained up to a factor 2. The power of $m$ is the right one, the size far too large, as in notebook 08; ReLU is not covered.
# ## 3. How wide: $m^*\simeq c(T)/\tau$, derived for both losses
# $m^*(T,\tau)=\min\{m:\mathbb ER_m\le(1+\tau)R\}$, $R_m$ the network's risk (either measure), $R$ that of kernel SGD. The *linearised* network has $R_m=R(L_0)$, $L_0=\frac2m\sum_{i\le m/2}Z_{b_i}$, $Z_b$ the operator of one neuron, $\mathbb EZ_b=L$, the $b_i$ independent. $R$ being smooth in the operator,
# $$\mathbb ER(L_0)-R(L)=\tfrac12\mathbb E\,R''[L_0-L,L_0-L]+O(m^{-2})=\frac1m\,\mathbb E_b\,\frac{d^2}{ds^2}R\bigl(L+s(Z_b-L)\bigr)\Big|_{s=0}+O(m^{-2}):$$
# $c(T)$ is that mean over $R$, a quadrature over *one* neuron with $R$ from the closure: nothing sampled, nothing fitted. For the square loss it must be the $c(T)$ of notebook 07, which came from divided differences. **Huber**: near the target $D,V$ are constant, network and kernel are those of the twin, so $c$ must join the twin's. **Logistic**: $D(x)$ is uneven, and $c$ its own.

# %%
coefficients = {key: loss_first_order(p, half, *quadratures[key[1]]) for key, p in problems.items()}
twins = {act: p.with_(labels=labels.square(p.noise), schedule=p.local_schedule)
         for (name, act), p in problems.items() if name == "Huber"}
table = {(act, f"{name}, {kind}"): c for (name, act), both in coefficients.items()
         for kind, c in zip(kinds, both, strict=True)}
for act, p in twins.items():
    table[act, "twin"] = loss_first_order(p, half, *quadratures[act])[1]
    table[act, "twin, notebook 07"] = first_order(p, half)
pd.DataFrame(table, index=pd.Index(half, name="c(T) at T")).round(2)

# %% [markdown]
# The twin's $c$ by two routes (they differ by the cut at a low degree and the few angles of the quadrature, which ReLU feels at the largest $T$), Huber's beside it, and the logistic loss's: smaller. Now the sampled networks, and their linearisations:

# %%
laws, excesses = {}, {}
for key, run in runs.items():
    for kind, learner in ((kind, who) for kind in kinds for who in ("network", "linearised")):
        excess = Excess(times, excess_of(problems[key], [run[kind]], learner))
        excesses[*key, kind, learner] = excess
        laws |= {(*key, kind, learner, tau): width_law(excess, tau) for tau in tolerances}
required = tables.law_rows(laws)
curves = tables.first_order_rows(half, coefficients, tolerances)
by_loss = [table[table["measure"] == "loss"] for table in (required, curves)]
save(draw.widths(*by_loss), "10_other_losses-widths",
     pd.concat([required, curves], ignore_index=True))

# %%
decades = {key: exponents_of_part(law, first, last) for key, law in laws.items()
           if key[3] == "network"}
pd.DataFrame([[*key[:3], key[4], *("-" if fit is None else str(fit) for fit in fits),
               laws[key].text(0), laws[key].text(-1),
               laws[*key[:3], "linearised", key[4]].text(-1),
               f"{coefficients[key[:2]][kinds.index(key[2])][-1] / key[4]:.0f}"]
              for key, fits in decades.items()],
             columns=["loss", "activation", "measure", "tau", "exponent, first decade", "last",
                      f"m*({times[0]})", f"m*({T})", "linearised", "c/tau"])

# %% [markdown]
# Exponents of the networks' $m^*$ in $T$, first and last decade ("-": not seen within the widths), and $m^*$. Without the crossing of a level: $m\,(\mathbb ER_m/R-1)$ over the derived $c(T)$, averaged over the last decade and over $m\ge64$; and what drift adds, network minus linearised on the same paths.

# %%
tests = {}
for key, excess in excesses.items():
    c = np.interp(np.log(times), np.log(half), coefficients[key[:2]][kinds.index(key[2])])
    tests[key] = over_first_order(excess, c, 64, last)
    if key[3] == "linearised":
        (ms, lazy), (_, net) = excess.blocks[0], excesses[*key[:3], "network"].blocks[0]
        tests[*key[:3], "drift"] = over_first_order(Excess(times, ((ms, net - lazy),)), c, 64, last)
pd.DataFrame([[*key, str(found)] for key, found in tests.items()],
             columns=["loss", "activation", "measure", "learner", "m times excess, over c(T)"])

# %% [markdown]
# The prediction, 1, lies in every interval of the linearised networks (they are wide: the sampled labels; that $c$ is right to a few per cent the twin shows). Drift is no small correction: it *lowers* the excess of ReLU networks and adds, less, to that of the smooth ones, whose $m^*$ late exceeds $c/\tau$. At the larger $\tau$, where $m^*$ is small, higher orders in $1/m$ ask for more than $c/\tau$, as in notebook 06.
# ## 4. Drift: the trace mechanism, corrected
# Noise makes SGD drift, at second order in the step, down the gradient of $\mathbb EK_\Theta(x,x)$ (label-noise regularisation: Blanc et al. 2020), and the *noise part* of the risk scales with that trace; the bias does not. If that were all,
# $$\frac{R_{\rm network}-R_{\rm linearised}}R={\rm share}\times\Bigl(\frac{\mathbb EK_T(x,x)}{\kappa(1)}-1\Bigr)\qquad\text{(heuristic)},$$
# share: that of noise in $R$, from the closure. Both sides on the same paths, excess loss, ReLU, two steps, for the logistic loss and for a square loss of its noise:

# %%
noise = problems["logistic", "relu"].noise
traces = {}
for name, law in (("logistic", labels.logistic), ("square", labels.square(noise))):
    for size in (0.25, 1.0):
        p = source_problem("relu", 2, r, step=size, max_degree=max_degree, labels=law, norm=2.0)
        traces[name, size] = trace_test(p, trace_widths, T_trace, replicates_short,
                                        child(root, 20 + len(traces)))
traced = tables.trace_rows(traces, trace_widths)
save(draw.traces(traced), "10_other_losses-trace", traced)
print("\n".join(f"{name}, step {size:g}: {test.verdict}" for (name, size), test in traces.items()))
traced.round(3)

# %% [markdown]
# **Refuted as an account of drift.** At the small step the trace rises and yet drift *lowers* the risk (but for the widest network with the square loss): the sign is wrong. At the large step both fall; for the logistic loss at $m\ge64$ the trace is most of it, for the square loss it promises more than there is. What makes the narrow network's risk exceed its kernel's at the small step (column `network`) is no drift at all, but the fluctuation of its kernel at the start (`linearised`: $1+c(T)/m$ and higher orders), of which drift takes a part away.
# ## 5. Momentum and mini-batches
# In the RKHS second moments close here too. Heavy ball with batches of $b$: $$f_{t+1} = f_t-\tfrac{\eta}{b}\sum_{i\le b}(f_t(x_i)-y_i)K_{x_i}+\beta(f_t-f_{t-1}).$$
# With $e=f-f^*$, $q=1+\beta$, $u=\eta\lambda_k$ the step is $e_{t+1}=(q-\eta H)e_t-\beta e_{t-1}+\eta\cdot{\rm noise}$, $H$ the mean of $b$ rank-one operators; $\mathbb EP_kH=\lambda_kP_k$, and by the addition theorem $\mathbb E\|P_kHe\|^2=\frac1b\lambda_k^2N_k\|e\|^2+(1-\frac1b)\lambda_k^2\|P_ke\|^2$. So $C_k=\mathbb E\|P_ke_t\|^2$, $X_k=\mathbb E\langle P_ke_t,P_ke_{t-1}\rangle$, $B_k=\mathbb E\|P_ke_{t-1}\|^2$ obey
# $$C_k\leftarrow\bigl(q^2-2qu+(1-\tfrac1b)u^2\bigr)C_k-2\beta(q-u)X_k+\beta^2B_k+\tfrac{\eta^2}b\lambda_k^2N_k(R+s^2),\quad X_k\leftarrow(q-u)C_k-\beta X_k,\quad B_k\leftarrow C_k,\quad R=\textstyle\sum_kC_k.$$
# Constant step: $C_k=uN_k(R+s^2)\big/b\,[2(1-\beta)+2\beta u/q-(1-\frac1b)u]$, for small steps plain SGD with the **effective step** $\eta/(1-\beta)$ in the drift, $\eta/(b(1-\beta))$ in the noise. In the RKHS nothing is left to sample: the factors are exact numbers.

# %%
plain, theta = source_problem("relu", 2, r, 0.25, 0.5, max_degree), 2 * r / (2 * r + 1)
eta1, samples = plain.schedule.largest, 16 * log_times(T_momentum // 16, 9, 10)


def variant(beta=0.0, batch=1):
    """The problem with momentum and batches, eta/(b (1 - beta)) the same after as many samples."""
    eta = (1 - beta) * batch ** (1 - theta) * eta1  # of batch eta_1 (batch t)^(-theta)
    return plain.with_(momentum=beta, batch=batch, schedule=polynomial(eta, theta))


lam, N, s2 = plain.spectrum.eigenvalues, plain.spectrum.multiplicities, plain.noise
C, beta = plain.target.power.copy(), 0.9
X, B, q = C.copy(), C.copy(), 1 + beta
for eta in variant(beta).schedule.step_sizes(500):
    u, kick = eta * lam, (eta * lam)**2 * N * (C.sum() + s2)
    new = (q**2 - 2 * q * u) * C - 2 * beta * (q - u) * X + beta**2 * B + kick
    X, B, C = (q - u) * C - beta * X, C, new
np.testing.assert_allclose(C.sum(), kernel_risk(variant(beta), [500], tail=False)[0], rtol=1e-10)

# %%
variants = {"plain": (0.0, 1), "momentum 0.5": (0.5, 1), "momentum 0.9": (0.9, 1),
            "momentum 0.97": (0.97, 1), "batches of 16": (0.0, 16)}
exact = {name: kernel_risk(variant(beta, b), samples // b, tail=False)
         for name, (beta, b) in variants.items()}
factor = {name: y[-1] / exact["plain"][-1] for name, y in exact.items() if name != "plain"}
print(f"exact risk after {samples[-1]} samples over that of plain SGD: "
      + ", ".join(f"{name} {value:.4f}" for name, value in factor.items()))

# %%
trained = {}
for i, name in enumerate(("plain", "momentum 0.9", "batches of 16")):
    p, learners = variant(*variants[name]), ["network", "kernel"]
    run = paths(p, learners, widths, samples // p.batch, replicates_short, child(root, 30 + i))
    trained[name] = Excess(samples, excess_of(p, [run]))
heavy = {(name, tau): width_law(one, tau) for name, one in trained.items() for tau in tolerances}
same = {key: required_ratio(law, heavy["plain", key[1]]) for key, law in heavy.items()
        if key[0] != "plain"}
ratios = pd.concat([pd.DataFrame({"variant": name, "n": samples, "ratio": y / exact["plain"]})
                    for name, y in exact.items()], ignore_index=True)
needed = pd.DataFrame([{"variant": name, "tau": tau, "required": law.required[-1],
                        "low": law.low[-1], "high": law.high[-1]}
                       for (name, tau), law in heavy.items()])
save(draw.momentum(ratios, needed), "10_other_losses-momentum",
     pd.concat([ratios, needed], ignore_index=True))
pd.DataFrame([[*key, heavy[key].text(-1), str(ratio)] for key, ratio in same.items()],
             columns=["network", "tau", f"m* after {samples[-1]} samples", "over plain SGD's"])

# %% [markdown]
# What differs in the RKHS is a start-up of several $1/(1-\beta)$ steps; the networks' $m^*$ is the same within the intervals.
# ## 6. What carries over
# | | risk of kernel SGD | width |
# |:--|:--|:--|
# | Huber, labels of infinite variance | closure; late, the square loss's at step $\eta D$, noise $V/D^2$ | $c(T)/\tau$, late the twin's $c$; drift bounded on every path |
# | logistic | closure; late, the local model with $D(x)$, not the mean curvature | $c(T)/\tau$, its own, smaller $c$; drift bounded on every path |
# | momentum, batches | exact; plain SGD's at the effective step | plain SGD's |
#
# Open: the Gaussian closure's error is tested, not bounded; the width law is first order in $1/m$, not a theorem on $\ell_T-f_T$; ReLU's drift; asymptotics. The paper claims nothing here: rows are predictions of ours or findings.

# %%
spans = [f"T = {times[part][0]}..{times[part][-1]}" for part in (first, last)]
board = [row(f"{kind}, kernel SGD over the closure, {name}", found, spans[1], 1.0, act, r)
         for (name, act, kind), found in agreement.items()]
for (name, act, kind), (theory, *sampled) in exponents.items():
    board += [row(f"exponent of the {kind} in T, {who}, {name}", one[j], spans[j], theory[j].value,
                  act, r) for who, one in zip(names[1:], sampled, strict=True) for j in (0, 1)]
for (name, act, kind, who), found in tests.items():
    board.append(row(f"m times excess {kind} over c(T), {who}, {name}", found,
                     f"{spans[1]}, m >= 64", 1.0 if who == "linearised" else None, act, r))
for (name, act, kind, _, tau), fits in decades.items():
    board += [row(f"exponent of m* in T, {kind}, {name}", fit, f"{spans[j]}, tau = {tau:g}", None,
                  act, r) for j, fit in enumerate(fits) if fit is not None]

# %%
board += [row(f"slope in m of ||network - linearised||, {name}", fit,
              f"T = {T_bound}, m = {bound_widths[-3]}..{bound_widths[-1]}", -1.0, smooth, r)
          for name, fit in falls.items()]
board += [row(f"drift's part of the risk less what the trace explains, {name}, step {size:g}",
              test.difference[j], f"T = {T_trace}, m = {m}", 0.0, r=r)
          for (name, size), test in traces.items() for j, m in enumerate(trace_widths)]
board += [row(f"exact risk, {name}, over plain SGD's", value, f"{samples[-1]} samples", 1.0, r=r)
          for name, value in factor.items()]
board += [row(f"m*, {name}, over plain SGD's", ratio, f"{samples[-1]} samples, tau = {tau:g}",
              1.0, r=r) for (name, tau), ratio in same.items()]
frame = claims.record("10_other_losses", board)

# %%
def listed(found):
    return "; ".join(f"{', '.join(key)}: {value}" for key, value in found.items())


print(claims.text(frame.drop(columns=["claim", "d", "r", "interval"])))
tau = tolerances[0]
Markdown("**In numbers.** $m$ times the linearised network's excess loss over the derived $c(T)$, "
         "last decade: " + listed({key: tests[*key, "loss", "linearised"] for key in problems})
         + f". $m^*$ of the network at $\\tau={tau:g}$, $T={T:,}$, and $c/\\tau$: "
         + listed({key: f"{laws[*key, 'loss', 'network', tau].text(-1)} and "
                        f"{coefficients[key][0][-1] / tau:.0f}" for key in problems})
         + ". Largest local exponent of $m^*$ in $T$: " + max(
             (str(fit) for fits in decades.values() for fit in fits if fit is not None),
             key=lambda text: float(text.split()[0])) + f" (claim C: {sufficient_width(r):.3g}).")
