"""Grade what a pull request changes, and report it in the forms of its host."""
