"""The network and its linearisation while SGD trains them: parameters as rows, and their loop."""

import copy

import numpy as np

from ntksgd import check
from ntksgd.models.activations import activation as named_activation
from ntksgd.models.losses import loss_code
from ntksgd.models.two_layer import Parameters
from ntksgd.sgd.loops.training import training_loop

CACHE_LINE = 8  # float64 entries


class Network:
    """The network while it is trained: rows Theta, measured from Theta_0."""

    name, linearised = "network", False

    def __init__(self, params, activation, gamma, weight_decay, loss):
        self.activation, self.loss = named_activation(activation), loss_code(loss)
        check.instance("params", params, Parameters)
        self.m, self.d = params.b.shape
        if params.a.shape != (self.m,) or params.c.shape != (self.m,):
            raise ValueError(f"params: shapes {params.a.shape}, {params.b.shape}, "
                             f"{params.c.shape}, must be (m,), (m, d), (m,)")
        self.gamma = check.number("gamma", gamma, 0.0)
        self.weight_decay = check.number("weight_decay", weight_decay, 0.0)
        self.scale = 0.0 if self.activation.scale is None else self.activation.scale
        self.run = training_loop(self.activation, self.d, self.linearised)
        self.start = _rows(params)
        self.rows = self.start.copy()

    def advance(self, x, y, step_sizes):
        """Take len(y) steps, fewer at divergence: their number, and the prediction before each."""
        g = np.full(y.size, np.inf)
        done = self.run(self.rows, self.start, self.m, x, y, step_sizes, self.gamma, self.scale,
                        self.weight_decay, self.loss, g)
        return done, g

    def copy(self):
        """The same state, to be trained apart."""
        twin = copy.copy(self)
        twin.rows = self.rows.copy()
        return twin

    def values(self, points):
        """The function at the points: what is predicted there in steps of size 0."""
        nothing = np.zeros(len(points))
        done, g = self.advance(points, nothing, nothing)
        return np.where(done == g.size, g, np.inf)

    def drift(self):
        """||Theta - Theta_0||, all parameters together."""
        return np.linalg.norm(self.rows - self.start)

    def parameters(self):
        """A copy of Theta."""
        return _parameters(self.rows, self.m)


class LinearisedNetwork(Network):
    """The linearised network while it is trained: rows W."""

    name, linearised = "linearised network", True

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.rows[:] = 0.0

    def drift(self):
        """||W||, all parameters together."""
        return np.linalg.norm(self.rows)

    def parameters(self):
        """Theta_0 + W."""
        return _parameters(self.start + self.rows, self.m)


def _rows(params):
    """Rows a, c, b_1 ... b_d; padded, as rows a power of two apart share their cache lines."""
    m, d = params.b.shape
    length = -(-m // CACHE_LINE) * CACHE_LINE + CACHE_LINE
    rows = np.zeros((d + 2, length))
    rows[0, :m], rows[1, :m], rows[2:, :m] = params.a, params.c, params.b.T
    return rows


def _parameters(rows, m):
    return Parameters(rows[0, :m].copy(), rows[2:, :m].T.copy(), rows[1, :m].copy())
