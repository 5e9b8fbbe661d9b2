"""SGD for classification: network, linearised network and kernel SGD with C outputs."""
