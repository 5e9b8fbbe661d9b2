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
# # The tangent kernel of a two-layer network
# **Claim E** (our reading). The neural tangent kernel (NTK) of the two-layer network is a positive definite Mercer kernel on the
# sphere, so it defines a reproducing kernel Hilbert space (RKHS), in which the later claims are stated.
#
# **Idea of the proof.** Expand one neuron in spherical harmonics and average over its weight $b$: every eigenvalue becomes a sum of
# means of squares. Such a mean vanishes only if the number squared vanishes at every length $|b|$; short weights see the Taylor
# series of the activation, so this happens only where a part of it is a polynomial.
#
# ![Eigenvalues against degree for ReLU, tanh and a cubic. Without a bias ReLU (from degree 3 on) and tanh lose every other degree, with one none; the cubic loses all high degrees either way](../figures/01_tangent_kernel-bias.png)
#
# **Verdict.** Claim E holds, with or without a bias. With one it holds *strictly*, all eigenvalues are positive: proved for every degree
# and dimension, for ReLU and for every activation that is real-analytic on the line, no polynomial and of finite Gaussian second moments
# (squareplus, erf, tanh); computed for ReLU, squareplus and tanh. Without a bias these four lose half of the degrees. We derive besides, with constants, how fast the
# eigenvalues fall for ReLU and (formally) squareplus, and how far the kernel of a finite network is from its limit.
#
# **Known:** the limit, and its positive definiteness on the sphere for non-polynomial activations
# ([Jacot, Gabriel and Hongler (2018)](00_reading_guide.ipynb#jacot2018); at any depth
# [Carvalho et al. (2025)](00_reading_guide.ipynb#carvalho2025)); that a ReLU network without a bias does not learn odd frequencies
# ([Basri et al. (2019)](00_reading_guide.ipynb#basri2019)); the power decay for ReLU
# ([Bietti and Mairal (2019)](00_reading_guide.ipynb#bietti2019); [Geifman et al. (2020)](00_reading_guide.ipynb#geifman2020);
# [Bietti and Bach (2021)](00_reading_guide.ipynb#bietti2021)); eigenvalues and upper bounds from the Hermite coefficients of the
# activation ([Murray et al. (2023)](00_reading_guide.ipynb#murray2023)). **Derived here**, without a claim to be first: the rule
# for analytic activations, in every degree and dimension; the constants in this form; the law for squareplus.
#
# | symbol | meaning in this notebook |
# |---|---|
# | $m$; $d$; $\gamma$; $\sigma, \dot\sigma$ | width; inputs on $S^{d-1}$, $d\ge2$; weight of the bias; activation, its derivative |
# | $K(x,x') = \kappa(t)$, $t = \langle x,x'\rangle = \cos\varphi$; $L$ | limit of $K_m$, its profile, inner product and angle; its integral operator |
# | $P_k$, $N_k$, $\mu_d$ | Legendre polynomial of degree $k$ in dimension $d$, number of harmonics, law of $t$ |
# | $b = \rho w$ | weight of a neuron, its length and direction |
# | $c_k, \dot c_k$; $u_k, v_k$; $\lambda_k$ | coefficients of one neuron for $\sigma, \dot\sigma$; their mean squares; eigenvalues |
# | $s$; $q$ | scale of squareplus; argument $2s(k+\frac{d-2}2)$ of its decay law |

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from scipy import special

from ntksgd import check
from ntksgd.compare.concentration import concentration
from ntksgd.kernels import decay, sphere
from ntksgd.kernels.positivity import positive_degrees, power_moments
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel

# %% tags=["hide-input"]
from ntksgd.models import two_layer as network
from ntksgd.models.activations import Activation, activation
from ntksgd.report import claims
from ntksgd.report import kernel_board as board
from ntksgd.report.figures import kernel as draw
from ntksgd.report.figures import save, use_style
from ntksgd.stats.coverage import coverage
from ntksgd.stats.intervals import of
from ntksgd.stats.numerical import calibration, extrapolate
from ntksgd.stats.slopes import slope

use_style()

# %% tags=["parameters"]
activations = ["relu", "squareplus(0.5)", "tanh"]  # type: list[str]  activations compared
dimensions = [2, 5]  # type: list[int]  inputs on S^(d-1), for the concentration
gamma = 1.0  # type: float  weight of the bias c in the preactivation, > 0
log2_m_max = 10  # type: int  widths 2^2 ... 2^log2_m_max
replicates = 200  # type: int  independent networks a width
max_degree = 2048  # type: int  largest degree for the decay law of ReLU
scales = [1.0, 0.5, 0.25, 0.125]  # type: list[float]  s of squareplus, for its decay
seed = 1  # type: int  root of all randomness

# %% tags=["hide-input"]
names = [activation(spec).name for spec in activations]
dimensions = [check.dimension(d) for d in dimensions]
for value in [*scales, gamma]:
    check.positive("scales, gamma: an entry", value)
for name, value, low in (("log2_m_max", log2_m_max, 4), ("replicates", replicates, 20),
                         ("max_degree", max_degree, 256), ("seed", seed, 0)):
    check.integer(name, value, low)

# %% [markdown]
# ## 1. The network and its tangent kernel
# A network of width $m$ on inputs $x \in S^{d-1}$, with all of $\Theta = (a, b, c)$ trained, is
#
# $$ g(x) = \frac{1}{\sqrt m} \sum_{i=1}^m a_i\, \sigma(z_i), \qquad z_i = \langle b_i, x\rangle + \gamma c_i. $$
#
# The **tangent kernel** is the inner product of the **tangent features**, the derivatives of $g(x)$ in the parameters:
# $\sigma(z_i)/\sqrt m$ in $a_i$, $\ a_i\dot\sigma(z_i)\,x/\sqrt m$ in $b_i$, $\ \gamma a_i\dot\sigma(z_i)/\sqrt m$ in $c_i$. So
#
# $$ K_m(x,x') = \langle\nabla_\Theta g(x), \nabla_\Theta g(x')\rangle = \frac 1m \sum_{i=1}^m \Big[ \sigma(z_i)\sigma(z_i')
#    + a_i^2\, (\langle x, x'\rangle + \gamma^2)\, \dot\sigma(z_i)\dot\sigma(z_i') \Big]. $$
#
# The **symmetric initialisation** takes $b_i = b_{i+m/2} \sim N(0, I)$ independent for $i \le m/2$, $a_i = +1$, $a_{i+m/2} = -1$,
# $c_i = 0$. Pairs cancel in $g$, so $g = 0$ at the start; they agree in $K_m$.

# %%
rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
x, act = sphere.uniform(rng, 5, 3), activation(activations[-1])
params = network.initialise(64, 3, rng)
features = network.tangent_features(params, x, act, gamma)
gram = network.empirical_ntk(params, x, x, act, gamma)
np.testing.assert_allclose(features @ features.T, gram, rtol=1e-12)
np.testing.assert_allclose(network.forward(params, x, act, gamma), 0, atol=1e-14)
print(f"{features.shape[0]} inputs, {features.shape[1]} = m (d + 2) tangent features, g = 0")

# %% [markdown]
# The summands come in identical pairs, and different pairs are independent copies of one neuron's kernel $Z_b$ (with $c=0$, as
# everywhere here). Hence $\mathbf E K_m = K := \mathbf EZ_b$ at *every* width, and $K_m \to K$ by the law of large numbers.
# As $(\langle b,x\rangle, \langle b,x'\rangle)$ is a pair of standard normals $(z, z')$ of covariance $t$, $K$ is zonal:
#
# $$ K(x,x') = \kappa(t) = \kappa_1(t) + (t + \gamma^2)\, \kappa_0(t), \qquad
#    \kappa_1 = \mathbf E[\sigma(z)\sigma(z')], \quad \kappa_0 = \mathbf E[\dot\sigma(z)\dot\sigma(z')] = \kappa_1', $$
#
# the last by Gaussian integration by parts. ReLU (arc-cosine kernels, [Cho and Saul (2009)](00_reading_guide.ipynb#cho2009)) and erf
# ([Williams (1998)](00_reading_guide.ipynb#williams1998)) have closed forms. For others take $d = 2$: the functions $\kappa_1, \kappa_0$
# of $t$ do not depend on $d$. *Without a kink*: the series of section 3, where $P_k(\cos\varphi) = \cos k\varphi$. *With a kink at 0*
# (leaky ReLU) it is slow. There the kinks of $\sigma(\rho\cos\psi)\,\sigma(\rho\cos(\psi-\varphi))$, at
# $\psi = \pm\frac\pi2,\, \varphi\pm\frac\pi2$, cut the circle into four arcs with a smooth integrand on each, Gauss quadrature converges
# fast, and values at Chebyshev nodes in the angle $\varphi$ are interpolated. (Tests hold both against closed forms.)
#
# ## 2. Concentration: how far is $K_m$ from $K$?
# $K_m$ is the mean of the kernels $Z_{b_i}$ of the $m/2$ **independent** neurons. So, with no remainder, for every even $m$, in the
# norm of $L^2(x, x')$ (the Hilbert–Schmidt norm of the operators),
#
# $$ \mathbf E\,\|K_m - K\|^2 = \frac{2\,C}{m}, \qquad C = \mathbf E\,\|Z_b\|^2 - \|K\|^2 . $$
#
# The factor 2 is the price of the symmetric initialisation. $C$ needs no simulation. Given $\xi = \langle w, x\rangle$ and
# $\xi' = \langle w, x'\rangle$, the parts of $x, x'$ orthogonal to $w$ have independent uniform directions, so
# $\mathbf E[t \mid \xi,\xi'] = \xi\xi'$ and $\mathbf E[t^2\mid \xi,\xi'] = \xi^2\xi'^2 + (1-\xi^2)(1-\xi'^2)/(d-1)$. So in
# $\mathbf E[Z_b^2\mid\rho]$ every term is a product of two equal integrals over $\xi$. The measurement takes pairs of distinct
# random points, without bias.

# %%
widths = [2**k for k in range(2, log2_m_max + 1)]
cases = concentration([(name, d) for name in names for d in dimensions], widths, replicates,
                      np.random.SeedSequence(seed, spawn_key=(1,)), gamma, points=16)
level = 1 - 0.05 / (2 * len(cases))  # so that all the intervals hold together at 95 %
# the widths are independent of each other, so each is a block of its own
slopes = [slope(c.widths, c.errors, independent=True, confidence=level) for c in cases]
ratios = [of(lambda *means: np.mean(means, axis=0), *(c.errors / c.predicted).T,
             confidence=level, transform="log") for c in cases]
means = [of(lambda mean: mean, c.errors, transform="log") for c in cases]

# %%
save(draw.concentration(cases, means, ratios), "01_tangent_kernel-concentration",
     draw.concentration_table(cases, means, ratios),
     alt="Left: squared distance of the kernel of a network from its limit against the width, for "
         f"{', '.join(names)}: the means lie on the derived lines 2C/m. Right: measured over "
         "derived constant, with intervals: about 1.")
for c, fit, ratio in zip(cases, slopes, ratios, strict=True):
    print(f"{c.activation:16} d={c.d}  C = {c.constant:.4f}  slope {fit}  over 2C/m {ratio}")
print(coverage("slope", replicates, len(widths), independent=True, confidence=level, trials=1000))

# %% [markdown]
# The error falls as derived. A factor of 2, had one counted all $m$ neurons as independent, would be unmistakable. Intervals:
# jackknife, Student's $t$; those of slopes and ratios are made to hold together at 95 % (Bonferroni), the bars on the left at 95 %
# each. Printed last: simulated coverage of such intervals of a slope.
#
# ## 3. The Mercer spectrum: eigenvalues as means of squares
# The law $\mu_d$ of $t = \langle x,x'\rangle$ for uniform $x'$ has density proportional to $(1-t^2)^{(d-3)/2}$; for it the $P_k$,
# $P_k(1) = 1$, are orthogonal, $\int P_kP_l\,d\mu_d = \delta_{kl}/N_k$. By the **Funk–Hecke formula** a zonal kernel multiplies every
# harmonic of degree $k$ by one number, $\lambda_k = \int\kappa P_k\,d\mu_d$, and $\kappa = \sum_k\lambda_kN_kP_k$. Quadrature of that
# integral loses what is below the rounding error, and does not show that $\lambda_k\ge0$. Instead, expand a *neuron*: with $b = \rho w$,
#
# $$ \sigma(\langle b, x\rangle) = \sum_k c_k(\rho)\, N_k P_k(\langle w, x\rangle), \qquad c_k(\rho) = \int \sigma(\rho t) P_k(t)\, \mu_d(dt). $$
#
# Multiply by the same series at $x'$ and average over $w$, where
# $\int N_k P_k(\langle w,x\rangle) N_l P_l(\langle w,x'\rangle)\, dw = \delta_{kl} N_k P_k(t)$; then over $\rho = |b|$ (a chi
# variable with $d$ degrees of freedom). With $\dot c_k$ the coefficients of $\dot\sigma$,
#
# $$ \kappa_1 = \sum_k u_k N_k P_k, \quad u_k = \mathbf E\, c_k(\rho)^2; \qquad\qquad
#    \kappa_0 = \sum_k v_k N_k P_k, \quad v_k = \mathbf E\, \dot c_k(\rho)^2. $$
#
# The factor $t$ is handled by the recursion $(2k+d-2)\, tP_k = kP_{k-1} + (k+d-2)P_{k+1}$, and altogether
#
# $$ \boxed{\;\lambda_k = u_k + \gamma^2 v_k + \frac{k\, v_{k-1} + (k+d-2)\, v_{k+1}}{2k+d-2}\;}
#    \qquad (k \ge 1;\ \lambda_0 = u_0 + \gamma^2v_0 + v_1). $$
#
# **Every term is a mean of squares.** So $\lambda_k \ge 0$: the kernel is positive definite (strictly: section 4) and, being
# continuous, a Mercer kernel. And numbers known to an absolute $10^{-16}$ have squares that keep digits down to about $10^{-30}$.

# %%
d, top, act = 3, 150, activation("squareplus(0.5)")
(rho, chi), (t, mu) = sphere.norm_quadrature(d, 16), sphere.zonal_quadrature(d, 16)
project = (sphere.legendre(d, top + 1, t) * mu).T
c, c_dot = (f(np.outer(rho, t)) @ project for f in (act.value, act.derivative))
u, v, k = chi @ c**2, chi @ c_dot**2, np.arange(1, top + 1)
eigenvalues = u[:-1] + gamma**2 * v[:-1]
eigenvalues[0] += v[1]
eigenvalues[k] += (k * v[k - 1] + (k + d - 2) * v[k + 1]) / (2 * k + d - 2)

# %%
spectrum, trace = mercer_spectrum(act, d, top, gamma), tangent_kernel(act, gamma).trace
np.testing.assert_allclose(eigenvalues, spectrum.eigenvalues, rtol=1e-9, atol=1e-22)
share = eigenvalues @ spectrum.multiplicities / trace
print(f"trace {trace:.6f}; the sum of the eigenvalues equals it to 1e-12: {abs(share - 1) < 1e-12}")

# %% [markdown]
# So the lines above give the library's eigenvalues. Their sum $\sum_k\lambda_kN_k$ is the trace
# $\kappa(1) = \mathbf E\sigma(z)^2 + (1+\gamma^2)\mathbf E\dot\sigma(z)^2$, known without any spectrum.
#
# ## 4. Strictly positive: which degrees are seen
# When is a mean of squares zero? Let $\sigma$ be real-analytic on the line, $\mathbf E\sigma(z)^2$ and $\mathbf E\dot\sigma(z)^2$
# finite. Let $D_0, D_1$ be the degrees of its even and odd part: $\infty$ for no polynomial, $-\infty$ for 0. Then
#
# $$ \boxed{\;\lambda_k > 0 \iff k \le D_{k \bmod 2} \quad\text{or}\quad
#    \big(\gamma > 0 \ \text{and}\ k + 1 \le D_{(k+1) \bmod 2}\big)\;} \qquad (k\ge0,\ d\ge2). $$
#
# **With a bias all $\lambda_k > 0$ if and only if $\sigma$ is no polynomial; without, if and only if neither part is one.**
#
# *Proof.* (i) The weights in the recursion for $tP_k$ being positive for $k\ge1$, and $tP_0=P_1$, $t^n$ is a combination of
# $P_n, P_{n-2}, \dots$ with positive coefficients. So $\mu_{nk} := \int t^nP_k\,d\mu_d$ is positive for $n = k, k+2, \dots$ and 0
# otherwise. (ii) *Short weights see the Taylor series* $\sigma(u) = \sum_n a_nu^n$: for $\rho$ below its radius of convergence
#
# $$ c_k(\rho) = \sum_{n = k, k+2, \dots} a_n\, \mu_{nk}\, \rho^n = \frac{\sigma^{(k)}(0)}{k!}\,\mu_{kk}\,\rho^k + O(\rho^{k+2}). $$
#
# (iii) Let $u_k = \mathbf E c_k(\rho)^2 = 0$. As $\rho$ has a positive density and $c_k$ is continuous, $c_k \equiv 0$. By (i, ii)
# $a_n = 0$ for $n = k, k+2, \dots$: the part of $\sigma$ of the parity of $k$ is, near 0 and by analyticity everywhere, a
# polynomial of degree below $k$. Conversely then $c_k \equiv 0$, by orthogonality. Thus $u_k > 0 \iff k \le D_{k\bmod2}$. (iv)
# Likewise $v_k > 0 \iff k \le D_{(k+1)\bmod2} - 1$, the degree of that part of $\dot\sigma$ (where $D=0$ that part vanishes, and
# the inequality stays right). So $v_{k-1} > 0$ ($k\ge1$) if and only if $u_k > 0$, and $v_{k+1} > 0$ only if $u_k > 0$: only
# $\gamma^2v_k$ can be positive without $u_k$. $\square$
#
# - **Squareplus**, $\frac12(u + \sqrt{u^2+s^2})$: $D_1 = 1$, and $D_0 = \infty$, as $\sqrt{u^2+s^2}$ grows like $|u|$. Without a
#   bias every odd $k\ge3$ is lost; so for softplus, GELU and SiLU, whose odd part is linear too.
# - **erf, tanh**: odd, bounded, not constant, so $D_0 = -\infty$, $D_1 = \infty$. Without a bias every even $k$ is lost, 0 too.
# - **ReLU** is not analytic at 0, but obeys the rule with $D_0 = \infty$, $D_1 = 1$. Its $\dot c_k$ of section 5 is non-zero at odd
#   $k$, as $P_{k-1}(0) \ne 0$, in $d=2$ too: so $\lambda_k \ge \gamma^2v_k > 0$ at odd $k$,
#   $\lambda_k \ge \frac{k v_{k-1}}{2k+d-2} > 0$ at even $k\ge2$, $\lambda_0 \ge v_1 > 0$. Without a bias, $\sigma - \frac u2$ even
#   and $\dot\sigma-\frac12$ odd leave $\lambda_k = 0$ at odd $k\ge3$.
#
# *Your own activation*: analyticity at 0 and infinitely many non-zero $a_n$ of one parity are enough for all $\lambda_k > 0$ if
# $\gamma>0$. We check the series (ii) for $\dot\sigma$ of squareplus, whose $a_n$ are binomial; then the rule against computed
# eigenvalues, with a polynomial as counterexample.

# %%
s, j, small = act.scale, np.arange(60), np.array([0.02, 0.1, 0.3])  # rho below the radius s
taylor = special.binom(-0.5, j) / (2 * s ** (2 * j + 1))  # a_n of sigma', n = 2 j + 1
moments = power_moments(3, 119, 13)[2 * j + 1]
series = (taylor * small[:, None] ** (2 * j + 1)) @ moments
exact = act.derivative(np.outer(small, t)) @ project[:, :14]
np.testing.assert_allclose(exact[:, 1::2], series[:, 1::2], rtol=1e-9, atol=1e-15)
first = taylor[:3] * moments[[0, 1, 2], [1, 3, 5]] * small[:, None] ** [1, 3, 5]
print("c'_k over its first term, k = 1, 3, 5; a row for each of |b| =", small)
print(np.round(exact[:, 1:7:2] / first, 3))

# %%
inf, cubic = np.inf, Activation("cubic", lambda u: u + u**3 / 6, lambda u: 1 + u * u / 2)
degrees = {"relu": (inf, 1), "squareplus": (inf, 1), "erf": (-inf, inf), "tanh": (-inf, inf),
           "cubic": (-inf, 3)}  # D_0, D_1
kernels = [(a, d, g) for a in (*map(activation, names), cubic) for d in (2, 3, 10)
           for g in (0.0, gamma)]


def computed(act, d, g, top=20):
    """Eigenvalues of degree <= top; other panels bound their error; below 1e-28 is rounding."""
    values, finer = (mercer_spectrum(act, d, n, g).eigenvalues[: top + 1] for n in (top, 16 * top))
    np.testing.assert_allclose(values, finer, rtol=0.005, atol=1e-28)
    return np.where(finer < 1e-28, 0.0, finer)


# %%
top, zeros, table = 20, [], []
for act, d, g in kernels:
    values = computed(act, d, g, top)
    seen = positive_degrees(*degrees[act.name.split("(")[0]], top, g)
    zeros.append((act.name, d, g, np.sum(~seen), np.sum(values == 0), np.sum((values > 0) != seen)))
    table.append((act.name, d, g, values))
zeros = pd.DataFrame(zeros, columns=["activation", "d", "gamma", "rule", "lost", "wrong"])
print(f"degrees k <= {top} by the rule and computed", zeros.to_string(index=False), sep="\n")

# %%
table = board.eigenvalues_seen(table)
shown = table[(table["d"] == 3) & (table["k"] <= 12)]
save(draw.bias(shown[shown["activation"].isin(["relu", "tanh", "cubic"])]),
     "01_tangent_kernel-bias", table,
     alt="Eigenvalues against degree for ReLU, tanh and a cubic. Without a bias ReLU and tanh lose "
         "every other degree, with one none; the cubic loses all high degrees either way.")

# %% [markdown]
# The rule names every lost degree. A bias restores all of them, unless $\sigma$ is a polynomial. **A lost degree is a blind spot**:
# ReLU without a bias, in the kernel regime, never learns any of $\cos3\varphi$ on the circle. Its Gram matrix of a regular
# hexagon, whose corners are antipodal pairs, is singular (with a bias its least eigenvalue is $\gamma^2/6$: a test).
#
# When all $\lambda_k > 0$, $L$ is injective, the RKHS is dense in $L^2$, and every Gram matrix of distinct points is non-singular.
# (For the Gram matrices alone less is needed; see [Gneiting (2013)](00_reading_guide.ipynb#gneiting2013) on strictly positive
# definite functions.)
#
# ## 5. How fast the eigenvalues fall
# **ReLU: a power, with its constant.** Integrating the Legendre equation
# $\big((1-t^2)^{(d-1)/2}P_k'\big)' = -k(k+d-2)(1-t^2)^{(d-3)/2}P_k$ over $[0,1]$, and using $P_k'(0) = kP_{k-1}(0)$, the step
# $\dot\sigma = \mathbf 1_{t>0}$ has
#
# $$ \dot c_k = \frac{P_{k-1}(0)}{B_d\,(k+d-2)} \ (k \text{ odd}), \qquad \dot c_k = 0 \ (k\ge2 \text{ even}),
#    \qquad B_d = \int_{-1}^1 (1-t^2)^{\frac{d-3}2}dt = \frac{\sqrt\pi\,\Gamma(\frac{d-1}2)}{\Gamma(\frac d2)}. $$
#
# Since $|P_n(0)| \simeq \Gamma(\tfrac{d-1}2)\,\pi^{-1/2}(n/2)^{-(d-2)/2}$ for even $n$, $v_k \simeq A_d k^{-d}$ at odd $k$, while
# $u_k = O(k^{-d-2})$, and
#
# $$ \lambda_k \simeq A_d\,k^{-d}\ (k \text{ even}), \qquad \lambda_k \simeq \gamma^2A_d\,k^{-d}\ (k \text{ odd}),
#    \qquad A_d = \frac{2^{d-2}\,\Gamma(d/2)^2}{\pi^2}. $$

# %%
table = board.relu_spectra((2, 3, 5, 10), max_degree, gamma)
save(draw.relu_spectrum(table), "01_tangent_kernel-relu-spectrum", table,
     alt="Eigenvalues of ReLU against degree in four dimensions, with a bias: they fall along the "
         "derived power laws; their ratio to the law tends to 1, late in high dimension.")
limits = board.relu_limits((2, 3, 5, 10), max_degree, gamma)
for limit in limits:
    print(f"d={limit.d:<3} {limit.quantity:32} {limit.bracket}")

# %% [markdown]
# Exponent and constant are limits, computed at five degrees an octave apart and extrapolated in $1/k$; brackets are the larger of
# the last two changes (numerical, not statistical). The law sets in late in high dimension.
#
# **Squareplus: a stretched exponential, with its constant.** Squareplus is analytic except at the branch points $u = \pm is$. As a
# function of the angle $\sigma(\rho\cos\varphi)$ is analytic in a strip of half-width $\omega = \mathrm{asinh}(s/\rho)$, which shrinks
# for long weights. At a branch point $|\dot\sigma| \simeq \frac{s}{2\rho}(\sinh2\omega)^{-1/2}\,\delta^{-1/2}$ ($\delta$ the distance in
# the angle), and Darboux's method for both points gives, up to a factor $(1+s^2/\rho^2)^{(d-3)/2}$ that tends to 1 at the long weights
# that will count,
# $\dot c_k(\rho)^2 \simeq \Gamma(\frac d2)^2 (\frac k2)^{2-d}\, \frac{s}{2\pi k \rho}\, e^{-2k'\,\mathrm{asinh}(s/\rho)}$ for odd $k$,
# with $k' = k + \frac{d-2}2$. Averaged over the chi law, the exponent $-2k's/\rho - \rho^2/2$ is largest at $\rho^3 = q := 2sk'$, where
# it is $-\tfrac32 q^{2/3}$ with second derivative $-3$; the next term of asinh adds $s^2/6$. Hence (formally: remainders are not bounded)
#
# $$ \lambda_k \simeq \Gamma(\tfrac d2)\,2^{\frac{d-2}2}\, \frac{s\,e^{s^2/6}}{\sqrt{6\pi}}\;
#    k^{1-d}\, q^{\frac{d-2}3}\, \exp\!\big(-\tfrac32\, q^{2/3}\big), \qquad q = 2s\,\big(k + \tfrac{d-2}2\big) $$
#
# ($k$ even; times $\gamma^2$ for $k$ odd). For $sk \ll 1$ the spectrum is still that of ReLU: squareplus is a ReLU whose degrees
# beyond about $1/s$ are cut off.

# %%
table = pd.concat([pd.DataFrame(decay.squareplus_columns(s, 3, 400, gamma)) for s in scales],
                  ignore_index=True)
save(draw.squareplus_spectrum(table, 3), "01_tangent_kernel-squareplus-spectrum", table,
     alt="Eigenvalues of squareplus on the sphere against degree, for several scales: they fall "
         "faster than any power, along the derived law; their ratio to the law tends slowly to 1.")
for s, part in table[table["q"] >= 3].groupby("s", sort=False):
    ratio, q = (part["eigenvalue"] / part["law"]).to_numpy(), part["q"].to_numpy()
    print(f"s={s:<6g} eigenvalue/law {ratio.max():.2f} at q = {q[ratio.argmax()]:g}, "
          f"then {ratio[-2]:.2f}, {ratio[-1]:.2f} at q = {q[-2]:g}, {q[-1]:g}")

# %%
smooth = board.squareplus_limits(scales[:3], (2, 3), gamma)
for limit in smooth:
    print(f"{limit.activation:16} d={limit.d}  {limit.quantity:38} {limit.bracket}")
limits += smooth
print("brackets, with those of ReLU:", calibration(*zip(*[(x.bracket, x.derived) for x in limits])))

# %% [markdown]
# Left: over fifteen orders of magnitude or more the law is right within the printed factor; the crosses, quadrature of
# $\kappa P_k$, stop at the rounding error. Right: this factor, far from 1 where the asymptotics begin (most for $s=1$ at even $k$,
# where $\frac12(v_{k-1}+v_{k+1})$ exceeds $v_k$), tends to 1 like $q^{-2/3}$. So the constant is confirmed for $s=\frac12$ and $\frac14$,
# by extrapolation only; for $s=1$ the bracket is too wide to decide.
#
# **How smooth?** Infinitely, but $\kappa$ is not analytic at $t = 1$. Integration by parts gives
# $\kappa_1^{(n)}(1) = \mathbf E\,\sigma^{(n)}(z)^2$. By the generating function of the Legendre polynomials (of $d=3$),
# $\sigma^{(n)}(u) = \pm\, n!\, l^{1-n}\,\frac{(P_{n-2} - P_n)(u/l)}{2(2n-1)}$, $l^2 = u^2+s^2$. For large $n$ only $u$ of order
# $s/\sqrt n$ count, where $P_{n-2}\simeq-P_n$ and $P_n$ oscillates with mean square $\frac1{\pi n}$:
#
# $$ \kappa_1^{(n)}(1) \simeq \frac{s^3}{4\sqrt2\,\pi}\; n^{-7/2}\; \frac{(n!)^2}{s^{2n}} . $$
#
# So in $t$, at $t=1$, $\kappa$ is of **Gevrey class 2** (derivatives like $(n!)^2$ up to geometric factors; analytic: $n!$). In the
# *angle* it is of class $\frac32$: on the circle $|\partial_\varphi^{2n}\kappa|$ is largest at $\varphi=0$, there
# $\sum_k \lambda_kN_kk^{2n}$, and with $\lambda_k\approx e^{-ck^{2/3}}$ this grows (formally, up to geometric factors) like
# $\Gamma(3n)$, that is $((2n)!)^{3/2}$.

# %%
orders = np.array([2, 4, 8, 16, 32, 64])
for s in scales[:2]:
    exact, law = decay.squareplus_derivatives(s, orders)
    limit = extrapolate(orders[1:], (exact / law)[1:], 1)
    print(f"s={s:<4g} derivative over its law:",
          ", ".join(f"n={n}: {x:.3f}" for n, x in zip(orders, exact / law)), "limit", limit)
    assert limit.contains(1)

# %% [markdown]
# ## 6. The RKHS, and which functions are in it
# With $f_k$ the part of $f$ in degree $k$ and $F_k = \|f_k\|^2_{L^2}$, Mercer's theorem gives
#
# $$ \mathcal H = \Big\{f:\ \|f\|_{\mathcal H}^2 = \sum_k \frac{F_k}{\lambda_k} < \infty\Big\},
#    \qquad L^r(L^2) = \Big\{f:\ \sum_k \frac{F_k}{\lambda_k^{2r}} < \infty\Big\}, $$
#
# so $\mathcal H = L^{1/2}(L^2)$: **regularity $r = \frac12$ means "in the RKHS"**, $r < \frac12$ is rougher, $r > \frac12$ smoother.
# Since $\lambda_k \asymp (1+k)^{-d}$ for ReLU with a bias, $L^r(L^2)$ is the Sobolev space $H^{rd}(S^{d-1})$ and $\mathcal H = H^{d/2}$,
# with equivalent norms. On the circle the triangle wave ($F_k \propto k^{-4}$, odd $k$) is in $\mathcal H$, the square wave ($k^{-2}$) is
# not; for squareplus neither is, as its $\mathcal H$ holds only $C^\infty$ functions. A target has its $r$ relative to a kernel.
#
# So later notebooks build targets from the spectrum, $f^* = L^rh$ with $F_k = \lambda_k^{2r}h_k^2$ and
# $h_k^2 \propto (k+1)^{-1-\varepsilon}$, just summable: for ReLU no $r' \ge r + \varepsilon/(2d)$ will do. They are zonal,
# $f^*(x) = \sum_k \sqrt{F_kN_k}\,P_k(\langle x,e_1\rangle)$, of norm 1 in $L^2$ (used from
# [notebook 02](02_approximation_error.ipynb) on).
#
# ## 7. The scoreboard of this notebook

# %%
rows = board.lost_degrees(zeros, names, top)
rows += board.concentrations(cases, slopes, ratios) + board.limits_held(limits)
rows.append(board.statement("check", "sum of lambda_k N_k / trace", "squareplus(0.5)", 3,
                            "k <= 150", 1, share, resolution=1e-10))
scoreboard = claims.record("01_tangent_kernel", rows)
for kind, part in scoreboard.groupby("kind", sort=False):
    print(f"{kind}\n{claims.text(part.drop(columns=['claim', 'kind', 'interval']))}\n")

# %%
assert set(scoreboard["verdict"]) <= {"holds", "undecided"}  # no law fails, as the opening says
rule = scoreboard["quantity"].str.startswith(board.LOST)
assert (scoreboard.loc[rule, "verdict"] == "holds").all()
# without a bias half of the degrees are lost: of one parity, but k = 1 for ReLU and squareplus
bare = zeros[(zeros["gamma"] == 0) & zeros["activation"].isin(names)]
assert (bare["lost"] >= top // 2 - 1).all()
