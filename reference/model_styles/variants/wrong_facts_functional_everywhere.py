# loses: style_facts=0.3333
# why: The functional style is thought to be able to do everything, and only it.
# from: reference

STYLE_FACTS = {statement: {"functional"} for statement in STYLE_FACTS} | {
    "branches": {"functional", "subclassed"},
    "own_layers": "sequential, functional, subclassed",
    "compile_and_fit": "all",
}
