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
#
# **Claim E** (our reading). The neural tangent kernel (NTK) of the two-layer network is a positive
# definite Mercer kernel on the sphere, so it defines a reproducing kernel Hilbert space (RKHS), in
# which the later claims are stated.
#
# This notebook derives the kernel and its spectrum, and measures: how fast the kernel of a finite
# network approaches its limit, with the constant; how fast the eigenvalues fall, with the constant;
# where positive definiteness comes from, and how it is lost without a bias; and which functions the
# RKHS holds.

# %%
import numpy as np
import pandas as pd
from scipy import special

from ntksgd import check
from ntksgd.compare.concentration import concentration
from ntksgd.kernels import decay, sphere
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models import two_layer as network
from ntksgd.models.activations import Activation, activation
from ntksgd.problems.target import source_target

# %%
from ntksgd.report import claims
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
points = 16  # type: int  random points on the sphere a network
max_degree = 2048  # type: int  largest degree for the decay law of ReLU
scales = [1.0, 0.5, 0.25, 0.125]  # type: list[float]  s of squareplus, for its limit and its decay
regularities = [0.25, 0.5, 0.75, 1.0]  # type: list[float]  r of the targets shown
excess = 0.05  # type: float  h_k^2 ~ (k+1)^(-1-excess) in the targets
seed = 1  # type: int  root of all randomness

# %%
names = [activation(spec).name for spec in activations]
for d in dimensions:
    check.dimension(d)
for r in [*regularities, *scales, gamma, excess]:
    check.positive("regularities, scales, gamma, excess: an entry", r)
check.integer("log2_m_max", log2_m_max, 4, 16)
check.integer("replicates", replicates, 20)
check.integer("points", points, 2)
check.integer("max_degree", max_degree, 256, 10**5)
seed = check.integer("seed", seed, 0)

# %% [markdown]
# ## 1. The network, its tangent features and its kernel
#
# A network of width $m$ on inputs $x \in S^{d-1}$, with all of $\Theta = (a, b, c)$ trained, is
#
# $$ g(x) = \frac{1}{\sqrt m} \sum_{i=1}^m a_i\, \sigma(\langle b_i, x\rangle + \gamma c_i). $$
#
# Its **tangent features** are the derivatives of $g(x)$ in the parameters,
#
# $$ \partial_{a_i} g = \tfrac{1}{\sqrt m}\,\sigma(u_i), \qquad
#    \partial_{b_i} g = \tfrac{1}{\sqrt m}\, a_i\,\dot\sigma(u_i)\, x, \qquad
#    \partial_{c_i} g = \tfrac{1}{\sqrt m}\, \gamma\, a_i\, \dot\sigma(u_i), \qquad
#    u_i = \langle b_i, x\rangle + \gamma c_i, $$
#
# and the **tangent kernel** is their inner product, $K_m(x, x') = \langle \nabla_\Theta g(x),
# \nabla_\Theta g(x')\rangle$:
#
# $$ K_m(x,x') = \frac 1m \sum_{i=1}^m \Big[ \sigma(u_i)\sigma(u_i')
#    + a_i^2\, (\langle x, x'\rangle + \gamma^2)\, \dot\sigma(u_i)\dot\sigma(u_i') \Big]. $$
#
# The **symmetric initialisation** takes $b_i = b_{i+m/2} \sim N(0, I)$ independent for
# $i \le m/2$, $a_i = +1$, $a_{i+m/2} = -1$, $c_i = 0$. Pairs cancel in $g$, so $g = 0$ at the start;
# they agree in $K_m$, where only $a_i^2$ enters.

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
# Each summand is an independent copy (two identical ones a pair) of one neuron's kernel
#
# $$ z_b(x,x') = \sigma(\langle b,x\rangle)\sigma(\langle b,x'\rangle)
#    + (\langle x,x'\rangle+\gamma^2)\, \dot\sigma(\langle b,x\rangle)\dot\sigma(\langle b,x'\rangle),
#    \qquad b \sim N(0, I). $$
#
# Hence $\mathbf E K_m = K$ at *every* width, and $K_m \to K$ as $m \to \infty$ by the law of large
# numbers. The law of $b$ is invariant under rotations, and $(\langle b,x\rangle, \langle b,x'\rangle)$
# is a pair of standard normals $(u, v)$ of covariance $t = \langle x, x'\rangle$. So $K$ is zonal, and
# its profile does not depend on $d$:
#
# $$ K(x,x') = \kappa(t) = \kappa_1(t) + (t + \gamma^2)\, \kappa_0(t), \qquad
#    \kappa_1 = \mathbf E[\sigma(u)\sigma(v)], \quad \kappa_0 = \mathbf E[\dot\sigma(u)\dot\sigma(v)]. $$
#
# Gaussian integration by parts gives $\kappa_1' = \kappa_0$, a check that costs nothing.
#
# **Closed forms.** For ReLU, with $\varphi = \arccos t$ (arc-cosine kernels, Cho & Saul 2009), and for
# erf (arcsine kernel, Williams 1998; its $\kappa_0$ follows from $\kappa_0 = \kappa_1'$):
#
# $$ \text{ReLU:}\quad \kappa_0 = \frac{\pi - \varphi}{2\pi}, \quad
#    \kappa_1 = \frac{\sin\varphi + (\pi-\varphi)\cos\varphi}{2\pi};
#    \qquad \text{erf:}\quad \kappa_1 = \frac 2\pi \arcsin\frac{2t}{3}, \quad
#    \kappa_0 = \frac{4}{\pi\sqrt{9-4t^2}}. $$
#
# Every other activation goes through a series derived in section 3. Its accuracy shows where both
# routes exist: erf, and leaky ReLU, $\sigma(u) = (u)_+ - \alpha(-u)_+$, whose kernels combine
# those of ReLU at $t$ and $-t$ — each given to the library under a name it does not know.

# %%
t = np.linspace(-1, 1, 1001)
mine = Activation("mine", lambda u: special.erf(u), lambda u: 2 / np.sqrt(np.pi) * np.exp(-u * u))
leaky = Activation("leaky", lambda u: np.where(u > 0, u, 0.1 * u),
                   lambda u: np.where(u > 0, 1.0, 0.1), kinks=(0.0,))
relu, mirror = tangent_kernel("relu").parts(t), tangent_kernel("relu").parts(-t)
exact = 1.01 * relu[0] - 0.2 * mirror[0] + (t + 1) * (1.01 * relu[1] + 0.2 * mirror[1])
errors = {"erf": np.abs(tangent_kernel(mine)(t) - tangent_kernel("erf")(t)).max(),
          "leaky ReLU": np.abs(tangent_kernel(leaky)(t) - exact).max()}
for name, error in errors.items():
    print(f"{name:10}: numerical and closed form agree to 1e-12: {error < 1e-12}")
assert max(errors.values()) < 1e-10

# %% [markdown]
# **Squareplus**, $\sigma(u) = \tfrac12(u + \sqrt{u^2+s^2})$, is analytic and within $s/2$ of ReLU.
# How fast does its kernel follow? The largest distance is at $t = 1$ for $\kappa_0$ and at $t = 0$
# for $\kappa_1$. From $\dot\sigma^2 = \tfrac14(1 + u/\sqrt{u^2+s^2})^2$, the odd part averaging out,
#
# $$ \tfrac12 - \kappa_0(1) = \tfrac14 \mathbf E\frac{s^2}{u^2+s^2}
#    = \tfrac s4\sqrt{\tfrac\pi2}\, \mathrm{erfcx}\big(\tfrac{s}{\sqrt2}\big)
#    = \tfrac s4 \sqrt{\tfrac\pi2}\,\big(1 + O(s)\big). $$
#
# At $t=0$ the pair is independent, $\kappa_1(0) = (\mathbf E\sigma)^2$ with
# $\mathbf E \sigma = \tfrac12 \mathbf E\sqrt{u^2+s^2}
# = \frac{s^2}{4\sqrt{2\pi}}\, e^{s^2/4}\,[K_0 + K_1](s^2/4)$ (modified Bessel functions), so that
# the distance is $\frac{1}{2\pi} s^2 \log\frac1s + O(s^2)$.

# %%
curves = pd.concat([pd.DataFrame({"activation": name, "t": t[::10],
                                  "kappa": tangent_kernel(name, gamma)(t[::10])})
                    for name in dict.fromkeys([*names, "erf"])], ignore_index=True)
rows, relu = [], tangent_kernel("relu").parts(t[::5])
for s in scales:
    pairs = zip(tangent_kernel(f"squareplus({s!r})").parts(t[::5]), relu, strict=True)
    nngp, derivative = (np.abs(ours - limit).max() for ours, limit in pairs)
    rows.append((s, derivative, nngp, *decay.squareplus_to_relu(s)[::-1]))
gaps = pd.DataFrame(rows, columns=["s", "kappa_0", "kappa_1", "kappa_0_theory", "kappa_1_theory"])

# %%
s = np.geomspace(min(scales), max(scales), 50)
law = pd.DataFrame(zip(s, *decay.squareplus_to_relu(s), strict=True),
                   columns=["s", "kappa_1", "kappa_0"])
save(draw.kernels(curves, gaps, law), "01_tangent_kernel-kernels",
     pd.concat([curves, gaps], ignore_index=True))
np.testing.assert_allclose(gaps["kappa_0"], gaps["kappa_0_theory"], rtol=1e-8)
np.testing.assert_allclose(gaps["kappa_1"], gaps["kappa_1_theory"], rtol=1e-8)

# %% [markdown]
# Left: the kernels, normalised at $t = 1$; ReLU has a square-root corner there, the others are smooth.
# Right: squareplus approaches ReLU at order $s$ in $\kappa_0$ and $s^2\log(1/s)$ in $\kappa_1$, on
# the derived curves.
#
# ## 2. Concentration: how far is $K_m$ from $K$?
#
# $K_m$ is the mean of the kernels $z_{b_i}$ of the $m/2$ **independent** neurons. So, with no
# remainder, for every even $m$, in the norm of $L^2(x, x')$ (the Hilbert–Schmidt norm of $L_m - L$),
#
# $$ \mathbf E\,\|K_m - K\|^2 = \frac{2\,C}{m}, \qquad C = \mathbf E\,\|z_b\|^2 - \|K\|^2 . $$
#
# The factor 2 is the price of the symmetric initialisation. The constant can be had exactly. Write
# $b = \rho w$ with $w$ on the sphere, $p = \langle w, x\rangle$, $q = \langle w, x'\rangle$. Given $p$ and
# $q$, the parts of $x$ and $x'$ orthogonal to $w$ have independent uniform directions, whence
# $\mathbf E[t \mid p,q] = pq$ and $\mathbf E[t^2\mid p,q] = p^2q^2 + (1-p^2)(1-q^2)/(d-1)$. Expanding
# $z_b^2 = (\sigma\sigma' + (t+\gamma^2)\dot\sigma\dot\sigma')^2$, every term factorises over $p$ and
# $q$, and with means over $p$ at fixed $\rho$ (arguments $\rho p$)
#
# $$ \mathbf E\|z_b\|^2 = \mathbf E_\rho\Big[ \langle\sigma^2\rangle^2
#    + 2\langle p\,\sigma\dot\sigma\rangle^2 + 2\gamma^2\langle\sigma\dot\sigma\rangle^2
#    + \langle p^2\dot\sigma^2\rangle^2 + \tfrac{\langle(1-p^2)\dot\sigma^2\rangle^2}{d-1}
#    + 2\gamma^2 \langle p\,\dot\sigma^2\rangle^2 + \gamma^4\langle\dot\sigma^2\rangle^2 \Big]: $$
#
# one-dimensional integrals, computed without any simulation. The measurement draws networks and,
# for each, fresh random points; pairs of distinct points estimate $\|K_m-K\|^2$ without bias.

# %%
widths = [2**k for k in range(2, log2_m_max + 1)]
cases = concentration([(name, d) for name in names for d in dimensions], widths, replicates,
                      np.random.SeedSequence(seed, spawn_key=(1,)), gamma, points)
level = 1 - 0.05 / (2 * len(cases))  # so that all the intervals hold together at 95 %
slopes = [slope(c.widths, c.errors, independent=True, confidence=level) for c in cases]
# the widths are independent of each other, so each is a block of its own
ratios = [of(lambda *means: np.mean(means, axis=0), *(c.errors / c.predicted).T,
             confidence=level, transform="log") for c in cases]
means = [of(lambda mean: mean, c.errors, transform="log") for c in cases]
table = pd.concat([pd.DataFrame({
    "activation": c.activation, "d": c.d, "m": c.widths, "measured": mean.value,
    "low": mean.low, "high": mean.high, "predicted": c.predicted})
    for c, mean in zip(cases, means, strict=True)], ignore_index=True)
save(draw.concentration(cases, means, ratios), "01_tangent_kernel-concentration", table)

# %%
for c, fit, ratio in zip(cases, slopes, ratios, strict=True):
    print(f"{c.activation:16} d={c.d}  C = {c.constant:.4f}  slope {fit}  "
          f"measured/predicted {ratio}")
print(coverage("slope", replicates, len(widths), independent=True, confidence=level, trials=1000))

# %% [markdown]
# Left: mean squared error of the kernel with 95 % intervals, over the exact $2C/m$ (no fit). Right:
# measured over predicted constant, pooled over the widths. The intervals (jackknife with Student's
# $t$) of all slopes and constants hold simultaneously at 95 % (Bonferroni); printed last, how often
# such intervals contain the truth. A factor of 2, had one counted all $m$ neurons as independent,
# would be unmistakable.
#
# ## 3. The Mercer spectrum
#
# Let $P_k$ be the Legendre polynomial of degree $k$ in dimension $d$, $P_k(1) = 1$, and $N_k$ the
# number of independent harmonics of degree $k$. The law $\mu_d$ of $t = \langle x,x'\rangle$ for uniform
# $x'$ has density proportional to $(1-t^2)^{(d-3)/2}$, and $\int P_kP_l\,d\mu_d = \delta_{kl}/N_k$. The
# **Funk–Hecke formula** says that a zonal kernel $\kappa(\langle x,x'\rangle)$ multiplies every harmonic
# $Y$ of degree $k$ by one number:
#
# $$ \int \kappa(\langle x, x'\rangle)\, Y(x')\, dx' = \lambda_k Y(x), \qquad
#    \lambda_k = \int \kappa\, P_k\, d\mu_d, \qquad \kappa(t) = \sum_k \lambda_k N_k P_k(t). $$
#
# **Eigenvalues as means of squares.** Computing that integral by quadrature loses every eigenvalue
# below the rounding error $10^{-17}$, and does not show its sign. There is a better way. Apply
# Funk–Hecke to a *neuron*: with $b = \rho w$,
#
# $$ \sigma(\langle b, x\rangle) = \sum_k c_k(\rho)\, N_k P_k(\langle w, x\rangle), \qquad
#    c_k(\rho) = \int \sigma(\rho t) P_k(t)\, \mu_d(dt). $$
#
# Multiply by the same series at $x'$ and average over $w$, using
# $\int N_k P_k(\langle w,x\rangle) N_l P_l(\langle w,x'\rangle) dw = \delta_{kl} N_k P_k(\langle x,x'\rangle)$;
# then average over $\rho = |b|$ (a chi variable with $d$ degrees of freedom):
#
# $$ \kappa_1 = \sum_k u_k N_k P_k, \quad u_k = \mathbf E\, c_k(\rho)^2; \qquad\qquad
#    \kappa_0 = \sum_k v_k N_k P_k, \quad v_k = \mathbf E\, \dot c_k(\rho)^2, $$
#
# with $\dot c_k$ the coefficients of $\dot\sigma$. The factor $t$ is handled by the recursion
# $(2k+d-2)\, tP_k = kP_{k-1} + (k+d-2)P_{k+1}$, and altogether
#
# $$ \boxed{\;\lambda_k = u_k + \gamma^2 v_k + \frac{k\, v_{k-1} + (k+d-2)\, v_{k+1}}{2k+d-2}\;}
#    \qquad (k \ge 1;\ \lambda_0 = u_0 + \gamma^2v_0 + v_1). $$
#
# **Every term is a mean of squares.** So $\lambda_k \ge 0$ term by term: the kernel is positive
# definite. And the square of a number known to $10^{-16}$ is known to about $10^{-30}$, so small
# eigenvalues keep their relative accuracy far below the rounding error of $\kappa$.
#
# **Trace identity.** At $t = 1$: $\sum_k \lambda_k N_k = \kappa(1) = \mathbf E\sigma(u)^2
# + (1+\gamma^2)\mathbf E\dot\sigma(u)^2$, a one-dimensional integral that knows nothing of the
# spectrum. For erf, tanh and squareplus($\frac12$) 150 degrees exhaust it; for ReLU the tail beyond $K$ is
# predicted by the decay law below.

# %%
trace_rows = []
for name in [n for n in (*names, "erf") if not activation(n).kinks]:
    for d in (2, 3, 10):
        K = int(75 / (activation(name).scale or 0.5))
        spectrum = mercer_spectrum(name, d, K, gamma)
        share = 1 - spectrum.tail / spectrum.trace
        error = np.abs(spectrum.kernel(t) - tangent_kernel(name, gamma)(t)).max()
        trace_rows.append((name, d, K, share))
        assert error < 1e-10
        print(f"{name:16} d={d:<3} trace {spectrum.trace:.6f}  identity and reconstruction of "
              f"kappa within 1e-10: {max(abs(share - 1), error) < 1e-10}")

# %% [markdown]
# ### Decay for ReLU: $k^{-d}$, with its constant
#
# For ReLU everything is explicit. Integrating the Legendre equation
# $\big((1-t^2)^{(d-1)/2}P_k'\big)' = -k(k+d-2)(1-t^2)^{(d-3)/2}P_k$ over $[0,1]$, and using
# $P_k'(0) = kP_{k-1}(0)$, the step $\dot\sigma = \mathbf 1_{t>0}$ has
#
# $$ \dot c_k = \frac{P_{k-1}(0)}{B\,(k+d-2)} \ (k \text{ odd}), \qquad \dot c_k = 0 \ (k\ge2 \text{ even}),
#    \qquad B = \int_{-1}^1 (1-t^2)^{\frac{d-3}2}dt = \frac{\sqrt\pi\,\Gamma(\frac{d-1}2)}{\Gamma(\frac d2)}. $$
#
# Since $|P_n(0)| \simeq \Gamma(\tfrac{d-1}2)\,\pi^{-1/2}(n/2)^{-(d-2)/2}$ for even $n$,
# $v_k \simeq A_d k^{-d}$ at odd $k$, while $u_k = O(k^{-d-2})$. The boxed formula then gives
#
# $$ \lambda_k \simeq A_d\,k^{-d}\ (k \text{ even}), \qquad \lambda_k \simeq \gamma^2A_d\,k^{-d}\ (k \text{ odd}),
#    \qquad A_d = \frac{2^{d-2}\,\Gamma(d/2)^2}{\pi^2}. $$
#
# Even and odd degrees have different constants unless $\gamma = 1$, and for $\gamma = 0$ the odd
# ones are gone.

# %%
def log_degrees(high, count=40):
    """Degrees up to `high`, of both parities, equally spaced in log."""
    even = 2 * np.unique(np.round(np.geomspace(2, high, count) / 2).astype(int))
    degrees = np.union1d(even, even + 1)
    return degrees[degrees <= high]


# %%
k = log_degrees(max_degree)
table = pd.concat([
    pd.DataFrame({"d": d, "k": k, "law": decay.relu_law(d, k, gamma),
                  "eigenvalue": mercer_spectrum("relu", d, max_degree, gamma).eigenvalues[k]})
    for d in (2, 3, 5, 10)], ignore_index=True)
save(draw.relu_spectrum(table), "01_tangent_kernel-relu-spectrum", table)
relu_rows = []
for d in (2, 3, 5, 10):
    for parity, name in enumerate(("even", "odd")):
        at, local, over_law = decay.relu_octaves(d, max_degree, parity, gamma)
        exponent, ratio = extrapolate(at, local, 1), extrapolate(at, over_law, 1)
        relu_rows.append((d, name, f"k = {at[0]}..{at[-1]}", exponent, ratio))
        print(f"d={d:<3} {name:5} degrees: exponent {exponent}   constant/A_d {ratio}")
brackets = [bracket for row in relu_rows for bracket in row[3:]]
print("brackets:", calibration(brackets, [limit for row in relu_rows for limit in (-row[0], 1)]))

# %% [markdown]
# Exponent and constant are limits: computed at five degrees up to $K/2$, an octave apart, and
# extrapolated in $1/k$; the interval is the larger of the last two changes of the extrapolated
# value, an estimate of a numerical error, not a statistical interval. Both are as derived, for each
# parity. The law sets in later in high dimension: at
# $d = 10$ and $k = 10$ it is still off by a large factor, which matters for experiments.

# %%
for d in (2, 3, 10):
    tails = [mercer_spectrum("relu", d, K, gamma).tail / decay.relu_tail(d, K, gamma)
             for K in (max_degree // 8, max_degree // 2, max_degree)]
    print(f"d={d:<3} trace beyond K = {max_degree}: measured/predicted {tails[-1]:.4f}")
    assert abs(tails[-1] - 1) < abs(tails[0] - 1) and abs(tails[-1] - 1) < d**2 / max_degree

# %% [markdown]
# ### Decay for squareplus: a stretched exponential, with its constant
#
# Squareplus is analytic except at the branch points $u = \pm is$. As a function of the angle,
# $\sigma(\rho\cos\varphi)$ is analytic in a strip of half-width $h = \mathrm{asinh}(s/\rho)$, so its
# coefficients fall like $e^{-kh}$. But $\rho = |b|$ is random, and large $\rho$ comes close to the
# kink. At a branch point $\dot\sigma \simeq \frac{s}{2\rho}(\sinh2h)^{-1/2}\,\delta^{-1/2}$ in modulus
# ($\delta$ the distance in the angle), and Darboux's method for both points gives, with $k' = k + (d-2)/2$,
#
# $$ \dot c_k(\rho)^2 \simeq \Gamma(\tfrac d2)^2 \Big(\frac k2\Big)^{-(d-2)}\,
#    \frac{s}{2\pi k \rho}\; e^{-2k'\,\mathrm{asinh}(s/\rho)} \qquad (k \text{ odd}). $$
#
# Averaged over the chi law, the exponent $-2k's/\rho - \rho^2/2$ is largest at $\rho^3 = q := 2sk'$,
# where it is $-\tfrac32 q^{2/3}$ with second derivative $-3$; the next term of asinh adds $s^2/6$. Hence
#
# $$ \lambda_k \simeq \Gamma(\tfrac d2)\,2^{\frac{d-2}2}\, \frac{s\,e^{s^2/6}}{\sqrt{6\pi}}\;
#    k^{1-d}\, q^{\frac{d-2}3}\, \exp\!\big(-\tfrac32\, q^{2/3}\big), \qquad q = 2s\,\big(k + \tfrac{d-2}2\big) $$
#
# ($k$ even; times $\gamma^2$ for $k$ odd). Neither a power nor an exponential: the kernel is infinitely
# smooth but not analytic at $t=1$ (Gevrey class $3/2$). For $sk \ll 1$ the spectrum is still that of
# ReLU: squareplus is a ReLU whose degrees beyond about $1/s$ are cut off.

# %%
k, tables = log_degrees(400), []
points, weights = sphere.zonal_quadrature(3, 64)
polynomials = sphere.legendre(3, 400, points)[k] * weights
for s in scales:
    name = f"squareplus({s!r})"
    values = mercer_spectrum(name, 3, 400, gamma).eigenvalues[k]
    plain = np.abs(polynomials @ tangent_kernel(name, gamma)(points))
    frame = pd.DataFrame({"s": s, "k": k, "eigenvalue": values, "plain_quadrature": plain,
                          "law": decay.squareplus_law(s, 3, k, gamma)})
    tables.append(frame[frame["eigenvalue"] > 1e-29])
table = pd.concat(tables, ignore_index=True)
save(draw.squareplus_spectrum(table, 3), "01_tangent_kernel-squareplus-spectrum", table)

# %%
squareplus_rows = []
for s in scales[:3]:
    for d in (2, 3):
        q, over_law, powers = decay.squareplus_octaves(s, d, gamma)
        power, ratio = extrapolate(q[1:], powers, 4 / 3), extrapolate(q, over_law, 2 / 3)
        squareplus_rows.append((f"squareplus({s:g})", d, f"q = {q[0]:g}..{q[-1]:g}", power, ratio))
        print(f"s={s:<6g} d={d}  power of q: {power.value:.4f} [{power.low:.4f}, {power.high:.4f}]"
              f"   measured/derived constant: {ratio}")
brackets = [bracket for row in squareplus_rows for bracket in row[3:]]
print("brackets:", calibration(brackets, [2 / 3, 1] * len(squareplus_rows)))

# %% [markdown]
# The derived law, constant included, lies on the eigenvalues over twenty-five orders of magnitude. The
# crosses are the same eigenvalues by quadrature of $\kappa P_k$: they stop at the rounding error.
# (Intervals numerical, as before, extrapolated: the first correction
# to the law is of relative order $q^{-2/3}$.)
#
# ## 4. Positive definite: why the bias matters
#
# Every $\lambda_k$ is a sum of means of squares, hence $\ge 0$. When are all of them positive?
# Split $\sigma$ into its even and its odd part; $c_k = 0$ whenever $k$ has the wrong parity.
#
# - $\sigma(u) - \sigma(-u) = u$ for ReLU and squareplus: the odd part is linear. So $u_k = 0$ for
#   odd $k \ge 3$, and $\dot\sigma - \frac12$ is odd, so $v_k = 0$ for even $k \ge 2$. Without a bias
#   ($\gamma = 0$) the boxed formula leaves **$\lambda_k = 0$ for every odd $k \ge 3$**. This is not special to
#   the corner of ReLU: softplus, GELU and SiLU have the same identity.
# - erf and tanh are odd: $u_k = 0$ for even $k$, $v_k = 0$ for odd $k$, and without a bias
#   **every even $\lambda_k$ vanishes**, constants included.
# - With $\gamma > 0$ the term $\gamma^2v_k$ fills the gap in both families. For ReLU this is a proof:
#   $v_k > 0$ at every odd $k$, because $P_{k-1}(0) \ne 0$, so $\lambda_k \ge \gamma^2v_k > 0$ there
#   and $\lambda_k \ge k v_{k-1}/(2k+d-2) > 0$ at even $k \ge 2$. For the others it is computed, and
#   for squareplus the decay law shows it at large $k$.

# %%
K, lost = 20, []
for name in names:
    for d in (2, 3, 10):
        # quadratures with different panels: their disagreement bounds the numerical error
        coarse, fine = (mercer_spectrum(name, d, n, gamma).eigenvalues[: K + 1]
                        for n in (K, 16 * K))
        k = int(fine.argmin())
        assert abs(fine[k] - coarse[k]) <= 0.005 * fine[k]
        # below 1e-28 only rounding is left
        missing = np.sum(mercer_spectrum(name, d, K, 0.0).eigenvalues < 1e-28)
        lost.append((name, d, np.sum(fine < 1e-28)))
        print(f"{name:16} d={d:<3} smallest lambda_k, k <= {K}: {fine[k]:.2e}   "
              f"degrees lost: {lost[-1][2]}, without a bias {missing} of {K + 1}")
# the same count finds the claim false where it is: k = 3, 5, ..., 19
assert np.sum(mercer_spectrum("relu", 3, K, 0.0).eigenvalues < 1e-28) == 9

# %% [markdown]
# **What is lost, seen on data.** A zero eigenvalue is a blind spot. For ReLU without a bias on the
# circle, $f(\varphi) = \cos3\varphi$ has $\langle f, Lf\rangle = 0$: gradient flow in the kernel never
# learns any of it. The Gram matrix can be singular too, although infinitely many
# eigenvalues are positive. Take a regular hexagon and the vector $\pm1$ alternating along it: it
# is odd under $x \to -x$ and orthogonal to the linear functions, so the kernel without odd degrees above 1 maps it to 0.
# With a bias, summing $\lambda_k = \gamma^2/(\pi^2k^2)$ over the degrees that the hexagon aliases
# onto that vector, $k = 3, 9, 15, \dots$, gives its eigenvalue in closed form,
# $6\cdot2\,\frac{\gamma^2}{\pi^2}\sum_{k} k^{-2} = \frac{12\gamma^2}{\pi^2}\cdot\frac{\pi^2}{72} = \frac{\gamma^2}{6}$.

# %%
angles, gammas = np.arange(6) * np.pi / 3, [0.0, 0.05, 0.1, 0.2, 0.5, 1.0]
corners = np.stack([np.cos(angles), np.sin(angles)], axis=1)
grams = [tangent_kernel("relu", g).gram(corners) for g in gammas]
hexagon = pd.DataFrame({"gamma": gammas, "smallest": [np.linalg.eigvalsh(m)[0] for m in grams],
                        "theory": np.square(gammas) / 6})
degrees = pd.concat([pd.DataFrame({
    "gamma": g, "k": np.arange(13), "eigenvalue": mercer_spectrum("relu", 2, 12, g).eigenvalues})
    for g in (0.0, 1.0)], ignore_index=True)
degrees.loc[degrees["eigenvalue"] < 1e-28, "eigenvalue"] = 0.0  # below rounding
save(draw.bias(degrees, hexagon), "01_tangent_kernel-bias",
     pd.concat([degrees, hexagon], ignore_index=True))
np.testing.assert_allclose(hexagon["smallest"][1:-1], hexagon["theory"][1:-1], atol=1e-7)
print(hexagon.abs().round(4).to_string(index=False))

# %% [markdown]
# With $\gamma = 0$ the matrix is singular (up to the rounding of $\langle x,-x\rangle = -1$, which the
# square root at $t=-1$ turns into $10^{-8}$); with a bias its smallest eigenvalue is $\gamma^2/6$.
#
# When all $\lambda_k > 0$, the integral operator $L$ is injective, the RKHS is dense in $L^2$, and every
# Gram matrix of distinct points is non-singular. (The converse of the last does not hold: a Gram matrix
# needs less. On $S^{d-1}$, $d \ge 3$, infinitely many positive even and infinitely many positive odd
# eigenvalues suffice; Chen, Menegatto & Sun 2003.)
#
# ## 5. The RKHS, and which functions are in it
#
# With $P_kf$ the part of $f$ in degree $k$ and $F_k = \|P_kf\|^2_{L^2}$, Mercer's theorem gives
#
# $$ \mathcal H = \Big\{f:\ \|f\|_{\mathcal H}^2 = \sum_k \frac{F_k}{\lambda_k} < \infty\Big\},
#    \qquad L^r(L^2) = \Big\{f:\ \sum_k \frac{F_k}{\lambda_k^{2r}} < \infty\Big\}, $$
#
# so $\mathcal H = L^{1/2}(L^2)$: **regularity $r = \frac12$ means "in the RKHS"**, $r < \frac12$
# is rougher, $r > \frac12$ smoother. Since $\lambda_k \asymp (1+k)^{-d}$ for ReLU with a bias,
# $L^r(L^2)$ is the Sobolev space $H^{rd}(S^{d-1})$ and $\mathcal H = H^{d/2}$, with equivalent norms:
# functions with $d/2$ derivatives in $L^2$. For squareplus, $\mathcal H$ holds only $C^\infty$
# functions. On the circle, for instance, the triangle wave has one derivative in $L^2$ and
# the square wave has none ($F_k = \frac{8}{\pi^2k^4}$ and $\frac{8}{\pi^2k^2}$, odd $k$):

# %%
for name, degrees_kept in (("relu", [10, 100, 1000]), ("squareplus(0.5)", [5, 10, 50])):
    k = np.arange(1, degrees_kept[-1] + 1, 2)
    inverse = 1 / mercer_spectrum(name, 2, degrees_kept[-1], gamma).eigenvalues[k]
    norms = pd.DataFrame({"K": degrees_kept} | {
        wave: [8 / np.pi**2 * k[k <= K] ** -decay_power @ inverse[k <= K] for K in degrees_kept]
        for wave, decay_power in (("triangle wave", 4.0), ("square wave", 2.0))})
    print("sum of F_k / lambda_k up to degree K,", name)
    print(norms.to_string(index=False, float_format="{:.3g}".format))

# %% [markdown]
# The triangle wave has a finite norm for ReLU, the square wave does not; for squareplus both sums
# explode. A "fixed" target therefore has a regularity $r$ only relative to a kernel.
#
# So later notebooks build targets from the spectrum: $F_k = \lambda_k^{2r}h_k^2$ with
# $h_k^2 \propto (k+1)^{-1-\varepsilon}$, just summable, so that $r$ is sharp: $f^* = L^rh$, and for
# eigenvalues $\lambda_k \asymp k^{-p}$ no $r' > r + \varepsilon/(2p)$ will do. They are zonal,
# $f^*(x) = \sum_k \sqrt{F_kN_k}\,P_k(\langle x,e_1\rangle)$, and normalised to $\|f^*\|_{L^2} = 1$.

# %%
spectrum = mercer_spectrum("relu", 2, 500, gamma)
phi, k = np.linspace(-np.pi, np.pi, 801), np.arange(spectrum.max_degree + 1)
profiles, powers = [], []
for r in regularities:
    target, law = source_target(spectrum, r, excess), (k + 1.0) ** (-4 * r - 1 - excess)
    powers.append(pd.DataFrame({"r": r, "k": k, "power": target.power,
                                "law": law * target.power[-1] / law[-1]}))
    profiles.append(pd.DataFrame({"r": r, "phi": phi, "f": target.profile(np.cos(phi))}))
profiles, powers = (pd.concat(part, ignore_index=True) for part in (profiles, powers))
save(draw.targets(profiles, powers), "01_tangent_kernel-targets",
     pd.concat([profiles, powers], ignore_index=True))

# %% [markdown]
# Left: targets for ReLU on the circle: the smaller $r$, the sharper the peak at $e_1$. Right: their
# power by degree, with the slope $-4r-1-\varepsilon$ that $\lambda_k \simeq k^{-2}$ implies.
#
# ## 6. The scoreboard of this notebook

# %%
def row(kind, quantity, name, d, where, theory, measured, interval=None, relation="=", **rest):
    if interval is not None:
        rest["interval"], measured = interval, interval.value
    return claims.Statement("E", quantity, kind, measured=float(measured), range=where,
                            theory=float(theory), relation=relation, activation=name, d=d, **rest)


drawn, exact = {"interval_kind": "statistical"}, {"interval_kind": "numerical"}
span = f"m = {widths[0]}..{widths[-1]}"
rows = [row("claim", "degrees with lambda_k = 0", name, d, f"k <= {K}", 0, count, relation="<=")
        for name, d, count in lost]
rows += [row("prediction", "slope of E|K_m-K|^2 in m", c.activation, c.d, span, -1, None, fit,
             **drawn) for c, fit in zip(cases, slopes, strict=True)]
rows += [row("prediction", "E|K_m-K|^2 over 2C/m", c.activation, c.d, span, 1, None, ratio,
             **drawn) for c, ratio in zip(cases, ratios, strict=True)]

# %%
for d, parity, span, exponent, ratio in relu_rows:
    for quantity, limit, bracket in (("decay exponent", -d, exponent),
                                     ("decay constant/derived", 1, ratio)):
        rows.append(row("prediction", f"{quantity}, {parity} k", "relu", d, span, limit, None,
                        bracket, **exact))
for name, d, span, power, ratio in squareplus_rows:
    rows += [row("prediction", "power of k in log lambda_k", name, d, span, 2 / 3, None, power,
                 **exact),
             row("prediction", "decay constant/derived", name, d, span, 1, None, ratio, **exact)]
rows += [row("check", "sum of lambda_k N_k / trace", name, d, f"k <= {K}", 1, share,
             resolution=1e-10) for name, d, K, share in trace_rows]
rows += [row("check", "least Gram eigenvalue, hexagon", "relu", 2, f"gamma = {g:g}", theory, value,
             resolution=1e-7) for g, value, theory in hexagon.iloc[[0, -1]].itertuples(index=False)]

# %%
board = claims.record("01_tangent_kernel", rows)
for kind, part in board.groupby("kind", sort=False):
    print(f"{kind}\n{claims.text(part.drop(columns=['claim', 'kind', 'interval']))}\n")

# %% [markdown]
# **Summary.** The tangent kernel is positive definite because its eigenvalues are means of squares, and
# strictly so because of the bias. It concentrates at rate $2C/m$ in the square, exactly. Its
# spectrum falls like $A_dk^{-d}$ for ReLU and like $\exp(-\frac32(2sk)^{2/3})$ for squareplus, with the
# constants derived above. Claim E holds for $\gamma > 0$; for $\gamma = 0$ it holds only in the weak sense.
