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
# # How wide must a deeper network be, and why?
#
# The paper's theorem is about one hidden layer. **Nothing on this page is claimed by it**: rows are predictions of ours, with
# a derivation, or findings. Keep everything but the depth $L$, and ask for
#
# $$m^*_L(T,\tau)=\min\{m:\ \mathbb E R_m(T)\le(1+\tau)\,R(T)\},$$
#
# $R_m$ the risk of the network with $L$ hidden layers of $m$ neurons after $T$ steps of SGD, $R$ that of SGD with *its own*
# kernel at infinite width ([notebook 03](03_rkhs_convergence.ipynb): exact).
#
# **Idea.** Freeze the features: given its start the network is SGD with a random kernel, and its risk is exact, to any $T$
# ([notebook 06](06_width_requirement.ipynb)). That kernel differs from its limit by a
# mean shift and a fluctuation, whose variance, like the shift, is of order $1/m$, so that
#
# $$\frac{\mathbb E R_m(T)}{R(T)}-1=\frac{c_L(T)}m+O(m^{-2}),\qquad m^*_L\simeq\frac{c_L(T)}\tau,\qquad
# c_L=c^{(1)}+\dots+c^{(L)}+\text{shift},$$
#
# a share for the finite width of each layer. The shift is derived below for every depth; the shares are expectations over
# drawn starts. Nothing in $c_L$ is fitted. Then networks are trained, all layers, to see what freezing hid.
#
# ![Ratio of the widths that two and three hidden layers need to that of one on the circle, against the number of steps: to
# first order it begins at the number of layers or above, and falls, for squareplus to about one](../figures/09_deeper_networks-price.png)
#
# **Verdict.** After a hundred steps $L$ layers need, to first order, about $L$ times as many neurons *per layer* as one, or
# more; exact risks at $\tau=0.1$ give less, in wide intervals. Then the first order's ratio falls: on the circle and for
# squareplus to about one at the last $T$, for ReLU slowly; the exact ratios, known at fewer $T$, are too uncertain to show it. In
# absolute neurons the price of depth grows for ReLU; in parameters it is far higher, for matrices between hidden layers grow like
# $m^2$. Squareplus networks were trained too, on the circle: at the largest width, drift adds at most a few per cent of $R$; ReLU
# networks were not ([notebook 11](11_real_data.ipynb): there drift matters). Numbers: section 6.

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from IPython.display import Markdown

from ntksgd import check
from ntksgd.compare.concentration import deep_kernel_errors
from ntksgd.compare.deep_drift import deep_paths
from ntksgd.kernels.deep import deep_kernel
from ntksgd.kernels.deep_shift import eigenvalue_shift
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import source_problem
from ntksgd.report import claims, depth_board, depth_prices, depth_tables

# %% tags=["hide-input"]
from ntksgd.report.figures import deep as draw_kernel
from ntksgd.report.figures import depth as draw
from ntksgd.report.figures import save, use_style
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.seeds import child
from ntksgd.stats import intervals
from ntksgd.stats.slopes import slope
from ntksgd.width.comparisons import width_ratio
from ntksgd.width.deep_starts import drawn, first_order_cuts, first_order_deep, layer_costs
from ntksgd.width.deep_sweep import deep_sweep
from ntksgd.width.requirement import width_law

use_style()

# %% tags=["parameters"]
T = 10**4  # type: int  SGD steps of the trained networks
r = 0.5  # type: float  regularity of the targets, each in the RKHS of its own kernel
noise = 0.25  # type: float  variance of the labels' noise
depths = [1, 2, 3]  # type: list[int]  numbers of hidden layers, starting with 1
degrees = [24, 40, 10]  # type: list[int]  the kernel's cut: squareplus, ReLU, squareplus on S^2
far_degrees = [24, 100, 10]  # type: list[int]  that of the first order, no less
exact_log_T = [5, 5, 4]  # type: list[int]  log10 of the steps of the exact risks
far_log_T = [9, 6, 6]  # type: list[int]  log10 of the steps of the first order
widths = [[16, 48, 144, 432], [32, 256, 1536], [32, 128, 512]]  # type: list
starts = [4, 3, 3]  # type: list[int]  exact risks a width
cheap = 4  # type: int  further starts for each, for the mean of the control variate
m_large = 1024  # type: int  width of the starts that give c_L
starts_large = [24, 8, 8]  # type: list[int]
shift_starts = 600  # type: int  narrow starts that test the mean shift
starts_layer = 16  # type: int  for each layer's share
trained = [16, 48, 144]  # type: list[int]  widths of the networks, among those above
replicates = 4  # type: int  at most as many as starts
limit_widths = [16, 64, 256]  # type: list[int]  widths for the kernel at the start
limit_replicates = 24  # type: int
seed = 9  # type: int

# %% tags=["hide-input"]
tolerances = [0.1, 0.5]
check.integer("T", T, 1000)
if len(depths) < 2 or depths[0] != 1 or sorted(set(depths)) != list(depths):
    raise ValueError(f"depths = {depths}: must be at least two, increasing from 1")
if T not in log_times(10 ** exact_log_T[0], 2 * exact_log_T[0] - 3, 100):
    raise ValueError(f"T = {T}: must be a half-decade among those of exact_log_T")
for i in range(3):  # squareplus, ReLU, squareplus on S^2
    check.integer("exact_log_T", exact_log_T[i], 3, far_log_T[i])
    check.integer("degrees", degrees[i], 6, far_degrees[i])
    check.integer("number of widths", len(set(widths[i])), 3)
    check.integer("starts", min(starts[i], starts_large[i]), 2)
check.integer("replicates", replicates, 2, starts[0])
check.integer("number of limit_widths", len(set(limit_widths)), 3)
if len(set(trained)) < 3 or not set(trained) <= set(widths[0]):
    raise ValueError(f"trained = {trained}: must be three or more of {widths[0]}")

# %%
smooth, root = "squareplus(0.5)", np.random.SeedSequence(seed)
cases, deepest = [(smooth, 2), ("relu", 2), (smooth, 3)], depths[-1]
titles = {case: f"{'ReLU' if case[0] == 'relu' else 'squareplus'}, $d={case[1]}$"
          for case in cases}
cut, far_cut = (dict(zip(cases, cuts, strict=True)) for cuts in (degrees, far_degrees))
rule, far_rule = ({case: (8 if case[0] == "relu" else 3) * cuts[case] for case in cases}
                  for cuts in (cut, far_cut))  # exactness of the quadrature
problems, far_problems = ({
    (case, L): source_problem(*case, r, noise, max_degree=cuts[case], depth=L)
    for case in cases for L in depths} for cuts in (cut, far_cut))

# %% [markdown]
# ## 1. The limit kernel
#
# NTK parametrisation, $\varphi=\sigma/\sqrt{\mathbb E\sigma(z)^2}$, two copies of $n=m/2$ neurons a layer with equal
# $b,W\sim N(0,1)$, $c=0$ and opposite $a=\pm1$, so that $g_0=0$:
#
# $$u^1=bx+\gamma c^1,\quad u^{l+1}=n^{-1/2}W^{l+1}\varphi(u^l)+\gamma c^{l+1},\quad g=m^{-1/2}\langle a,\varphi(u^L)\rangle.$$
#
# With $\kappa_1(t)=\mathbb E\varphi(u)\varphi(v)$, $\kappa_0(t)=\mathbb E\dot\varphi(u)\dot\varphi(v)$ for Gaussians of
# variance 1 and covariance $t$, the law of large numbers gives layer by layer
# ([Jacot, Gabriel and Hongler (2018)](00_reading_guide.ipynb#jacot2018))
#
# $$S_0=t,\quad S_l=\kappa_1(S_{l-1}),\qquad K_0=t,\quad K_l=S_l+\kappa_0(S_{l-1})\,(K_{l-1}+\gamma^2).$$
#
# *Which functions does depth favour?* For ReLU on the circle, $\gamma=1$: at a small angle $\omega$, $\kappa_0=1-\omega/\pi$,
# $S_l=1+O(\omega^2)$ and $K_{l-1}+1=2l$, so $K_L=K_L(1)-\frac2\pi(1+\dots+L)|\omega|+O(\omega^2)$; at $\omega=\pi$ every singular
# term carries a factor that vanishes. Hence $\lambda_k\simeq L(L+1)/(\pi k)^2$ (dotted): *depth multiplies the tail by $L(L+1)/2$
# and leaves its exponent* ([Bietti and Bach (2021)](00_reading_guide.ipynb#bietti2021)), hence the smoothness for the same $r$, and the rate.

# %%
t = np.cos(np.linspace(0, np.pi, 9))
S, K = t, t  # ReLU, gamma = 1; w the angle whose cosine is S
for _ in range(deepest):
    w = np.arccos(np.clip(S, -1, 1))
    kappa_0, kappa_1 = 1 - w / np.pi, (np.sin(w) + (np.pi - w) * np.cos(w)) / np.pi
    S, K = kappa_1, kappa_1 + kappa_0 * (K + 1)
np.testing.assert_allclose(K, deep_kernel("relu", deepest)(t), atol=1e-12)

# %%
profile, eigenvalues = depth_tables.limit_kernels(depths, 1024)
save(draw_kernel.deep_kernels(profile, eigenvalues), "09_deeper_networks-kernels",
     pd.concat([eigenvalues, profile], ignore_index=True), alt=(
    f"ReLU networks with {depths[0]} to {depths[-1]} hidden layers. Left, tangent kernel against "
    "the angle between inputs: the deeper, the steeper at zero. Right, eigenvalues against the "
    "degree: parallel lines, higher the deeper, on the dotted prediction."))

# %% [markdown]
# At finite width the error falls like $m^{-1/2}$, if the output signs $a$ are *drawn*: $W_{ij}$ and $\dot\varphi(u_i)$ are
# dependent, and with $a=1$ the sums $n^{-1/2}\sum_iW_{ij}a_i\dot\varphi(u_i)$ have a mean of order one that the recursion lacks.

# %%
errors = {f"{L} hidden": deep_kernel_errors("relu", L, limit_widths, limit_replicates,
                                            child(root, L)) for L in depths}
errors["2 hidden, equal signs"] = deep_kernel_errors("relu", 2, limit_widths, limit_replicates,
                                                     child(root, 2), True)
fits = {name: slope(limit_widths, e, independent=True) for name, e in errors.items()}
pd.DataFrame([[name, str(f)] for name, f in fits.items()], columns=["", "slope in m (-1/2)"])

# %% [markdown]
# ## 2. The mean shift, derived
#
# The mean of the kernel at width $n$ is not its limit: $\mathbb E K_0(x,x')=K_L(t)+\mu_L(t)/n+O(n^{-2})$. Given layer $l$, the
# neurons of layer $l+1$ are independent Gaussians, whose covariance at $(x,x')$ is the average $G^l$ of $F=(hh,hh',h'h')$
# over neurons, $h=\varphi(u^l(x))$, $h'=\varphi(u^l(x'))$. With $S=\mathbb EF$ at infinite width, $J=\partial_S\mathbb EF$,
#
# $$\mathbb E G^l=S_l+\frac{M_l}n,\quad \operatorname{Cov}G^l=\frac{C_l}n:\qquad C_{l+1}=\operatorname{Cov}(F,F)+JC_lJ^\top,\qquad
# M_{l+1}=JM_l+\tfrac12\,\partial^2_S\mathbb E F:C_l .$$
#
# Backwards, $K_0=G^L_{xx'}+\sum_lB^l(G^{l-1}_{xx'}+\gamma^2)$, with $B^l$ the average of
# $\dot\varphi_i\dot\varphi_i'\,r_ir_i'$, and $r$ comes from above through $W^\top$. Split $W$ into its part along $h,h'$, which
# $u^{l+1}$ fixes, and an independent rest:
#
# $$\mathbb E[r_ir_i']=\mathbb E B^{l+1}+\frac1n\sum_{a,b\in\{x,x'\}}h_{ia}h_{ib}\,Q_{ab},\qquad Q=S^{-1}YS^{-1}-B^{l+1}S^{-1},$$
#
# $Y$ the covariance of the derivatives of $n^{-1/2}\langle a,\varphi(u^L)\rangle$ (one copy) along $u^{l+1}(x)$ and
# $u^{l+1}(x')$, carried up the layers. With the second order of the products this is $\mu_L$: expectations over *two*
# Gaussians, for any depth (module `kernels.deep_shift`). It is Taylor's formula in $G$; its remainder is not bounded here.
# That, on the diagonal, the relative spread of a ReLU network's tangent kernel is exponential in $L/n$ is proved
# ([Hanin and Nica (2020)](00_reading_guide.ipynb#hanin2020)). Drawn starts, $n=16$:

# %%
rows, n = [], 16
for L in depths[1:]:
    p, derived = problems[cases[0], L], eigenvalue_shift(smooth, L, 2, 6)
    moved = drawn(p, [n] * L, shift_starts, child(root, 20 + L), rule[cases[0]], None)[0][:, :7]
    lam = p.spectrum.eigenvalues[:7]
    rows.append(depth_tables.shifts(L, n * moved / lam, derived / lam))
shifts = pd.concat(rows, ignore_index=True)
save(draw.shift(shifts), "09_deeper_networks-shift", shifts, alt=(
    "Mean shift of each eigenvalue of the kernel against its degree, a panel for each depth: drawn "
    "starts as points, the derived shift as a line. Both change sign with the degree; the points "
    "follow the line, less closely at the highest degrees."))

# %% [markdown]
# The shift changes sign with the degree; at $n=16$ its sign and size are as derived at low degrees; at three layers, at the
# highest two drawn, the next order takes half of it, or more. The *variance* $V_{kl}$ of the kernel between degrees asks for four inputs at a time, where
# two Gaussians do not do: we take the expectation over drawn starts of a large width, in which no SGD is run. The risk's response
# to both is that of [notebook 07](07_width_theory.ipynb). For $L=1$, $c_1$ is derived by another route (module
# `risk.finite_width`):

# %%
far = {case: log_times(10**power, 2 * power - 3, 100)
       for case, power in zip(cases, far_log_T, strict=True)}
pairs = {(case, L): first_order_cuts([far_problems[case, L], problems[case, L]], far[case],
                                     m_large, count, child(root, 40 + L), far_rule[case])
         for case, count in zip(cases, starts_large, strict=True) for L in depths}
orders, near = ({key: pair[i] for key, pair in pairs.items()} for i in (0, 1))
c, c_near = ({key: intervals.of(lambda means: means, one.samples, transform="log")
              for key, one in some.items()} for some in (orders, near))

# %%
exact_one, near_one = ({case: first_order(source_problem(*case, r, noise, max_degree=cuts[case]),
                                          far[case]) for case in cases} for cuts in (far_cut, cut))
pd.DataFrame([[titles[case], f"{far[case][-1]:.0e}", *(str(c[case, L][-1]) for L in depths),
               f"{exact_one[case][-1]:.3f}", f"{orders[case, deepest].shift[-1]:.2f}"]
              for case in cases],
             columns=["", "T", *(f"c_{L}(T)" for L in depths), "c_1, derived", "shift in the last"])

# %% [markdown]
# The kernel is cut, and ReLU's eigenvalues fall slowly. On the same starts, change of $c_L$ by more degrees and a finer rule:

# %%
relu, rows, at = cases[1], [], (0, -3, -1)
for L in depths:
    few, more = (some[relu, L].samples[:, at] for some in (near, orders))
    change = intervals.of(lambda means: means[:, 0] / means[:, 1] - 1, np.stack([more, few], 1))
    twice = first_order_deep(far_problems[relu, L], far[relu], m_large, 2, child(root, 40 + L),
                             2 * far_rule[relu]).samples.mean(0)
    rows.append([L, *map(str, change), f"{twice[-1] / more[:2, -1].mean() - 1:+.3f}"])
pd.DataFrame(rows, columns=["L", *(f"degrees {cut[relu]} to {far_cut[relu]}, "
                                   f"T = {far[relu][i]:.0e}" for i in at), "rule twice as fine"])

# %% [markdown]
# So ReLU's cut makes $c_L$ too small at late $T$, the more the deeper, and the ratios with it: their fall is smaller than drawn.
#
# ## 3. Exact risks, given the start
#
# Is the first order enough? The linearised network's risk given the start is exact: means over starts,
# no sample drawn. Kernel, limit and the lines drawn here are cut at `degrees`.

# %%
sweeps, laws = {}, {}
for case, power, count, ms in zip(cases, exact_log_T, starts, widths, strict=True):
    for L in depths:
        times = log_times(10**power, 2 * power - 3, 100)
        sweeps[case, L] = deep_sweep(problems[case, L], ms, times, count, cheap,
                                     child(root, 60 + L), rule[case])
        laws |= {(case, L, tau): width_law(sweeps[case, L].excess, tau) for tau in tolerances}

# %%
lines = {key: one.value for key, one in c_near.items()}
required, curves = depth_tables.requirement(laws, titles, far, lines)
save(draw.requirement(required, curves), "09_deeper_networks-width",
     pd.concat([required, curves], ignore_index=True), alt=(
    "Required width against the number of steps for each depth, a panel for each kernel and "
    "tolerance: exact widths as points, the first order as lines. Deeper networks mostly need "
    "more; points lie near their lines, mostly above, with wide intervals."))

# %%
Markdown("Points are exact risks over starts (open triangles: at most the narrowest width), lines "
         f"$c_L/\\tau$, from other starts. {depth_tables.beside_line(laws, far, lines)} "
         "*Exponents, first and last decade side by side*:")

# %%
exponents = {(case, L, tau): depth_tables.decades(law, far[case], lines[case, L])
             for (case, L, tau), law in laws.items()}
depth_tables.exponents(exponents, laws, titles)

# %% [markdown]
# The first decade is a start-up: on the circle exponents about zero for squareplus, well below the later ones for ReLU. From it
# one would conclude that depth costs a constant factor and hardly a power of $T$. Later $m^*$ grows, by $c_L$ more slowly the
# deeper on the circle; exact intervals are too wide to tell depths apart everywhere. By $c_L$, then, the depths approach one
# another:

# %%
price = {(case, L): intervals.of(lambda means, case=case: means / exact_one[case],
                                 orders[case, L].samples, transform="log")
         for case, L in orders if L > 1}
flat = [(case, L) for case, L in price if case[1] == 2]
exact = {(case, L): width_ratio(*(laws[case, depth, tolerances[0]] for depth in (L, 1)))
         for case, L in flat}
ratios = pd.concat([
    depth_tables.curve(*one, "ratio", series=name, panel=titles[case], depth=L) for case, L in flat
    for name, one in (("first order", (far[case], price[case, L])), ("exact", exact[case, L]))],
    ignore_index=True)

# %%
save(draw.price(ratios), "09_deeper_networks-price", ratios, alt=(
    "Width that deeper networks need over that of one hidden layer, against the number of steps, "
    "on the circle. To first order it begins at the number of layers or above and falls: for "
    "squareplus to about one, for ReLU slowly. Exact ratios, at fewer steps, are points with wide "
    "intervals."))

# %% [markdown]
# ## 4. Which layer must be wide
#
# Why does the ratio begin near $L$ and fall? Ask which layer's finite width costs what. To first order the variances due to
# the layers add: with $m_l$ neurons in layer $l$ the fluctuation's part of the excess is $\sum_lc^{(l)}/m_l$. Make one layer
# narrow, the others eight times as wide, in turn, and solve (cut as in section 3):

# %%
rows, totals = [], []
for case in cases[:2]:
    one = layer_costs(problems[case, deepest], far[case], 64, 8, starts_layer,
                      child(root, 80), rule[case])
    share = intervals.of(lambda means: means, one)
    total = intervals.of(lambda means: means, one.sum(axis=1) + near[case, deepest].shift)
    totals += [[total[i], c_near[case, deepest][i]] for i in (0, -1)]
    rows += [depth_tables.curve(far[case], share[i], "c", panel=titles[case],
                                series=f"layer {i + 1} of {deepest}") for i in range(deepest)]
    rows.append(pd.DataFrame({"panel": titles[case], "series": "one hidden layer", "T": far[case],
                              "c": near_one[case], "low": np.nan, "high": np.nan}))

# %%
shares = pd.concat(rows, ignore_index=True)
save(draw.layers(shares), "09_deeper_networks-layers", shares, alt=(
    f"Share of each of {deepest} layers in the first order against the number of steps, with that "
    "of one hidden layer in black. For squareplus every share comes to lie below the black line, "
    "the last layer's lowest; for ReLU all rise more slowly too, the second staying above it."))

# %% [markdown]
# What is seen: at first the shares add up to several times the cost of one hidden layer. Later, for squareplus, every share
# grows more slowly than $c_1$, and their sum comes down to it; for ReLU they grow more slowly too, but less so, the
# second alone staying above it. If each layer made a part $w_l$ of the kernel, $\sum w_l=1$, and fluctuated in it at cost $w_l^2c_1$,
# $\sum_l(c^{(l)}/c_1)^{1/2}$ would be 1; it is the column of roots. So that is not the reason, and *we have none*. For
# squareplus the last layer costs least, for ReLU the second most.

# %%
ends = pd.concat([shares[(shares["panel"] == titles[case]) & shares["T"].isin(far[case][[0, -1]])]
                  for case in cases[:2]])
costs = ends.pivot_table(index=["panel", "T"], columns="series", values="c", sort=False)
roots = depth_tables.roots(costs.drop(columns="one hidden layer"), costs["one hidden layer"])
costs.round(1).assign(**{"roots": roots.round(2),
                         "shares + shift": [str(one) for one, _ in totals],
                         f"c_{deepest}": [str(one) for _, one in totals]})

# %% [markdown]
# ## 5. Trained networks
#
# All layers move now: same starts, same samples for network and linearisation; their difference is added to the exact excess.

# %%
times = sweeps[cases[0], 1].times
times, middle = times[times <= T], np.sum(times <= T) // 2
networks, drifts = {}, {}
for L in depths:
    p, sweep = problems[cases[0], L], sweeps[cases[0], L]
    run = deep_paths(p, trained, times, replicates, child(root, 60 + L), rule[cases[0]])
    drifts[L] = intervals.of(lambda means: means, (run.network - run.linearised)
                             / kernel_risk(p, times, tail=False))
    networks[L] = sweep.with_drift(run)
pd.DataFrame([[L, m, f"{networks[L].mean[j, -1]:.3f}", *(str(drifts[L][j, i]) for i in (
    0, middle, -1))] for L in depths for j, m in enumerate(trained)],
             columns=["L", "m", f"excess at T = {T:,}",
                      *(f"drift's part, T = {times[i]:,}" for i in (0, middle, -1))])

# %%
tested = pd.concat([depth_tables.excesses(
    sweeps[cases[0], L].excess, networks[L], T, lines[cases[0], L][list(far[cases[0]]).index(T)], L)
    for L in depths], ignore_index=True)
hidden = tested[tested["excess"] <= 0]
save(draw.excess(tested[tested["excess"] > 0]), "09_deeper_networks-excess", tested, alt=(
    f"Excess over the kernel's risk against the width after {T:,} steps, a panel for each depth: "
    "linearised networks as open circles, trained ones as diamonds, the first order as a line that "
    "falls like one over the width. Both kinds of points lie near the line."))

# %%
widest = {L: one[-1] for L, one in drifts.items()}  # the largest trained width
half_way, last = (", ".join(f"{100 * one.value[i]:.1f} ± {100 * one.half[i]:.1f}"
                            for one in widest.values()) for i in (middle, -1))
gone = ", ".join(f"$L={L}$, $m={m:.0f}$, {name} {value:.2f}" for L, m, name, value in
                 hidden[["depth", "m", "series", "excess"]].itertuples(index=False)) or "none"
Markdown(f"At $m={trained[-1]}$ drift's part is, in per cent of $R$, $L$ rising, "
         f"{half_way} at $T={times[middle]:,}$, {last} at $T={T:,}$. In narrower, deeper "
         "networks the paths are too few: the intervals are wider than the estimates. An excess "
         f"below zero is not drawn: {gone}.")

# %% [markdown]
# ## 6. What to take away

# %%
circle = {case: titles[case] for case in cases[:2]}
depth_prices.prices(laws, circle, far, lines, tolerances[0])

# %%
doubled = {case: first_order(source_problem(*case, r, noise, max_degree=2 * far_cut[case]),
                             far[case])[-1] / exact_one[case][-1] - 1 for case in cases}
Markdown(depth_prices.in_numbers(price, laws, titles, far, tolerances[0], doubled))

# %% [markdown]
# - *In parameters* depth is dear: an exponent of $m^*$ counts twice as soon as $L\ge2$.
# - *Derived*: the limit kernel, its tail, the mean shift, the response of the risk. *Expectations over drawn starts*: $V_{kl}$,
#   the layers' shares. *Measured*: networks. *Not explained*: why the ratio falls; that it tends to one is a conjecture.
# - *Limits*: one target and $r$, uniform inputs, step $\eta_1=1/K_L(1)$, depths up to the largest above. Squareplus's cut matters
#   little, ReLU's does (section 2); on $S^2$, where starts afford few degrees, ReLU is left out for it.

# %%
frame = claims.record("09_deeper_networks", [
    *depth_board.limits({name: fit for name, fit in fits.items() if "equal" not in name},
                        limit_widths),
    *depth_board.exponents(exponents, r), *depth_board.prices(price, far, r),
    *depth_board.drifts({L: one[-1] for L, one in widest.items()}, trained[-1], T, cases[0], r)])
print(claims.text(frame.drop(columns=["claim", "r", "interval"])))
