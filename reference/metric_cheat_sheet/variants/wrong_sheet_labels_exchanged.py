# loses: sheet_labels=0.6
# why: The label formats of two rows are exchanged.
# from: reference

one_hot, integers = CHEAT_SHEET["multi-class with one-hot labels"], CHEAT_SHEET["multi-class with integer labels"]
one_hot["label format"], integers["label format"] = integers["label format"], one_hot["label format"]
