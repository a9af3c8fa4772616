#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a failing program of gen.py small: reduce.py SEED [run.py's options] > small.ac

Takes calls, functions and statements away, and branches and loops from around what is in them, as long
as the program is still C and fails in the same way. What it must print is computed anew each time, and
stands in a comment at the end.
"""
import os
import shutil
import subprocess
import sys
import tempfile

import gen
import run


def blocks_of(part):
    """All blocks of a statement, the outermost first."""
    found = [part] if isinstance(part, gen.Block) else []
    for name in ("parts", "then", "other", "body"):
        inner = getattr(part, name, None)
        for child in inner if isinstance(inner, list) else [inner] if inner else []:
            found.extend(blocks_of(child))
    return found


def changes_of(block):
    """Ways to make a block smaller: (what to put in place of its parts)."""
    parts = list(block.parts)
    yield []
    for at in reversed(range(len(parts))):
        yield parts[:at] + parts[at + 1:]
        for inner in ("then", "other", "body"):
            child = getattr(parts[at], inner, None)
            if child:
                yield parts[:at] + [child] + parts[at + 1:]
                yield parts[:at] + child.parts + parts[at + 1:]


class Reducer:
    def __init__(self, seed, options):
        self.fuzzer, self.options = run.Fuzzer(options), options
        self.program = gen.Program(seed, options.size, gen.parse_features(options.features)).make()
        self.kind = self.outcome()
        self.tries = 0

    def outcome(self):
        """How the program as it now stands fails, or None."""
        try:
            for function in self.program.functions:
                for block in reversed(blocks_of(function.body)):
                    block.labels = frozenset().union(*[part.labels for part in block.parts])
            text, expected = self.program.text(), self.program.expected()
        except (KeyError, TypeError, IndexError):
            return None
        folder = tempfile.mkdtemp(prefix="acc-reduce-")
        try:
            return self.failure(text, expected, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def failure(self, text, expected, folder):
        source = os.path.join(folder, "plain.ac")
        with open(source, "w") as file:
            file.write(text)
        plain = ["gcc", "-w", "-fsyntax-only"] + run.TWIN + ["-I" + self.fuzzer.empty, "-x", "c", source]
        if subprocess.run(plain, stderr=subprocess.DEVNULL).returncode:
            return None
        try:
            self.fuzzer.one("gen", 0, text, expected, folder)
        except run.Outcome as outcome:
            first = run.summary(outcome.text) if outcome.kind == "cc-error" else ""
            return outcome.kind, run.first_error("error: " + first)
        return None

    def attempt(self, owner, name, value):
        """Keeps the change if the program still fails in the same way."""
        old = getattr(owner, name)
        setattr(owner, name, value)
        if self.outcome() == self.kind:
            return True
        setattr(owner, name, old)
        return False

    def shrink_list(self, owner, name):
        changed = False
        for at in reversed(range(len(getattr(owner, name)))):
            now = getattr(owner, name)
            changed |= self.attempt(owner, name, now[:at] + now[at + 1:])
        return changed

    def shrink_block(self, block):
        """True when something went; the rest is for the next round."""
        return any(self.attempt(block, "parts", parts) for parts in changes_of(block) if parts != block.parts)

    def round(self):
        changed = self.shrink_list(self.program, "calls")
        changed |= self.shrink_list(self.program, "functions")
        for function in self.program.functions:
            for block in blocks_of(function.body):
                while self.shrink_block(block):
                    changed = True
        return changed

    def reduce(self):
        if self.kind is None:
            sys.exit("reduce.py: this seed does not fail")
        while self.round():
            pass
        text, expected = self.program.text(), self.program.expected()
        return "%s\n/* %s; expected:\n%s*/\n" % (text, self.kind[0], expected)


def main():
    seed = int(sys.argv.pop(1))
    options = run.parse_arguments()
    options.source, options.save = "gen", None
    options.features += ",-noise"
    sys.stdout.write(Reducer(seed, options).reduce())


if __name__ == "__main__":
    main()
