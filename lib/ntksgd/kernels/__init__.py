"""Tangent kernels, infinite and finite, and their spectra."""
