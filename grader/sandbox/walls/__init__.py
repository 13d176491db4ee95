"""The isolation of one process on Linux: namespaces, mounts, Landlock, seccomp and limits."""
