# loses: rates, accuracy_f1
# why: Rates come in per cent.
# from: reference


def share(part, whole):
    return 100 * part / whole if whole else 0.0
