# loses: sheet_loss=0.8, sheet_metrics=0.8
# why: Words that nobody else uses, and a cell without a word.
# from: reference

CHEAT_SHEET["regression"]["loss"] = "the usual one"
CHEAT_SHEET["binary classification"]["useful metrics"] = ""
