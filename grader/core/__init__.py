"""Basics that every room may use: translation, errors, course folders, safe files."""
