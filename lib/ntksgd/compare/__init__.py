"""Learners on the same samples; finite width against its limit."""
