"""Claim A: the approximation error of a kernel of finite width (notebook 02)."""
