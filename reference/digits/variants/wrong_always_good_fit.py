# loses: diagnosis
# why: Every training is called a good fit, whatever the curves say.
# from: reference


def diagnose(history):
    return "good fit"
