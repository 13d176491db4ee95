"""Attacks that use up memory, disk, or what the whole machine has a limited number of."""

import contextlib
import ctypes
import errno
import fcntl
import mmap
import os
import resource
import socket
import struct
import threading
from pathlib import Path

from grader.sandbox.memory_watch import MOST_THREADS
from grader.sandbox.scratch import MOST_FILES
from grader.sandbox.walls import syscalls
from tests.attacks.attack import Outside, attack
from tests.attacks.limits import LIMITS

DISK = ("mount namespace", "watch")
_MACHINE = os.uname().machine
_MIB = 1 << 20
_MAP_HUGETLB = 0x40000
_LIBRARY = ctypes.CDLL(None, use_errno=True)


@attack("limits")
def reserve_memory(_: Outside) -> bool:
    """Reserve more memory than it may have."""
    mmap.mmap(-1, (LIMITS.memory_mib + 256) * _MIB, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    return True


@attack("limits", "watch", is_last=True)
def fill_memory(_: Outside) -> bool:
    """Write to more memory than it may have."""
    filled = bytearray(b"x") * ((LIMITS.memory_mib + 64) * _MIB)
    _wait_for_the_watch()
    return len(filled) > 0


@attack("limits", "watch", is_last=True)
def fill_page_tables(_: Outside) -> bool:
    """Read one byte in every 2 MiB of memory that it may only read: each costs the kernel a page of tables."""
    pages = (LIMITS.memory_mib + 64) * _MIB // mmap.PAGESIZE
    size = pages << 21
    with mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ) as memory:
        memory.madvise(mmap.MADV_NOHUGEPAGE)
        for place in range(0, size, 2 * _MIB):
            memory[place]
        _wait_for_the_watch()
    return True


@attack("seccomp")
def share_memory(_: Outside) -> bool:
    """Make shared memory without a file, which the limit of memory does not count."""
    mmap.mmap(-1, _MIB).close()
    return True


@attack("seccomp")
def ask_for_huge_pages(_: Outside) -> bool:
    """Reserve huge pages, of which the machine has as many as its administrator gave it."""
    try:
        mmap.mmap(-1, 2 * _MIB, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _MAP_HUGETLB, mmap.PROT_READ).close()
    except OSError as error:
        return error.errno in {errno.ENOMEM, errno.EINVAL}  # it was asked, and this machine has none
    return True


@attack("seccomp")
def make_a_file_in_memory(_: Outside) -> bool:
    """Make a file in memory, which no limit counts."""
    os.close(os.memfd_create("attack"))
    return True


@attack("seccomp")
def make_a_segment_of_shared_memory(_: Outside) -> bool:
    """Make System V shared memory, which stays when its process ends."""
    number = syscalls.call("shmget", 0, 4096, 0o1600)
    syscalls.call("shmctl", number, 0, None)
    return True


@attack("seccomp")
def make_socket_buffers_larger(_: Outside) -> bool:
    """Give a pair of sockets more room for what was sent and not received."""
    one, other = socket.socketpair()
    with one, other:
        before = one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, before)
        return one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) > before


@attack("limits")
def keep_data_in_sockets(_: Outside) -> bool:
    """Keep more data on its way through sockets than all descriptors together may hold."""
    with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
        sent = 0
        while sent < 16 * _MIB:
            pair = [stack.enter_context(end) for end in socket.socketpair()]
            for end in pair:
                end.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        sent += end.send(bytes(1 << 16))
    return sent >= 16 * _MIB


@attack("seccomp")
def make_a_pipe_larger(_: Outside) -> bool:
    """Give a pipe more room: the kernel gives a user so much for all pipes, and no more."""
    reader, writer = os.pipe()
    try:
        return fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 1 << 17) == 1 << 17
    finally:
        os.close(reader)
        os.close(writer)


@attack("seccomp")
def keep_memory_in_a_pipe(_: Outside) -> bool:
    """Put a page of memory into a pipe: it keeps the large page that it is of, which no limit counts any more."""
    reader, writer = os.pipe()
    try:
        with mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
            memory[0] = 1
            page = ctypes.c_char.from_buffer(memory)
            try:
                vector = (ctypes.c_size_t * 2)(ctypes.addressof(page), mmap.PAGESIZE)
                return syscalls.call("vmsplice", writer, ctypes.byref(vector), 1, 0) > 0
            finally:
                del page
    finally:
        os.close(reader)
        os.close(writer)


@attack("seccomp")
def have_all_disks_written(_: Outside) -> bool:
    """Have the machine write to its disk whatever anybody has written, and wait for it."""
    with Path("/dev/null").open("rb") as file:
        return syscalls.call("syncfs", file.fileno()) == 0


@attack("seccomp")
def make_contexts_for_input(_: Outside) -> bool:
    """Make a context for asynchronous input, of which the whole machine has 65,536."""
    setup, destroy = {"x86_64": (206, 207), "aarch64": (0, 1)}[_MACHINE]
    context = ctypes.c_ulong()
    syscalls.syscall(setup, 1, ctypes.byref(context))
    syscalls.syscall(destroy, context)
    return True


@attack("seccomp")
def watch_files(_: Outside) -> bool:
    """Make an instance of inotify, of which a user has 128."""
    os.close(syscalls.call("inotify_init1", 0))
    return True


@attack("seccomp")
def make_landlock_rules(_: Outside) -> bool:
    """Make a set of rules, which may be as long as one likes, in the memory of the kernel."""
    handled = (ctypes.c_uint64 * 3)(1, 0, 0)
    try:
        os.close(syscalls.syscall(444, handled, 8, 0))
    except OSError as error:
        return error.errno in {errno.ENOSYS, errno.EOPNOTSUPP}  # it was asked
    return True


@attack("seccomp")
def lock_records(_: Outside) -> bool:
    """Lock single bytes of a file: each lock is kept in the memory of the kernel."""
    with Path("locked").open("wb") as file, Path("locked").open("rb") as again:
        for place in range(100):
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 2 * place)
        question = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        answer = fcntl.fcntl(again, fcntl.F_OFD_GETLK, question)
    return bool(struct.unpack_from("h", answer)[0] != fcntl.F_UNLCK)


@attack("seccomp")
def lock_records_of_an_open_file(_: Outside) -> bool:
    """Lock single bytes of a file for the open file, not for the process."""
    with Path("locked").open("wb") as file:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0))
    return True


@attack("seccomp")
def lease_a_file(_: Outside) -> bool:
    """Make everybody wait who opens a file."""
    Path("leased").touch()
    with Path("leased").open("rb") as file:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return True


@attack("seccomp")
def make_a_message_queue(_: Outside) -> bool:
    """Make a System V message queue, which stays when its process ends."""
    number = syscalls.call("msgget", 0, 0o1600)
    syscalls.call("msgctl", number, 0, None)
    return True


@attack("limits")
def open_many_files(_: Outside) -> bool:
    """Open more files than it may."""
    opened: list[int] = []
    try:
        opened += (os.open(os.devnull, os.O_RDONLY) for _ in range(LIMITS.descriptors))
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return True


@attack("limits")
def start_many_threads(_: Outside) -> bool:
    """Start more threads than it may."""
    ending = threading.Event()
    threads = []
    try:
        for _number in range(LIMITS.threads + 8):
            thread = threading.Thread(target=ending.wait, daemon=True)
            thread.start()
            threads.append(thread)
    except RuntimeError:
        return False
    finally:
        ending.set()
        for thread in threads:
            thread.join()
    return True


@attack("limits", "watch", is_last=True)
def start_very_many_threads(_: Outside) -> bool:
    """Start so many threads that the machine has no number for another process."""
    old_size = threading.stack_size(1 << 15)
    try:
        for _number in range(MOST_THREADS + 100):
            threading.Thread(target=_wait_for_the_watch, args=(5.0,), daemon=True).start()
    except RuntimeError:
        return False
    finally:
        threading.stack_size(old_size)
    _wait_for_the_watch()
    return True


@attack("limits")
def make_many_timers(_: Outside) -> bool:
    """Make more timers than it may: a user has a limited number of signals that can wait."""
    timers = []
    try:
        for _number in range(300):
            timer = ctypes.c_void_p()
            syscalls.call("timer_create", 1, None, ctypes.byref(timer))
            timers.append(timer)
    finally:
        for timer in timers:
            syscalls.call("timer_delete", timer)
    return True


@attack("limits")
def lock_memory(_: Outside) -> bool:
    """Keep memory from being moved to disk."""
    with mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        view = ctypes.c_char.from_buffer(memory)
        try:
            syscalls.call("mlock", ctypes.c_void_p(ctypes.addressof(view)), 4096)
        finally:
            del view
    return True


@attack("limits")
def take_more_processor_time(_: Outside) -> bool:
    """Take away its own limit of processor time."""
    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY,) * 2)
    return True


@attack("limits", "mount namespace")
def write_a_long_file(_: Outside) -> bool:
    """Write one file that is longer than all may be."""
    try:
        Path("long").write_bytes(bytes((LIMITS.file_mib + 1) * _MIB))
    finally:
        Path("long").unlink(missing_ok=True)
    return True


@attack(*DISK, is_last=True)
def write_many_long_files(_: Outside) -> bool:
    """Write files that together take more room than they may."""
    for number in range(LIMITS.file_mib + 8):
        Path(f"long{number}").write_bytes(os.urandom(_MIB))
    _wait_for_the_watch(seconds=4)
    return True


@attack(*DISK, is_last=True)
def write_to_deleted_files(_: Outside) -> bool:
    """Write files, and delete them while they are open: they take room, and no folder shows them."""
    files = []
    for number in range(LIMITS.file_mib + 8):
        path = Path(f"gone{number}")
        files.append(path.open("wb"))
        path.unlink()
        files[-1].write(os.urandom(_MIB))
    _wait_for_the_watch(seconds=4)
    return True


@attack(*DISK, is_last=True)
def make_many_files(_: Outside) -> bool:
    """Make more files than it may: a disk has a limited number of them."""
    for number in range(MOST_FILES + 64):
        os.close(os.open(f"{number}", os.O_CREAT | os.O_WRONLY))
    _wait_for_the_watch(seconds=4)
    return True


@attack(*DISK, is_last=True)
def nest_folders(outside: Outside) -> bool:
    """Make folders in folders on the machine's disk, deeper than a path can say."""
    is_on_disk = Path(outside.secret).stat().st_dev == Path.cwd().stat().st_dev
    for _number in range(1500):
        Path("deep").mkdir()
        os.chdir("deep")
    _wait_for_the_watch(seconds=4)
    return is_on_disk


def _wait_for_the_watch(seconds: float = 0.7) -> None:
    threading.Event().wait(seconds)
