"""Where the tests find what they read."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
END_TO_END_COURSE = ROOT / "tests" / "end_to_end" / "course"
