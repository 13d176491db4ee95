# loses: accuracy_f1=0.8333
# why: F1 from precision and sensitivity divides by 0 where both are 0.
# from: reference


def f1(tp, fp, tn, fn):
    p, s = precision(tp, fp, tn, fn), sensitivity(tp, fp, tn, fn)
    return 2 * p * s / (p + s)
