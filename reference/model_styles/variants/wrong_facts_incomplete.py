# loses: style_facts=0.7778
# why: Two statements have no answer yet.
# from: reference

STYLE_FACTS["branches"] = ...
del STYLE_FACTS["own_layers"]
