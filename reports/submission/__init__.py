"""Reports of one submission: HTML, terminal, notebook, Gradescope."""
