"""Writes the comment on a pull request from the recorded result of a run."""
