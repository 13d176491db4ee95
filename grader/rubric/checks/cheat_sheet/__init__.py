"""The check of the cheat sheet: a table of outputs, losses, labels and metrics by task."""
