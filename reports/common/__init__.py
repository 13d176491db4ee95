"""Shared by all reports: templates, Markdown, numbers, symbols, charts and pictures."""
