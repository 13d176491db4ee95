"""What the reference makes of docstrings: examples as code, and signatures of records.

A docstring ends with an example after `>>>`, in one paragraph. Records are msgspec structs, whose fields are the
parameters of a constructor that is nowhere written down.
"""

import re
from typing import Any

from griffe import Attribute, Class, Extension, Function, Kind, Object, Parameter, ParameterKind, Parameters

_PROMPT = re.compile(r"^(?:>>>|\.\.\.) ?", re.MULTILINE)


class ExamplesAndRecords(Extension):
    """Changes what was read of the source, before pages are made from it."""

    def on_object(self, *, obj: Object, **_kwargs: Any) -> None:
        """Make the example at the end of a docstring a block of code."""
        if obj.docstring is None or ">>> " not in obj.docstring.value:
            return
        text, _, example = obj.docstring.value.partition(">>> ")
        code = _PROMPT.sub("", f">>> {example}".strip())
        obj.docstring.value = f"{text.rstrip()}\n\n```python\n{code}\n```\n"

    def on_class(self, *, cls: Class, **_kwargs: Any) -> None:
        """Give a record the constructor that msgspec gives it."""
        if "__init__" in cls.members or not any(
            str(base).split(".")[-1] in {"Struct", "Record"} for base in cls.bases
        ):
            return
        fields = [
            Parameter(
                attribute.name,
                annotation=attribute.annotation,
                kind=ParameterKind.positional_or_keyword,
                default=attribute.value,
            )
            for attribute in cls.members.values()
            if isinstance(attribute, Attribute) and attribute.kind is Kind.ATTRIBUTE and attribute.annotation
        ]
        if fields:
            cls.set_member("__init__", Function("__init__", parameters=Parameters(*fields), parent=cls))
