"""Where the excess, which falls with the width, crosses a level tau.

Near the crossing the excess is taken as a local power law A m^(-alpha), fitted by least squares in
the excess itself, weighted by its standard error, so that the noise may make a mean negative.
"""

import numpy as np

ALPHAS = np.linspace(0.2, 2.5, 116)  # local exponents in m that a fit may take
REACH = 2  # widths of the local fit on either side of the crossing


def local_weights(mean, error, tau):
    """Weights error^(-2) of the widths around the crossing, 0 elsewhere; shape of mean (..., n_m).

    The excess falls with the width, so the number of widths above tau tells where it crosses.
    """
    count = mean.shape[-1]
    above = np.sum(mean > tau, axis=-1)[..., None]
    low = np.clip(above - REACH, 0, count - 2 * REACH) if count >= 2 * REACH else 0 * above
    index = np.arange(count)
    return np.where((index >= low) & (index < low + 2 * REACH), error**-2.0, 0.0)


def log_crossing(widths, mean, weights, tau):
    """log of the width at which the local power law crosses tau; -inf like where it is never above.

    Parameters
    ----------
    widths : ndarray, shape (n_m,)
    mean, weights : ndarray, shape (..., n_m)

    Returns
    -------
    ndarray, shape (...)
    """
    log_m = np.log(widths)
    # at fixed alpha the amplitude is linear: what it explains, maximised over alpha on a grid
    shape = np.exp(-np.outer(log_m - log_m.mean(), ALPHAS))
    cross, square = (weights * mean) @ shape, weights @ shape**2
    best = np.argmax(np.maximum(cross, 0) ** 2 / square, axis=-1)[..., None]
    amplitude = np.take_along_axis(cross / square, best, -1)[..., 0]
    return log_m.mean() + np.log(np.maximum(amplitude, 1e-300) / tau) / ALPHAS[best][..., 0]
