# loses: calibrate=0.5
# why: The logits of exactly 0 and 1 are infinite.
# from: reference


def _logit(p):
    with np.errstate(all="ignore"):
        p = np.asarray(p, dtype=float)
        return np.log(p / (1 - p))


def calibrate(p_fit, y_fit, p_new):
    logits, labels = _logit(p_fit), np.asarray(y_fit)

    def cross_entropy(slope):
        z = slope * logits
        return np.mean(np.logaddexp(0, z) - labels * z)

    slope = min(np.geomspace(0.1, 10, 200), key=cross_entropy)
    return 1 / (1 + np.exp(-slope * _logit(p_new))) + 0 * _logit(p_new)
