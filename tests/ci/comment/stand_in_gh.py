"""A stand-in for GitHub's program `gh`: gives recorded answers, and writes down what it was asked.

A file `answers.json` beside it maps `METHOD path` to what is answered: JSON, or {"file": name} for bytes, or
{"fail": text}. With "stays" beside "file", it goes on for so many seconds, also where nobody reads on. A list is
given out in pages, as GitHub does. Whatever is not recorded fails as GitHub does.
"""

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> int:
    """Answer one call."""
    folder = Path(__file__).parent
    words = sys.argv[1:]
    assert words[0] == "api", words
    method, path, fields, body = "GET", "", {}, None
    rest = iter(words[1:])
    for word in rest:
        match word:
            case "--method":
                method = next(rest)
            case "--input":
                body = Path(next(rest)).read_text("utf-8")
            case "-f":
                name, _, value = next(rest).partition("=")
                fields[name] = value
            case _:
                assert not word.startswith("-"), word
                path = word
    with (folder / "asked.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps({"method": method, "path": path, "fields": fields, "body": body}) + "\n")
    recorded: dict[str, Any] = json.loads((folder / "answers.json").read_text("utf-8"))
    answer = recorded.get(f"{method} {path}", {"fail": "gh: Not Found (HTTP 404)"})
    return _give(answer, fields, folder)


def _give(answer: Any, fields: dict[str, str], folder: Path) -> int:
    if isinstance(answer, dict) and "fail" in answer:
        sys.stderr.write(answer["fail"])
        return 1
    if isinstance(answer, dict) and "file" in answer:
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.buffer.write((folder / answer["file"]).read_bytes())
            sys.stdout.buffer.flush()
        time.sleep(answer.get("stays", 0))
        return 0
    if isinstance(answer, list):
        size, page = int(fields["per_page"]), int(fields["page"])
        answer = answer[size * (page - 1) : size * page]
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
