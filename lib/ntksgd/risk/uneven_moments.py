"""Second moments of an error that is not spread evenly over the sphere, at any times.

What `empirical` and `given_start` share: each carries moments with a step of its own.
"""

import numpy as np

from ntksgd.risk.collocation import TOLERANCE, advance
from ntksgd.risk.moments import record


def observe_uneven(kept, schedule, times, average=None, first=None,
                   tolerance=TOLERANCE) -> np.ndarray:
    """Observables at times in any order: (len(times), 4, n + 1), as `collocation.observe`.

    Parameters
    ----------
    kept : object
        With `modes`, `initial(average)`, and the hooks `step` and `on_block` of
        `collocation.pieces`.
    schedule : Schedule
    times : ndarray
        Numbers of steps, checked (`exact.whole_times`).
    average : None, "uniform" or "tail"
    first : int, optional
        Steps taken one by one at the start, see `collocation.pieces`.
    tolerance : float
        To which a block of steps is resolved, see there.

    Raises
    ------
    ArithmeticError
        If the step is so large that the second moments grow without bound.
    """
    ascending, back = np.unique(times, return_inverse=True)

    def carry(*arguments):
        return advance(*arguments, one_step=kept.step, on_block=kept.on_block, first=first,
                       tolerance=tolerance)

    with np.errstate(over="ignore", invalid="ignore"):
        out = record(carry, kept.modes, kept.initial(average == "uniform"), schedule, ascending,
                     average)
    if not np.all(np.isfinite(out[:, 0])):
        raise ArithmeticError(f"schedule {schedule.name}: the second moments grow without bound")
    return out[back]
