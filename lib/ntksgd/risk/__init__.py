"""Expected risk of kernel SGD, exactly, and what theory predicts of it."""
