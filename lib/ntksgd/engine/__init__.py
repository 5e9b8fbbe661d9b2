"""Compiled loops behind `network_sgd` and `kernel_sgd`."""
