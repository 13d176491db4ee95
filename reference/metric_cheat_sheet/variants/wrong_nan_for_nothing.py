# loses: rates=0.5, accuracy_f1=0.5
# why: Empty denominators give nan, the task sheet wants 0.0.
# from: reference


def share(part, whole):
    return part / whole if whole else float("nan")
