"""The amplitude A of A m^-p + B m^-q + ..., orders known: one sample for each path.

Samples, and not the fit alone, so that whatever is computed from A (a share, an exponent in T) gets
its interval from whole paths, by `intervals`.
"""

import numpy as np

from ntksgd import check


def leading_samples(widths, samples, orders):
    """A of A m^-p + B m^-q + ..., a sample for each path: least squares in m^p x samples.

    In m^p x excess the noise is about the same at every width, so all weigh alike.

    Parameters
    ----------
    widths : array, shape (n_m,)
        Positive and distinct, at least as many as orders.
    samples : array, shape (replicates, n_m, ...)
        The excess.
    orders : sequence of float
        p, q, ..., distinct; A is the amplitude of the first.

    Returns
    -------
    ndarray, shape (replicates, ...)
    """
    widths, orders = (check.finite_array(name, values, 1)
                      for name, values in (("widths", widths), ("orders", orders)))
    samples = check.finite_array("samples", samples)
    if not 0 < orders.size == np.unique(orders).size:
        raise ValueError(f"orders = {orders}: must be distinct, and at least one")
    if np.any(widths <= 0) or np.unique(widths).size < max(widths.size, orders.size):
        raise ValueError(f"widths = {widths}: must be positive, distinct, {orders.size} or more")
    if samples.ndim < 2 or samples.shape[1] != widths.size:
        raise ValueError(f"samples: shape {samples.shape}, must be (., {widths.size}, ...)")
    basis = (widths[:, None] / widths[0]) ** (orders[0] - orders)
    weights = np.linalg.pinv(basis)[0] * widths ** orders[0]
    return np.tensordot(samples, weights, axes=(1, 0))
