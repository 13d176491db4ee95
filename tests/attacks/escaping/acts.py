"""Attacks that reach other processes, networks and rights, or start programs."""

import _ctypes
import contextlib
import ctypes
import errno
import fcntl
import os
import resource
import signal
import socket
from pathlib import Path

from grader.sandbox.walls import syscalls
from tests.attacks.attack import Outside, attack

SIGNALS = ("pid namespace", "landlock", "seccomp")
NETWORK = ("network namespace", "landlock", "seccomp")
_MACHINE = os.uname().machine
_F_SETSIG = 10
_SOME_LIBRARY = Path(_ctypes.__file__).read_bytes()
_LIBRARY = ctypes.CDLL(None, use_errno=True)


@attack(*SIGNALS, abi=6)
def signal_a_process(outside: Outside) -> bool:
    """Send a signal to another process of the user."""
    os.kill(outside.pid, signal.SIGCONT)
    return True


@attack(*SIGNALS, abi=6)
def queue_a_signal(outside: Outside) -> bool:
    """Send a signal with a value, by another call."""
    numbers = {"x86_64": 129, "aarch64": 138}
    information = (ctypes.c_int * 32)(signal.SIGCONT, 0, -1)  # SI_QUEUE
    syscalls.syscall(numbers[_MACHINE], outside.pid, signal.SIGCONT, information)
    return True


@attack("pid namespace", "seccomp")
def have_the_kernel_signal_a_process(outside: Outside) -> bool:
    """Have the kernel send a signal to another process, whenever there is input: whom, and which one."""
    reader, writer = os.pipe()
    with contextlib.closing(os.fdopen(reader, "rb")), contextlib.closing(os.fdopen(writer, "wb")):
        fcntl.fcntl(reader, fcntl.F_SETOWN, outside.pid)
        fcntl.fcntl(reader, _F_SETSIG, signal.SIGCONT)
        fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
        return True


@attack("pid namespace", "seccomp")
def slow_a_process_down(outside: Outside) -> bool:
    """Give another process of the user the lowest priority."""
    os.setpriority(os.PRIO_PROCESS, outside.pid, 19)
    return True


@attack("pid namespace", "seccomp")
def move_a_process_to_one_core(outside: Outside) -> bool:
    """Decide on which core another process runs."""
    os.sched_setaffinity(outside.pid, {min(os.sched_getaffinity(0))})
    return True


@attack("pid namespace", "seccomp")
def limit_a_process(outside: Outside) -> bool:
    """Read and set the limits of another process."""
    resource.prlimit(outside.pid, resource.RLIMIT_CORE, (0, 0))
    return True


@attack("pid namespace", "seccomp")
def hold_on_to_a_process(outside: Outside) -> bool:
    """Open a descriptor of another process."""
    os.close(os.pidfd_open(outside.pid))
    return True


@attack(*NETWORK, abi=4)
def connect_to_a_port(outside: Outside) -> bool:
    """Connect to a port of this machine."""
    with socket.socket() as client:
        client.settimeout(1)
        client.connect(("127.0.0.1", outside.port))
    return True


@attack(*NETWORK, abi=6)
def connect_to_an_abstract_socket(outside: Outside) -> bool:
    """Connect to an abstract UNIX socket, as those of a desktop."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + outside.abstract)
    return True


@attack("mount namespace", "seccomp")
def connect_to_a_socket_in_a_folder(outside: Outside) -> bool:
    """Connect to a UNIX socket in a folder of the user, as that of Docker or of an agent for keys."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(outside.socket)
    return True


@attack("network namespace", "seccomp")
def send_a_datagram(outside: Outside) -> bool:
    """Send a UDP packet to a port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", outside.port))
        return str(client.getsockname()[0]) == "127.0.0.1"


@attack("seccomp")
def fork(_: Outside) -> bool:
    """Make a new process."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


@attack("seccomp", "landlock")
def start_a_program(_: Outside) -> bool:
    """Start a program of the machine."""
    pid = os.posix_spawn("/bin/true", ["/bin/true"], {})
    return os.waitpid(pid, 0)[1] == 0


@attack("mount namespace")
def load_a_library_of_its_own(_: Outside) -> bool:
    """Load machine code that it wrote to a file, past what is installed."""
    Path("own.so").write_bytes(_SOME_LIBRARY)
    ctypes.CDLL(str(Path("own.so").resolve()))
    return True


@attack("seccomp")
def make_namespaces(_: Outside) -> bool:
    """Make a user namespace, which has all capabilities and opens much of the kernel."""
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(OSError):
            syscalls.call("unshare", syscalls.CLONE_NEWUSER)
            os._exit(0)
        os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


@attack("seccomp", "capabilities", "landlock", "user namespace")
def mount(_: Outside) -> bool:
    """Mount a file system of its own."""
    Path("mounted").mkdir(exist_ok=True)
    syscalls.mount("tmpfs", "mounted", 0, "size=4k")
    syscalls.call("umount2", b"mounted", 0)
    return True


@attack("seccomp", "capabilities")
def change_the_root(_: Outside) -> bool:
    """Open the root folder, change to another root, and go back through what is open."""
    old = os.open("/", os.O_PATH)
    try:
        here = Path.cwd()
        os.chroot(here)
        os.fchdir(old)
        os.chroot(".")
        os.chdir(here)
    finally:
        os.close(old)
    return True


@attack("capabilities")
def keep_capabilities(_: Outside) -> bool:
    """Have rights of root."""
    return syscalls.capabilities()[1] != 0


@attack("user namespace", as_root=True)
def be_root(_: Outside) -> bool:
    """Be root, to whom most files of the machine belong."""
    os.setuid(0)
    return os.getuid() == 0


@attack("seccomp")
def enter_io_uring(_: Outside) -> bool:
    """Ask for io_uring, a part of the kernel with a history of holes."""
    try:
        syscalls.syscall(426, -1, 0, 0, 0, None, 0)
    except OSError as error:
        return error.errno in {errno.EBADF, errno.ENOSYS}  # it was asked
    return True


@attack("seccomp")
def count_events_of_the_processor(_: Outside) -> bool:
    """Ask for the counters of the processor, which tell what others do."""
    numbers = {"x86_64": 298, "aarch64": 241}
    try:
        syscalls.syscall(numbers[_MACHINE], None, 0, -1, -1, 0)
    except OSError as error:
        return error.errno in {errno.EFAULT, errno.ENOSYS}  # it was asked
    return True


@attack("seccomp")
def add_a_key(_: Outside) -> bool:
    """Put a key on a keyring of the kernel, which is the user's."""
    numbers = {"x86_64": 248, "aarch64": 217}
    process_keyring = -2
    return syscalls.syscall(numbers[_MACHINE], b"user", b"attack", b"x", 1, process_keyring) > 0


@attack("seccomp")
def change_its_personality(_: Outside) -> bool:
    """Switch off the random layout of memory for programs."""
    old = syscalls.call("personality", 0xFFFFFFFF)
    syscalls.call("personality", old | 0x0040000)
    syscalls.call("personality", old)
    return True


@attack("seccomp")
def add_a_filter(_: Outside) -> bool:
    """Ask whether it may install a filter of system calls of its own."""
    numbers = {"x86_64": 317, "aarch64": 277}
    action = ctypes.c_uint32(0x7FFF0000)
    get_action_available = 2
    return syscalls.syscall(numbers[_MACHINE], get_action_available, 0, ctypes.byref(action)) == 0


@attack("seccomp")
def outlive_its_parent(_: Outside) -> bool:
    """Undo that it ends with the process that started it."""
    pdeathsig = ctypes.c_int()
    syscalls.call("prctl", 2, ctypes.byref(pdeathsig), 0, 0, 0)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, 0)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, pdeathsig.value)
    return True


@attack("seccomp")
def send_a_descriptor(_: Outside) -> bool:
    """Send an open file in a message, where it stays open without a number."""
    one, other = socket.socketpair()
    with one, other, Path(os.devnull).open() as file:
        socket.send_fds(one, [b"x"], [file.fileno()])
    return True
