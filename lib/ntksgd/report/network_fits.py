"""Fits of a leading order and the next one to what finite width does, and their table as text."""

import numpy as np
import pandas as pd

from ntksgd.stats import two_orders
from ntksgd.stats.intervals import Interval


def text(laws, leading, key=("activation", "of"), **more):
    """What was fitted, as text: one row a law of `laws`, beside its free leading exponent.

    `leading` and each of `more` (a column) have the keys of `laws`, whose parts `key` names.
    """
    rows = [[*of, law.leading, law.following, f"{law.misfit:.1f}", leading[of],
             *(column[of] for column in more.values())] for of, law in laws.items()]
    columns = [*key, "A", "B", "misfit", "leading order, free", *more]
    return pd.DataFrame(rows, columns=columns).map(str).to_string(index=False)


def fitted(x, samples, orders):
    """{key: `TwoOrders`} and {key: `free_order`} of samples {key: array (replicates, n)} at x.

    `orders`: {key: (leading, next)}.
    """
    return ({key: two_orders.two_orders(x, values, orders[key]) for key, values in samples.items()},
            {key: free_order(x, values, orders[key][1]) for key, values in samples.items()})


def floor_fits(widths, excesses, ranges):
    """`fitted` to excesses {(activation, T): array}, from each of the widths ranges[T] on.

    Keys get that width as third part. The next order is m^(-3/2) for ReLU, else m^(-2).
    """
    laws, free = {}, {}
    for (name, T), values in excesses.items():
        for least in ranges[T]:
            part, key = np.asarray(widths) >= least, (name, T, least)
            orders = {key: (-1, -1.5 if name == "relu" else -2)}
            one, order = fitted(widths[part], {key: values[:, part]}, orders)
            laws, free = laws | one, free | order
    return laws, free


def free_order(x, samples, following):
    """`leading_exponent`, or None where the samples do not tell it from the next order."""
    try:
        return two_orders.leading_exponent(x, samples, following)
    except two_orders.NotTold:
        return None


def largest(one, factor=1.0):
    """The largest of an `Interval` of arrays times `factor` > 0, end by end."""
    return Interval(*(float(np.max(factor * end)) for end in (one.value, one.low, one.high)))
