"""Figures of the width that deeper networks need."""

from ntksgd.report.figures import THEORY, marks, palette, panels


def price(table):
    """m*_L / m*_1 against T: first order (lines, a band), exact given the start (points)."""
    fig, axes, parts = panels.facets(table, None, "panel", 3.0, "{panel}", sharey=True)
    for ax, part in parts:
        # colours and marks of the depths are those of `requirement`, where one layer comes first
        styles = zip(part.groupby("depth", sort=False), palette[1:], marks.MARKERS[1:],
                     strict=False)
        for (depth, one), colour, marker in styles:
            line, points = (one[one["series"] == kind] for kind in ("first order", "exact"))
            ax.plot(line["T"], line["ratio"], color=colour, lw=1.2,
                    label=f"{depth} against 1 hidden layer")
            ax.fill_between(line["T"], line["low"], line["high"], color=colour, alpha=0.2, lw=0)
            ax.errorbar(points["T"], points["ratio"], marks.bars(points, "ratio", ("low", "high")),
                        ls="", marker=marker, ms=4, color=colour, elinewidth=0.9)
        ax.axhline(1, color=THEORY, lw=0.8)
        panels.log_axes(ax, y=None)
        ax.set(ylim=(0, None))
    panels.outer_labels(axes, "steps $T$", "neurons per layer,\nagainst one hidden layer")
    fig.suptitle("To first order the price of depth, in neurons per layer, falls with $T$",
                 fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 3, {"exact, given the start": "o"})


def requirement(table, curves):
    """m*(T) by depth: exact given the start (points), first order c_L(T)/tau (lines)."""
    fig, axes, parts = panels.facets(table, "tau", "panel", 4.6, "{panel}, $\\tau$ = {tau:g}",
                                     sharex="col")
    for ax, part in parts:
        name, tau = part.iloc[0][["panel", "tau"]]
        drawn = curves[(curves["panel"] == name) & (curves["tau"] == tau)]
        for (depth, one), colour, marker in marks.styled(part.groupby("depth", sort=False)):
            columns = one[["T", "required", "low", "high", "censored"]].to_numpy(float).T
            marks.censored_points(ax, *columns, colour, marker=marker,
                                  label=f"{depth} hidden layer" + "s" * (depth > 1))
            line = drawn[drawn["depth"] == depth]
            ax.plot(line["T"], line["width"], color=colour, lw=1.1)
        panels.log_axes(ax)
        panels.plain_ticks(ax.yaxis, *ax.get_ylim(), marks=(1, 3))
    panels.outer_labels(axes, "steps $T$", "width $m^*$")
    fig.suptitle("Deeper networks mostly need more neurons per layer; exact widths are near the "
                 "first order", fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 4, {"first order $c_L(T)/\\tau$": "-"})


def excess(table):
    """Excess against m at one T: c_L/m (lines), exact given the start, and networks (filled)."""
    fig, axes, parts = panels.facets(table, None, "panel", 2.9, "{panel}", sharey=True)
    for ax, part in parts:
        for kind, colour, options in (
                ("linearised", palette[0], {"mfc": "white", "marker": "o", "ms": 5.5}),
                ("network", palette[1], {"marker": "D", "ms": 3.5})):
            one = part[part["series"] == kind]
            ax.errorbar(one["m"], one["excess"], marks.bars(one, "excess", ("low", "high")),
                        ls="", color=colour, elinewidth=0.9, label=kind, **options)
        line = part[part["series"] == "first order"]
        ax.plot(line["m"], line["excess"], color=THEORY, lw=1, label="first order $c_L/m$")
        panels.log_axes(ax)
        panels.plain_ticks(ax.xaxis, *ax.get_xlim(), marks=(1, 3))
    panels.outer_labels(axes, "width $m$", "excess $\\mathbb{E}R_m/R-1$")
    fig.suptitle("Trained networks' excess is near that of their linearisation", fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 3)


def layers(table):
    """c^(l)(T) of each layer with its interval, and one hidden layer's c_1 in black."""
    fig, axes, parts = panels.facets(table, None, "panel", 3.0, "{panel}")
    for ax, part in parts:
        own = part["series"] != "one hidden layer"
        marks.family(ax, part[own], "T", "c", "series", ("low", "high"), lw=0.9)
        marks.theory(ax, part[~own], "T", "c", label="one hidden layer, alone", lw=1.2)
        panels.log_axes(ax)
        panels.plain_ticks(ax.yaxis, *ax.get_ylim(), marks=(1, 3))
    panels.outer_labels(axes, "steps $T$", "share of $c_L(T)$ by layer")
    fig.suptitle("The layers' shares add up to several times one hidden layer's $c_1$ at first",
                 fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 4)


def shift(table):
    """Mean shift of the kernel's eigenvalues, times n: derived (lines), drawn networks (points)."""
    fig, axes, parts = panels.facets(table, None, "panel", 2.8, "{panel}")
    for ax, part in parts:
        ax.plot(part["degree"], part["derived"], color=THEORY, lw=0.9, zorder=3)
        ax.errorbar(part["degree"], part["drawn"], part["half"], ls="", marker="o", ms=3.5,
                    color=palette[0], elinewidth=0.9, label="drawn starts")
        ax.axhline(0, color="#999999", lw=0.7)
    fig.suptitle("The eigenvalues' mean shift changes sign with the degree, as derived",
                 fontsize=9.5)
    panels.outer_labels(axes, "degree $k$", "$n\\,(\\mathbb{E}\\lambda_k-\\lambda_k)/\\lambda_k$")
    return panels.legend_below(fig, axes[0, 0], 3, {"derived $\\mu_k/\\lambda_k$": "k-"})

