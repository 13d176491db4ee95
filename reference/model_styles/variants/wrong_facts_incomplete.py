# loses: style_facts=0.7778
# why: Two statements have no answer yet.
# from: reference

STYLE_FACTS = {fact: STYLE_FACTS[fact] for fact in STYLE_FACTS if fact != "own_layers"} | {"branches": ...}
