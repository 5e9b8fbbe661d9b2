"""Data sets under the empirical law (notebook 07)."""
