"""Figures of kernel SGD: its exact risk, the rates, the steps, the bound."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels

EXPONENT = "rate exponent a in $T^{-a}$"
INTERVAL = ["slowest", "fastest"]


def _rates(data):
    """Rate exponents a of T^(-a) with their interval: the sign of fitted slopes turned round."""
    return data.assign(a=-data["exponent"], slowest=-data["high"], fastest=-data["low"])


def recursion(data):
    """Columns iterate, T, exact, sampled, low, high: exact risk through sampled points."""
    ax = panels.single(3, "steps T", "$E\\,\\|f_T-f^*\\|^2$", x=10, y=10)
    marks.family(ax, data, "T", "exact", "iterate", label="{}: exact", marker="")
    marks.family(ax, data, "T", "sampled", "iterate", ["low", "high"], ls="",
                 label="{}: sampled, 95 %")
    return panels.legends(ax)


def anatomy(data):
    """Columns T, signal, variance, bias_bound, leading, corrected: the two parts and theory."""
    fig, ((left, right),) = panels.grid(1, 2, 2.9)
    for column, style, colour, label in (
        ("signal", "-", palette[0], "signal (exact)"),
        ("bias_bound", "--", palette[0], "$(r/eS_T)^{2r}\\|h\\|^2$"),
        ("variance", "-", palette[1], "variance (exact)"),
        ("leading", "--", palette[1], "$\\eta_T\\,\\kappa(1)/2$"),
    ):
        left.plot(data["T"], data[column], style, color=colour, label=label)
    left.set(xlabel="steps T", ylabel="risk", title="risk = signal + s² variance")
    right.plot(data["T"], data["variance"] / data["leading"], color=palette[1], label="exact")
    right.plot(data["T"], data["corrected"] / data["leading"], "--", color=THEORY,
               label="with the correction")
    right.axhline(1, color="grey", lw=0.8)
    right.set(xlabel="steps T", title="variance / $(\\eta_T\\,\\kappa(1)/2)$")
    panels.log_axes(left)
    panels.log_axes(right, y=None)
    return panels.legends(left, right)


def local_exponents(data):
    """Columns activation, d, r, T, exponent, paper, refined, horizon."""
    fig, axes, parts = panels.facets(data, "activation", "d", 4.4, "{activation}, d = {d}",
                                     sharex=True, sharey=True)
    for ax, part in parts:
        marks.family(ax, part, "T", "exponent", "r", label="r = {:g}", lw=1.2)
        for (_, of), colour in zip(part.groupby("r", sort=False), palette, strict=False):
            end = of["T"].max()
            ax.plot([end * 3, end * 300], [of["paper"].iloc[0]] * 2, color=colour, lw=2.5)
            ax.plot(end * 30, of["refined"].iloc[0], "o", color=colour, ms=4, mec="k", mew=0.5)
        ax.axvline(part["horizon"].iloc[0], color="grey", lw=0.8, ls=":")
        panels.log_axes(ax, y=None)
        ax.set_ylim(-1.02, -0.02)
    first = axes[0, 0]
    first.plot([], [], color="grey", lw=2.5, label="$-2r/(2r+1)$")
    first.plot([], [], "o", color="grey", mec="k", mew=0.5, ms=4, label="with memory")
    panels.outer_labels(axes, "steps T", "local exponent")
    return panels.legend_below(fig, first, 4)


def saturation(data, curves):
    """Measured exponents (columns case, r, exponent, low, high) over theory curves."""
    ax = panels.single(3.4, "regularity r", EXPONENT)
    marks.theory(ax, curves, "r", "paper", label="$2r/(2r+1)$", lw=1.4)
    for case, colour in zip(data["case"].unique(), palette, strict=False):
        if case in curves:
            ax.plot(curves["r"], curves[case], "--", color=colour, lw=1)
    marks.family(ax, _rates(data), "r", "a", "case", INTERVAL, ls="")
    ax.set(ylim=(0.15, 0.85))
    return panels.legends(ax, loc="upper left")


def theta(data, predicted):
    """Exponent against theta for each r, over min(2r(1-theta), theta, memory)."""
    ax = panels.single(3.3, "θ in $\\eta_t=\\eta_1 t^{-\\theta}$", EXPONENT)
    for column, style, label in (("exponent", "-", "theory"), ("paper", ":", "without memory")):
        marks.family(ax, predicted, "theta", column, "r", label=None, marker="", ls=style, lw=1)
        ax.plot([], [], color="0.3", ls=style, lw=1, label=label)
    marks.family(ax, _rates(data), "theta", "a", "r", label="r = {:g}", ls="")
    ax.set(ylim=(0, 0.85))
    return panels.legends(ax, ncols=2)


def bound(data):
    """Columns r, T, risk, bound, free: bounds over exact risks, and the looseness factor."""
    fig, ((left, right),) = panels.grid(1, 2, 3.2)
    shown = data.assign(loose=data["bound"] / data["risk"], freely=data["free"] / data["risk"])
    for ax, column, style, name in (
        (left, "risk", "-", "exact risk"), (left, "bound", "--", "explicit bound"),
        (right, "loose", "-", "bound with capacity"), (right, "freely", ":", "from κ(1) alone"),
    ):
        label = "r = {:g}" if column == "risk" else None
        marks.family(ax, shown, "T", column, "r", label=label, ls=style)
        ax.plot([], [], color="0.3", ls=style, label=name)
    left.set(xlabel="steps T", ylabel="risk", title="bound over exact risk")
    right.set(xlabel="steps T", ylabel="bound / risk", title="looseness")
    panels.log_axes(left, right)
    return panels.legends(left, right, labelspacing=0.2)


def schedules(data, curves, T):
    """Rates (left) and risks over ridge regression's (right) of each scheme, against r."""
    fig, ((left, right),) = panels.grid(1, 2, 3.7)
    marks.family(left, _rates(data), "r", "a", "scheme", INTERVAL, ls="", ms=5)
    marks.family(right, data, "r", "relative", "scheme", label=None, lw=0.8, ms=5)
    marks.theory(left, curves, "r", "minimax", label="minimax", lw=1.4)
    marks.theory(left, curves, "r", "capacity_free", label="2r/(2r+1)", lw=1.4, ls="--")
    left.set(xlabel="regularity r", ylabel=EXPONENT, title="rate, best step")
    right.axhline(1, color="grey", lw=0.8)
    right.set(xlabel="regularity r", ylabel="risk / risk of ridge regression", yscale="log",
              title=f"risk at T = $10^{{{round(np.log10(T))}}}$, best step")
    return panels.legend_below(fig, left, 4)


def weight_decay(data):
    """Columns kind, r, exponent, low, high, theory."""
    ax = panels.single(3, "regularity r", EXPONENT)
    marks.family(ax, data.assign(a=-data["theory"]), "r", "a", "kind", label=None, marker="",
                 ls="--")
    marks.family(ax, _rates(data), "r", "a", "kind", INTERVAL, ls="")
    ax.axvline(1, color="grey", lw=0.8, ls=":")
    return panels.legends(ax)


def rkhs_norm(data):
    """Columns r, T, rkhs, slope: squared RKHS distance, with the predicted slope."""
    ax = panels.single(3, "steps T", "$E\\,\\|f_T-f^*\\|_H^2$", x=10, y=10)
    marks.family(ax, data, "T", "rkhs", "r", label="r = {:g}")
    late = data[data["T"] >= 1e3]
    last = late.groupby("r")[["T", "rkhs"]].transform("last")
    law = late.assign(law=last["rkhs"] * (late["T"] / last["T"]) ** late["slope"])
    marks.theory(ax, law, "T", "law", "r", "predicted slope", ls="--")
    return panels.legends(ax)
