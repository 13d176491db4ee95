# loses: sheet_units=0.8, sheet_activation=0.8, sheet_loss=0.8, sheet_labels=0.8, sheet_metrics=0.8
# why: The row of tags is not there.
# from: reference

del CHEAT_SHEET["multi-label tagging"]
