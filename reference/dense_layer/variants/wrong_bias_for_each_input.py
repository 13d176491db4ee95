# loses: count_parameters
# why: A bias is counted for each input instead of each unit.
# from: reference


def count_parameters(n_inputs, units, use_bias):
    return n_inputs * units + (n_inputs if use_bias else 0)
