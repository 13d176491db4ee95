# loses: calibrate
# why: The first column of predict_proba is the probability of the label 0.
# from: reference


from sklearn.linear_model import LogisticRegression


def calibrate(p_fit, y_fit, p_new):
    return LogisticRegression().fit(_logit(p_fit)[:, None], y_fit).predict_proba(_logit(p_new)[:, None])[:, 0]
