"""Reads a student's file or notebook, and finds the exercise that it answers."""
