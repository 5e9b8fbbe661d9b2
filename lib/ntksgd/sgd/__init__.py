"""Sampled SGD: in an RKHS, on networks, on their linearisations."""
