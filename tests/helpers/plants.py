"""What the two courses on plants share: how a submission of theirs begins, and how it is graded."""

from pathlib import Path

from grader.grading.grader import Grader
from grader.protocol.verdict import Verdict
from grader.submission.reader import read

IMPORTS = "import keras\nimport numpy as np\nfrom keras import layers\n"


def grade_plants(grader: Grader, folder: Path, code: str) -> Verdict:
    """Return the verdict on the code of a submission, which is written to a folder."""
    path = folder / "submission.py"
    path.write_text(IMPORTS + code, encoding="utf-8")
    return grader.grade("plants", read(path)).verdict
