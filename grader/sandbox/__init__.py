"""Runs submissions: starts processes, puts them behind walls, collects their evidence. Judges nothing."""
