# loses: prepare=0.5
# why: fillna replaces 0 / 0; a feature that is constant in the training rows alone becomes infinite.
# from: reference

import pandas as pd


def prepare(x_train, x_test, y_train, y_test):
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    with np.errstate(all="ignore"):
        scaled = [pd.DataFrame((x - mean) / deviation).fillna(0).to_numpy() for x in (x_train, x_test)]
    return *scaled, y_train, y_test
