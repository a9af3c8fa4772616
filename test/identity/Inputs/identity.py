#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""C without the dialect through the translator.

    identity.py bytes ACC FOLDER FILE...            acc --no-cpp gives the same bytes
    identity.py code ACC CC FOLDER FILE -- FLAG...  the preprocessed way gives the same object file: machine
                                                    code, contents of the sections, symbols"""
import os
import subprocess
import sys


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        sys.exit("%s\n%s" % (" ".join(command), done.stderr))
    return done.stdout


def read(path):
    with open(path, "rb") as f:
        return f.read()


def same_bytes(acc, folder, path):
    out = os.path.join(folder, "out.c")
    run([acc, "--no-cpp", path, "-o", out])
    return read(path) == read(out)


def instructions(cc, flags, path, output):
    run([cc, "-c", path, "-o", output] + flags)
    lines = run(["objdump", "-drst", "--no-show-raw-insn", output]).splitlines()
    return [line for line in lines if "file format" not in line and "df *ABS*" not in line]


def same_code(acc, cc, folder, path, flags):
    out = os.path.join(folder, "out.c")
    run([acc, "--cc", cc, path, "-o", out] + flags)  # -O too: headers ask for __OPTIMIZE__
    own = os.path.join(folder, "own.o")
    direct = instructions(cc, flags + ["-w"], path, own)
    through = instructions(cc, flags + ["-w"], out, os.path.join(folder, "through.o"))
    return len(direct) > 3 and direct == through


def main():
    how, acc, *rest = sys.argv[1:]
    cc = rest.pop(0) if how == "code" else None
    folder = rest.pop(0)
    os.makedirs(folder, exist_ok=True)
    flags = rest[rest.index("--") + 1:] if "--" in rest else []
    files = rest[:rest.index("--")] if "--" in rest else rest
    other = [f for f in files
             if not (same_code(acc, cc, folder, f, flags) if cc else same_bytes(acc, folder, f))]
    for f in other:
        print("%s: differs" % f)
    print("%s: %d same, %d differ" % (how, len(files) - len(other), len(other)))
    sys.exit(bool(other))


if __name__ == "__main__":
    main()
