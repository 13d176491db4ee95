"""Checks of exercises on pictures: what is in them, where a network errs, what its weights look like."""
