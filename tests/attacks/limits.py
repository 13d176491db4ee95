"""What an attack may use: little, so that all of it is used up quickly."""

from grader.sandbox.walls.enter import Limits

LIMITS = Limits(cpu_seconds=20, memory_mib=64, file_mib=4, threads=32, descriptors=32)
