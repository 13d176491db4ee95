"""Hand-ins that try to stop a class: what is appended to a right solution of the metric cheat sheet, by kind."""

KINDS = {
    "sleeps": "import time\ndef f1(*_): time.sleep(10 ** 6)",
    "computes": "def f1(*_):\n    while True: pass",
    "forks": "import os\nfor _ in range(50):\n    try: os.fork()\n    except OSError: pass",
    "starts threads": (
        "import threading, time\nfor _ in range(3000):\n"
        "    try: threading.Thread(target=time.sleep, args=(10 ** 6,)).start()\n    except RuntimeError: break"
    ),
    "takes memory": "kept = []\nwhile True: kept.append(bytearray(3 << 30))",
    "takes little by little": "kept = []\ndef f1(*_):\n    while True: kept.append(b'x' * (1 << 24))",
    "exits": "import os\nos._exit(0)",
    "exits as the grader would": "import os\ndef f1(*_): os._exit(70)",
    "leaves": "raise SystemExit(3)",
    "aborts": "import os\ndef f1(*_): os.abort()",
    "kills itself": "import os\ndef f1(*_): os.kill(os.getpid(), 9)",
    "reads nowhere": "import ctypes\ndef f1(*_): ctypes.string_at(0)",
    "fills the disk": (
        "try:\n    with open('big', 'wb') as file:\n        while True: file.write(b'x' * (1 << 20))\n"
        "except OSError: pass"
    ),
    "makes files": "for n in range(5000):\n    try: open(f'file{n}', 'w').close()\n    except OSError: break",
    "makes deep folders": (
        "import os\nfor _ in range(2000):\n    try: os.mkdir('d'); os.chdir('d')\n    except OSError: break"
    ),
    "closes everything": "import os\ndef f1(*_): os.closerange(0, 300)",
    "writes everywhere": (
        "import os\nfor n in range(300):\n    try: os.write(n, b'E' + bytes(100))\n    except OSError: pass"
    ),
    "kills its parents": (
        "import os, signal\nfor pid in (os.getppid(), 1, -1, 0):\n"
        "    try: os.kill(pid, signal.SIGKILL)\n    except OSError: pass"
    ),
    "stops its parents": (
        "import os, signal\nfor pid in (os.getppid(), 1):\n"
        "    try: os.kill(pid, signal.SIGSTOP)\n    except OSError: pass"
    ),
    "opens everything": (
        "import socket\nkept = []\ntry:\n    while True: kept.append(socket.socketpair())\nexcept OSError: pass"
    ),
    "talks": "def f1(*_):\n    for _ in range(10 ** 5): print('x' * 100)",
    "recurses": "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f1(*_): return f1()",
    "returns much": "import numpy as np\ndef f1(*_): return np.zeros(6_000_000)",
    "returns oddities": (
        "class Odd(float):\n    def __eq__(self, other): raise SystemExit\ndef f1(*_): return Odd(1)"
    ),
    "replaces what judges": "import builtins, sys\nsys.modules.clear()\nbuiltins.__dict__.clear()",
}
