# loses: sheet_labels
# why: The column of label formats is not there.
# from: reference

for row in CHEAT_SHEET.values():
    del row["label format"]
