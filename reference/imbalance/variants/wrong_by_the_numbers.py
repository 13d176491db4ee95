# loses: should_rebalance
# why: Balances wherever numbers are given as frequencies of few in a hundred, which is just where they are true.
# from: reference


def should_rebalance(situation):
    return situation in ("rainy_days", "all_mails")
