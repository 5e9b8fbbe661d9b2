"""Claim C: the width that is needed (notebook 06)."""
