"""Figures of kernel SGD: its exact risk, who holds it, its rates, and the bounds around it."""


from ntksgd.report.figures import THEORY, marks, palette, panels

EXPONENT = "rate exponent a in $T^{-a}$"
INTERVAL = ["slowest", "fastest"]


def _rates(data):
    """Rate exponents a of T^(-a) with their interval: the sign of fitted slopes turned round."""
    return data.assign(a=-data["exponent"], slowest=-data["high"], fastest=-data["low"])


def saturation(data, curves):
    """Measured exponents (columns case, r, exponent, low, high) over theory curves."""
    ax = panels.single(3.4, "regularity r", EXPONENT)
    marks.theory(ax, curves, "r", "paper", label="$2r/(2r+1)$", lw=1.4)
    for case, colour in zip(data["case"].unique(), palette, strict=False):
        if case in curves:
            ax.plot(curves["r"], curves[case], "--", color=colour, lw=1)
    named = data.assign(case=data["case"].str.replace("t^(-θ)", "steps $t^{-θ}$"))
    marks.family(ax, _rates(named), "r", "a", "case", INTERVAL, ls="")
    ax.set(ylim=(0.15, 0.85), title="Steps $t^{-θ}$ saturate, a step tied to T does not")
    return panels.legends(ax, loc="upper left")


def rkhs_norm(data):
    """Columns r, T, rkhs, slope: squared RKHS distance, with the predicted slope."""
    ax = panels.single(3, "steps T", "$E\\,\\|f_T-f^*\\|_H^2$", x=10, y=10)
    marks.family(ax, data, "T", "rkhs", "r", label="r = {:g}")
    late = data[data["T"] >= 1e3]
    last = late.groupby("r")[["T", "rkhs"]].transform("last")
    law = late.assign(law=last["rkhs"] * (late["T"] / last["T"]) ** late["slope"])
    marks.theory(ax, law, "T", "law", "r", "predicted slope", ls="--")
    ax.set_title("The last iterate converges in the RKHS, as derived")
    return panels.legends(ax)


def between(data):
    """Columns r, T, risk, upper, lower, each times T^(2r/(2r+1)): a panel for each r."""
    fig, axes, parts = panels.facets(data, None, "r", 2.9, "r = {r:g}", sharex=True, sharey=True)
    for ax, part in parts:
        for column, style, label in (("upper", "--", "upper bound"), ("risk", "-", "exact risk"),
                                     ("lower", ":", "lower bound: first step's noise")):
            colour = palette[0] if column == "risk" else THEORY
            ax.plot(part["T"], part[column], style, color=colour, label=label)
        panels.log_axes(ax)
    axes[0, 0].set_ylim(bottom=data["risk"].min() / 300)
    panels.outer_labels(axes, "steps T", "$T^{2r/(2r+1)}\\,\\times$ risk")
    fig.suptitle("Flat is the claim's rate; at r = 1 the first step's noise lifts the risk",
                 fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 3)


def holders(data):
    """Columns r, T, bias, fresh noise, memory (shares of the risk): stacked, a panel for each r."""
    names = ["bias", "fresh noise", "memory"]
    fig, axes, parts = panels.facets(data, None, "r", 2.9, "r = {r:g}", sharex=True, sharey=True)
    for ax, part in parts:
        layers = ax.stackplot(part["T"], part[names].T, labels=names, colors=palette, ec="white")
        for layer, hatch in zip(layers, ("", "..", "//"), strict=True):
            layer.set_hatch(hatch)
        most = part[names].iloc[-1].idxmax()
        ax.set_title(f"r = {part['r'].iloc[0]:g}: at last {most} holds most")
        panels.log_axes(ax, y=None)
        ax.set(xlim=(part["T"].min(), part["T"].max()), ylim=(0, 1))
    panels.outer_labels(axes, "steps T", "share of the risk")
    return panels.legend_below(fig, axes[0, 0], 3)


def weight_decay(data):
    """Columns decay, T, scaled (risk times T^(2r/(2r+1))), ratio (over no weight decay)."""
    fig, ((left, right),) = panels.grid(1, 2, 3.2)
    data = data.assign(decay=data["decay"].str.replace("S_T", "$S_T$"))
    marks.family(left, data, "T", "scaled", "decay")
    marks.family(right, data, "T", "ratio", "decay", label=None)
    left.set(xlabel="steps T", ylabel="$T^{2r/(2r+1)}\\,\\times$ risk",
             title="Weight decay holds memory down")
    right.set(xlabel="steps T", ylabel="risk / risk with λ = 0",
              title="What it costs, and saves")
    right.axhline(1, color="grey", lw=0.8)
    panels.log_axes(left, right)
    top = data.loc[data["decay"] == data["decay"].iloc[0], "scaled"].max()
    left.set_ylim(top=3 * top)
    right.set_ylim(top=5)
    panels.plain_ticks(right.yaxis, *right.get_ylim(), (1, 2, 5))
    return panels.legend_below(fig, left, 4)
