"""Stochastic gradient descent for two-layer networks and its neural tangent kernel.

The names below are imported from their modules on first use: ``import ntksgd`` costs nothing, and
brings in neither numba nor scipy. Code of this repository imports from the modules themselves, so
that what a notebook depends on can be read from its source (`tools/dependencies.py`).
"""

__version__ = "0.1.0"

#: Public name -> module or package it is imported from.
PUBLIC = {
    "Activation": "models.activations",
    "activation": "models.activations",
    "initialise": "models.two_layer",
    "tangent_kernel": "kernels.two_layer",
    "deep_kernel": "kernels.deep",
    "Spectrum": "kernels.spectrum",
    "mercer_spectrum": "kernels.spectrum",
    "Target": "problems.target",
    "source_target": "problems.target",
    "schedules": "problems",
    "Problem": "problems.problem",
    "source_problem": "problems.problem",
    "expected_risk": "risk.exact",
    "kernel_risk": "risk.kernel_risk",
    "risk_bound": "risk.bound",
    "first_order": "risk.finite_width",
    "kernel_sgd": "sgd.kernel",
    "spectral_sgd": "sgd.spectral",
    "train": "sgd.network",
    "train_linearised": "sgd.network",
    "slope": "stats.slopes",
    "curve_slope": "stats.slopes",
    "paths": "compare.paths",
    "Plan": "width.budget",
    "kernel_regime": "width.regime",
    "measure": "width.measured",
    "width_law": "width.requirement",
}

__all__ = ["__version__", *PUBLIC]


def __getattr__(name):
    """Import a public name on first use (PEP 562)."""
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # from ntksgd.<module> import <name>, which may itself be a module
    value = getattr(__import__(f"{__name__}.{PUBLIC[name]}", fromlist=[name]), name)
    globals()[name] = value
    return value


def __dir__():
    """Names that a reader may want."""
    return [*__all__, "__doc__", "__file__", "__name__", "__path__"]
