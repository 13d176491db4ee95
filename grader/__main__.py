"""The `grader` command, also as `python -m grader`."""

import sys

from grader.core.exit_codes import ExitCode


def main() -> None:
    """Run the command. Ctrl-C ends it quietly, also while it is still being imported."""
    try:
        from grader.commands.app import main as run
    except KeyboardInterrupt:
        sys.exit(ExitCode.NOT_GRADED)
    run()


if __name__ == "__main__":
    main()
