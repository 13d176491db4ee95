"""The execution files for Moodle's VPL, and the program on the jail server that grades a hand-in."""
