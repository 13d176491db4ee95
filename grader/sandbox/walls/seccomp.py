"""Refuse dangerous system calls to the process of a submission, with a seccomp filter. See seccomp(2).

This module has a small assembler for the kernel's classic BPF, the table of refused calls, and the installation of
the filter. The table lists what is refused, not what is allowed: TensorFlow and NumPy use other calls in every
release and on every machine, and a call that is missing from a list of allowed ones would turn a right solution
into a crash. The namespaces and Landlock isolate what gets past the filter.

- A refused call fails with EPERM, so that the submission sees a `PermissionError` where it happens, and goes on.
- Calls newer than this table fail with ENOSYS, which is what programs expect of a kernel that is too old for them:
  this table cannot know what they do. The same rule refuses the x32 calls of x86_64, whose numbers have bit 30
  set.
- A call by the convention of another architecture (32-bit `int 0x80`) kills the process: its numbers mean other
  things.
- The kernel remembers calls that are allowed whatever their arguments (Linux 5.11), so those cost nothing.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.sandbox.walls import syscalls


class Architecture(NamedTuple):
    """A processor architecture that the tables of system calls cover."""

    audit: int  # AUDIT_ARCH_* of linux/audit.h
    column: int  # its column in the tables of system calls


ARCHITECTURES = {"x86_64": Architecture(0xC000003E, 0), "aarch64": Architecture(0xC00000B7, 1)}

HIGHEST = 462  # mseal, Linux 6.10: the newest call that this table has been checked against

KILL = 0x80000000  # SECCOMP_RET_KILL_PROCESS
ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | 1  # SECCOMP_RET_ERRNO, EPERM
ABSENT = 0x00050000 | 38  # ENOSYS
PRETEND = 0x00050000  # returns 0 and does nothing

# Name: number on x86_64, on aarch64; None where that architecture does not have it.
# fmt: off
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    # Sockets. What a socketpair may be is decided below; with it alone nothing outside can be reached. No larger
    # buffers, and no descriptors in messages on their way: each could keep buffers of its own there, uncounted.
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "accept4": (288, 242), "setsockopt": (54, 208), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    # Other processes: their memory, their files, their signals.
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272), "tkill": (200, 130),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "migrate_pages": (256, 238), "move_pages": (279, 239),
    # New processes and new programs. Threads are made by `clone`, see below.
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    # Mounts, roots and namespaces.
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "statmount": (457, 457), "listmount": (458, 458), "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264), "fanotify_init": (300, 262), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "acct": (163, 89), "swapon": (167, 224), "swapoff": (168, 225),
    # Large parts of the kernel with a history of holes, of no use to a network.
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "modify_ldt": (154, None), "uselib": (134, None),
    # Of which the whole machine, or all processes of a user, have a limited number.
    "io_setup": (206, 0), "io_destroy": (207, 1), "io_getevents": (208, 4), "io_submit": (209, 2),
    "io_cancel": (210, 3), "io_pgetevents": (333, 292), "inotify_init": (253, None), "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27), "inotify_rm_watch": (255, 28),
    # One page in a pipe keeps the two MiB in memory that it was a part of, and nothing counts them.
    "vmsplice": (278, 75),
    # To have all that anybody has written go to the disk, and wait for it.
    "sync": (162, 81), "syncfs": (306, 267),
    # Rules of Landlock, of which there may be any number, each in the kernel's memory.
    "landlock_create_ruleset": (444, 444), "landlock_add_rule": (445, 445), "landlock_restrict_self": (446, 446),
    # Memory that RLIMIT_DATA does not count (shared anonymous memory: see `mmap` below).
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196),
    "shmctl": (31, 195), "shmdt": (67, 197), "semget": (64, 190), "semop": (65, 193), "semtimedop": (220, 192),
    "semctl": (66, 191), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187),
    "mq_open": (240, 180), "mq_unlink": (241, 181), "mq_timedsend": (242, 182), "mq_timedreceive": (243, 183),
    "mq_notify": (244, 184), "mq_getsetattr": (245, 185),
    # The machine as a whole. All of these need capabilities too.
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "reboot": (169, 142), "syslog": (103, 116),
    "sethostname": (170, 161), "setdomainname": (171, 162), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171), "iopl": (172, None),
    "ioperm": (173, None), "vhangup": (153, 58),
    # The filter itself: no second one, whose listener could answer for the first.
    "seccomp": (317, 277),
}
# fmt: on
# clone3, openat2: their flags are behind a pointer, where no filter sees them. Programs then use clone and openat.
_ABSENT = (435, 437)

# Without a root of its own, a submission could do these to all files of its user: Landlock does not restrict them.
# They pretend to succeed, for honest programs do these to their own files.
# fmt: off
_CHANGES: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "lchown": (94, None), "fchown": (93, 55), "fchownat": (260, 54), "utime": (132, None), "utimes": (235, None),
    "futimesat": (261, None), "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
}
# fmt: on
_TRUNCATE = (76, 45)  # by path: Landlock restricts it from ABI 3 only

_CLONE_THREAD = 0x00010000
_CLONE_NEW = 0x7E020000
_MAP_SHARED_ANONYMOUS, _MAP_HUGETLB = 0x21, 0x40000
_SOCK_TYPE, _SOCK_STREAM, _AF_UNIX = 0xF, 1, 1
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C  # type into the terminal
_FIOASYNC, _FIOSETOWN, _SIOCSPGRP = 0x5452, 0x8901, 0x8902  # signals at input, and to whom
_F_SETFL, _O_ASYNC = 4, 0x2000
_F_SETLK, _F_SETLKW = 6, 7
_O_ACCMODE, _O_TRUNC = 3, 0o1000
# fcntl: descriptors, flags, sizes and seals, and to ask for things. Not there: signals at input (F_SETOWN,
# F_SETSIG, F_SETOWN_EX) and at changes of a folder (F_NOTIFY), which reach other processes; leases, which make
# others wait; larger pipes. Of record locks, there may be any number, each in the kernel's memory. A process never
# waits for its own, and no other one writes to its files: so a lock that is not made is as good, as for SQLite.
_FCNTL = (0, 1, 2, 3, 5, 9, 11, 16, 36, 1025, *range(1027, 1031), *range(1032, 1039))
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_MM = 1, 4, 22, 35
_PR_SET_PTRACER = 0x59616D61
_PRIO_PROCESS, _IOPRIO_WHO_PROCESS = 0, 1
_ALL = 0xFFFFFFFF


class Test(NamedTuple):
    """A condition on one argument of a system call, and the action where it is met or not.

    Only the low 32 bits of the argument count; the kernel itself uses no more in the calls tested here.
    """

    argument: int  # position, from 0
    mask: int  # the condition is `argument & mask == value`
    value: int
    equal: int | None  # action where it is met; None: the next test decides
    different: int | None  # action where it is not met; None: the next test decides


def _list_tested_calls(pid: int) -> dict[tuple[int, int | None], Sequence[Test]]:
    """Return the tests of the calls that are allowed with some arguments only, by number on each architecture."""
    this, own = Test(0, _ALL, 0, ALLOW, None), Test(0, _ALL, pid, ALLOW, REFUSE)
    second = (this._replace(argument=1), own._replace(argument=1))
    return {
        # Shared memory without a file escapes RLIMIT_DATA, and there is no process to share it with. Of huge
        # pages, the machine has a limited number.
        (9, 222): [
            Test(3, _MAP_SHARED_ANONYMOUS, _MAP_SHARED_ANONYMOUS, REFUSE, None),
            Test(3, _MAP_HUGETLB, _MAP_HUGETLB, REFUSE, ALLOW),
        ],
        # clone: threads, but no processes and no namespaces.
        (56, 220): [Test(0, _CLONE_THREAD | _CLONE_NEW, _CLONE_THREAD, ALLOW, REFUSE)],
        (16, 29): [  # ioctl
            *(Test(1, _ALL, command, REFUSE, None) for command in (_TIOCSTI, _FIOASYNC, _FIOSETOWN, _SIOCSPGRP)),
            Test(1, _ALL, _TIOCLINUX, REFUSE, ALLOW),
        ],
        (72, 25): [  # fcntl
            *(Test(1, _ALL, command, ALLOW, None) for command in _FCNTL),
            *(Test(1, _ALL, command, PRETEND, None) for command in (_F_SETLK, _F_SETLKW)),
            Test(1, _ALL, _F_SETFL, None, REFUSE),
            Test(2, _O_ASYNC, _O_ASYNC, REFUSE, ALLOW),
        ],
        (157, 167): [  # prctl: the settings of the sandbox cannot be changed
            Test(0, _ALL, _PR_SET_PDEATHSIG, REFUSE, None),
            Test(0, _ALL, _PR_SET_DUMPABLE, REFUSE, None),
            Test(0, _ALL, _PR_SET_SECCOMP, REFUSE, None),
            Test(0, _ALL, _PR_SET_PTRACER, REFUSE, None),
            Test(0, _ALL, _PR_SET_MM, REFUSE, ALLOW),
        ],
        # To read, and to truncate: Landlock restricts that from ABI 3 only. No honest program does it.
        (2, None): [Test(1, _O_ACCMODE | _O_TRUNC, _O_TRUNC, REFUSE, ALLOW)],  # open
        (257, 56): [Test(2, _O_ACCMODE | _O_TRUNC, _O_TRUNC, REFUSE, ALLOW)],  # openat
        (135, 92): [Test(0, _ALL, _ALL, ALLOW, REFUSE)],  # personality: it may be read, not set
        # socketpair: asyncio needs it. Stream only: a datagram socket could send to any address.
        (53, 199): [Test(0, _ALL, _AF_UNIX, None, REFUSE), Test(1, _SOCK_TYPE, _SOCK_STREAM, ALLOW, REFUSE)],
        (62, 129): [own],  # kill
        (234, 131): [own],  # tgkill
        (129, 138): [own],  # rt_sigqueueinfo
        (297, 240): [own],  # rt_tgsigqueueinfo
        (302, 261): [this, own],  # prlimit64
        # When and where others run. Libraries set it for their own threads, by 0.
        (203, 122): [this, own],  # sched_setaffinity
        (144, 119): [this, own],  # sched_setscheduler
        (142, 118): [this, own],  # sched_setparam
        (314, 274): [this, own],  # sched_setattr
        (141, 140): [Test(0, _ALL, _PRIO_PROCESS, None, REFUSE), *second],  # setpriority
        (251, 30): [Test(0, _ALL, _IOPRIO_WHO_PROCESS, None, REFUSE), *second],  # ioprio_set
    }


class Instruction(NamedTuple):
    """`struct sock_filter` of linux/filter.h. `jt` and `jf` are how many instructions to skip."""

    code: int
    jt: int
    jf: int
    k: int


_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data


def load_word(offset: int) -> Instruction:
    """Load 32 bits of `struct seccomp_data`, at `offset` bytes, into the accumulator."""
    return Instruction(0x20, 0, 0, offset)  # BPF_LD | BPF_W | BPF_ABS


def keep_bits(value: int) -> Instruction:
    """Clear the bits of the accumulator that are not in `value`."""
    return Instruction(0x54, 0, 0, value)  # BPF_ALU | BPF_AND | BPF_K


def jump_if_equal(value: int, then: int, otherwise: int) -> Instruction:
    """Skip `then` instructions where the accumulator equals `value`, else `otherwise`."""
    return Instruction(0x15, then, otherwise, value)  # BPF_JMP | BPF_JEQ | BPF_K


def jump_if_greater(value: int, then: int, otherwise: int) -> Instruction:
    """Skip `then` instructions where the accumulator exceeds `value`, else `otherwise`."""
    return Instruction(0x25, then, otherwise, value)  # BPF_JMP | BPF_JGT | BPF_K


def give(action: int) -> Instruction:
    """End the filter with an action, such as `ALLOW`."""
    return Instruction(0x06, 0, 0, action)  # BPF_RET | BPF_K


def _compile_test(test: Test) -> Iterator[Instruction]:
    yield load_word(
        _ARGUMENTS + 8 * test.argument
    )  # both architectures are little-endian: the low half comes first
    if test.mask != _ALL:
        yield keep_bits(test.mask)
    if test.equal is not None:
        yield jump_if_equal(test.value, 0, 1)
        yield give(test.equal)
    if test.different is not None:
        yield jump_if_equal(test.value, 1, 0)
        yield give(test.different)


def program(architecture: Architecture, pid: int, *, shares_files: bool = False) -> list[Instruction]:
    """Assemble the filter for a process.

    Args:
        architecture: of this machine.
        pid: id of the process, which may send signals to itself only.
        shares_files: whether the process sees the machine's own files, for lack of a mount namespace.
    """
    column = architecture.column
    code = [load_word(_ARCHITECTURE), jump_if_equal(architecture.audit, 1, 0), give(KILL)]
    code += [load_word(_NUMBER), jump_if_greater(HIGHEST, 0, 1), give(ABSENT)]
    for numbers, tests in _list_tested_calls(pid).items():
        if (number := numbers[column]) is None:
            continue
        block = [instruction for test in tests for instruction in _compile_test(test)]
        code += [jump_if_equal(number, 0, len(block)), *block]
    for number in sorted(number for row in _REFUSED.values() if (number := row[column]) is not None):
        code += [jump_if_equal(number, 0, 1), give(REFUSE)]
    if shares_files:
        code += [jump_if_equal(_TRUNCATE[column], 0, 1), give(REFUSE)]
        for number in sorted(number for row in _CHANGES.values() if (number := row[column]) is not None):
            code += [jump_if_equal(number, 0, 1), give(PRETEND)]
    for number in _ABSENT:
        code += [jump_if_equal(number, 0, 1), give(ABSENT)]
    return [*code, give(ALLOW)]


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def install(*, shares_files: bool = False) -> str:
    """Install the filter for this process and all its threads, for good. Needs `PR_SET_NO_NEW_PRIVS`.

    Args:
        shares_files: whether the process sees the machine's own files, for lack of a mount namespace.

    Returns:
        The architecture and the number of refused calls, in words.

    Raises:
        OSError: there is no table for this architecture, or the kernel refuses.
    """
    machine = platform.machine()
    if (architecture := ARCHITECTURES.get(machine)) is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        raise OSError(95, f"no table of system calls for {machine}")
    load(program(architecture, os.getpid(), shares_files=shares_files), architecture)
    return f"{machine}, {sum(row[architecture.column] is not None for row in _REFUSED.values())} calls refused"


def load(code: Sequence[Instruction], architecture: Architecture) -> None:
    """Install a filter for this process and all its threads. Raises `OSError` where the kernel refuses."""
    image = b"".join(struct.pack("<HBBI", *instruction) for instruction in code)
    set_filter, for_all_threads = 1, 1  # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
    number = (317, 277)[architecture.column]
    failed_thread = syscalls.syscall(number, set_filter, for_all_threads, ctypes.byref(_Program(len(code), image)))
    if failed_thread:  # the id of a thread to which the filter could not be applied
        raise OSError(16, f"thread {failed_thread} did not take the filter")
