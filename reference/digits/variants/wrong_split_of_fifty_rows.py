# loses: split
# why: 50 rows are a quarter of 200 only.
# from: reference


def split(x, y, seed):
    return train_test_split(x, y, test_size=50, random_state=seed)
