# loses: sheet_loss=0.8
# why: from_logits=True beside softmax applies it twice.
# from: reference

CHEAT_SHEET["multi-class with integer labels"]["loss"] = "SparseCategoricalCrossentropy(from_logits=True)"
