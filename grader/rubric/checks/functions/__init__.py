"""Checks of functions on arrays, figures and training histories."""
