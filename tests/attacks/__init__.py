"""Attacks on the grader, by family: each says what it tries, and what has to be missing for it to succeed.

`reading`, `writing`, `escaping` and `exhausting` are functions that run behind the walls: see `attack.py` for what
an attack is, `prisoner.py` for how they run, `test_walls_hold.py` for what must happen. `trusted` has those on
what the grader's own processes read. `forging` has submissions that try to earn points for what they do not have.
"""
