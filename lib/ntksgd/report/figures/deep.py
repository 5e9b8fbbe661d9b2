"""Figure of deeper networks' limit kernels."""

import numpy as np

from ntksgd.report.figures import marks, panels, shades


def deep_kernels(profile, eigenvalues):
    """Kernel against the angle, and its eigenvalues with their `tail`, a column, by depth."""
    fig, ((left, right),) = panels.grid(1, 2, 2.9)
    colours, positive = shades(profile["depth"].nunique()), eigenvalues[eigenvalues["degree"] > 0]
    marks.family(left, profile, "angle", "kernel", "depth", colours=colours,
                 label="$L$ = {}")
    marks.family(right, positive, "degree", "eigenvalue", "depth", colours=colours, label=None)
    marks.theory(right, positive, "degree", "tail", "depth", "$L(L+1)/(\\pi k)^2$", ls=":", lw=1)
    left.set(xlabel="angle between the inputs", ylabel="$K_L(t)/K_L(1)$", ylim=(0, None),
             xticks=[0, np.pi / 2, np.pi], xticklabels=["0", "$\\pi/2$", "$\\pi$"])
    panels.log_axes(right)
    right.set(xlabel="degree $k$", ylabel="eigenvalue $\\lambda_k$")
    left.legend(title="hidden layers")
    fig.suptitle("ReLU: depth raises the tail of the spectrum and leaves its exponent",
                 fontsize=9.5)
    right.legend()
    return fig
