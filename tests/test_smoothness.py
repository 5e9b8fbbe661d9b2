"""Constants of smoothness, and every inequality of sections 1 and 2 of the network's theorem."""

import numpy as np
import pytest

import neuron_pairs as near
from ntksgd.models.activations import Activation, activation
from ntksgd.models.smoothness import Smoothness, neuron_constants, smoothness

SMOOTH = ["squareplus(0.1)", "squareplus(0.5)", "squareplus(2)", "tanh", "erf"]


@pytest.mark.parametrize("spec", SMOOTH)
def test_suprema_of_the_derivatives_are_attained_and_not_exceeded(spec):
    act, found = activation(spec), smoothness(spec)
    u, h = np.linspace(-8, 8, 160001), 1e-4
    slope = act.derivative(u)
    second = (act.derivative(u + h) - act.derivative(u - h)) / (2 * h)
    third = (act.derivative(u + h) - 2 * slope + act.derivative(u - h)) / h**2
    for values, bound in zip((slope, second, third), found, strict=False):
        # squareplus(2) has sigma'(8) = 0.985; differences of step h miss h^2 sup|sigma^(5)|
        assert 0.98 * bound < np.abs(values).max() < bound * (1 + 1e-4)
    assert found.at_zero == abs(act.value(np.zeros(1))[0])


def test_no_constants_for_kinks_or_an_unknown_activation():
    with pytest.raises(ValueError, match="activation 'relu': has kinks"):
        smoothness("relu")
    own = Activation("sine", np.sin, np.cos)
    with pytest.raises(ValueError, match="activation 'sine': is not built in"):
        smoothness(own)
    assert neuron_constants(Smoothness(1.0, 1.0, 1.0, 0.0), 0.0).first == pytest.approx(
        (1 + np.sqrt(5)) / 2)  # M = [[0, 1], [1, 1]]
    with pytest.raises(ValueError, match="curvature = -1"):
        smoothness(Smoothness(1.0, -1.0, 1.0, 0.0))


class Move:
    """A start, a movement V and a point x, with everything that the inequalities speak of."""

    def __init__(self, spec, gamma, start, V, x):
        self.act, self.gamma, self.m = activation(spec), gamma, start.a.size
        now, (odd, even) = near.moved(start, V), near.parts(V)
        before, after = (near.gradient(p, x, self.act, gamma) for p in (start, now))
        self.V, self.O, self.E = near.norm(V), near.norm(odd), near.norm(even)
        self.o = near.widest(odd)
        self.change = near.norm(near.minus(after, before))
        self.odd_change = near.norm(near.parts(near.minus(after, before))[0])
        self.even_after = near.norm(near.parts(after)[1])
        g = near.output(now, x, self.act, gamma)
        self.rho, self.backward = g - near.inner(before, V), near.inner(after, V) - g
        self.mirrored = near.output(near.moved(start, near.swapped(V)), x, self.act, gamma)
        self.output = g

    def sides(self, c, c3, c4):
        """Left and right side of 1.2, 1.3, 1.4, 2.1, 2.2 and 2.3, times the root of m."""
        root, second = np.sqrt(self.m), c * self.V**2 / 2
        return {"1.2": (root * self.change, c * self.V),
                "1.3": (root * abs(self.rho), second),
                "1.4": (root * abs(self.backward), second),
                "2.1": (root * self.even_after, c * self.V),
                "2.2": (root * abs(self.rho), c * self.E * self.O + c3 * self.o * self.O**2),
                "2.3": (root * self.odd_change, c * self.E + c4 * self.o * self.O)}


def movement(rng, start, kind, size):
    """A movement of Theta: random, all in a, all in v, odd, even, or of a few neurons."""
    m, d = start.b.shape
    a, v = rng.standard_normal(m), rng.standard_normal((m, d + 1))
    a, v = (a * (kind != "v"), v * (kind != "a"))
    if kind == "few":
        a[2:], v[2:] = 0, 0
    V = {"odd": near.parts((a, v))[0], "even": near.parts((a, v))[1]}.get(kind, (a, v))
    scale = size / near.norm(V)
    return scale * V[0], scale * V[1]


@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("spec", SMOOTH)
def test_first_and_second_order_stay_below_their_bounds(spec, gamma):
    constants, rng = neuron_constants(spec, gamma)[:3], np.random.default_rng(5)
    for kind in ("all", "a", "v", "odd", "even", "few"):
        for size in (1e-2, 0.3, 3.0, 100.0):
            for m, d in ((2, 2), (8, 3), (40, 2)):
                start = near.paired_start(m, d, rng)
                x = rng.standard_normal(d)
                move = Move(spec, gamma, start, movement(rng, start, kind, size),
                            x / np.linalg.norm(x))
                rounding = 1e-14 * (1 + size**2) * m
                for name, (left, right) in move.sides(*constants).items():
                    assert left <= right + rounding, (name, kind, size)
                # 2: the output is odd under the exchange of paired neurons
                assert move.mirrored == pytest.approx(-move.output, abs=1e-11 * (1 + size**2))


def aligned(x, w_odd, w_even, p_odd, p_even, u, gamma):
    """A pair at pre-activation u and a movement along (x, gamma), odd and even part given."""
    start = near.paired_start(2, 2, np.random.default_rng(0))._replace(b=np.tile(u * x, (2, 1)))
    unit = np.append(x, gamma) / np.sqrt(1 + gamma**2)
    a = np.array([p_even + p_odd, -p_even + p_odd])
    return start, (a, np.stack([(w_even + w_odd) * unit, (w_even - w_odd) * unit]))


def extreme(spec, name):
    """The movement of one pair that comes nearest to each bound."""
    x, gamma, s2u = np.array([0.6, 0.8]), 1.0, 0.0
    far, third = 40.0, activation(spec).scale / 2  # sigma' is 1 far out, sigma''' largest at s/2
    cases = {"1.2": (0.0, 1e-4, 0.0, 1e-4, s2u), "1.3": (1e-3, 0.0, 1e-3, 0.0, s2u),
             "1.4": (1e-3, 0.0, 1e-3, 0.0, s2u), "2.1": (1e-4, 0.0, 1e-4, 0.0, s2u),
             "2.2": (1e-3, 1e-3, 1e-3, 1e-3, s2u), "2.3": (0.0, 1e-4, 0.0, 1e-4, s2u),
             "2.2 cubic": (0.02, 0.0, 0.0, 0.0, third), "2.3 square": (0.02, 0.0, 0.0, 0.0, third),
             "2.2 far": (1e-3, 0.0, 0.0, 1e-3, far)}
    if name in ("1.3", "1.4"):  # not odd: one neuron moves alone
        start, V = aligned(x, 0, 0, 0, 0, s2u, gamma)
        unit = np.append(x, gamma) / np.sqrt(2)
        return Move(spec, gamma, start, (np.array([1e-3, 0]), np.stack([2e-3 * unit, 0 * unit])), x)
    w_odd, w_even, p_odd, p_even, u = cases[name]
    return Move(spec, gamma, *aligned(x, w_odd, w_even, p_odd, p_even, u, gamma), x)


@pytest.mark.parametrize("name", ["1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.2 cubic",
                                  "2.3 square", "2.2 far"])
def test_half_of_the_constants_is_too_little(name):
    spec = "squareplus(0.5)"
    constants = np.array(neuron_constants(spec)[:3])
    move = extreme(spec, name)
    left, right = move.sides(*constants)[name[:3]]
    assert left <= right * (1 + 1e-6)
    assert left > move.sides(*constants / 2)[name[:3]][1]
