"""Claims B' and D: network, linearised network and kernel on the same samples (notebook 04)."""
