"""Attacks that read what is not theirs."""

import contextlib
import ctypes
import os
from pathlib import Path

from grader.sandbox.walls import syscalls
from tests.attacks.attack import Outside, attack

FILES = ("mount namespace", "landlock")
PROCESSES = ("all namespaces", "landlock")  # as long as there is a user namespace, the kernel refuses
_LIBRARY = ctypes.CDLL(None, use_errno=True)


@attack(*FILES)
def read_a_private_file(outside: Outside) -> bool:
    """Read a private file of the user."""
    return Path(outside.secret).read_text() == outside.token


@attack(*FILES)
def list_a_folder(outside: Outside) -> bool:
    """List a folder of the user."""
    return Path(outside.secret) in Path(outside.folder).iterdir()


@attack(*FILES)
def read_through_a_link(outside: Outside) -> bool:
    """Read a private file through a symbolic link of its own."""
    Path("link").symlink_to(outside.secret)
    return Path("link").read_text() == outside.token


@attack(*FILES)
def read_through_a_hard_link(outside: Outside) -> bool:
    """Read a private file through a hard link of its own."""
    Path("hard").hardlink_to(outside.secret)
    return Path("hard").read_text() == outside.token


@attack("mount namespace")
def see_that_a_file_exists(outside: Outside) -> bool:
    """Find out whether the user has a certain file."""
    return Path(outside.secret).exists()


@attack(*FILES)
def read_the_users_of_the_machine(_: Outside) -> bool:
    """Read who has an account on this machine."""
    return "root:" in Path("/etc/passwd").read_text()


@attack("landlock", "init inside", "user namespace")
def read_through_the_folder_of_process_1(outside: Outside) -> bool:
    """Leave the root through the working directory of the first process of the PID namespace."""
    return Path("/proc/1/cwd" + "/.." * 40 + outside.secret).read_text() == outside.token


@attack("landlock", "init inside", "user namespace", also=("landlock", "capabilities", "user namespace"))
def read_the_memory_of_process_1(_: Outside) -> bool:
    """Open the memory of the first process of the PID namespace, which has no limits and no filter."""
    os.close(os.open("/proc/1/mem", os.O_RDONLY))
    return True


@attack(*PROCESSES)
def read_the_memory_of_a_process(outside: Outside) -> bool:
    """Read the memory of another process of the user in /proc."""
    memory = os.open(f"/proc/{outside.pid}/mem", os.O_RDONLY)
    try:
        return os.pread(memory, len(outside.token), outside.address) == outside.token.encode()
    finally:
        os.close(memory)


@attack(*PROCESSES, "seccomp")
def copy_the_memory_of_a_process(outside: Outside) -> bool:
    """Read the memory of another process of the user with process_vm_readv."""
    size = len(outside.token)
    target = ctypes.create_string_buffer(size)
    here = (ctypes.c_void_p * 2)(ctypes.addressof(target), size)
    there = (ctypes.c_void_p * 2)(outside.address, size)
    syscalls.call("process_vm_readv", outside.pid, here, 1, there, 1, 0)
    return target.raw == outside.token.encode()


@attack(*PROCESSES, "seccomp")
def trace_a_process(outside: Outside) -> bool:
    """Trace another process of the user."""
    seize, detach = 0x4206, 17  # PTRACE_SEIZE does not stop the process
    syscalls.call("ptrace", seize, outside.pid, 0, 0)
    with contextlib.suppress(OSError):
        syscalls.call("ptrace", detach, outside.pid, 0, 0)
    return True


@attack(*FILES)
def list_processes(outside: Outside) -> bool:
    """See the other processes of the machine, with their command lines."""
    return Path("/proc", str(outside.pid)) in Path("/proc").iterdir()


@attack("environment")
def read_the_environment(outside: Outside) -> bool:
    """Read the environment variables that the grader was started with."""
    return outside.token in os.environ.values()


@attack("descriptors")
def read_what_was_left_open(outside: Outside) -> bool:
    """Read from a file that the grader has open."""
    for descriptor in range(3, 64):
        try:
            if os.pread(descriptor, 64, 0) == outside.token.encode():
                return True
        except OSError:
            continue
    return False


@attack("ipc namespace", "seccomp")
def read_shared_memory(outside: Outside) -> bool:
    """Read System V shared memory of another process."""
    number = syscalls.call("shmget", outside.memory_key, 0, 0)
    _LIBRARY.shmat.restype = ctypes.c_void_p
    place = _LIBRARY.shmat(number, None, 0o10000)
    return place not in {None, ctypes.c_void_p(-1).value} and ctypes.string_at(place) == outside.token.encode()


@attack("network namespace", also=PROCESSES)
def see_sockets(outside: Outside) -> bool:
    """See in /proc which sockets the machine has, with their names."""
    return outside.abstract in Path("/proc/self/net/unix").read_text()


@attack("host name", also=("all namespaces",))
def read_the_host_name(outside: Outside) -> bool:
    """Read the name of the machine."""
    return os.uname().nodename == outside.host_name


@attack("processes only", also=FILES)
def read_the_kernel_command_line(_: Outside) -> bool:
    """Read what the kernel was started with, as in /proc/cmdline, of the whole machine."""
    return len(Path("/proc/cmdline").read_text()) > 0
