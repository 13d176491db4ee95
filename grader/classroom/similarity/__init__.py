"""Finds pairs of submissions that share unusual code."""
