"""`python -m grader` is the `grader` command."""

from grader.commands.app import main

main()
