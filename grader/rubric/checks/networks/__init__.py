"""Checks of networks: architecture, compilation, training, scores."""
