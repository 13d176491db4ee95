"""An object that stands in for what has no effect on a solution."""

import types
from collections.abc import Iterator
from typing import Any


class NoEffect:
    """An object without effect: what is read of it or called is without effect, too."""

    def __getattr__(self, name: str) -> "NoEffect":
        if name.startswith("__"):
            raise AttributeError(name)
        return NoEffect()

    def __call__(self, *arguments: Any, **_: Any) -> Any:
        """Return something without effect; as a decorator, the function itself."""
        return arguments[0] if arguments and isinstance(arguments[0], types.FunctionType) else NoEffect()

    def __getitem__(self, _: Any) -> "NoEffect":
        return NoEffect()

    def __setitem__(self, _: Any, value: Any) -> None: ...

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> "NoEffect":
        return self

    def __exit__(self, *_: object) -> None: ...

    def __repr__(self) -> str:
        return ""
