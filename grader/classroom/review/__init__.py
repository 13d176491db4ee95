"""The review desk: a page on this machine on which people mark what the grader leaves to them."""
