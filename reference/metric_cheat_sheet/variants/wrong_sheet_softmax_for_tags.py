# loses: sheet_activation=0.8, sheet_loss=0.8
# why: Softmax and the categorical loss make tags compete.
# from: reference

CHEAT_SHEET["multi-label tagging"]["output activation"] = "softmax"
CHEAT_SHEET["multi-label tagging"]["loss"] = "categorical_crossentropy"
