# loses: rates=0.5, accuracy_f1=0.5
# why: Empty denominators raise ZeroDivisionError.
# from: reference


def share(part, whole):
    return part / whole
