# loses: should_rebalance
# why: Every situation is balanced.
# from: reference


def should_rebalance(situation):
    return True
