"""A classification task: what is learnt, by whom and how, and the outcome over random splits."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.models.class_losses import CODES


@dataclass(frozen=True)
class Task:
    """What is learnt and how.

    Attributes
    ----------
    name : str
        A data set of `problems.classes`.
    train_size : int
        n: one pass is T = n steps.
    times : sequence of int
        Increasing numbers of steps, among them n; the last says how many passes there are.
    widths : sequence of int
    losses : sequence of str
    load, theta : float
        eta_t = load / (L kappa(1)) t^(-theta), L the largest curvature of the loss.
    activation : str
    ridge_width : int or None
        One of the widths, at which ridge regression takes the kernels K_0 and K_T; None: no ridge
        regression at all.
    """

    name: str
    train_size: int
    times: tuple
    widths: tuple
    losses: tuple = ("square", "logistic")
    load: float = 0.5
    theta: float = 0.0
    activation: str = "relu"
    ridge_width: int | None = None

    def __post_init__(self):
        """Refuse times without n, and a ridge width that is not trained."""
        for loss in self.losses:
            check.one_of("losses", loss, tuple(CODES))
        for m in self.widths:
            check.width(m)
        check.number("load", self.load, 0, 2, open_low=True, open_high=True)
        if self.train_size not in check.times("times", self.times):
            raise ValueError(f"times = {self.times}: must contain train_size = {self.train_size}")
        if self.ridge_width is not None:
            check.one_of("ridge_width", self.ridge_width, tuple(self.widths))


class Outcome(NamedTuple):
    """Test errors in per cent and what was measured beside them, splits along the first axis.

    Axes: splits S, losses L, widths W, times T; pass: after one pass, and after the last.

    Attributes
    ----------
    network, linearised : (S, L, W, T)
    kernel : (S, L, T)
    ridge : (S, T')
        On the first t samples, for the times t <= n; empty without ridge width.
    norm : (S, L, T)
        ||f_t||_H^2 of kernel SGD.
    moved : (S, L, W, T)
        ||Theta_t - Theta_0||^2 of the network.
    change : (S, L, W, 2)
        ||K_t - K_0|| / ||K_0||, per pass.
    alignment : (S, L, W, 3)
        Kernel-target alignment of K_0, and of K_t per pass.
    feature_ridge : (S, 1 + L), or (S, 0) without ridge width
        Ridge regression with K_0, and with K_T after the last pass of each loss.
    """

    network: np.ndarray
    linearised: np.ndarray
    kernel: np.ndarray
    ridge: np.ndarray
    norm: np.ndarray
    moved: np.ndarray
    change: np.ndarray
    alignment: np.ndarray
    feature_ridge: np.ndarray
