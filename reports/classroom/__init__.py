"""Pages about a class: dashboard and similarity."""
