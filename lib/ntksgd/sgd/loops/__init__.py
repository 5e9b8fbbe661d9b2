"""Compiled loops over steps."""
