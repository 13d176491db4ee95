# loses: rates, accuracy_f1
# why: Rates are rounded to two digits.
# from: reference


def share(part, whole):
    return round(part / whole, 2) if whole else 0.0
