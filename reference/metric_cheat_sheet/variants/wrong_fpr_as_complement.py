# loses: rates=0.9
# why: 1 - specificity is 1 where there are no negatives; the task sheet wants 0.0.
# from: reference


def false_positive_rate(tp, fp, tn, fn):
    return 1 - specificity(tp, fp, tn, fn)
