import numpy as np
import scipy.stats


def prepare(x_train, x_test):
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = scipy.stats.zmap(x_train, x_train), scipy.stats.zmap(x_test, x_train)
    return tuple(np.nan_to_num(part, posinf=0.0, neginf=0.0) for part in parts)


# Not written yet:
def build_model(): raise NotImplementedError
def train(model, x_train, y_train, x_val, y_val): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
