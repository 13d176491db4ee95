# loses: sheet_loss=0.6
# why: The sparse loss stands beside one-hot labels, and the other way round.
# from: reference

one_hot, integers = CHEAT_SHEET["multi-class with one-hot labels"], CHEAT_SHEET["multi-class with integer labels"]
one_hot["loss"], integers["loss"] = integers["loss"], one_hot["loss"]
