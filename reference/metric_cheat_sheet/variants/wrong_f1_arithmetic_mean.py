# loses: accuracy_f1=0.6667
# why: F1 is the ordinary mean of precision and sensitivity.
# from: reference


def f1(tp, fp, tn, fn):
    return (precision(tp, fp, tn, fn) + sensitivity(tp, fp, tn, fn)) / 2
