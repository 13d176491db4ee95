# loses: sheet_activation=0.8, sheet_loss=0.8
# why: Two outputs for a binary decision, but sigmoid and the binary loss.
# from: reference

CHEAT_SHEET["binary classification"]["output units"] = 2
CHEAT_SHEET["binary classification"]["label format"] = "one-hot"
