"""Stochastic gradient descent for two-layer networks and its neural tangent kernel."""
