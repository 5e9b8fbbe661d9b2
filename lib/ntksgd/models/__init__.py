"""Networks, their activations and losses."""
