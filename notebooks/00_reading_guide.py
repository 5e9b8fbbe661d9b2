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
# # Does the theorem hold, and how wide must the network be?
#
# **The question.** A two-layer network of width $m$ sees $T$ samples, one at a time, and takes one
# step of stochastic gradient descent (SGD) on each. How far is it from the function it should
# learn, and how wide must it be for theory to say so?
# [Cao, Guo and Shi (2024)](00_reading_guide.ipynb#cao2024) answer with the neural tangent kernel
# (NTK): a wide network moves like SGD in the kernel's Hilbert space (RKHS), whose last iterate
# attains the rate $T^{-2r/(2r+1)}$ for a target of regularity $r$, and a width $T^{1+5/(2r+1)}$ is
# enough. Their paper is theory. Here each claim is derived, run, and measured with an interval.
#
# **The answer:**

# %% tags=["hide-input"]
import textwrap

import pandas as pd
from IPython.display import Markdown

from ntksgd.report import abstract, bibliography, claims
from ntksgd.report.answer import markdown
from ntksgd.report.answer_beyond import answers
from ntksgd.report.exponents import exponents
from ntksgd.report.figures import save, use_style
from ntksgd.report.figures.answer import answer
from ntksgd.report.full_study import beside, verdict_changes
from ntksgd.report.paths import root

use_style()
table = claims.read()
paper, beyond = answers(table)

# %% tags=["hide-input"]
Markdown(abstract.markdown(table))

# %% tags=["hide-input"]
shown = exponents(table)
save(answer(shown), "00_reading_guide-answer", shown, alt=(
    "Two panels, a line for each regularity r. Left, exponents of the risk of kernel SGD for ReLU: "
    "the brackets contain the claimed number at small r and miss it at large r. Right, exponents "
    "of the width for squareplus: measured network and linearised network (at a smaller tolerance, "
    "over more steps) far to the left, what is proved (up to logarithms) in between, what is "
    "claimed far to the right."))

# %% [markdown]
# ## Every claim in one line
#
# Numbers are exponents where nothing else is said. In brackets: 95 % intervals of what was sampled;
# for curves that are exact, a bracket by rule of thumb (curvature, resolution); of several rows,
# the hull. *Holds* and *fails* follow from the brackets by the rule below; what is *proved* is proved
# in the notebook named. We had a summary of the paper, not its full text: claims are named by what
# they say, no theorem number and no constant is quoted, and where the summary leaves room we write
# *our reading*: what fails with it bounds our reading, not the paper. "Ours" marks what the paper
# does not say.

# %% tags=["hide-input"]
Markdown(markdown(paper))

# %% [markdown]
# And beyond the paper, which claims nothing of the following:

# %% tags=["hide-input"]
Markdown(markdown(beyond))

# %% [markdown]
# **Proved here**, with all hypotheses in the notebook: E ([01](01_tangent_kernel.ipynb)); A for
# $\frac12\le r\le1$, with constants ([02](02_approximation_error.ipynb)); B, for eigenvalues
# $\sim i^{-\beta}$, $\lambda=0$ and steps $t^{-2r/(2r+1)}$, where $r\le1-\frac1{2\beta}$, and that
# it fails beyond ([03](03_rkhs_convergence.ipynb)); that the squared distance of
# the linearised network from kernel SGD is of order $(\log T)^3/m$ ($(\log T)^4$ at $r=\frac12$), and that the network of width
# $T^{(1+r)/(2r+1)}$, up to logarithms, is within $1+\tau$ of its risk: smooth activations, paired
# start, $\frac12\le r\le1$, with high probability ([08](08_width_theorem.ipynb)); a bound on the
# drift for losses of bounded derivative and smooth activations ([10](10_other_losses.ipynb)).
#
# **Derived to first order in $1/m$**: the linearised network's $c(T)/\tau$ and its exponents
# ([07](07_width_theory.ipynb), [09](09_deeper_networks.ipynb), [10](10_other_losses.ipynb)).
# **Measured only**: the width that networks need; ReLU's drift; everything on real data.
#
# **Not proved here**: any lower bound on the width, so that nobody knows from these pages how much of
# $0.67$ to $0.75$ is needed; anything on the drift of ReLU; weight decay, unpaired starts, inputs
# that are not uniform; whether $\log(2/\delta)$ is enough in far tails (in the
# full study it was not for 16 neurons).
#
# ## How the numbers were made
#
# * *Exact risks.* With uniform inputs the mean risk of kernel SGD obeys a closed recursion over the
#   degrees of the harmonics; to $T=10^{24}$ it is run in blocks of steps. No sampling, so no
#   sampling error; `tests/` holds it to enumerated sample paths.
# * *Linearised networks.* Given its start such a network is SGD with a random kernel: exact given
#   the start, intervals over starts.
# * *Networks* are trained, all parameters, on the same samples as kernel SGD, whose known mean is a
#   control variate. Every task has a seed of its own index: results do not depend on the machine's
#   number of cores.
# * *Exponents* are log-log slopes over the range that the row names; intervals are 95 %, from the
#   jackknife over whole paths or starts; of exact curves a rule of thumb on curvature and
#   resolution. [Notebook 06](06_width_requirement.ipynb) measures how often such intervals cover.
# * *Every measured number* on this page is read from `figures/claims.csv`, which the notebooks
#   write, or the full study's from `figures/paper/claims.csv`.

# %% [markdown]
# ## The full study
#
# The numbers above are those of the default sizes, which a laptop recomputes in minutes. The full
# study (`make figures PROFILE=paper`) has more steps, widths, starts and dimensions; its csv are in
# `figures/paper`, and `make verify PROFILE=paper` names what has changed since it ran. Number of
# rows by verdict, side by side:

# %% tags=["hide-input"]
full = claims.read(root() / "figures" / "paper" / "claims.csv")
print(beside(table, full).drop(index="F", level="claim").to_string())

# %% [markdown]
# What both have, with other verdicts:

# %% tags=["hide-input"]
changes = verdict_changes(table, full)
both = changes[(changes[["default", "full study"]] != "-").all(axis=1)]
print(both.to_string(index=False) if len(both) else "nothing")
print(f"\nonly in one of the two: {len(changes) - len(both)} kinds of row")

# %% [markdown]
# The answer by the full study:

# %% tags=["hide-input"]
Markdown(markdown(answers(full)[0][["claim", "what it says", "what was found", "verdict"]]))

# %% [markdown]
# ## The setting, and notation (notebooks 11 to 13 have other inputs)
#
# Inputs $x$ are uniform on the sphere $\mathbb S^{d-1}$ ($d=2$: the circle), and $y = f^*(x) +
# \text{noise}$ with noise of variance $s^2$. The network
#
# $$g(x) = \frac1{\sqrt m}\sum_{i=1}^m a_i\,\sigma(b_i\cdot x + \gamma c_i)$$
#
# with activation $\sigma$ and weight $\gamma$ of the biases starts from $b_i = b_{i+m/2}\sim N(0,I)$, $a_i = -a_{i+m/2} = 1$, $c_i=0$, so that $g_0 = 0$ and
# only $m/2$ neurons are independent. All of $a, b, c$ follow SGD on the square loss: one pass,
# batches of one, step $\eta_t = \eta_1 t^{-\theta}$. As $m\to\infty$ its tangent kernel becomes,
# with $u=b\cdot x$, $u'=b\cdot x'$ and $z=x\cdot x'$,
#
# $$K(x,x') = \kappa(z) = \mathbb E[\sigma(u)\sigma(u')] + (z+\gamma^2)\,\mathbb E[\dot\sigma(u)\dot\sigma(u')].$$
#
# | symbol | meaning |
# |:--|:--|
# | $m$, $T$, $d$ | width, steps, dimension of the inputs |
# | $g$, $\ell$, $f$ | network, its linearisation at the start, SGD with the limit kernel, on the same samples |
# | $K$, $K_0$ or $K_m$, $K_t$ | limit kernel; kernel of the network at its start, after $t$ steps |
# | $L$, $\lambda_k$, $N_k$ | integral operator of $K$; eigenvalue of degree $k$ of the harmonics, its multiplicity |
# | $\beta$ | capacity: the ordered eigenvalues fall like $i^{-\beta}$; $\frac d{d-1}$ for ReLU, $\infty$ for squareplus |
# | $r$ | regularity: $f^*=L^rh$, $h\in L^2$; $r=\frac12$ is the RKHS itself. Our $h$ are only just square-summable, so that $r$ is sharp |
# | $R$, $R_m$ | risk $\Vert f-f^*\Vert^2_{L^2}$ of the kernel's SGD, of the network's; the noise is not counted |
# | $\eta_t$, $\theta$, $S_T$ | step $\eta_1t^{-\theta}$; sum of the steps up to $T$ |
# | $\lambda$ | weight decay (notebook 02: ridge), 0 unless said so |
# | $m^*(T,\tau)$ | least width whose risk is within $1+\tau$ of the kernel's |
# | $c(T)$ | first order of the linearised network: $\mathbb ER_m^{\rm lin}/R-1=c(T)/m+O(m^{-2})$ |
# | squareplus($s$) | $\sigma(u)=(u+\sqrt{u^2+s^2})/2$: analytic, ReLU as $s\to0$ |
#
# ## What each notebook does
#
# | notebook | claim | question |
# |:--|:--|:--|
# | [01](01_tangent_kernel.ipynb) | E | is the tangent kernel positive definite, and how fast do its eigenvalues fall? |
# | [02](02_approximation_error.ipynb) | A | how well does a finite width approximate the target? |
# | [03](03_rkhs_convergence.ipynb) | B | how fast does kernel SGD converge, in its last iterate? |
# | [04](04_schedules.ipynb) | B | which steps, last or averaged, are best? |
# | [05](05_network_follows_kernel.ipynb) | B', D | does the network do as well, and how does it fail? |
# | [06](06_width_requirement.ipynb) | C | how wide is wide enough, measured? |
# | [07](07_width_theory.ipynb) | C | and by theory? |
# | [08](08_width_theorem.ipynb) | C | which width is proved to suffice? |
# | [09](09_deeper_networks.ipynb) | F | how wide must a deeper network be? |
# | [10](10_other_losses.ipynb) | F | other losses, momentum, batches? |
# | [11](11_real_data.ipynb) | F | does theory foretell learning curves on real data? |
# | [12](12_classification.ipynb) | F | when is a network better than its kernel? |
# | [13](13_your_data.ipynb) | F | how wide on *your* data? |
#
# They build on one another in this order. In a hurry: 03 has the exact risk, which all later ones
# lean on; 06 answers the question this page began with.
#
# ## How a verdict is reached
#
# A row is of one of four kinds, never mixed: a **claim** tests what the paper says, with its number;
# a **prediction** what we derive ourselves; a **check** is an identity, or code against code; a
# **finding** is measured, and nothing was predicted. Theory gives the number ($=$) or bounds it
# ($\le$, $\ge$), and the interval decides. A row *holds* if the interval contains the number and is
# narrow enough to tell (half-width at most $0.05 + 0.1\,|\text{theory}|$, unless the row says
# otherwise), or lies on the allowed side of the bound. It is *undecided* if the interval is too wide,
# or contains the bound; *out of range* if the interval misses the asymptotic number, but contains
# what the same theory gives, exactly, on the range measured. Else it *fails*. Rows of claim F carry
# no verdict. The claims' rows that do not hold:

# %% tags=["hide-input"]
tested = table[table["kind"] == "claim"]
missed = tested[tested["verdict"] != "holds"]
for row in missed.itertuples():
    where = ", ".join(filter(None, [row.activation, "" if pd.isna(row.d) else f"d = {row.d}",
                                    "" if pd.isna(row.r) else f"r = {row.r:g}"]))
    number = f"{row.measured:.3g} [{row.ci_low:.3g}, {row.ci_high:.3g}]".replace(" [nan, nan]", "")
    line = (f"{row.claim}, {row.verdict}: {row.quantity} ({where}; {row.range}): {number}, "
            f"claimed {row.relation} {row.theory:.3g}. {claims.WHY.get(row.why, row.why)}.")
    print(textwrap.fill(line, 98, subsequent_indent="   "))
of_a = (tested["claim"] == "A").sum()
print(f"{len(tested) - len(missed)} of {len(tested)} claim rows hold; {of_a} of them compare with "
      "our own bound for claim A, which is loose")

# %% [markdown]
# And the predictions and checks that do not (every row is in `figures/claims.csv`):

# %% tags=["hide-input"]
ours = table[table["kind"].isin(["prediction", "check"]) & (table["claim"] != "F")]
print(claims.text(ours[ours["verdict"] != "holds"].drop(columns="interval")))

# %% [markdown]
# ## How to go on
#
# Code cells are short: the algorithms are in `lib/ntksgd`, one concept a module. A cell near the
# top of each notebook, tagged `parameters`, holds its sizes; to change them write a file
# `params/mine.yaml` and run `make figures PROFILE=mine`. `make test` recomputes all notebooks and
# compares each output with the one stored. `make book` makes these pages a book, with an *explorer*:
# sliders for $r$, the steps, noise, activation and dimension, and the exact risk, its exponent and
# the width computed as they move (in JupyterLab, `ntksgd.report.explorer.widget()`).
#
# ## Works cited

# %% tags=["hide-input"]
Markdown(bibliography.listed(bibliography.entries(root() / "notebooks" / "references.bib")))
