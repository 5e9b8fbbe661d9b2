"""Seeded sweeps, intervals, slopes."""
