"""Claim E: concentration and spectrum of the tangent kernel (notebook 01)."""
