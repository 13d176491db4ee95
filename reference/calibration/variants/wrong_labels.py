# loses: calibrate
# why: Labels in place of probabilities.
# from: reference


from sklearn.linear_model import LogisticRegression


def calibrate(p_fit, y_fit, p_new):
    return LogisticRegression().fit(_logit(p_fit)[:, None], y_fit).predict(_logit(p_new)[:, None])
