"""Checks of a student's own metric and loss functions."""
