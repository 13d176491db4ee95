# loses: sheet_units, sheet_activation, sheet_loss, sheet_labels, sheet_metrics
# why: A sentence is no table.
# from: reference

CHEAT_SHEET = "Take softmax for classes and nothing for numbers."
