# loses: sheet_units=0.2
# why: One class is left out, tags share one output, inputs are taken for outputs.
# from: reference

CHEAT_SHEET["regression"]["output units"] = "number of features"
CHEAT_SHEET["multi-class with one-hot labels"]["output units"] = "number of classes - 1"
CHEAT_SHEET["multi-class with integer labels"]["output units"] = 1
CHEAT_SHEET["multi-label tagging"]["output units"] = 1
