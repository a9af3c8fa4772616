#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Stands in for the C compiler of a program's own build, and makes the functions of each unit async (real_async.py).

  make CC="async_cc.py --build build/release --under $PWD --log async.log --" && make check

  --build    acc's build folder
  --under    only functions in files of that folder
  --mode     where suspensions stand: none, entry, stmt
  --cc       the compiler
  --not      units that stay as they are, a regular expression; --skip: functions
  --log      a line for each unit: how many functions were made async, or which step failed

What is compiled to an object is translated in between; all else goes to the compiler as it is, and what links gets the
runtime. Exit status: the compiler's, or that of the step that failed, whose messages are printed."""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WITH_OPERAND = ("-o", "-MF", "-MT", "-MQ")
OF_OUTPUT = ("-c", "-MD", "-MMD", "-MP")
STOPS = ("-E", "-S", "-M", "-MM", "-fsyntax-only", "--version", "-v", "-dumpversion", "-dumpmachine")


class Step(Exception):
    pass


def without_output(words):
    kept, words = [], iter(words)
    for word in words:
        if word in WITH_OPERAND:
            next(words, None)
        elif word not in OF_OUTPUT:
            kept.append(word)
    return kept


def step(name, command, output=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="surrogateescape")
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise Step("%s failed" % name)
    if output:
        with open(output, "w", errors="surrogateescape") as f:
            f.write(done.stdout)
    return done.stderr


def compile_async(options, words, unit):
    """The object file gets made as `words` say, from the unit with its functions async."""
    out = words[words.index("-o") + 1] if "-o" in words else os.path.splitext(os.path.basename(unit))[0] + ".o"
    include = os.path.join(options.build, "include")
    rest = [w for w in without_output(words) if w != unit]
    text = ["-D__ACC__=1", "-I" + include, "-include", include + "/acc/abi.h", "-include", include + "/acc/acc.h"]
    step("preprocessor", [options.cc, "-E"] + text + words_of_dependencies(words, out) + rest + [unit], out + ".i")
    made = step("real_async.py", [sys.executable, os.path.join(HERE, "real_async.py"), "--mode", options.mode, "--under", options.under,
                                  "--skip", options.skip, out + ".i"], out + ".async.i")
    step("acc", [os.path.join(options.build, "bin", "acc"), "--no-cpp", "-Wno-blocking-call", out + ".async.i", "-o", out + ".c"])
    step("compiler", [options.cc, "-w", "-I" + include] + rest + ["-c", out + ".c", "-o", out])
    return made.strip()


def words_of_dependencies(words, out):
    """The dependencies are those of the unit, not of what is made of it."""
    if not any(w in ("-MD", "-MMD") for w in words):
        return []
    given = [w for i, w in enumerate(words) if w in ("-MD", "-MMD", "-MP") or w in WITH_OPERAND[1:] or (i and words[i - 1] in WITH_OPERAND[1:])]
    return given + ([] if "-MF" in words else ["-MF", os.path.splitext(out)[0] + ".d"]) + ([] if {"-MT", "-MQ"} & set(words) else ["-MT", out])


def main():
    parser = argparse.ArgumentParser()
    for name, default in (("--build", "build/release"), ("--under", os.getcwd()), ("--mode", "stmt"), ("--cc", "gcc"), ("--not", ""),
                          ("--skip", ""), ("--log", os.devnull)):
        parser.add_argument(name, default=default, dest=name[2:].replace("not", "not_"))
    options = parser.parse_args(sys.argv[1:sys.argv.index("--")])
    words = sys.argv[sys.argv.index("--") + 1:]
    units = [w for w in words if w.endswith(".c")]
    stops = any(w in STOPS for w in words)
    if len(units) != 1 or "-c" not in words or stops or (options.not_ and re.search(options.not_, units[0])):
        links = not stops and "-c" not in words and any(w.endswith((".o", ".a", ".c")) for w in words)
        runtime = [os.path.join(options.build, "lib", "libacc.a"), "-luv", "-pthread"] if links else []
        return subprocess.call([options.cc] + words + runtime)
    try:
        told = compile_async(options, words, units[0])
    except Step as failed:
        told = str(failed)
    with open(options.log, "a") as log:
        log.write("%s: %s\n" % (units[0], told))
    return 1 if told.endswith("failed") else 0


if __name__ == "__main__":
    sys.exit(main())
