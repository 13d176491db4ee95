"""The old name of `grader.ci.comment.gitlab`, for workflows that were copied from an earlier docs/ci."""

from grader.ci.comment.gitlab import main
from grader.ci.comment.old_names import warn_of_old_name

if __name__ == "__main__":
    warn_of_old_name("grader.ci.gitlab_comment", "grader.ci.comment.gitlab")
    main()
