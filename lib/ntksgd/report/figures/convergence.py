"""Figures of notebook 03: every function takes computed data and returns a Figure."""

import matplotlib.pyplot as plt
import numpy as np

from ntksgd.report.figures import THEORY, WIDTH, palette, shades


def targets(data):
    """Columns r, angle, profile, (k, power): f* on the circle, and its power by degree."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 2.7))
    for (r, part), colour in zip(data.groupby("r"), shades(data.r.nunique()), strict=True):
        left.plot(part.angle / np.pi, part.profile, color=colour, label=f"r = {r:g}")
        right.loglog(part.degree + 1, part.power, ".", ms=3, color=colour)
    left.set(xlabel=r"angle from $e_1$ / π", ylabel="$f^*$", title=r"targets, $\|f^*\|=1$")
    right.set(xlabel="degree $k+1$", ylabel="power $F_k$", title="where the power is")
    left.legend()
    return fig


def recursion(data):
    """Columns iterate, T, exact, sampled, error: exact risk through sampled points."""
    fig, ax = plt.subplots(figsize=(WIDTH * 0.72, 3))
    for (name, part), colour in zip(data.groupby("iterate", sort=False), palette, strict=False):
        ax.loglog(part["T"], part.exact, color=colour, label=f"{name}: exact")
        ax.errorbar(part["T"], part.sampled, 2 * part.error, fmt="o", color=colour,
                    label=f"{name}: sampled, ± 2 s.e.")
    ax.set(xlabel="steps T", ylabel="$E\\,\\|f_T-f^*\\|^2$")
    ax.legend()
    return fig


def anatomy(data):
    """Columns T, signal, variance, bias_bound, leading, corrected: the two parts and theory."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 2.9))
    left.loglog(data["T"], data.signal, color=palette[0], label="signal (exact)")
    left.loglog(data["T"], data.bias_bound, "--", color=palette[0],
                label="$(r/eS_T)^{2r}\\|h\\|^2$")
    left.loglog(data["T"], data.variance, color=palette[1], label="variance (exact)")
    left.loglog(data["T"], data.leading, "--", color=palette[1], label="$\\eta_T\\,\\kappa(1)/2$")
    left.set(xlabel="steps T", ylabel="risk", title="risk = signal + s² variance")
    left.legend()
    right.semilogx(data["T"], data.variance / data.leading, color=palette[1], label="exact")
    right.semilogx(data["T"], data.corrected / data.leading, "--", color=THEORY,
                   label="with the correction")
    right.axhline(1, color="grey", lw=0.8)
    right.set(xlabel="steps T", title="variance / $(\\eta_T\\,\\kappa(1)/2)$")
    right.legend()
    return fig


def local_exponents(data):
    """Columns activation, d, r, T, exponent, paper, refined, horizon."""
    keys = list(data.groupby(["activation", "d"], sort=False).groups)
    columns = len({d for _, d in keys})
    fig, axes = plt.subplots(len(keys) // columns, columns, figsize=(WIDTH, 4.4), sharex=True,
                             sharey=True, squeeze=False)
    for ax, key in zip(axes.flat, keys, strict=True):
        panel = data[(data.activation == key[0]) & (data.d == key[1])]
        for (r, part), colour in zip(panel.groupby("r"), palette, strict=False):
            ax.semilogx(part["T"], part.exponent, color=colour, lw=1.2, label=f"r = {r:g}")
            end = part["T"].max()
            ax.plot([end * 3, end * 300], [part.paper.iloc[0]] * 2, color=colour, lw=2.5)
            ax.plot([end * 30], [part.refined.iloc[0]], "o", color=colour, ms=4, mec="k", mew=0.5)
        ax.axvline(data.horizon.iloc[0], color="grey", lw=0.8, ls=":")
        ax.set(title=f"{key[0]}, d = {key[1]}", ylim=(-1.02, -0.02))
    for ax in axes[-1]:
        ax.set_xlabel("steps T")
    for ax in axes[:, 0]:
        ax.set_ylabel("local exponent")
    axes[0, 0].plot([], [], color="grey", lw=2.5, label="$-2r/(2r+1)$")
    axes[0, 0].plot([], [], "o", color="grey", mec="k", mew=0.5, ms=4, label="with memory")
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=7,
               handlelength=1.2, columnspacing=1.0)
    return fig


def saturation(data, curves):
    """Measured exponents (columns case, r, exponent, low, high, kind) over theory curves."""
    fig, ax = plt.subplots(figsize=(WIDTH * 0.8, 3.4))
    ax.plot(curves.r, curves.paper, color=THEORY, label="$2r/(2r+1)$")
    for (case, part), colour, marker in zip(data.groupby("case", sort=False), palette, "osD^v",
                                            strict=False):
        if case in curves:
            ax.plot(curves.r, curves[case], "--", color=colour, lw=1)
        bars = [part.exponent - part.low, part.high - part.exponent]
        ax.errorbar(part.r, -part.exponent, bars, fmt=marker, color=colour, label=case)
    ax.set(xlabel="regularity r", ylabel="rate exponent a in $T^{-a}$", ylim=(0.15, 0.85))
    ax.legend(loc="upper left")
    return fig


def theta(data, theory):
    """Exponent against theta for each r, over min(2r(1-theta), theta, memory)."""
    fig, ax = plt.subplots(figsize=(WIDTH * 0.8, 3.3))
    for (r, part), (_, line), colour in zip(data.groupby("r"), theory.groupby("r"), palette,
                                            strict=False):
        ax.plot(line.theta, line.exponent, "-", color=colour, lw=1)
        ax.plot(line.theta, line.paper, ":", color=colour, lw=1)
        ax.plot(part.theta, -part.exponent, "o", color=colour, label=f"r = {r:g}")
    ax.plot([], [], "k-", lw=1, label="theory")
    ax.plot([], [], "k:", lw=1, label="without memory")
    ax.set(xlabel="θ in $\\eta_t=\\eta_1 t^{-\\theta}$", ylabel="rate exponent a in $T^{-a}$",
           ylim=(0, 0.85))
    ax.legend(ncols=2)
    return fig


def bound(data):
    """Columns r, T, risk, bound, free: bounds over exact risks, and the looseness factor."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 3))
    for (r, part), colour in zip(data.groupby("r"), palette, strict=False):
        left.loglog(part["T"], part.risk, color=colour, label=f"r = {r:g}")
        left.loglog(part["T"], part.bound, "--", color=colour)
        right.loglog(part["T"], part.bound / part.risk, color=colour)
        right.loglog(part["T"], part.free / part.risk, ":", color=colour)
    left.plot([], [], "k-", label="exact risk")
    left.plot([], [], "k--", label="explicit bound")
    right.plot([], [], "k-", label="bound with capacity")
    right.plot([], [], "k:", label="from κ(1) alone")
    left.set(xlabel="steps T", ylabel="risk", title="bound over exact risk")
    right.set(xlabel="steps T", ylabel="bound / risk", title="looseness")
    left.legend(loc="upper right", labelspacing=0.2)
    right.legend()
    return fig


def schedules(data, theory, T):
    """Rates (left) and risks over ridge regression's (right) of each scheme, against r."""
    fig, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 3.7))
    for (scheme, part), colour, marker in zip(data.groupby("scheme", sort=False), palette,
                                              "osD^vP", strict=False):
        bars = [part.exponent - part.low, part.high - part.exponent]
        left.errorbar(part.r, -part.exponent, bars, fmt=marker, color=colour, ms=5, label=scheme)
        right.semilogy(part.r, part.relative, marker + "-", color=colour, lw=0.8, ms=5)
    left.plot(theory.r, theory.minimax, color=THEORY, label="minimax")
    left.plot(theory.r, theory.capacity_free, "--", color=THEORY, label="2r/(2r+1)")
    left.set(xlabel="regularity r", ylabel="rate exponent a in $T^{-a}$", title="rate, best step")
    right.axhline(1, color="grey", lw=0.8)
    right.set(xlabel="regularity r", ylabel="risk / risk of ridge regression",
              title=f"risk at T = $10^{{{round(np.log10(T))}}}$, best step")
    fig.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return fig


def weight_decay(data):
    """Columns kind, r, exponent, low, high, theory."""
    fig, ax = plt.subplots(figsize=(WIDTH * 0.72, 3))
    for (kind, part), colour, marker in zip(data.groupby("kind", sort=False), palette, "os",
                                            strict=False):
        ax.plot(part.r, -part.theory, "--", color=colour)
        bars = [part.exponent - part.low, part.high - part.exponent]
        ax.errorbar(part.r, -part.exponent, bars, fmt=marker, color=colour, label=kind)
    ax.axvline(1, color="grey", lw=0.8, ls=":")
    ax.set(xlabel="regularity r", ylabel="rate exponent a in $T^{-a}$")
    return ax.legend().figure


def rkhs_norm(data):
    """Columns r, T, rkhs, slope: squared RKHS distance, with the predicted slope."""
    fig, ax = plt.subplots(figsize=(WIDTH * 0.72, 3))
    for (r, part), colour in zip(data.groupby("r"), palette, strict=False):
        ax.loglog(part["T"], part.rkhs, color=colour, label=f"r = {r:g}")
        line = part[part["T"] >= 1e3]
        law = line.rkhs.iloc[-1] * (line["T"] / line["T"].iloc[-1]) ** line.slope
        ax.loglog(line["T"], law, "--", color=THEORY, lw=1)
    ax.lines[-1].set_label("predicted slope")
    ax.set(xlabel="steps T", ylabel="$E\\,\\|f_T-f^*\\|_H^2$")
    ax.legend()
    return fig
