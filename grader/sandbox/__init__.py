"""Run submissions in isolated processes and collect their evidence. Judges nothing."""
