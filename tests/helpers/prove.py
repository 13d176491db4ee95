"""Makes the proofs that `proven.json` does not have, and writes it: `make proven`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from grader.core.atomic_files import replace_file
from tests.helpers.paths import ROOT
from tests.helpers.proofs import NOTES, RECORD, read_record

PYTEST = ("-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "proof")


def main(arguments: list[str]) -> int:
    """Run the tests that make proofs, write down what is proven, and return pytest's exit code.

    Also where it is interrupted. `arguments` go to pytest: files, for those proofs alone.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, NOTES: folder}
        command = [sys.executable, *PYTEST, *arguments]
        try:
            code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        except KeyboardInterrupt:
            code = 130
        notes = [
            msgspec.json.decode(path.read_bytes(), type=dict[str, str]) for path in Path(folder).glob("*.json")
        ]
    write_record(RECORD, notes, is_complete=code == 0 and not arguments)
    return code


def write_record(file: Path, notes: list[dict[str, str]], *, is_complete: bool) -> None:
    """Write what was proven; the entries of other proofs are removed if all of them were tried."""
    record = {} if is_complete else read_record(file)
    for note in notes:
        record |= note
    content = msgspec.json.format(msgspec.json.encode(dict(sorted(record.items()))), indent=1)
    replace_file(file, content + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
