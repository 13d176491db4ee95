"""Code of a submission that looks for everything of the grader that it must not find, and raises what it found."""

VISIBLE = ("grader.core", "grader.protocol", "grader.sandbox.inside")

SNOOP = """
import gc, importlib, os, sys, types

VISIBLE = ("grader.core", "grader.protocol", "grader.sandbox.inside")
OURS = ("grader", "reports", "scripts", "tests", "exercises", "reference")


def is_hidden(name):
    name = str(name)
    if name.split(".")[0] not in OURS or name in ("grader", "grader.sandbox"):
        return False
    return not any(name == room or name.startswith(room + ".") for room in VISIBLE)


def in_memory():
    gc.unfreeze()
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType and is_hidden(thing.__module__):
            yield f"{thing.__module__}.{thing.__qualname__}"
        elif type(thing) is types.ModuleType and is_hidden(thing.__name__):
            yield thing.__name__
        elif issubclass(type(thing), type) and is_hidden(type.__getattribute__(thing, "__module__")):
            yield type.__getattribute__(thing, "__qualname__")


def importable():
    for name in (
        "grader.rubric", "grader.rubric.checks", "grader.rubric.checks.formulas.checks", "grader.checks",
        "grader.evidence.case", "grader.examiner.service", "grader.grading.grader", "grader.sandbox.worker",
        "grader.sandbox.walls.enter", "grader.commands.app", "grader.authoring.scaffold", "reports.common.numbers",
    ):
        try:
            importlib.import_module(name)
            yield name
        except ImportError:
            pass


def on_disk():
    for folder in {sys.prefix, *map(os.path.abspath, sys.path)}:
        for path, folders, names in os.walk(folder):
            if {"grader", "reports"} & set(path[len(folder):].split("/")) and "sklearn" not in path:
                yield from (f"{path}/{name}"[-80:] for name in names if name.endswith(".py"))


def found():
    modules = [name for name in list(sys.modules) if is_hidden(name)]
    parts = {"modules": modules, "objects": in_memory(), "imports": importable(), "files": on_disk()}
    return {part: sorted(set(names))[:3] for part, names in parts.items()}


FOUND = str(found())


def look():
    raise ValueError(FOUND)
"""
