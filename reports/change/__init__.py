"""Reports of a pull request: comment, summary, annotations, JUnit, code quality."""
