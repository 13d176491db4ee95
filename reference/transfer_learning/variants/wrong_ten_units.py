# loses: architecture, accuracy
# why: Ten outputs, one for each digit that there is.
# from: reference


N_CLASSES = 10
