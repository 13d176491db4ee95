"""The filter, by an interpreter of its own for both architectures: what the kernel would decide, without asking
it."""

import re
import struct
from pathlib import Path

import pytest

from grader.sandbox.walls import seccomp
from grader.sandbox.walls.seccomp import ABSENT, ALLOW, ARCHITECTURES, HIGHEST, KILL, PRETEND, REFUSE

SELF = 42
X86, ARM = ARCHITECTURES["x86_64"], ARCHITECTURES["aarch64"]
FOREIGN = {"i386": 0x40000003, "arm": 0x40000028, "riscv64": 0xC00000F3}


def decide(code: list[seccomp.Instruction], audit: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """Run a filter as the kernel does, bpf_check_classic() included: jumps go forward and stay inside."""
    padded = [value & (1 << 64) - 1 for value in (*arguments, *[0] * 6)][:6]
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, audit, 0, *padded)
    accumulator = counter = 0
    while True:
        instruction = code[counter]
        counter += 1
        match instruction.code:
            case 0x20:  # load a word
                assert instruction.k % 4 == 0
                (accumulator,) = struct.unpack_from("<I", data, instruction.k)
            case 0x54:  # and
                accumulator &= instruction.k
            case 0x15:  # jump if equal
                counter += instruction.jt if accumulator == instruction.k else instruction.jf
            case 0x25:  # jump if greater
                counter += instruction.jt if accumulator > instruction.k else instruction.jf
            case 0x06:  # return
                return instruction.k
            case unknown:
                pytest.fail(f"instruction {unknown:#x}")


def ruling(architecture: seccomp.Architecture, numbers: tuple[int | None, int | None], *arguments: int) -> int:
    number = numbers[architecture.column]
    assert number is not None
    return decide(seccomp.program(architecture, SELF), architecture.audit, number, arguments)


BOTH = pytest.mark.parametrize("architecture", [X86, ARM], ids=["x86_64", "aarch64"])
CLONE, IOCTL, PRCTL, PERSONALITY, SOCKETPAIR = (56, 220), (16, 29), (157, 167), (135, 92), (53, 199)
KILL_CALL, TGKILL, PRLIMIT, MMAP = (62, 129), (234, 131), (302, 261), (9, 222)
FCNTL, AFFINITY, SCHEDULER, PARAMETERS, ATTRIBUTES = (72, 25), (203, 122), (144, 119), (142, 118), (314, 274)
PRIORITY, IO_PRIORITY, OPENAT = (141, 140), (251, 30), (257, 56)
THREAD = 0x3D0F00  # as glibc makes threads


@BOTH
@pytest.mark.parametrize(
    ("numbers", "arguments", "expected"),
    [
        ((0, 63), (0, 0, 0), ALLOW),  # read
        ((1, 64), (1, 0, 0), ALLOW),  # write
        ((231, 94), (0,), ALLOW),  # exit_group
        ((202, 98), (0,), ALLOW),  # futex
        ((257, 56), (0,), ALLOW),  # openat
        ((334, 293), (0,), ALLOW),  # rseq
        ((HIGHEST, HIGHEST), (), ALLOW),
        ((HIGHEST + 1, HIGHEST + 1), (), ABSENT),
        ((0x7FFFFFFF, 0x7FFFFFFF), (), ABSENT),
        ((-1, -1), (), ABSENT),
        ((435, 435), (), ABSENT),  # clone3
        ((437, 437), (), ABSENT),  # openat2
        (OPENAT, (-100, 0, 0), ALLOW),
        (OPENAT, (-100, 0, 0o1101), ALLOW),  # O_CREAT, O_TRUNC, O_WRONLY
        (OPENAT, (-100, 0, 0o1002), ALLOW),  # O_TRUNC, O_RDWR
        (OPENAT, (-100, 0, 0o1000), REFUSE),  # O_TRUNC alone
        ((41, 198), (2, 1, 0), REFUSE),  # socket
        ((59, 221), (), REFUSE),  # execve
        ((101, 117), (), REFUSE),  # ptrace
        ((321, 280), (), REFUSE),  # bpf
        ((206, 0), (1, 0), REFUSE),  # io_setup
        ((333, 292), (), REFUSE),  # io_pgetevents
        ((294, 26), (), REFUSE),  # inotify_init1
        ((445, 445), (), REFUSE),  # landlock_add_rule
        ((46, 211), (), REFUSE),  # sendmsg
        ((44, 206), (), ALLOW),  # sendto
        ((54, 208), (), REFUSE),  # setsockopt
        (CLONE, (THREAD,), ALLOW),
        (CLONE, (THREAD | 0xFFFFFFFF << 32,), ALLOW),  # the kernel does not look at the upper half either
        (CLONE, (17,), REFUSE),  # SIGCHLD: a process
        (CLONE, (0x4100 | 17,), REFUSE),  # CLONE_VFORK | CLONE_VM
        (CLONE, (THREAD | 0x10000000,), REFUSE),  # CLONE_NEWUSER
        (CLONE, (THREAD | 0x20000,), REFUSE),  # CLONE_NEWNS
        (MMAP, (0, 4096, 3, 0x22), ALLOW),  # private, anonymous
        (MMAP, (0, 4096, 1, 0x01, 3), ALLOW),  # shared, of a file
        (MMAP, (0, 4096, 3, 0x21), REFUSE),
        (MMAP, (0, 4096, 3, 0x23), REFUSE),  # MAP_SHARED_VALIDATE
        (MMAP, (0, 4096, 3, 0x40022), REFUSE),  # MAP_HUGETLB
        (IOCTL, (0, 0x5401), ALLOW),  # TCGETS
        (IOCTL, (0, 0x5412), REFUSE),  # TIOCSTI
        (IOCTL, (0, 0x5412 | 1 << 32), REFUSE),
        (IOCTL, (0, 0x541C), REFUSE),
        (IOCTL, (0, 0x5421), ALLOW),  # FIONBIO
        (IOCTL, (0, 0x5452), REFUSE),  # FIOASYNC
        (IOCTL, (0, 0x8901), REFUSE),  # FIOSETOWN
        (IOCTL, (0, 0x8902), REFUSE),  # SIOCSPGRP
        (FCNTL, (3, 0, 100), ALLOW),  # F_DUPFD
        (FCNTL, (3, 2, 1), ALLOW),  # F_SETFD
        (FCNTL, (3, 4, 0x800), ALLOW),  # F_SETFL, O_NONBLOCK
        (FCNTL, (3, 4, 0x2800), REFUSE),  # and O_ASYNC
        (FCNTL, (3, 1030, 0), ALLOW),  # F_DUPFD_CLOEXEC
        (FCNTL, (3, 1032), ALLOW),  # F_GETPIPE_SZ
        *((FCNTL, (3, command, 0), PRETEND) for command in (6, 7)),  # F_SETLK, F_SETLKW
        *((FCNTL, (3, command, SELF), REFUSE) for command in (8, 10, 15, 37, 38, 1024, 1026, 1031, 1040)),
        *(
            (call, (who,), ruling)
            for call in (AFFINITY, SCHEDULER, PARAMETERS, ATTRIBUTES)
            for who, ruling in ((0, ALLOW), (SELF, ALLOW), (1, REFUSE))
        ),
        (PRIORITY, (0, 0, 19), ALLOW),  # PRIO_PROCESS
        (PRIORITY, (0, SELF, 19), ALLOW),
        (PRIORITY, (0, 1, 19), REFUSE),
        (PRIORITY, (2, 0, 19), REFUSE),  # PRIO_USER
        (IO_PRIORITY, (1, 0), ALLOW),
        (IO_PRIORITY, (1, 7), REFUSE),
        (IO_PRIORITY, (3, 0), REFUSE),  # IOPRIO_WHO_USER
        (PRCTL, (15,), ALLOW),  # PR_SET_NAME
        (PRCTL, (1, 0), REFUSE),  # PR_SET_PDEATHSIG
        (PRCTL, (4, 1), REFUSE),  # PR_SET_DUMPABLE
        (PRCTL, (0x59616D61,), REFUSE),
        (PERSONALITY, (0xFFFFFFFF,), ALLOW),
        (PERSONALITY, (0x0040000,), REFUSE),
        (SOCKETPAIR, (1, 1), ALLOW),
        (SOCKETPAIR, (1, 1 | 0o2000000), ALLOW),  # SOCK_CLOEXEC
        (SOCKETPAIR, (1, 2), REFUSE),  # datagrams
        (SOCKETPAIR, (2, 1), REFUSE),  # AF_INET
        (KILL_CALL, (SELF, 9), ALLOW),
        (KILL_CALL, (1, 9), REFUSE),
        (KILL_CALL, (0, 9), REFUSE),
        (KILL_CALL, (-1, 9), REFUSE),
        (TGKILL, (SELF, 77, 9), ALLOW),
        (TGKILL, (1, 1, 9), REFUSE),
        (PRLIMIT, (0, 7), ALLOW),
        (PRLIMIT, (SELF, 7), ALLOW),
        (PRLIMIT, (1, 7), REFUSE),
    ],
)
def test_ruling(
    architecture: seccomp.Architecture, numbers: tuple[int, int], arguments: tuple[int, ...], expected: int
) -> None:
    assert ruling(architecture, numbers, *arguments) == expected


@BOTH
def test_all_calls_of_the_table_are_refused_and_no_others(architecture: seccomp.Architecture) -> None:
    code = seccomp.program(architecture, SELF)
    table = {row[architecture.column] for row in seccomp._REFUSED.values()} - {None}
    tested = {numbers[architecture.column] for numbers in seccomp._list_tested_calls(SELF)}
    refused = {number for number in range(HIGHEST + 1) if decide(code, architecture.audit, number) == REFUSE}
    assert refused - tested == table
    assert not table & tested


@BOTH
def test_where_files_are_shared_changes_of_modes_and_times_only_pretend(
    architecture: seccomp.Architecture,
) -> None:
    alone, shared = (seccomp.program(architecture, SELF, shares_files=shared) for shared in (False, True))
    changes = {row[architecture.column] for row in seccomp._CHANGES.values()} - {None}
    truncate = seccomp._TRUNCATE[architecture.column]
    for number in range(HIGHEST + 1):
        usual = decide(alone, architecture.audit, number)
        expected = PRETEND if number in changes else REFUSE if number == truncate else usual
        assert decide(shared, architecture.audit, number) == expected, number
        assert usual == ALLOW or number not in changes | {truncate}


@BOTH
def test_foreign_calls_kill(architecture: seccomp.Architecture) -> None:
    code = seccomp.program(architecture, SELF)
    others = [audit for audit in (*FOREIGN.values(), X86.audit, ARM.audit) if audit != architecture.audit]
    for audit in others:
        for number in (0, 1, 41, 63):
            assert decide(code, audit, number) == KILL


def test_x32_calls_are_absent() -> None:
    code = seccomp.program(X86, SELF)
    assert {decide(code, X86.audit, 0x40000000 | number) for number in (0, 1, 59, 41, 520)} == {ABSENT}


@BOTH
def test_the_program_is_one_that_kernels_take(architecture: seccomp.Architecture) -> None:
    code = seccomp.program(architecture, SELF)
    assert len(code) <= 4096  # BPF_MAXINSNS
    for place, instruction in enumerate(code[:-1]):
        assert place + 1 + max(instruction.jt, instruction.jf) < len(code)
        assert max(instruction.jt, instruction.jf) <= 255
        assert 0 <= instruction.k <= 0xFFFFFFFF
    assert code[-1].code == 0x06


@pytest.mark.parametrize(
    ("header", "column"),
    [("x86_64-linux-gnu/asm/unistd_64.h", 0), ("asm-generic/unistd.h", 1)],
)
def test_numbers_are_those_of_the_kernel_headers(header: str, column: int) -> None:
    path = Path("/usr/include") / header
    if not path.exists():
        pytest.skip("no kernel headers here")
    found = {
        name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text())
    }
    for name, row in (seccomp._REFUSED | seccomp._CHANGES | {"truncate": seccomp._TRUNCATE}).items():
        if name in found or row[column] is None:
            assert found.get(name) == row[column], name
    by_name = {"mmap": MMAP, "clone": CLONE, "ioctl": IOCTL, "prctl": PRCTL, "personality": PERSONALITY}
    by_name |= {"socketpair": SOCKETPAIR, "kill": KILL_CALL, "tgkill": TGKILL, "prlimit64": PRLIMIT}
    by_name |= {"rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240)}
    by_name |= {"fcntl": FCNTL, "sched_setaffinity": AFFINITY, "sched_setscheduler": SCHEDULER}
    by_name |= {"sched_setparam": PARAMETERS, "sched_setattr": ATTRIBUTES}
    by_name |= {"setpriority": PRIORITY, "ioprio_set": IO_PRIORITY, "openat": OPENAT}
    assert {found[name] for name in by_name} == {row[column] for row in by_name.values()}
    assert {*by_name.values(), (2, None)} == set(seccomp._list_tested_calls(SELF))  # open: on x86_64 only


def test_an_unknown_machine_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "s390x")
    with pytest.raises(OSError, match="s390x"):
        seccomp.install()
