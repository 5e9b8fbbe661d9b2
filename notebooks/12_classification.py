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
# # Classification: when is the network better than its kernel?
#
# **The question.** On real labels, scored by test error in per cent: when is the trained network
# better than its kernel, by how much, and can one know it beforehand? The paper claims nothing of
# the kind; all rows below are findings or predictions of ours.
#
# **The idea.** "Its kernel" means two things. The *limit* kernel $K$ of infinite width; and the
# kernel $K_0$ of the very network that was drawn, whose learner is the *linearised* network: same
# width, same start, features frozen. What SGD reaches has an RKHS norm $\|f_T\|_H$, known without
# training a network, and $m$ neurons must move to represent it:
#
# $$ D=\frac{\|f_T\|_H^2}{m} $$
#
# is, to first order, the mean square movement of a neuron. Features move when $D$ is not small; where they do not, training is
# "lazy" ([Chizat, Oyallon and Bach (2019)](00_reading_guide.ipynb#chizat2019)). Whether that *helps*
# is another matter: ridge regression with the trained kernel $K_T$ in place of $K_0$ tells better
# features from better optimisation.
#
# ![Three panels against D: the change of the kernel rises with D on all data; the gain over the own
# kernel too; the gain over the limit kernel is positive on one data set only](../figures/12_classification-diagnostic.png)
#
# **Verdict** (numbers: last cell).
# 1. Over its *own* kernel the network is never worse beyond the interval, and gains in most cases with
#    $D\ge1$, mostly the more the larger $D$: moving features make up for a narrow width.
# 2. Over the *limit* kernel it gains on one set only, where the kernel is nearly blind to the labels (is
#    the sum of two digits odd?), with the logistic loss and $D$ of a few or more. On the ten digits $D$ is
#    as large, and the limit kernel stays better; on breast cancer hardly a learner can be told from another.
# 3. So $D$ orders cases by how far features move, and by the gain over the own kernel, not by the gain
#    over the limit. What it does tell: no case with $D<1$ gains over the limit beyond its interval.

# %% tags=["hide-input"]
from itertools import product

import numpy as np
import pandas as pd
from IPython.display import Markdown

from ntksgd import check
from ntksgd.compare.class_cases import cases
from ntksgd.compare.class_task import Task
from ntksgd.compare.classification import outcomes
from ntksgd.compare.kernel_ridge import RIDGES, ridge_regression
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models import many_outputs

# %% tags=["hide-input"]
from ntksgd.models.activations import activation as named_activation
from ntksgd.models.class_losses import curvature, targets
from ntksgd.problems import classes
from ntksgd.report import claims, class_rows
from ntksgd.report import class_tables as tables
from ntksgd.report.class_tables import line, mean
from ntksgd.report.figures import classes as draw
from ntksgd.report.figures import save, use_style
from ntksgd.stats import intervals
from ntksgd.stats.slopes import slope

use_style()

# %% tags=["parameters"]
activation = "relu"  # type: str  any built-in activation
smooth = ["squareplus(0.5)"]  # type: list[str]  smooth ones, for the exponent of K_T - K_0
data = ["digits", "pairs of digits", "breast cancer"]  # type: list[str]  sets of problems.classes
train_sizes = [1000, 1200, 400]  # type: list[int]  training points of each, the rest is the test
passes = 8  # type: int  passes over the training points: 2, 4, 8, 16, 32
load = 0.5  # type: float  eta_1 kappa(1) times the largest curvature of the loss, in (0, 2)
other_load = 0.125  # type: float  a second step, for the diagnostic
theta = 0.0  # type: float  steps t^(-theta)
widths = [32, 128, 512]  # type: list[int]  of the networks
middle_width = 128  # type: int  one of them: the curves against T, ridge regression with K_T
change_widths = [128, 256, 512, 1024]  # type: list[int]  for the exponent of K_T - K_0
change_splits = 3  # type: int
splits = 6  # type: int  random splits into training and test part
seed = 12  # type: int

# %% tags=["hide-input"]
check.integer("number of train_sizes", len(train_sizes), len(data), len(data))
check.one_of("passes", passes, (2, 4, 8, 16, 32))
check.one_of("middle_width", middle_width, tuple(widths))
check.integer("splits", min(splits, change_splits), 2)
check.integer("number of change_widths", len(change_widths), 3)
LOSSES, act = ("square", "logistic"), named_activation(activation)
sizes, root = dict(zip(data, train_sizes, strict=True)), np.random.SeedSequence(seed)

# %% [markdown]
# ## 1. Several outputs
#
# With $C$ classes the network has $C$ outputs over one hidden layer, all of it trained:
#
# $$ g_k(x)=m^{-1/2}\sum_{i=1}^m a_{ki}\,\sigma(\langle b_i,z\rangle),\qquad z=(x,\gamma),\quad k=1,\dots,C. $$
#
# Output $k$ does not see the weights $a_l$ of another, but all see the $b_i$, so that the tangent
# kernel $K_{kl}(x,x')=\langle\nabla g_k(x),\nabla g_l(x')\rangle$ is a matrix in $k,l$:
#
# $$ K_{kl}=\frac1m\sum_i\bigl[\delta_{kl}\,\sigma_i\sigma_i'+\langle z,z'\rangle\,a_{ki}a_{li}\,\dot\sigma_i\dot\sigma_i'\bigr]. \tag{1} $$
#
# Draw the signs $a_{ki}=\pm1$ independently for each class: $\mathbb E\,a_{ki}a_{li}=\delta_{kl}$, so
# $\mathbb E\,K_{kl}=\delta_{kl}\,\kappa(\langle x,x'\rangle)$ with the kernel $\kappa$ of a single output, and the
# cross terms are means of $m/2$ independent terms of mean zero, of size $m^{-1/2}$. In the limit the
# outputs have the kernel $K\otimes I_C$ and meet in the loss only. To each neuron
# $(a_i,b_i)$ belongs a partner $(-a_i,b_i)$, so $g_0=0$.

# %%
split = classes.split(data[0], sizes[data[0]], np.random.default_rng(seed))
z, limit = many_outputs.extended(split.x[:50]), tangent_kernel(act).gram(split.x[:50])
for m in (64, 1024, 16_384):
    a, b = start = many_outputs.initialise(m, split.x.shape[1], split.classes,
                                           np.random.default_rng(seed))
    value, slope_ = act.value(z @ b.T), act.derivative(z @ b.T)
    K_11, K_12 = (((l == 0) * value @ value.T + (z @ z.T) * (slope_ * a[0] * a[l] @ slope_.T)) / m
                  for l in (0, 1))  # formula (1)
    assert np.allclose(K_12, many_outputs.tangent_block(start, z, z, act, 0, 1))
    rms = [np.sqrt(np.mean(off**2) / np.mean(limit**2)) for off in (K_11 - limit, K_12)]
    print(f"m = {m:6d}: |K_11 - K|/|K| = {rms[0]:.3f}, |K_12|/|K| = {rms[1]:.3f}")

# %% [markdown]
# One start each; in the mean over starts a factor 16 in $m$ divides both by 4.
#
# **Labels and losses.** *Square*: $\frac12|g-y|^2$, $y$ the one-hot label less $1/C$. *Logistic*:
# $-\log\mathrm{softmax}(g)_{\rm label}$. The class of largest $g_k$ is the answer. **Steps**: $\eta_t=\eta_1t^{-\theta}$ with
# $\eta_1\kappa(1)L={}$load, $L$ the largest eigenvalue of the loss's Hessian: 1, and $\frac12$ for the
# logistic loss, whose Hessian is $\mathrm{diag}(p)-pp^\top$. At finite width $\kappa(1)$ is replaced by
# the largest eigenvalue of the $C\times C$ matrix $K_{kl}(x,x)$, which is larger: narrow networks with
# many classes bear smaller steps.
#
# **Data** ship with scikit-learn: *digits* (ten classes); *breast cancer* (two); *pairs of digits*:
# two images side by side, each image once on each side, and the label says whether the sum of the two
# digits is odd. Real images, but a question made up to be hard: one half alone tells
# nothing. **Splits** are random; centring and scaling are learnt from the training part, and points are put on
# the sphere. All learners see the same points in the same order.
# $T\le n$ is *one pass*; beyond, each pass has a new order: *several passes*, of which the paper does not speak.
#
# **Learners.** The network; the linearised network; kernel SGD with the limit kernel; and as the batch
# reference kernel ridge regression (square loss, limit kernel, on the first $T$ points), its ridge
# the best of 15 by leave-one-out cross-validation on the training part.

# %%
def study(name, grid, step, losses=LOSSES, ridge=None, count=splits, last=passes, by=activation):
    """The task on one data set, and its outcome over random splits, the same ones at every call."""
    n, doublings = sizes[name], range(-4, last.bit_length())
    task = Task(name, n, tuple(int(n * 2.0**k) for k in doublings), tuple(grid), losses, step,
                theta, by, ridge)
    return task, outcomes(task, count, np.random.SeedSequence((seed, data.index(name))))


studies = {name: study(name, widths, load, ridge=middle_width) for name in data}
for loss in LOSSES:
    print(f"{loss} loss: eta_1 = {load / (curvature(loss) * tangent_kernel(act).trace):.3f}")

# %%
for name in data:
    split = classes.split(name, sizes[name], np.random.default_rng(seed))
    gram = tangent_kernel(act).gram(split.x)
    fitted = ridge_regression(gram, targets(split.labels, split.classes, "square"))
    share = fitted.ridge / np.trace(gram)
    print(f"{name:15s} ridge / trace of K = {share:.1e}, of {RIDGES[0]:.0e}..{RIDGES[-1]:.0e}")

# %% [markdown]
# Cross-validation takes one of the least ridges it is offered: the reference all but interpolates its training points.
#
# ## 2. Test error against $T$

# %%
table = tables.steps_table(studies, middle_width)
save(draw.steps(table, f"A network of {middle_width} neurons overtakes kernel SGD on pairs of "
                "digits, with the logistic loss"), "12_classification-steps", table, alt=(
    f"Test error against the number of steps, for {len(data)} data sets and two losses: network, "
    "linearised network, kernel SGD and kernel ridge regression. On pairs of digits with the "
    "logistic loss the network ends below kernel SGD; elsewhere it ends at or above kernel "
    "SGD, and the linearised network highest on the digits."))

# %%
print(tables.error_table(studies).to_string(index=False))

# %% [markdown]
# Test errors in per cent at the largest width. Intervals are jackknife intervals over random splits:
# they hold *given the data set*, and do not cover drawing another one.
# In one pass no SGD comes near the batch reference on the digits and the pairs: $n$ steps are too few, whatever the features.
#
# ## 3. Test error against $m$

# %%
table = tables.width_table(studies)
save(draw.widths(table, "Moving features make up for a narrow width, and on pairs of digits "
                 "for more"), "12_classification-widths", table, alt=(
    f"Test error against the width, for {len(data)} data sets and two losses, after one pass and "
    "after several. Linearised networks come down to kernel SGD as the width grows; networks are "
    "better than those at small widths, and below kernel SGD on pairs of digits, logistic loss."))

# %% [markdown]
# The linearised network comes down to kernel SGD as $m$ grows, as in theory. The network comes to the
# same limit, but from nearer by on the digits, and on the pairs with logistic loss from *below*: there
# infinite width is the worst.
#
# ## 4. How far features move
#
# *How much the parameters move.* The linearised weights are $W_T=\sum_tc_t\nabla g(x_t;\Theta_0)$, so
# $\|W_T\|^2=\langle c,K_0c\rangle=\|\ell_T\|^2_{H_0}$, which tends to $\|f_T\|^2_H$, summed over the outputs. Per neuron this is $D$.
#
# *What it does to the kernel.* To leading order a neuron moves by $(\delta a,\delta b)$ and its partner by
# $(\delta a,-\delta b)$: the gradient in $b$ is odd in $a$. In the sum over a pair the terms of first order of
# $K_T-K_0$ are odd, and cancel; so do those of second order of $g$. What is left is
# of second order in $K_T$, of third in $g$:
#
# $$ \frac{\|K_T-K_0\|}{\|K_0\|}=O(D),\qquad \frac{\|g_T-\ell_T\|}{\|f_T\|}=\frac{O(m^{-1/2}\,m\,D^{3/2})}{\|f_T\|}=O(D). \tag{2} $$
#
# (Taylor, for smooth $\sigma$ and small $D$.) **ReLU** adds a term: where $|u_i|$ is below the movement, about $\sqrt D$, one of
# the pair changes side. These are a share $\sqrt D$ of the neurons, each worth $1/m$ with random sign, so they sum to
# $(m\sqrt D)^{1/2}/m=D^{1/4}m^{-1/2}$. With $D\propto1/m$ that is $m^{-3/4}$, larger than $D$ once $D\ll m^{-2/3}$ (a heuristic).
# **Prediction: at fixed $T$ and step the change of the kernel falls like $1/m$ if $\sigma$ is smooth, and between that and
# $m^{-3/4}$ for ReLU.** We measure the mean $\bar K$ of $K_{11},\dots,K_{CC}$ on test points, in one pass, square loss:

# %%
exponents, moved = {}, {}
for name, by in product(data, (*smooth, activation)):
    found = study(name, change_widths, load, ("square",), None, change_splits, 1, by)[1]
    norm, change = found.norm[:, 0, -1], found.change[:, 0, :, 0]
    exponents[name, by] = slope(change_widths, change)
    moved[name, by] = intervals.of(lambda a, b: a / b, found.moved[:, 0, -1, -1], norm,
                                   transform="log")
    print(f"{name:15s} {by:15s} exponent in m {exponents[name, by]};  at m = {change_widths[-1]}: "
          f"D = {norm.mean() / change_widths[-1]:.4f}, change {change[:, -1].mean():.4f}, "
          f"movement^2 / |f_T|^2 {moved[name, by]}")

# %% [markdown]
# The parameters move about as far as $\|f_T\|_H$ says. The exponents of squareplus are near $-1$, on the pairs a little flatter
# (there the change is as large as $D$, and its next order counts, we presume); those of ReLU are on the flat side of $-1$,
# where its term of the kinks would put them, but the intervals are too wide to tell that from $-1$ on every set.
#
# ## 5. Does $D$ order the cases?
#
# A case is a data set, loss, width, step, and one or several passes. Its gains are differences of test
# error on the same splits: linearised network less network (over its *own* kernel), kernel SGD less
# network (over the *limit*).

# %%
found_cases = [case for name in data for task, found in (
    studies[name], study(name, [middle_width], other_load)) for case in cases(task, found)]
table = tables.case_table(found_cases)
save(draw.diagnostic(table, "Features move, and gain over frozen ones, as D grows; over the limit "
                     "it depends"), "12_classification-diagnostic", table, alt=(
    "Three panels against D, a point for each case, marks for data sets and losses. The change of "
    "the kernel rises with D; so does the gain over the network's own kernel; the gain over the "
    "limit kernel is clearly positive on pairs of digits only."))

# %%
orders = class_rows.orderings(found_cases, table)
print(pd.DataFrame([[*key, str(found), f"{right} of {told}"]
                    for key, (found, told, right) in orders.items()],
                   columns=["", "data", "correlation", "ordered"]).to_string(index=False))
rank = np.corrcoef(np.log(table["diagnostic"]), np.log(table["change_mean"]))[0, 1]
print(f"\ncorrelation of log D and log |K_T - K_0|/|K_0| over all {len(table)} cases: {rank:.2f}")

# %% [markdown]
# Correlations are with $\log D$; pairs are those of cases whose gains differ by more than their interval, ordered
# if the larger gain goes with the larger $D$ (a coin orders half). **$D$ orders** the change of the kernel, and on
# the digits and the pairs the gain over the own kernel. **It does not order** the gain over the limit kernel: on
# the digits $D$ is as large as on the pairs, and the network loses; on the pairs themselves the logistic loss gains more than the square loss at
# the same $D$; and on breast cancer hardly a difference can be told from 0.
# The growth of the kernel-target alignment $A_T/A_0$
# ([Cristianini et al. (2001)](00_reading_guide.ipynb#cristianini2001)), on test points, is known only after training, and orders better
# over all, but on the digits the wrong way:

# %%
after = table[(table["m"] == middle_width) & (table["load"] == load) &
              (table["passes"] == "several passes")]
start = {(name, m): found.alignment[:, 0, k, 0].mean() for name, (task, found) in studies.items()
         for k, m in enumerate(task.widths)}
print(after.assign(A_0=[start[key] for key in zip(after["data"], after["m"], strict=True)])[
    ["data", "loss", "m", "diagnostic", "change_mean", "A_0", "growth_mean", "own_mean",
     "limit_mean"]].round(2).to_string(index=False))

# %% [markdown]
# $A_0$ is what sets the pairs apart: there the labels are almost orthogonal to the kernel. Where the limit
# kernel is aligned already, moving features have little left to find, we think.
#
# ## 6. Better features, or better optimisation?
#
# Ridge regression knows no steps. With $\bar K_0$ and $\bar K_T$ (times $I_C$) in turn, at the same width, it compares
# features alone. ($K_T$ has seen the training labels, so leave-one-out favours small ridges for it; the test error does not mind.)

# %%
ridges = tables.feature_table(studies)
save(draw.features(ridges, "Ridge regression: on pairs of digits the kernel trained with logistic "
                   "loss beats the limit"), "12_classification-features", ridges, alt=(
    "Test error of ridge regression with the limit kernel, the kernel at the start and the trained "
    "ones, a panel for each data set. On pairs of digits the kernel trained with the logistic loss "
    "does best; on the digits the trained kernels lie between start and limit; on breast cancer "
    "all are close."))

# %%
features = {}
for name, (_, found) in studies.items():
    for l, loss in enumerate(LOSSES):
        features[name, loss] = trained = [mean(other - found.feature_ridge[:, 1 + l]) for other in (
            found.feature_ridge[:, 0], found.ridge[:, -1])]
        print(f"{name:15s} {loss:8s} K_T gains over K_0 {line(trained[0]):18s} "
              f"over the limit kernel {line(trained[1])}")

# %% [markdown]
# On the pairs the features themselves are better: with $K_T$ the convex batch method gains as well, and with the $K_T$ of the
# logistic loss it beats the limit kernel. On the digits $K_T$ is better than $K_0$ by a little and no better than $K$; on breast cancer no gain
# can be told from 0.
#
# ## 7. Rows

# %%
board = [*class_rows.kernel_rows(exponents, moved, sizes, change_widths),
         *class_rows.order_rows(orders, activation),
         *class_rows.feature_rows(studies, features), *class_rows.gain_rows(studies)]
frame = claims.record("12_classification", board)
print(claims.text(frame.drop(columns=["claim", "activation", "interval"])))

# %%
lines = tables.best_networks(studies)
for other in ("own", "limit"):
    told, right = orders[f"D orders the gain over the {other} kernel", "all"][1:]
    better, worse = (table[f"{other}_low"] > 0).sum(), (table[f"{other}_high"] < 0).sum()
    least = table.loc[table[f"{other}_low"] > 0, "diagnostic"].min()
    lines.append(f"- Over the {other} kernel the network is better in {better} and worse in "
                 f"{worse} of {len(table)} cases, beyond the interval (better at $D$ of at least "
                 f"{least:.2g}); $D$ orders {right} of {told} pairs by this gain.")
Markdown("**In numbers** (the best network is chosen on the test part: a favour to it).\n"
         + "\n".join(lines))

# %% [markdown]
# **What we would do in practice.** (1) Run kernel ridge regression with the limit kernel first: at these sizes it takes a second and is
# the one to beat. (2) Compute $D$ from a run of kernel SGD, which needs no network. If $D\ll1$ the network is its *own* kernel,
# and here never better than the limit kernel, on the digits worse: take the kernel. (3) If $D\gtrsim1$, look at the alignment of kernel and labels. Where it is near zero, train a network:
# logistic loss, several passes, moderate width; wider is closer to the kernel, and worse. Where the kernel is aligned,
# expect no gain from features; a narrow network then only loses less than its linearisation does.
#
# **Limits.** Three small data sets, one of them with a made-up question; inputs on the sphere; one architecture, constant steps,
# no tuning of steps for each learner; $D$ and alignment tell these three apart, which is not a law.
