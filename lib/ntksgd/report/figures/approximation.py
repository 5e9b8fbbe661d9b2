"""Figures of claim A: bias, error between its bounds, fluctuation, and the choice of the ridge."""

import numpy as np
from matplotlib.ticker import LogLocator

from ntksgd.report.figures import THEORY, palette, shades
from ntksgd.report.figures.panels import grey_legend, log_axes, measured, panels, select

LINES = ("-", "--", "-.", ":")


def bias_exponents(table):
    """Local exponent of the exact bias in m; columns activation, d, r, m, exponent, theory."""
    dimensions, activations = sorted(set(table["d"])), list(dict.fromkeys(table["activation"]))
    fig, axes = panels(1, len(dimensions), 3.2, sharey=True)
    for ax, d in zip(axes[0], dimensions, strict=True):
        for colour, r in zip(palette, sorted(set(table["r"])), strict=False):
            ax.axhline(select(table, r=r)["theory"].iloc[0], color=colour, lw=0.9, ls=":")
            for line, activation in zip(LINES, activations, strict=False):
                data = select(table, activation=activation, d=d, r=r)
                ax.plot(data["m"], data["exponent"], color=colour, ls=line)
        ax.set(xscale="log", xlabel="width $m$", title=f"$d = {d}$")
        ax.xaxis.set_major_locator(LogLocator(1000))
    axes[0, 0].set_ylabel("local exponent of the bias in $m$")
    for colour, r in zip(palette, sorted(set(table["r"])), strict=False):
        axes[0, 0].plot([], [], color=colour, label=f"$r = {r:g}$")
    for line, activation in zip(LINES, activations, strict=False):
        axes[0, 0].plot([], [], color="0.3", ls=line, label=activation)
    axes[0, 0].plot([], [], color="0.3", ls=":", lw=0.9, label="$-r/(2r+1)$")
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return fig


def error_between_bounds(table):
    """Measured error between the exact bias and the explicit bound: rows r, columns settings."""
    settings = list(dict.fromkeys(zip(table["activation"], table["d"], strict=True)))
    regularities = sorted(set(table["r"]))
    fig, axes = panels(len(regularities), len(settings), 0.85 + 1.5 * len(regularities),
                        sharex=True, sharey=True)
    for row, colour, r in zip(axes, palette, regularities, strict=False):
        for ax, (activation, d) in zip(row, settings, strict=True):
            data = select(table, activation=activation, d=d, r=r)
            ax.plot(data["m"], data["bound"], color=colour, ls="--")
            measured(ax, data, "error", colour)
            ax.plot(data["m"], data["bias"], color=THEORY, lw=1)
            log_axes(ax)
        row[0].set_ylabel(f"error, $r = {r:g}$")
    for ax, (activation, d) in zip(axes[0], settings, strict=True):
        ax.set_title(f"{activation}, $d = {d}$", fontsize=8.5)
    for ax in axes[-1]:
        ax.set_xlabel("width $m$")
    grey_legend(fig, (("--", "", "explicit bound"), ("", "o", "measured error")),
                 ((THEORY, "exact bias (lower bound)"),))
    return fig


def fluctuation(table):
    """Measured fluctuation, its expansion and its bound; rows activations, columns d."""
    activations = list(dict.fromkeys(table["activation"]))
    dimensions, regularities = sorted(set(table["d"])), sorted(set(table["r"]))
    fig, axes = panels(len(activations), len(dimensions), 4.9, sharex=True, sharey=True)
    for row, activation in zip(axes, activations, strict=True):
        for ax, d in zip(row, dimensions, strict=True):
            for colour, marker, r in zip(palette, "os^", regularities, strict=False):
                data = select(table, activation=activation, d=d, r=r)
                ax.plot(data["m"], data["fluctuation_bound"], color=colour, ls="--", lw=1)
                ax.plot(data["m"], data["bias"], color=colour, ls=":", lw=1.3)
                ax.plot(data["m"], data["expanded_fluctuation"], color=THEORY, lw=0.9)
                measured(ax, data, "fluctuation", colour, marker, label=f"measured, $r = {r:g}$")
            log_axes(ax)
            ax.set_title(f"{activation}, $d = {d}$")
    for ax in axes[-1]:
        ax.set_xlabel("width $m$")
    for ax in axes[:, 0]:
        ax.set_ylabel("$L^2$ norm")
    first = axes[0, 0]
    first.plot([], [], color=THEORY, lw=0.9, label="first order in $1/m$")
    first.plot([], [], color="0.3", ls="--", lw=1, label="elementary bound")
    first.plot([], [], color="0.3", ls=":", lw=1.3, label="exact bias")
    fig.legend(*first.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return fig


def ridge_sweep(table, claimed):
    """Error against the ridge at several widths.

    Parameters
    ----------
    table : DataFrame
        activation, d, m, lam > 0, error, bias; one r.
    claimed : callable
        The ridge of the claim as a function of m.
    """
    activations, dimensions = list(dict.fromkeys(table["activation"])), sorted(set(table["d"]))
    widths = sorted(set(table["m"]))
    fig, axes = panels(len(activations), len(dimensions), 4.9, sharex=True, sharey=True)
    for row, activation in zip(axes, activations, strict=True):
        for ax, d in zip(row, dimensions, strict=True):
            for colour, m in zip(shades(len(widths)), widths, strict=True):
                data = select(table, activation=activation, d=d, m=m).sort_values("lam")
                ax.plot(data["lam"], data["error"], color=colour, label=f"$m = {m}$")
                ridge = claimed(m)
                height = np.exp(np.interp(np.log(ridge), np.log(data["lam"]),
                                          np.log(data["error"])))
                ax.plot(ridge, height, "o", color=palette[1], markersize=4.5, zorder=5,
                        label="ridge of the claim" if m == widths[-1] else None)
            ax.plot(data["lam"], data["bias"], color=THEORY, lw=1, ls="--",
                    label="exact bias ($m = \\infty$)")
            log_axes(ax)
            ax.set_title(f"{activation}, $d = {d}$")
    for ax in axes[-1]:
        ax.set_xlabel("ridge $\\lambda$")
    for ax in axes[:, 0]:
        ax.set_ylabel("root-mean-square error")
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return fig


def best_ridge(curves, limits):
    """Error for three choices of the ridge, d = 2 or any one dimension; columns r.

    Parameters
    ----------
    curves : DataFrame
        activation, r, m, rule ("claim" or "bound"), error with its interval.
    limits : DataFrame
        activation, r, m, error with its interval, floor.
    """
    activations, regularities = list(dict.fromkeys(limits["activation"])), sorted(set(limits["r"]))
    fig, axes = panels(len(activations), len(regularities), 1 + 1.9 * len(activations),
                        sharex=True, sharey="row")
    for row, activation in zip(axes, activations, strict=True):
        for ax, r in zip(row, regularities, strict=True):
            for rule, colour, marker, label in (
                ("claim", palette[1], "o", r"$\lambda = m^{-1/(2r+1)}$ (claim)"),
                ("bound", palette[0], "s", r"$\lambda = m^{-1/2}$ (best of the bound)"),
            ):
                data = select(curves, activation=activation, r=r, rule=rule)
                if data.empty:  # at r = 1/2 the two rules are one
                    continue
                ax.plot(data["m"], data["error"], color=colour, lw=0.7)
                measured(ax, data, "error", colour, marker, label=label)
            data = select(limits, activation=activation, r=r)
            ax.plot(data["m"], data["error"], color=palette[2], lw=0.7)
            measured(ax, data, "error", palette[2], "^", label=r"$\lambda \to 0$ (best)")
            floor = data[data["floor"] > 0]
            ax.plot(floor["m"], floor["floor"], color=THEORY, ls="--", lw=1,
                    label="floor set by the rank")
            log_axes(ax)
            ax.set_title(f"{activation}, $r = {r:g}$", fontsize=8.5)
    for ax in axes[-1]:
        ax.set_xlabel("width $m$")
    for ax in axes[:, 0]:
        ax.set_ylabel("root-mean-square error")
    fig.legend(*axes[0, -1].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return fig
