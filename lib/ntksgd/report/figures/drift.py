"""Figures of drift: its share of the width, and what it adds at each width."""

import numpy as np
import pandas as pd

from ntksgd.report.figures import THEORY, marks, panels


def share(table):
    """c_drift / (c + c_drift) in per cent against T, with intervals; one line a regularity.

    Columns panel, r, T, share, low, high (fractions).
    """
    fig, axes, parts = panels.facets(table, None, "panel", 2.9, "{panel}", sharey=True)
    for ax, part in parts:
        percent = part.assign(**{name: 100 * part[name] for name in ("share", "low", "high")})
        # an empty row for each regularity: the same colour and mark in every panel
        every = pd.DataFrame({"r": np.sort(table["r"].unique())}).merge(percent, how="left")
        ax.axhline(0, color=THEORY, lw=0.8)
        marks.family(ax, every, "T", "share", "r", ["low", "high"], label="$r$ = {:g}")
        panels.log_axes(ax, y=None)
    fig.suptitle("Drift is the smaller part of the width that is needed", fontsize=10)
    panels.outer_labels(axes, "steps $T$", "drift's share of $m^*$, %")
    return panels.legend_below(fig, axes[0, 0], 3)


def by_width(table):
    """m E[R_m - R_m^lin] / R against m, with intervals: one panel a setting, one mark a start.

    Columns panel, start, m, value, low, high, fluctuation.
    """
    fig, axes, parts = panels.facets(table, None, "panel", 2.9, "{panel}")
    for ax, part in parts:
        marks.family(ax, part, "m", "value", "start", ["low", "high"], ls="")
        ax.axhline(0, color=THEORY, lw=0.8)
        panels.log_axes(ax, x=2, y=None)
        ax.text(0.97, 0.05, f"fluctuation: $c$ = {part['fluctuation'].iloc[0]:.0f}",
                transform=ax.transAxes, ha="right", fontsize=8)
    fig.suptitle("ReLU: drift adds less than fluctuation, or even helps", fontsize=10)
    panels.outer_labels(axes, "width $m$", r"$m\,\mathbb{E}[R_m-R_m^{\rm lin}]/R$")
    return panels.legend_below(fig, axes[0, 0], 3)
