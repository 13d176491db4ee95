"""Turn points into a grade. All arithmetic is decimal, so that 0.15 of 3 is 0.45 and not a little less.

The keys are linear in the points, bent at the pass mark, as schools in Germany do it: full points give the best
grade, the pass mark the last one that passes.
"""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from grader.classroom.policies.records import Policy

DEFAULT_PASS_SHARE = Decimal("0.5")
ECTS = "ABCDE"  # five equal steps from full points down to the pass mark; below it F
_BEST, _PASS, _WORST = Decimal(1), Decimal(4), Decimal(6)
_TENTH = Decimal("0.1")


def to_decimal(points: float) -> Decimal:
    """Return the decimal number that is written for these points."""
    return Decimal(str(round(points, 6)))


def round_half_up(value: Decimal, step: Decimal) -> Decimal:
    """Return the multiple of `step` that is nearest; from the middle between two the higher one.

    >>> round_half_up(Decimal("2.25"), Decimal("0.5"))
    Decimal('2.5')
    """
    count = value / step
    whole = count.quantize(Decimal(1), ROUND_DOWN)
    # Below 0 the higher one is that nearer to 0.
    up = count - whole >= DEFAULT_PASS_SHARE if count >= 0 else whole - count > DEFAULT_PASS_SHARE
    return (whole + (1 if count >= 0 else -1) * int(up)) * step


def find_pass_mark(policy: Policy, maximum: Decimal) -> Decimal | None:
    """Return the points that are needed to pass; None where the policy names none."""
    if policy.pass_points is not None:
        return policy.pass_points
    return None if policy.pass_percent is None else policy.pass_percent * maximum / 100


def give_grade(policy: Policy, points: Decimal, maximum: Decimal) -> str:
    """Return the grade by the policy's key; empty where it names none, or nothing can be earned."""
    if maximum <= 0:
        return ""
    if policy.grades:
        share = 100 * points / maximum
        return next((grade.grade for grade in policy.grades if share >= grade.percent), policy.grades[-1].grade)
    pass_mark = find_pass_mark(policy, maximum)
    if pass_mark is None:
        pass_mark = DEFAULT_PASS_SHARE * maximum
    if policy.key == "german":
        return str(_german(points, maximum, pass_mark))
    if policy.key == "ects":
        return _ects(points, maximum, pass_mark)
    if policy.key == "pass_fail":
        return "passed" if points >= pass_mark else "failed"
    return ""


def _german(points: Decimal, maximum: Decimal, pass_mark: Decimal) -> Decimal:
    """Return 1.0 to 6.0 in tenths: 4.0 at the pass mark, and only from there on."""
    points = min(max(points, Decimal()), maximum)
    if points < pass_mark:
        grade = _WORST - (_WORST - _PASS) * points / pass_mark
        return max(grade.quantize(_TENTH, ROUND_HALF_UP), _PASS + _TENTH)  # whoever failed never reads 4.0
    if maximum == pass_mark:
        return _BEST.quantize(_TENTH)
    grade = _PASS - (_PASS - _BEST) * (points - pass_mark) / (maximum - pass_mark)
    return grade.quantize(_TENTH, ROUND_HALF_UP)


def _ects(points: Decimal, maximum: Decimal, pass_mark: Decimal) -> str:
    if points < pass_mark:
        return "F"
    if points >= maximum or maximum == pass_mark:
        return ECTS[0]
    fifths = int((points - pass_mark) * len(ECTS) / (maximum - pass_mark))
    return ECTS[len(ECTS) - 1 - min(fifths, len(ECTS) - 1)]
