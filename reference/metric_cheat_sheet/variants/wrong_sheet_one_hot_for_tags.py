# loses: sheet_labels=0.6
# why: One-hot rows hold one tag only; -1 and +1 are not what cross-entropy wants.
# from: reference

CHEAT_SHEET["multi-label tagging"]["label format"] = "one-hot"
CHEAT_SHEET["binary classification"]["label format"] = "-1/+1"
