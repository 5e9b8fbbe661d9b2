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
# # Reading guide
#
# **The question.** A two-layer network of width $m$ sees $T$ samples, one at a time, and takes one
# step of stochastic gradient descent (SGD) on each. How far is it from the function it should
# learn, and how wide must it be for theory to say so?
#
# Cao, Guo and Shi (*Stochastic Gradient Descent for Two-layer Neural Networks*, arXiv 2407.07670)
# answer with the neural tangent kernel (NTK): a wide network moves like SGD in the kernel's
# Hilbert space (RKHS), whose last iterate attains the rate $T^{-2r/(2r+1)}$ for a target of
# regularity $r$, and a width polynomial in $T$ is enough. Their paper is theory. Here each of its
# claims becomes a derivation that can be read, code that can be run, and a number with
# its interval beside what theory predicts. We had a summary of the paper, not its full
# text: claims are named by what they say, no theorem number and no constant is quoted, and where
# the summary leaves room we write *our reading*.

# %% [markdown]
# ## The setting
#
# Inputs $x$ are uniform on the sphere $\mathbb S^{d-1}$ ($d=2$: the circle), and $y = f^*(x) +
# \text{noise}$ with noise of variance $s^2$. The network
#
# $$g(x) = \frac1{\sqrt m}\sum_{i=1}^m a_i\,\sigma(b_i\cdot x + \gamma c_i)$$
#
# starts from $b_i = b_{i+m/2}\sim N(0,I)$, $a_i = -a_{i+m/2} = 1$, $c_i=0$, so that $g_0 = 0$ and
# only $m/2$ neurons are independent. All of $a, b, c$ follow SGD on the square loss: one pass,
# batches of one, step $\eta_t = \eta_1 t^{-\theta}$. As $m\to\infty$ its tangent kernel becomes,
# with $u=b\cdot x$, $u'=b\cdot x'$ and $t=x\cdot x'$,
#
# $$K(x,x') = \kappa(t) = \mathbb E[\sigma(u)\sigma(u')] + (t+\gamma^2)\,\mathbb E[\dot\sigma(u)\dot\sigma(u')].$$
#
# Spherical harmonics diagonalise it: an eigenvalue $\lambda_k$ of multiplicity $N_k$ for each
# degree $k$. A target has *regularity* $r$ when $f^* = L^r h$ with $h\in L^2$ and $L$ the integral
# operator of $K$; $r=1/2$ is the RKHS itself. Our targets make $h$ only just square-summable, so
# that $r$ is sharp. The *risk* is $R = \|f-f^*\|^2_{L^2}$, the noise not counted. Activations are
# squareplus, $\sigma(u) = (u+\sqrt{u^2+s^2})/2$, which is analytic and tends to ReLU as its scale
# $s\to0$; ReLU itself; erf and tanh.

# %% [markdown]
# ## The claims, and where each is examined
#
# | claim | what it says | predicted | notebook |
# |:--|:--|:--|:--|
# | E | the NTK is positive definite, has a Mercer expansion, and defines an RKHS | $\sum_k\lambda_k N_k=\kappa(1)$, all $\lambda_k>0$ | `01_tangent_kernel` |
# | A | the kernel of a width-$m$ network approximates the target | error $O(m^{-r/(2r+1)})$ | `02_approximation_error` |
# | B | SGD in the RKHS converges, in its last iterate | risk $O(T^{-2r/(2r+1)})$ | `03_rkhs_convergence` |
# | | and which steps, last or averaged, are best? | minimax $T^{-2r\beta/(2r\beta+1)}$ | `04_schedules` |
# | B' | the network's SGD does as well, down to a floor that falls with $m$ | same rate, plus $\varepsilon(m)$ | `05_network_follows_kernel` |
# | D | too small a width degrades the rate, too large a one only costs time | shape of risk against $m$ | `05_network_follows_kernel` |
# | C | a width polynomial in $T$ suffices | exponent at most $1+5/(2r+1)$ | `06_width_requirement` |
# | | what width do theory, and the linearised network, ask for? | exponents derived | `07_width_theory` |
# | | and which width is proved to suffice for the network? | $(1+r)/(2r+1)$, up to logarithms | `08_width_theorem` |
# | F | beyond the paper: how wide must a deeper network be? | derived to first order | `09_deeper_networks` |
# | | do other losses, momentum and batches change the risk, or the width? | derived, and a theorem | `10_other_losses` |
# | | does the theory foretell learning curves on real data? | from half of the data | `11_real_data` |
# | | when is a network better than its kernel? | measured: test error | `12_classification` |
# | | and how wide must a network be on *your* data to follow its kernel? | computed without SGD | `13_your_data` |
#
# They build on one another in this order. In a hurry: `03_rkhs_convergence` has the exact risk of
# kernel SGD, without any sampling, which all later notebooks lean on; `06_width_requirement`
# answers the question this page began with.

# %% [markdown]
# ## The scoreboard
#
# Each notebook ends by recording its numbers. A row is of one of four kinds, never mixed:
#
# * a **claim** tests what the paper says, with the number that the paper says;
# * a **prediction** tests what we derive ourselves;
# * a **check** is an identity, or code against code;
# * a **finding** is measured, and nothing was predicted.
#
# Theory either gives the number ($=$) or bounds it ($\le$, $\ge$), and the interval of the measured
# number decides. A row *holds* if the interval contains the number given and is narrow enough to
# tell (half-width at most $0.05 + 0.1\,|\text{theory}|$, unless the row says otherwise), or lies
# on the allowed side of the bound. It is *undecided* if the interval is too wide, or contains the
# bound. It is *out of range* if the interval misses the asymptotic number, but contains what the
# same theory gives, exactly, on the finite range that was measured; it says from where on the
# asymptotic number is reached. Else it *fails*, and gives the reason if we know it. Of claim F the
# paper says nothing: its predictions and findings carry no verdict.

# %%
import textwrap

from ntksgd.report import claims
from ntksgd.report.figures import save, use_style
from ntksgd.report.figures.scoreboard import scoreboard

use_style()
table = claims.read()
counts = claims.counts(table)
print(counts.to_string())

# %%
tidy = counts.reset_index()
save(scoreboard(tidy), "00_reading_guide-scoreboard", tidy)

# %% [markdown]
# Only the panel on the left speaks for or against the paper. Its rows that do not hold, each with
# its reason:

# %%
tested = table[table["kind"] == "claim"]
missed = tested[tested["verdict"] != "holds"]
for row in missed.itertuples():
    where = ", ".join(filter(None, [row.activation, "" if row.r != row.r else f"r = {row.r:g}"]))
    number = f"{row.measured:.3g} [{row.ci_low:.3g}, {row.ci_high:.3g}]".replace(" [nan, nan]", "")
    line = (f"{row.claim}, {row.verdict}: {row.quantity} ({where}; {row.range}): {number}, "
            f"claimed {row.relation} {row.theory:.3g}. {claims.WHY.get(row.why, row.why)}.")
    print(textwrap.fill(line, 98, subsequent_indent="   "))
print(f"{len(tested) - len(missed)} of {len(tested)} claim rows hold")

# %% [markdown]
# And the predictions and checks that do not hold (every row is in `figures/claims.csv`):

# %%
ours = table[table["kind"].isin(["prediction", "check"]) & (table["claim"] != "F")]
print(claims.text(ours[ours["verdict"] != "holds"].drop(columns="interval")))

# %% [markdown]
# ## How to go on
#
# * The notebooks are read from `01` to `13`; each derives what it uses. Code cells are short: the
#   algorithms are in `lib/ntksgd`, one concept a module, and their docstrings give the formula and
#   its source.
# * A cell near the top of each notebook, tagged `parameters`, holds its sizes. To change them
#   without editing, write a file `params/mine.yaml` and run `make figures PROFILE=mine`; a
#   misspelt name or a wrong type stops the run at once.
# * `make figures` regenerates every figure, the numbers behind it as csv, and this scoreboard's
#   data, `figures/claims.csv`. `make test` recomputes all notebooks and compares each output with
#   the one stored.
