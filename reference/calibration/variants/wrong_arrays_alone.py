# loses: calibrate=0.5
# why: A list has no reshape.
# from: reference

from sklearn.linear_model import LogisticRegression


def calibrate(p_fit, y_fit, p_new):
    platt = LogisticRegression().fit(p_fit.reshape(-1, 1), y_fit)
    return platt.predict_proba(p_new.reshape(-1, 1))[:, 1]
