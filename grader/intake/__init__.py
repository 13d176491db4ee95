"""What an instructor has, a folder or a zip, read into one hand-in per student."""

from grader.intake.opening import open_hand_ins
from grader.intake.records import HandIn, Intake, Layout, LeftOut, UnusableHandInsError
from grader.intake.wrong_exercise import looks_like

__all__ = [
    "HandIn",
    "Intake",
    "Layout",
    "LeftOut",
    "UnusableHandInsError",
    "looks_like",
    "open_hand_ins",
]
