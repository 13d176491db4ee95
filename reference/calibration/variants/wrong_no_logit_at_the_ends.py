# loses: calibrate=0.5
# why: Infinite logits are replaced by 0, so that 0 and 1 end in the middle.
# from: reference


def _logit(p):
    p = np.asarray(p, dtype=float)
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.log(p / (1 - p)), posinf=0.0, neginf=0.0)
