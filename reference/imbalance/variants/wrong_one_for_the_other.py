# loses: undersample, oversample
# why: Undersampling and oversampling are exchanged.
# from: reference


_leave_out, _repeat = undersample, oversample


def undersample(x, y, seed):
    return _repeat(x, y, seed)


def oversample(x, y, seed):
    return _leave_out(x, y, seed)
