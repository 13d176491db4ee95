# loses: sheet_activation, sheet_loss
# why: Whoever names everything has not decided.
# from: reference

for row in CHEAT_SHEET.values():
    row["output activation"] = "linear, sigmoid, softmax, relu"
    row["loss"] = ["mse", "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"]
