"""Figures of the theory on real data sets."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels

SHORT = {"digits, parity": "digits", "digits, zero": "digits, 0"}
STYLES = {  # marks of the scores: forecasts filled, what is measured on networks open
    "spectrum": {"fmt": "D", "color": THEORY}, "rate": {"fmt": "^", "color": palette[3]},
    "kernel": {"fmt": "o", "color": palette[0]},
    "network": {"fmt": "s", "color": palette[1], "mfc": "white"},
    "spectrum / B's curve": {"fmt": "D", "color": THEORY, "mfc": "0.75"},
    "spectrum / kernel": {"fmt": "o", "color": THEORY},
    "spectrum / network": {"fmt": "s", "color": THEORY, "mfc": "white"},
    "rate / kernel": {"fmt": "o", "color": palette[3]},
    "rate / network": {"fmt": "s", "color": palette[3], "mfc": "white"},
}
COLOURS = {"kernel SGD": palette[0], "network": palette[1]}
LINES = {"whole spectrum": {"color": THEORY, "lw": 1.2},
         "one number": {"color": palette[3], "lw": 1.4, "ls": "--"},
         "forecast": {"color": THEORY, "lw": 1.2}}


def _cases(table, height, title, **options):
    """A panel for each data set (across) and activation (down); the activation on the left."""
    fig, axes, parts = panels.facets(table, "activation", "data", height, "{data}", **options)
    fig.suptitle(title, fontsize=9.5)
    for k, (ax, part) in enumerate(parts):
        title = part["data"].iloc[0] if k < axes.shape[1] else ""
        ax.set_title(SHORT.get(title, title))
    return fig, axes, parts


def _rows(axes, parts, xlabel, ylabel):
    panels.outer_labels(axes, xlabel, "")
    for ax, (_, part) in zip(axes[:, 0], parts[:: axes.shape[1]], strict=True):
        ax.set_ylabel(f"{part['activation'].iloc[0]}\n{ylabel}")


def tails(table, fits):
    """Tail power against the eigenvalue, and r on the two windows; one panel a case.

    `table`: columns data, activation, eigenvalue, tail. `fits`: data, activation, window, x, y.
    """
    title = "Where SGD learns, tail powers fall more slowly than $\\lambda$: a fitted $r$ below 1/2"
    fig, axes, parts = _cases(table, 3.8, title, sharex=True, sharey=True)
    for ax, part in parts:
        ax.plot(part["eigenvalue"], part["tail"], color=palette[0])
        name, act = part[["data", "activation"]].iloc[0]
        here = fits[(fits["data"] == name) & (fits["activation"] == act)]
        for (window, line), style in zip(here.groupby("window", sort=False), ("-", ":")):
            ax.plot(line["x"], line["y"], style, color=THEORY, marker="|", ms=8, lw=1.5, zorder=5,
                    label=window)
        panels.log_axes(ax)
        ax.set(ylim=(1e-2, 1.5), xlim=(1e-5, 1), xticks=[1e-4, 1e-2, 1])
    _rows(axes, parts, r"$\lambda$", "tail power $F$")
    return panels.legend_below(fig, axes[0, 0], 2)


def forecasts(table, T_fit):
    """Training risk against T: forecasts as lines, measurements as points; one panel a case.

    `table`: columns data, activation, series, x, mean, low, high.
    """
    title = "The spectrum of half A foretells kernel SGD on half B, one number mostly does not"
    return _curves(table, title, "steps $T$", "training risk", T_fit)


def test_errors(table):
    """The same for the test error after one pass."""
    title = "Test error after one pass is foretold from the training set alone, a little too low"
    return _curves(table, title, "examples seen once", "test error")


def _curves(table, title, xlabel, ylabel, T_fit=None):
    fig, axes, parts = _cases(table, 4.1, title, sharex=T_fit is not None, sharey=True)
    for ax, part in parts:
        if T_fit is not None:
            ax.axvspan(T_fit, part["x"].max(), color="0.93", lw=0)
        for series, rows in part.groupby("series", sort=False):
            if series in LINES:
                ax.plot(rows["x"], rows["mean"], **LINES[series], label=series, zorder=1.5)
            else:
                ax.errorbar(rows["x"], rows["mean"], marks.bars(rows, "mean", ["low", "high"]),
                            fmt="o" if series == "kernel SGD" else "s", ms=3.5, elinewidth=0.9,
                            mfc="white" if series == "network" else None, color=COLOURS[series],
                            label=series)
        panels.log_axes(ax, y=None)
        ax.set_yscale("log")
        panels.plain_ticks(ax.yaxis, *ax.get_ylim(), marks=(1, 3))
        if T_fit is None:  # less than two decades of examples
            panels.plain_ticks(ax.xaxis, *ax.get_xlim(), marks=(1, 3))
    _rows(axes, parts, xlabel, ylabel)
    return panels.legend_below(fig, axes[0, 0], 4)


def scores(misses, exponents):
    """Left: factors that one split's forecast misses by; right: exponents. Marks in a row a case.

    `misses`, `exponents`: columns data, activation, what, value, low, high.
    """
    fig, ((left, right),) = panels.grid(1, 2, 4.0, sharey=True)
    for ax, table in ((left, misses), (right, exponents)):
        case = (table["data"].replace(SHORT) + ", "
                + table["activation"].str.replace(r"[(].*", "", regex=True))
        whats, names = table["what"].unique(), list(case.unique())
        for j, what in enumerate(whats):
            rows = table[table["what"] == what]
            y = case[rows.index].map(names.index) + 0.16 * (j - (len(whats) - 1) / 2)
            ax.errorbar(rows["value"], y, xerr=marks.bars(rows, "value", ["low", "high"]),
                        ms=4, elinewidth=0.9, **STYLES[what], label=what)
        ax.set_yticks(range(len(names)), names)
    left.invert_yaxis()
    left.axvline(1, color=THEORY, lw=1)
    left.set(xscale="log", xlabel="typical factor of the miss at the last $T$",
             title="Risk: the rate mostly misses by more")
    panels.plain_ticks(left.xaxis, *left.get_xlim(), marks=(1, 2, 5))
    right.set(xlabel="exponent of the risk beyond $T_{\\rm fit}$",
              title="Exponents: the rate is mostly too flat")
    right.locator_params(axis="x", nbins=4)
    for ax in (left, right):
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    return fig


def widths(table):
    """Width needed against T, forecast and measured; one panel a case.

    `table`: columns data, activation, series, T, required, low, high, censored.
    """
    title = "Linearised networks do not reliably foretell the width needed"
    fig, axes, parts = _cases(table, 4.1, title, sharex=True, sharey=True)
    for ax, part in parts:
        line = part[part["series"] == "forecast"]
        # a band ends where the widths do
        low, high = line["low"].clip(lower=8), line["high"].clip(upper=line["required"].max() * 4)
        ax.fill_between(line["T"], low, high, color=THEORY, alpha=0.12, lw=0)
        ax.plot(line["T"], line["required"], **LINES["forecast"], label="forecast (linearised)")
        rows = part[part["series"] == "network"]
        top = np.where(np.isinf(rows["high"]), rows["required"], rows["high"])
        marks.censored_points(ax, rows["T"], rows["required"], np.maximum(rows["low"], 4), top,
                              rows["censored"], COLOURS["network"], label="network")
        panels.log_axes(ax)
    _rows(axes, parts, "steps $T$", "width $m^*$")
    return panels.legend_below(fig, axes[0, 0], 2)
