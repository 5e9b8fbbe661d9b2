"""Claim B: rates, bounds and schedules of SGD in the RKHS (notebook 03)."""
