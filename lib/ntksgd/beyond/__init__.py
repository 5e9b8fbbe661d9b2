"""Claim F: depth, losses, momentum and batches (notebook 06)."""
