#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares user time and memory of one text and of one eight times as large.

    ratio.py ACC LARGE.PY FOLDER N SHAPE...

The size goes up from N until the smaller text takes some time, so that starting the process does not count;
on a busy machine the least of several runs is taken."""
import os
import runpy
import subprocess
import sys

FLOOR = 0.1    # seconds: what the smaller text must take to tell anything
LARGEST = 64   # times N
TIMES = 8      # how much larger the other text is
SPACE = 12     # how much more memory that may take
RATIO = 24     # linear is 8, quadratic 64; large texts leave the caches, and share the machine


def user_time(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if os.WIFSIGNALED(status) or os.WEXITSTATUS(status) not in (0, 1):
        sys.exit("%s: ended with %#x" % (" ".join(command), status))
    return usage.ru_utime, usage.ru_maxrss, status == 0


def measure(acc, large, folder, shape, n):
    text, out = os.path.join(folder, shape + ".ac"), os.path.join(folder, shape + ".c")
    with open(text, "w") as f:
        subprocess.check_call([sys.executable, large, shape, str(n)], stdout=f)
    command = [acc, "--no-cpp", text, "-o", out]
    best, space, ok = user_time(command)
    if not ok and shape not in runpy.run_path(large)["REFUSED"]:
        sys.exit("%s: not translated: %s" % (shape, " ".join(command)))
    return best, space, command


def compare(acc, large, folder, shape, n):
    largest = n if shape in runpy.run_path(large)["DEEP"] else n * LARGEST
    small, space, again = measure(acc, large, folder, shape, n)
    while small < FLOOR and n * 2 <= largest:
        n *= 2
        small, space, again = measure(acc, large, folder, shape, n)
    small = min([small] + [user_time(again)[0] for _ in range(2)])
    great, more, again = measure(acc, large, folder, shape, TIMES * n)
    limit = RATIO * max(small, FLOOR / 2)
    for _ in range(6):
        if limit < great < 2 * limit:
            great = min(great, user_time(again)[0])
    faults = (": too slow" if great > limit else "") + (": too large" if more > SPACE * space else "")
    print("%s: %.3f s for %d, %.3f s for %d; %d and %d kB%s" % (shape, small, n, great, TIMES * n, space, more, faults),
          flush=True)
    return not faults


def main():
    acc, large, folder, n, *shapes = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    if shapes == ["all"]:
        shapes = subprocess.check_output([sys.executable, large, "--list"], text=True).split()
        shapes = [s for s in shapes if s not in runpy.run_path(large)["DEEP"]]
    fine = [compare(acc, large, folder, s, int(n)) for s in shapes]
    sys.exit(not all(fine))


if __name__ == "__main__":
    main()
