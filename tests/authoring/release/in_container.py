"""Run a program as in a container: `python -m tests.authoring.release.in_container [--no-landlock] PROGRAM ...`.

Most containers, Docker's among them, refuse namespaces and mounts to what runs in them, also to root. Here a
filter refuses the same calls, and outlives the start of the program. `--no-landlock`: as on a kernel without.
"""

import os
import platform
import sys

from grader.sandbox.walls import seccomp, syscalls

# unshare, setns, mount, pivot_root, umount2, on x86-64 and arm64
_REFUSED = ((272, 97), (308, 268), (165, 40), (155, 41), (166, 39))
_LANDLOCK = (444, 445, 446)


def main(arguments: list[str]) -> None:
    """Put the filter up and become the program."""
    without_landlock = arguments[0] == "--no-landlock"
    architecture = seccomp.ARCHITECTURES[platform.machine()]
    code = [seccomp.load_word(0)]
    for row in _REFUSED:
        code += [seccomp.jump_if_equal(row[architecture.column], 0, 1), seccomp.give(seccomp.REFUSE)]
    for number in _LANDLOCK if without_landlock else ():
        code += [seccomp.jump_if_equal(number, 0, 1), seccomp.give(seccomp.ABSENT)]
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.load([*code, seccomp.give(seccomp.ALLOW)], architecture)
    program = arguments[without_landlock:]
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
