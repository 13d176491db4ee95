# loses: sheet_loss=0.4
# why: mse everywhere, but for the tags.
# from: reference

for row in CHEAT_SHEET.values():
    row["loss"] = "mse" if "tag" not in row["output units"].__str__() else row["loss"]
