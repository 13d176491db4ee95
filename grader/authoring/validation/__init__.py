"""Proves a rubric: on the reference, the stub, variants, and mutants of the reference."""
