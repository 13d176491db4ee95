"""The check of a Markdown table of metrics and losses."""
