# loses: rates=0.8, accuracy_f1=0.6667, softmax
# why: One function of each kind is still as in the stub, or returns nothing.
# from: reference


def precision(tp, fp, tn, fn):
    raise NotImplementedError


def error_rate(tp, fp, tn, fn):
    fp + fn


def softmax(z):
    raise NotImplementedError
