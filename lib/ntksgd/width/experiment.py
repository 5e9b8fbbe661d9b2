"""The sweep behind the width requirement: setting, exact references, the excess measured."""

from dataclasses import dataclass

import numpy as np

from ntksgd import check
from ntksgd.compare.paths import Setting, couple
from ntksgd.kernels.neuron_moments import kernel_variance
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models.activations import activation
from ntksgd.problems.grid import log_steps
from ntksgd.problems.schedules import source_polynomial
from ntksgd.problems.target import source_target
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.finite_width import excess_coefficient
from ntksgd.seeds import as_seed, child
from ntksgd.width.excess import Excess, control_coefficient, controlled_excess


def setting(spec, d, r, noise=0.25, step=1.0, max_degree=128):
    """SGD of the paper on the target of regularity r, at the step that balances bias and variance.

        eta_t = (step / kappa(1)) t^(-2r/(2r+1)).

    Parameters
    ----------
    spec : str or Activation
    d : int
    r : float
    noise : float
        s^2.
    step : float
        eta_1 kappa(1), in (0, 2): the limit of mean-square stability is 2.
    max_degree : int
        Of the spectrum.

    Returns
    -------
    Setting
    """
    step = check.number("step", step, 0.0, 2.0, open_low=True, open_high=True)
    spectrum = mercer_spectrum(spec, d, max_degree)
    target = source_target(spectrum, r)
    schedule = source_polynomial(step / spectrum.trace, r)
    return Setting(activation(spec), target, schedule, check.number("noise", noise, 0.0))


def exact(setup, times, tail=True):
    """Expected risk of kernel SGD in a setting, shape (times,)."""
    return expected_risk(setup.target.spectrum, setup.target, setup.schedule, times,
                         setup.noise, setup.weight_decay, tail=tail).risk


def risk_before_step(setup, T):
    """R_(t-1) at infinite width as a function of real t in [1, T]: the error step t sees."""
    grid = log_steps(T, 200)
    risk, start = exact(setup, grid), setup.target.power.sum()

    def before(t):
        passed = np.log(np.maximum(np.asarray(t) - 1.0, 1.0))
        return np.where(np.asarray(t) < 1.5, start, np.exp(np.interp(passed, np.log(grid),
                                                                    np.log(risk))))

    return before


def first_order(setup, times):
    """Prediction for the linearised network, nothing fitted: lim m (E R_m / R - 1), shape (times,).

    See `finite_width`. The risk between 200 log-spaced times is interpolated.
    """
    times = np.asarray(times)
    spectrum, target = setup.target.spectrum, setup.target
    variance = kernel_variance(setup.activation, spectrum.d, spectrum.max_degree, setup.gamma)
    coefficient = excess_coefficient(spectrum, target, variance, setup.schedule, setup.noise,
                                     times, risk_before_step(setup, int(times[-1])))
    return coefficient / exact(setup, times)


@dataclass(frozen=True)
class Sweep:
    """What a plan measured.

    Attributes
    ----------
    setup : Setting
    risk : ndarray, shape (n_T,)
        Exact expected risk at infinite width.
    network : Excess
    linearised : Excess or None
    coupled : tuple of Coupled
        Raw risks and drifts, one a block.
    diverged : dict
        Width -> share of the replicates that diverged; such widths are left out of the excess.
    """

    setup: Setting
    risk: np.ndarray
    network: Excess
    linearised: Excess | None
    coupled: tuple
    diverged: dict

    @property
    def times(self):
        """Numbers of steps, shape (n_T,)."""
        return self.network.times.astype(int)

    def variance_reduction(self):
        """Width -> (variance of R_m / that of the controlled sample, best coefficient), last T."""
        out = {}
        for c in self.coupled:
            controlled = (c.network - c.kernel[:, None])[..., -1].var(axis=0)
            gain = c.network[..., -1].var(axis=0) / controlled
            best = control_coefficient(c.network, c.kernel)[:, -1]
            out |= {int(m): (float(v), float(b))
                    for m, v, b in zip(c.widths, gain, best, strict=True)}
        return dict(sorted(out.items()))

    def drift(self):
        """Widths (n_m,) and (E ||Theta_t - Theta_0||^2)^(1/2), shape (n_m, n_T)."""
        widths = np.concatenate([c.widths for c in self.coupled])
        square = np.concatenate([np.mean(c.drift**2, axis=0) for c in self.coupled])
        order = np.argsort(widths)
        return widths[order], np.sqrt(square[order])


def run(setup, plan, seed, points=13, t_min=100, workers=None):
    """Run a plan.

    Parameters
    ----------
    setup : Setting
    plan : Plan
    seed : int or SeedSequence
    points, t_min : int
        Log-spaced numbers of steps recorded, from t_min to T.
    workers : int, optional

    Returns
    -------
    Sweep
    """
    times = log_steps(plan.T, points, t_min)
    mean, risk = exact(setup, times, tail=False), exact(setup, times)
    seed, diverged, coupled = as_seed(seed), {}, []
    blocks = {"network": [], "linearised": []}
    for i, (widths, replicates) in enumerate(plan.blocks):
        result = couple(setup, widths, times, replicates, child(seed, i),
                        linearised=plan.linearised, workers=workers)
        coupled.append(result)
        for name, out in blocks.items():
            if name == "linearised" and not plan.linearised:
                continue
            values = getattr(result, name)
            # an infinite risk is a width that does not suffice: no excess can be given for it
            good = np.all(np.isfinite(values), axis=(0, 2))
            if name == "network":
                lost = np.mean(~np.all(np.isfinite(values), axis=2), axis=0)
                diverged |= {int(m): float(s) for m, s in zip(widths, lost, strict=True) if s > 0}
            if good.any():
                samples = controlled_excess(values[:, good], result.kernel, mean, risk)
                out.append((np.asarray(widths)[good], samples))
    network, lazy = (Excess(times, tuple(b)) if b else None for b in blocks.values())
    return Sweep(setup, risk, network, lazy, tuple(coupled), diverged)
