"""Grades one submission from file to verdict, and many of them in a pool of workers."""
