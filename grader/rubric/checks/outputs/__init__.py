"""Checks of networks with several outputs: of each output by itself, and of all of them together."""
