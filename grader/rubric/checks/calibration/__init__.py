"""Checks of functions that calibrate probabilities, and show how well they are calibrated."""
