"""Grade a submission on Classroom 50: install the grader beside this file, run it, leave `result.json` behind.

Classroom 50 runs this in the student's checkout. Everything it needs lies beside it, and it needs no packages
itself. Exit code 0 means that `result.json` holds a result; anything else is a failure that costs nobody points.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLDEST, NEWEST = (3, 11), (3, 13)  # Pythons that TensorFlow has packages for


def main() -> int:
    """Install, grade, and return the exit code."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        here = ".".join(map(str, sys.version_info[:2]))
        sys.stderr.write(f'Python 3.11 to 3.13 is needed, this is {here}. Set "runtime": {{"python": "3.12"}}.\n')
        return 1
    home = Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir()) / "keras-grader"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    requirements = HERE / "requirements.txt"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        hashes = ["--require-hashes"] if "--hash=" in requirements.read_text(encoding="utf-8") else []
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *hashes, "-r", str(requirements)], check=True)
    environment = os.environ | {"PYTHONPATH": str(HERE / "program")}
    module = "grader.authoring.release.classroom50.harness"
    return subprocess.run([str(python), "-P", "-m", module, str(HERE)], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
