# loses: sheet_activation=0.8
# why: relu cannot give a negative number.
# from: reference

CHEAT_SHEET["regression"]["output activation"] = "relu"
