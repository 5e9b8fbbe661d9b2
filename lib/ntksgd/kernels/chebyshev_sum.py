"""A Chebyshev series at many points, by Clenshaw's recursion in compiled code.

    b_k = c_k + 2 x b_(k+1) - b_(k+2),     sum_k c_k T_k(x) = c_0 + x b_1 - b_2.

It runs over the points of a strip side by side, and takes two k at a time: half the memory moved.
"""

import numpy as np

from ntksgd.compilation import compiled

STRIP = 64  # points


def chebyshev_sum(x, c):
    """sum_k c_k T_k(x) for x of any shape and coefficients c (K,): numpy's `chebval`, faster."""
    x, c = np.asarray(x, dtype=float), np.asarray(c, dtype=float)
    if c.size % 2 == 0:
        c = np.append(c, 0.0)
    return _clenshaw(np.ascontiguousarray(x).reshape(-1), c).reshape(x.shape)


@compiled
def _clenshaw(x, c):
    out = np.empty(x.size)
    twice, b, last = np.empty(STRIP), np.empty(STRIP), np.empty(STRIP)
    for start in range(0, x.size, STRIP):
        n = min(STRIP, x.size - start)
        for i in range(n):
            twice[i], b[i], last[i] = 2.0 * x[start + i], 0.0, 0.0
        for k in range(c.size - 1, 0, -2):  # an even number of them
            for i in range(n):
                middle = c[k] + twice[i] * b[i] - last[i]
                b[i], last[i] = c[k - 1] + twice[i] * middle - b[i], middle
        for i in range(n):
            out[start + i] = c[0] + 0.5 * twice[i] * b[i] - last[i]
    return out
