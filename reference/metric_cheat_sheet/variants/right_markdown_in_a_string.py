# loses: nothing
# why: The sheet is Markdown in a string, with bold words, code and comments in brackets.
# from: reference

CHEAT_SHEET = """
| | **units** | **activation** | **loss** | **labels** | **metrics** |
|:--|--:|:-:|:--|---|---|
| *Regression* | 1 (one number) | - | `mse`, `mae` or `huber` | numbers | `mae`, R² |
| *Binary* | 1 | `sigmoid` (never softmax) | `binary_crossentropy` | 0/1 | `accuracy` (if balanced), F1 |
| *Multi-class, one-hot* | one per class | `softmax` | `categorical_crossentropy` | one-hot (n, k) | `accuracy` |
| *Multi-class, integers* | one per class | `softmax` | `sparse_categorical_crossentropy` | integers (n,) | `accuracy` |
| *Multi-label tagging* | one per tag | `sigmoid` | `binary_crossentropy` | multi-hot (n, k) | F1<br>recall |
"""
