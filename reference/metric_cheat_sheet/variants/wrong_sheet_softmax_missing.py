# loses: sheet_activation=0.6
# why: A linear output, and no word of logits in the loss.
# from: reference

for name in ("multi-class with one-hot labels", "multi-class with integer labels"):
    CHEAT_SHEET[name]["output activation"] = "linear"
