#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds programs both ways, translated and by acc --sync, and compares what they print and how they end.

  both_ways.py [--part I/N] x.ac...        each with the options of its %run-ac line; a part of the list
  both_ways.py --generated FIRST-LAST      programs of test/fuzz/gen.py that mean the same in plain C

A program that acc refuses with a message about --sync, and with nothing else, is listed with that message.
Everything else that is not the same ends the test: a translation or a compilation that fails, other
output, another exit status."""
import os
import re
import shlex
import subprocess
import sys
import tempfile

SOURCE = os.environ["ACC_TEST_SOURCE"]
RUN_AC = os.path.join(SOURCE, "test", "tools", "run-ac")

# Programs that may print something else or not compile, and why.
ORDER = "C leaves the order of its operands to the compiler, the dialect does not"
OPEN = {
    "call-arguments": ORDER,
    "nested-subscripts-once": ORDER,
    "operands-left-before-await": ORDER,
    "func-name": "__PRETTY_FUNCTION__ is the bare name in what acc writes",
    "gnu-c-older": "clang 14 fills no range of elements with what a call gives",
    "sizes-among-specifiers": "clang takes the sizes of a declarator before those among its specifiers",
    "headers-of-the-compiler": "clang 14 has no initialisers for atomic structures",
}


def commands(path):
    """The words after %run-ac of each such line of a test; [the file] for a program that is no test; nothing for a
    test that compares both ways itself, needs the virtual clock of a loop, or says with a line "ONE WAY: reason" that
    --sync means something else."""
    found = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if "ONE WAY:" in line or ("%run-ac" in line and "ACC_TEST_CLOCK" in line):
                return []
            match = re.search(r"RUN:.*?%run-ac ([^|>]*?)(?: [012])?(?=[|>]|$)", line)
            if match:
                words = match.group(1).replace("%s", path).replace("%S", os.path.dirname(path))
                if "--sync" in shlex.split(words):
                    return []
                found.append([word for word in shlex.split(words) if not re.fullmatch("--O.", word)])
    return found or [[path]]


def is_for_another_build(path):
    """Whether its REQUIRES and UNSUPPORTED lines leave out the compiler or build under test."""
    name = os.path.basename(os.environ["ACC_TEST_CC"])
    features = {{"clang-19": "clang19"}.get(name, name)} | ({"any-clang"} if name.startswith("clang") else set())
    features |= {"asan"} if os.environ["ACC_TEST_SAN"] else set()
    with open(path, encoding="utf-8", errors="replace") as file:
        for word, names in re.findall(r"\b(REQUIRES|UNSUPPORTED): *(.*)", file.read()):
            for feature in {"gcc", "clang", "clang19", "any-clang", "asan"} & set(re.findall(r"[\w-]+", names)):
                if (feature in features) == (word == "UNSUPPORTED"):
                    return True
    return False


def message_of_sync(text):
    """acc's first message if it refused the program for --sync and for nothing else."""
    errors = [line.split("error: ", 1)[1] for line in text.splitlines() if "error: " in line]
    if "run-ac: translation failed" not in text or not errors:
        return None
    return errors[0] if all("'--sync'" in line for line in errors) else None


class Count:
    def __init__(self):
        self.same, self.refused, self.open, self.wrong = 0, 0, 0, 0

    def compare(self, name, words):
        done = subprocess.run([RUN_AC, "--sync", "--O0", "--cc=-w"] + words, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
        text = done.stderr.decode(errors="replace")
        message = message_of_sync(text)
        if done.returncode == 0:
            self.same += 1
        elif message:
            self.refused += 1
            print("refused %s: %s" % (name, message))
        elif name in OPEN and re.search("print different things|compilation at -O1 failed", text):
            self.open += 1
            print("other output %s: %s" % (name, OPEN[name]))
        else:
            self.wrong += 1
            print("wrong %s:\n%s" % (name, text))

    def end(self):
        print("both ways: %d same, %d refused, %d open, %d wrong" %
              (self.same, self.refused, self.open, self.wrong))
        sys.exit(1 if self.wrong or not self.same else 0)


def generated(count, seeds):
    first, last = map(int, seeds.split("-"))
    tool = os.path.join(SOURCE, "test", "fuzz", "gen.py")
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last + 1):
            path = os.path.join(folder, "gen%d.ac" % seed)
            with open(path, "wb") as file:
                words = [sys.executable, tool, "--seed", str(seed), "--features=-order,-future,-noise"]
                subprocess.run(words, check=True, stdout=file)
            count.compare("seed %d" % seed, ["--acc=-w", "--cc=-w", path])


def main():
    words, count, part = sys.argv[1:], Count(), (0, 1)
    if words[0] == "--generated":
        generated(count, words[1])
        count.end()
    if words[0] == "--part":
        part = [int(word) for word in words[1].split("/")]
        words = words[2:]
    for number, path in enumerate(words):
        if number % part[1] == part[0] and not is_for_another_build(path):
            name = os.path.splitext(os.path.basename(path))[0]
            for command in commands(path):
                count.compare(name, command)
    count.end()


main()
