"""Cases of a classification study: what is known of each before it is trained, and what is gained.

The diagnostic is D = ||f_T||_H^2 / m, with f_T the function that kernel SGD reaches: known without
a network. The gain is the error of a kernel learner less that of the network, in points of per
cent: over its *own* kernel, the linearised network of the same width and start; and over the
*limit*, kernel SGD.
"""

from typing import NamedTuple

import numpy as np


class Case(NamedTuple):
    """One network at one time; samples over splits have shape (S,)."""

    data: str
    loss: str
    load: float
    m: int
    passes: str
    T: int
    diagnostic: float
    change: np.ndarray
    growth: np.ndarray  # of the kernel-target alignment, as a factor
    own: np.ndarray
    limit: np.ndarray


def cases(task, outcome):
    """Every loss and width of the task after one pass and after the last."""
    ends = (("one pass", task.train_size), ("several passes", int(task.times[-1])))
    found = []
    for p, (passes, T) in enumerate(ends):
        t = task.times.index(T)
        for l, loss in enumerate(task.losses):
            norm = outcome.norm[:, l, t].mean()
            for k, m in enumerate(task.widths):
                aligned, network = outcome.alignment[:, l, k], outcome.network[:, l, k, t]
                found.append(Case(
                    task.name, loss, task.load, m, passes, T, norm / m,
                    outcome.change[:, l, k, p], aligned[:, p + 1] / aligned[:, 0],
                    outcome.linearised[:, l, k, t] - network, outcome.kernel[:, l, t] - network))
    return found


def blocks(found, column):
    """Samples of a column of the cases, (S, cases) for each data set, and the order of the cases.

    The first splits of all cases of a data set are the same, so that they form a block.
    """
    names = list(dict.fromkeys(case.data for case in found))
    order = [i for name in names for i, case in enumerate(found) if case.data == name]
    return order, [np.stack([getattr(case, column) for case in found if case.data == name], axis=1)
                   for name in names]
