"""An autograder for Keras exercises: plan in, evidence out, judged in another process."""

__version__ = "0.1.0"
