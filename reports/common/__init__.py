"""What all reports share: templates, Markdown, numbers, charts."""
