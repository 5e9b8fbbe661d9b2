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
# # What theory says of the width
#
# **The question.** [Notebook 06](06_width_requirement.ipynb) measures the width $m^*(T,\tau)$ at which the network's risk is
# within $1+\tau$ of the kernel's. What does theory say of it? First the **linearised** network
# (features frozen at the start, kernel $K_m$ random): what it needs, derived. Then what is proved, by whom.
#
# **The idea.** (1) $K_m$ is an unbiased mean over $m/2$ neurons, so the excess is of *second* order in
# $K_m-K$: $\mathbb ER_m^{\rm lin}/R-1=c(T)/m+O(m^{-2})$, and $m^*\simeq c(T)/\tau$. (2) $c(T)$ is a
# sum over pairs of degrees: degrees that SGD has learnt leak into degrees it has not. How much they
# leak is the *leverage*: even for ReLU, uneven for a smooth activation, whose high degrees live on
# few neurons with large weights. (3) Three exponents decide: regularity $r$, capacity $\beta$,
# leverage $a$.
#
# ![Two panels, exponent of the width against the regularity r: the paper's line far on top, then m ~ S^2
# and m ~ S, and lowest the derived line of the linearised network, with points of its exact first order near it](../figures/07_width_theory-laws.png)
#
# **Verdict.**
# 1. With even leverage and any capacity $\beta$, and for a smooth activation with Gaussian weights, the linearised network
#    needs at most $m\sim S=\sum\eta_t\sim T^{1/(2r+1)}$, less for $r<1$ and large $\beta$: derived, and seen in the exact first order.
# 2. A smooth activation with Gaussian weights pays for its rare neurons: $a=2-2^{2/3}$ replaces 0 at $r\le\frac12$.
#    The exponent is derived, but for $r<1$ no run will show it: it is not settled before $S=10^{60}$.
# 3. The line $m\sim S$ is the count of random features at $r=\frac12$; the paper's width and the lazy time scale lie above it.
#
# (Orders of magnitude, to first order in $1/m$, in the mean; conditions in each section, rows at the end.)

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from IPython.display import Markdown

from ntksgd import check
from ntksgd.compare.width_exponents import far_curve, leverage_columns, network
from ntksgd.kernels.neuron_moments import kernel_variance
from ntksgd.problems.problem import source_problem
from ntksgd.report import claims, width_board
from ntksgd.report.figures import save, use_style
from ntksgd.report.figures import width_theory as draw
from ntksgd.report.width_laws import first_order_points, known_points, law_lines
from ntksgd.report.width_tables import far_table
from ntksgd.risk import predicted_widths as widths
from ntksgd.risk.finite_width import first_order, risk_before_step
from ntksgd.risk.kernel_risk import kernel_risk

use_style()

# %% tags=["parameters"]
regularities = [0.25, 0.5, 0.75, 1.0]  # type: list[float]  r of the targets
noise = 0.25  # type: float  variance s^2 of the labels
T_check = 300  # type: int  steps at which the formula is evaluated line by line
log10_S_relu = 3.5  # type: float  S up to 10^this for ReLU
log10_S_smooth = 18.0  # type: float  the same for squareplus
log10_S_model = 8.0  # type: float  the same for the model of even leverage

# %% tags=["hide-input"]
regularities = [check.number("regularities", r, 0.0, 1.0, open_low=True) for r in regularities]
check.positive("noise", noise)
check.integer("T_check", T_check, 100, 3000)
check.number("log10_S_relu", log10_S_relu, 3.0, 4.0)
check.number("log10_S_smooth", log10_S_smooth, 9.0, 21.0)
check.number("log10_S_model", log10_S_model, 6.0, 12.0)
rows = []  # of the scoreboard

# %% [markdown]
# | symbol | meaning |
# |:--|:--|
# | $\lambda_k,N_k,P_k$ | eigenvalue of $L$, multiplicity, projector on degree $k$ |
# | $F_k=\lambda_k^{2r}h_k^2$ | power of $f^*=L^rh$ in degree $k$ |
# | $S=\sum_{t\le T}\eta_t$, $Q=\sum\eta_t^2$ | $\eta_t\propto t^{-2r/(2r+1)}$, so $S\sim T^{1/(2r+1)}$, $\eta_T\sim S^{-2r}$ |
# | $Z_b$, $\mathcal E_k=\mathrm{tr}(P_kZ_b)$ | operator of one neuron, its energy in degree $k$; $\mathbb E\mathcal E_k=N_k\lambda_k$ |
# | $f[x,y,x]$ | second divided difference, $\frac12f''$ at $x=y$ |
# | $\beta$ | capacity: ordered eigenvalues $\sim i^{-\beta}$ |
#
# ## 1. First order in $1/m$
#
# Freeze the features at the symmetric start: SGD with the kernel $K_m$, whose operator is $L_m=L+E$, $\mathbb
# E\,E=0$, a mean over $m/2$ independent neurons. Hence $\mathbb E\,\|P_lEY_k\|^2=\frac2mV_{kl}$ for a harmonic
# $Y_k$, with $V_{kl}$ the variance of one neuron (module `neuron_moments`). With
#
# $$p(\lambda)=\prod_{t\le T}(1-2\eta_t\lambda),\qquad g(\lambda)=\sum_{t\le T}\eta_t^2(s^2+R_{t-1})\,\lambda^2\prod_{u>t}(1-2\eta_u\lambda)$$
#
# the risk is $\langle f^*,p(L_m)f^*\rangle+\operatorname{tr}g(L_m)$, bias and variance, but for one
# simplification: in $g$ the error of step $t$ enters with its size at infinite width and as if
# spread evenly over $x$. (Not $(1-\eta\lambda)^2$: the rest $\eta^2\lambda^2$ of the square is in $g$, as part of $R$.) For a function $f$ of a matrix the second-order term of [Daletskii and Krein (1965)](00_reading_guide.ipynb#daletskii1965) is
# $\langle v,f(L+E)v\rangle_2=\sum_lf[\lambda_k,\lambda_l,\lambda_k]\,\|P_lEv\|^2$ if $Lv=\lambda_kv$
# (different degrees of $f^*$ do not mix in the mean, by rotation). The first order has mean zero:
#
# $$\boxed{\ \frac{\mathbb ER_m^{\rm lin}}R-1=\frac{c(T)}m+O(m^{-2}),\qquad c=c_{\rm own}+\frac2R\sum_{k,l}V_{kl}\bigl(F_k\,p[\lambda_k,\lambda_l,\lambda_k]+N_k\,g[\lambda_k,\lambda_l,\lambda_k]\bigr)\ }$$
#
# **Its own noise**, $c_{\rm own}$: the error that finite width adds makes noise itself. It obeys a Volterra equation
# (module `self_noise`), with $R_{m,t-1}-R_{t-1}$ for $R_{t-1}+s^2$ in $g$; section 2 says why no exponent depends on it.
# **Left out**: the error is not spread evenly over $x$ (sizes in module `finite_width`; at large $T$ it is far below $1\%$).
# The sum, step by step, with derivatives by a complex increment:

# %%
problem = source_problem("squareplus(0.5)", 2, 0.5, noise, max_degree=32)
lam, N, F = problem.spectrum.eigenvalues, problem.spectrum.multiplicities, problem.target.power
before = risk_before_step(problem, T_check)


def bias_and_variance(x):
    """p(x) and g(x), one step after another."""
    bias, variance = np.ones_like(x), np.zeros_like(x)
    for t in range(1, T_check + 1):
        eta = problem.schedule(t)
        bias = bias * (1 - 2 * eta * x)
        variance = variance * (1 - 2 * eta * x) + eta**2 * (noise + before(t)) * x**2
    return np.stack([bias, variance])


# %%
def slope(x):
    """Derivatives of both."""
    return bias_and_variance(x + 1e-30j).imag / 1e-30


V, h = kernel_variance(problem.activation, 2, 32), 1e-5
gap, f = lam - lam[:, None], bias_and_variance(lam)  # l_l - l_k in row k, column l
twice = (slope(lam * (1 + h)) - slope(lam * (1 - h))) / (2 * h * lam)  # f''
difference = f[:, None, :] - f[:, :, None] - gap * slope(lam)[:, :, None]
second = np.where(gap == 0, twice[:, :, None] / 2, difference / np.where(gap == 0, 1, gap) ** 2)
c = 2 * np.sum(V * (F[:, None] * second[0] + N[:, None] * second[1]))
c /= kernel_risk(problem, [T_check])[0]
library, whole = (first_order(problem, [T_check], own)[0] for own in (False, True))
print(f"c({T_check}) - c_own = {c:.6f}, the library's {library:.6f}; c_own = {whole - library:.3f}")
assert np.isclose(c, library, rtol=2e-3)

# %% [markdown]
# ## 2. Which pairs of degrees count
#
# Up to constants $p(\lambda)=e^{-2S\lambda}$ ($p\le e^{-2S\lambda}$ always). Then, with $u=2S|\lambda_k-\lambda_l|$,
#
# $$p[\lambda_k,\lambda_l,\lambda_k]=4S^2e^{-2S\min(\lambda_k,\lambda_l)}\,w,\qquad w=\begin{cases}(1-(1+u)e^{-u})/u^2\le\min(\tfrac12,u^{-2})&\lambda_k>\lambda_l\\(u-1+e^{-u})/u^2\le\min(\tfrac12,u^{-1})&\lambda_k\le\lambda_l\end{cases}$$
#
# All terms are positive ($p$ is convex while $2\eta_1\lambda\le1$), so no cancellation can make the sum smaller. Three kinds of pairs count:
#
# | $k$ (carries the target) | $l$ | $p[\lambda_k,\lambda_l,\lambda_k]$ |
# |:--|:--|:--|
# | learnt, $\lambda_k\gg1/S$ | not learnt, $\lambda_l\lesssim1/S$ | $\lambda_k^{-2}$ : the target leaks into degrees that are not learnt |
# | edge, $\lambda_k\sim1/S$ | edge | $S^2$ |
# | not learnt | learnt, $\lambda_l\gg1/S$ | $2S/\lambda_l$ |
#
# The variance part: above the edge $g(\lambda)\approx\frac12s^2\eta_T(\lambda+r/S)$ is nearly linear, and its second
# differences nearly vanish; below, $g\approx s^2Q\lambda^2$. It is of lower order in every case that follows. So is
# $c_{\rm own}$: if $R_{t-1}$ changes by the share $c(t)/m$, then $c(T)$ changes by $\eta_Tc(T)$ (fresh noise)
# and by $\int\sigma^{-2r}R_\sigma c_\sigma\,d\sigma$ over at least $Q=\int\sigma^{-2r}d\sigma$ (early noise): both grow more slowly than $c$.
# The risk compared with is $R\sim S^{-\min(2r,\,2-1/\beta)}$: bias and fresh noise, or the memory of early noise
# ([notebook 03](03_rkhs_convergence.ipynb)). (Orders of magnitude: the sums are not bounded with constants.)
#
# ## 3. Even leverage, power-law spectrum
#
# $Z_b$ is positive, so $N_kV_{kl}\le\mathbb E[\mathcal E_k\mathcal E_l]$. **Even leverage**: $\mathbb E[\mathcal E_k\mathcal E_l]\lesssim
# N_k\lambda_kN_l\lambda_l$, so $V_{kl}\lesssim N_l\lambda_k\lambda_l$. It holds for ReLU: $\mathcal E_k=A_k+|b|^2B_k$
# with $A_k,B_k\ge0$. With eigenvalues $\sim i^{-\beta}$, $n=S^{1/\beta}$ of them learnt, $\sum_{\lambda_l\lesssim1/S}N_l\lambda_l\sim nS^{-1}$:
#
# 1. *Leak*: $\sum_k\frac{F_k}{\lambda_k}\cdot nS^{-1}$, and $\sum_{\lambda_k\gtrsim1/S}F_k/\lambda_k\sim S^{\max(1-2r,0)}$ (the RKHS norm if $r\ge\frac12$).
# 2. *Edge and third kind*: $n$ times the bias, $nS^{-2r}$: no larger, and equal for $r\le\frac12$.
# 3. *Variance*: $n^2(S^{-2r-1}+S^{-2}Q)$, smaller than the leak by $n/S$ (a logarithm at $r=\frac12$ apart).
#
# So the excess is $S^{-\min(2r,1)+1/\beta}/m$. Divide by $R$:
#
# $$m^*_{\rm lin}\sim T^\nu,\qquad\nu=\frac{\min(2r,2-\frac1\beta)-\min(2r,1)+\frac1\beta}{2r+1},\qquad0<r\le1.$$
#
# **The capacity-free law** is its corollary: whatever $\beta\ge1$, $\nu\le\frac1{2r+1}$, that is $m\sim S$, with equality
# for $\frac1\beta\ge2-2r$ ($r\ge\frac12$; for smaller $r$ as $\beta\to1$). (Against the *rate* $S^{-2r}$ instead of the kernel's own risk the same excess needs
# $S^{2r-1+1/\beta}$, without capacity $S^{2r}$, for $r\ge\frac12$.)

# %%
betas = np.append(np.geomspace(1, 100, 200), np.inf)
for r in regularities:
    needed = [widths.linearised_width(r, beta) for beta in betas]
    assert np.isclose(max(needed), widths.capacity_free_width(r))

# %% [markdown]
# ## 4. Uneven leverage, stretched-exponential spectrum
#
# **One neuron.** A smooth activation with branch points $\pm is$ has on a neuron with $|b|=\rho$ the energy
# $\mathcal E_k\sim e^{-2ks/\rho}$ (module `decay`): only large $\rho$ reaches high degrees. Laplace's method, saddle
# $\rho^3=2ks$, and $\rho^3=2(k+l)s$ for a product, gives up to powers of $k,l$
#
# $$\lambda_k\sim e^{-A(k)},\qquad V_{kl}\sim e^{-A(k+l)},\qquad A(k)=\tfrac32(2ks)^\omega,\quad \omega=\tfrac23.$$
#
# (Weights with the tail $e^{-|b|^\alpha}$ would have $\omega=\frac\alpha{1+\alpha}$; bounded weights $\omega=1$.) The leverage in degree
# $k$ is $V_{kk}/\lambda_k^2\sim\lambda_k^{-a}$ with $a=2-2^\omega$: about 0.41 for Gaussian weights, 0 for bounded ones.

# %%
a, settings = widths.leverage_exponent(), (("relu", 2, 256), ("relu", 3, 128),
                                           ("squareplus", 2, 220), ("squareplus", 3, 220))
energy = pd.concat([pd.DataFrame(leverage_columns(*setting)) for setting in settings],
                   ignore_index=True)
save(draw.leverage(energy), "07_width_theory-leverage", energy,
     "Second moment of a neuron's energy in a degree over its squared mean, against the "
     "eigenvalue, log-log: flat for ReLU, rising like a power towards small eigenvalues for "
     "squareplus, on the dashed law, in dimension 2 and 3.")
rows += width_board.leverages(energy, a)
print("\n".join(f"{row.activation}, d = {row.d}: exponent {row.measured:.4f} over {row.range}, "
                f"derived {row.theory:.4f}" for row in rows))

# %% [markdown]
# The dashed lines are Laplace's, with constants, no fit. (For the exponents the powers of $k$ that it gives to the ratio,
# $k^{-(d-1)/3}$, and to $\lambda_k$ are taken out.)
#
# **The sum.** Let $k_S$ be the edge, $A(k_S)=\log S$; write $A(k)=x\log S$, so $\lambda_k=S^{-x}$, and $A(l)=y\log S$.
# As $A(k+l)=(x^{1/\omega}+y^{1/\omega})^\omega\log S$, every term is a power of $S$ (up to powers of $\log S$):
#
# | pairs | exponent of $F_kV_{kl}\,p[\lambda_k,\lambda_l,\lambda_k]$ | largest at |
# |:--|:--|:--|
# | $x\le1\le y$ | $(2-2r)x-(x^{1/\omega}+y^{1/\omega})^\omega$ | $y=1$ |
# | $x,y\ge1$ | $2-2rx-(x^{1/\omega}+y^{1/\omega})^\omega$ | $x=y=1$ |
# | $y\le1\le x$ | $1+y-2rx-(x^{1/\omega}+y^{1/\omega})^\omega$ | $x=y=1$ |
#
# So only $\phi(x)=(2-2r)x-(x^{1/\omega}+1)^\omega$, $0\le x\le1$, is left. The norm $(x^{1/\omega}+1)^\omega$ is convex, $\phi$
# concave. If $\phi'(1)=2-2r-2^{\omega-1}\ge0$ the edge wins, $\phi(1)=a-2r$. Otherwise the maximum is inside, and
# by duality of the norms $\ell_{1/\omega}$ and $\ell_q$, $q=\frac1{1-\omega}$, it is $-(1-(2-2r)^q)^{1/q}$. With $R\sim S^{-2r}$, $r\le1$:
#
# $$\boxed{\ m^*_{\rm lin}\sim T^{\,\nu},\quad\nu(2r+1)=\begin{cases}a=2-2^\omega&r\le1-2^{\omega-2}\\2r-\bigl(1-(2-2r)^{1/(1-\omega)}\bigr)^{1-\omega}&1-2^{\omega-2}\le r\le1\end{cases}\ }$$
#
# At $r=1$ it is 1 ($m\sim S$ again); in between it lies above $\max(a,2r-1)$; for bounded weights ($\omega=1$) it is
# $\max(0,2r-1)$. The variance part has the exponents $1-2^\omega<0$ for $r\le\frac12$, $2r-2^\omega$ above, relative to $R$: smaller.

# %%
x = np.linspace(0, 1, 200_001)
for r in (0.25, 0.5, 0.6, 0.65, 0.75, 0.9, 1.0):
    for w in (0.5, widths.GAUSSIAN_WEIGHTS, 0.9, 1.0):  # omega
        phi = (2 - 2 * r) * x - (x ** (1 / w) + 1) ** w
        assert np.isclose((phi.max() + 2 * r) / (2 * r + 1), widths.uneven_width(r, w), atol=1e-9)

# %% [markdown]
# ## 5. How late is asymptotic?
#
# Exact $c(T)$ far out (symbols). *Above*: even leverage, $\beta=2$, in a model with no degree cut off, and for ReLU on the
# circle (on the sphere: scoreboard); the line is step 1 of section 3, the leak alone. *Below*: squareplus; the line is the sum
# of section 4 with its powers of $k,l$ (module `leading_order`), which can be taken as far as one likes.

# %%
curves = [far_curve(name, d, r, top, noise) for name, d, of, top in (
    ("even leverage", 2, regularities, log10_S_model), ("relu", 2, regularities, log10_S_relu),
    ("squareplus", 2, regularities, log10_S_smooth),
    ("squareplus", 3, regularities[1:3], log10_S_smooth),
    ("relu", 3, regularities[1:3], log10_S_relu)) for r in of]
local = far_table([curve for curve in curves if (curve.name, curve.d) != ("relu", 3)])
save(draw.far_exponents(local), "07_width_theory-exponents", local,
     "Local exponent of the first-order coefficient c in S, the sum of the steps, against log S, a "
     "panel for each spectrum, a mark for each r: with even leverage it reaches the derived limit "
     "early, for squareplus it follows its leading terms, which approach the limit very slowly.")

# %%
assert all(curve.settles >= 60 for curve in curves if curve.name == "squareplus" and curve.r < 1)

# %% [markdown]
# In the model of even leverage the limit is reached early, except at $r=\frac12$, where $\|f^*\|_H^2=\sum_kh_k^2$ converges like
# $k^{-0.05}$; ReLU's $r=\frac14$ is still falling. For squareplus the exact curve and its leading terms agree, and for $r<1$ both
# are still on their way at any $T$ that could be run: a
# power of $k$ is a power of $\log S$. At $r=\frac34$ low degrees ($x=0$, exponent $2r-1$) still win where the exact curve ends.
#
# Windows of $T=10^{9},10^{12},10^{15},10^{18}$ at $r=\frac12$, squareplus: the exponent of $m^*_{\rm lin}$ there, and $\nu$.

# %%
quoted = 10.0 ** np.array([9, 12, 15, 18])
seen = np.diff(np.log10(first_order(network("squareplus", 2, 0.5, noise), quoted))) / 3
print("first order", np.round(seen, 3), f"derived limit {widths.uneven_width(0.5):.3f}")
assert np.all(np.diff(seen) > -0.005) and seen[-1] < widths.uneven_width(0.5)

# %% [markdown]
# ## 6. Who proved what
#
# In brackets the exponent of $T$ with our steps, $S=T^{1/(2r+1)}$. We have read abstracts and secondary sources, not the proofs:
# "as we read it" marks what these do not state. The comparisons with our setting are ours.
#
# - **[Cao, Guo and Shi (2024)](00_reading_guide.ipynb#cao2024)**: $T^{1+5/(2r+1)}$ suffices for the network (claim C, our reading). [Nitanda and Suzuki (2021)](00_reading_guide.ipynb#nitanda2021), averaged SGD:
#   exponentially many, as Cao, Guo and Shi say of earlier work.
# - **[Rudi and Rosasco (2017)](00_reading_guide.ipynb#rudi2017)**, ridge regression with random features, **[Carratino, Rudi and Rosasco (2018)](00_reading_guide.ipynb#carratino2018)**, SGD with them:
#   $\sqrt n\log n$, or $\sqrt n$, features reach $n^{-1/2}$ [$\frac12$ at $r=\frac12$]: it is $m\sim S$, the capacity-free law. Faster
#   rates may need more, unless features are drawn by leverage; as we read it $S^{\alpha+(1+1/\beta-\alpha)(2r-1)}$ if the largest
#   leverage is $S^\alpha$. With even leverage, $\alpha=\frac1\beta$, it is ours wherever memory does not raise the risk, $r\le1-\frac1{2\beta}$. For Gaussian weights and a smooth
#   activation the *largest* leverage says $\alpha=1$, $m\sim S$; the second moment, which decides in the mean, says less.
# - **[Boix-Adserà and Littwin (2023)](00_reading_guide.ipynb#boixadsera2023)**: a model scaled by $\alpha$ follows its linearisation up to time $t$ if $\alpha\gtrsim t$, and in general no less will do;
#   $\alpha=\sqrt m$, $t=S$: $m\sim S^2$ [$\frac2{2r+1}$], the drift heuristic of notebook 06. Tight over models: at the symmetric
#   start of two layers the changes of a pair cancel to first order, and less drift is seen (notebook 06).
# - **[Atanasov et al. (2023)](00_reading_guide.ipynb#atanasov2023)**: onset of finite-width effects seen at a training set of $P\sim\sqrt N$ [2], ReLU networks of width $N$ on polynomials. As we read
#   it, their criterion is an excess as large as the risk ($\tau=1$); a training set that is fitted is no single pass, and their $P$ is not our $S\ll T$.
# - **[Bordelon, Atanasov and Pehlevan (2024)](00_reading_guide.ipynb#bordelon2024)**: $1/$width early, width$^{-c}$ late. *Is there a bend?* In $m$ at fixed $T$, where $c(T)/m\sim1$:
#   first order holds for $m\gg c(T)$ only. A tolerance $\tau\ll1$ puts $m^*=c/\tau$ on the early side at every $T$: no bend in $m^*(T)$.
# - **[Nguyen and Mücke (2023)](00_reading_guide.ipynb#nguyen2023)**: fast rates for gradient descent in the NTK regime with explicit counts of neurons, two layers. We could not check their exponent, and draw none.

# %%
lines, shown, known = law_lines(), first_order_points(curves), known_points()
table = pd.concat([lines, shown.assign(status="first order"), known.assign(status="proved at r")])
save(draw.laws(lines, shown, known), "07_width_theory-laws", table.reset_index(drop=True),
     "Exponent nu of the width T^nu against the regularity r, two panels, even leverage and a "
     "smooth activation: the paper's line lies highest, then the lazy time scale, in the right "
     "panel then what notebook 08 proves, lowest the derived need of the linearised network, near "
     "points of its exact first order.")

# %% [markdown]
# For the *network*, whose features move, the lowest line is that of [notebook 08](08_width_theorem.ipynb), $S^{1+r}$ up to logarithms, proved for
# smooth $\sigma$ by keeping drift under control. (The line $S$ is derived here, to first order; at $r=\frac12$ it is proved for random features.)
#
# ## Scoreboard

# %%
frame = claims.record("07_width_theory", [*rows, *width_board.far(curves)])
print(claims.counts(frame))
print(claims.text(frame.drop(columns=["claim", "interval"])))

# %%
count = ", ".join(f"{n} {name}" for name, n in frame["verdict"].value_counts().items())
ends = {r: [f"$T^{{{p:.3g}}}$" for p in (widths.uneven_width(r), widths.linearised_width(r, 2.0),
                                         widths.sufficient_width(r))] for r in (0.5, 1.0)}
Markdown(f"**Verdict** (rows: {count}). " + " ".join(
    f"At $r={r:g}$ the linearised network asymptotically needs {smooth} (squareplus) and {even} "
    f"(ReLU on the circle) to first order; the paper's width is {paper}."
    for r, (smooth, even, paper) in ends.items()))
