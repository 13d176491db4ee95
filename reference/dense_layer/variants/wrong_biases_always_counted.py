# loses: count_parameters
# why: use_bias is not looked at.
# from: reference


def count_parameters(n_inputs, units, use_bias):
    return (n_inputs + 1) * units
