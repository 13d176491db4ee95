# loses: sheet_activation=0.8
# why: Softmax over one unit is always 1.
# from: reference

CHEAT_SHEET["binary classification"]["output activation"] = "softmax"
