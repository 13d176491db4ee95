"""Find out which entry of a legend belongs to which line. Runs in the process of the submission."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

Look = tuple[str, str, str]  # colour, style and marker


def name_lines(lines: Sequence[Any], legend: Any | None) -> tuple[str, ...]:
    """Return for each line what the legend calls it: "" where no entry looks like it, or not only that one.

    A legend does not say which lines its entries are of: they look like these, and a reader compares the looks.

    Args:
        lines: `matplotlib.lines.Line2D`, of one axes.
        legend: `matplotlib.legend.Legend`; None where there is none.
    """
    looks = [_describe_look(line) for line in lines]
    entries: dict[Look, list[str]] = {}
    for handle, text in zip(*_list_entries(legend), strict=False):
        look = _describe_look(handle)
        if look is not None:
            entries.setdefault(look, []).append(str(text.get_text())[:200])
    counts = Counter(looks)
    return tuple(
        entries[look][0] if look is not None and counts[look] == len(entries.get(look, ())) == 1 else ""
        for look in looks
    )


def _list_entries(legend: Any | None) -> tuple[Sequence[Any], Sequence[Any]]:
    return ((), ()) if legend is None else (legend.legend_handles, legend.get_texts())


def _describe_look(line: Any) -> Look | None:
    """Return what a line looks like; None for what is no line."""
    from matplotlib.colors import to_hex
    from matplotlib.lines import Line2D

    if not isinstance(line, Line2D):
        return None
    return to_hex(line.get_color()), str(line.get_linestyle()), str(line.get_marker())
