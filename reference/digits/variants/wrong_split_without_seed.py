# loses: split
# why: The seed is written into the code: every seed gives the same split.
# from: reference


def split(x, y, seed):
    return train_test_split(x, y, test_size=0.25, random_state=42)
