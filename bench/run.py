#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds and runs the benchmarks and prints one table.

  bench/run.py --build build/release [--rounds 7] [--cc clang-19,gcc] [workload...]

Each workload exists as wN.ac and, by hand, as wN.c; peer.cpp has all in C++20. Every program is built
with each compiler, and so is the runtime, from source, so that both sides had the same compiler. The
programs run in turn, pinned to one core, `rounds` times over; a figure is the median of CPU
nanoseconds per operation, a ratio divides acc's median by that of the hand-written C of the same
compiler in the same run. Below the table, W6a is compared with the loop that has no call, where one plain
call each 1024 rounds already keeps a compiler from unrolling. Allocations are counted in a run
of its own with allocations.c preloaded. Last come two runs on a C stack of 256 KiB.

With --instructions, valgrind counts instead, where the machine is too busy to measure time: instructions
per operation, all figures of a program together, the difference of two runs of different length.

Exit status 1 if something could not be built or run; a slow result is not a failure.
"""
import argparse
import collections
import glob
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PROGRAMS = {"w1": ["W1"], "w1s": ["W1s"], "w2": ["W2"], "w3": ["W3"], "w4": ["W4"],
            "w6": ["W6", "W6v", "W6a"], "w7": ["W7/1", "W7/10", "W7/100"]}
# acc's median over the limit's that the project wants to reach.
GOALS = {"W1": 1.12, "W1s": 1.14, "W2": 1.25, "W3": 1.10, "W4": 1.41, "W6": 1.03, "W6v": 1.03,
         "W6a": 1.15, "W7/1": 1.10, "W7/10": 1.10, "W7/100": 1.10}
WHAT = {"W1": "await that does not suspend", "W1s": "await that suspends once",
        "W2": "recursive awaits (fib)", "W3": "two tasks take turns", "W4": "make, run, finish a task",
        "W6": "loop without await", "W6v": "the same, vectorisable", "W6a": "await each 1024 rounds",
        "W7/1": "suspend under 1 await", "W7/10": "under 10", "W7/100": "under 100"}
# Operations of the short and the long run under valgrind.
COUNTED = collections.defaultdict(lambda: (10000, 60000), w2=(14, 19))
CXX = {"clang-19": "clang++-19", "gcc": "g++", "clang": "clang++"}
# gcc 12 vectorises a loop of unknown length from -O3 on.
LEVEL = collections.defaultdict(lambda: "-O2", w6="-O3")
failures = []


def command(words, **more):
    """A step that must succeed; answers its output, or None after saying what failed."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace", **more)
    if done.returncode == 0:
        return done.stdout
    failures.append(words[0])
    print("failed (%d): %s\n%s" % (done.returncode, " ".join(words), done.stderr[:2000]))
    return None


class Builder:
    def __init__(self, options):
        self.options = options
        self.acc = options.acc or os.path.join(options.build, "bin", "acc")
        self.include = os.path.join(ROOT, "runtime", "include")
        self.out = options.out or os.path.join(options.build, "bench")
        self.have_acc = os.access(self.acc, os.X_OK) and not options.hand_only
        os.makedirs(self.out, exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.out, "-".join(parts))

    def runtime(self, cc):
        if self.options.library:
            return [self.options.library]
        objects = []
        for source in sorted(glob.glob(os.path.join(ROOT, "runtime", "src", "*.c"))):
            objects.append(self.path("rt", cc, os.path.basename(source) + ".o"))
            command([cc, "-std=gnu11", "-O2", "-D_GNU_SOURCE", "-I" + self.include, "-c", source,
                     "-o", objects[-1]])
        # An archive, as users link it: what nobody calls stays out.
        archive = self.path("rt", cc, "acc.a")
        if os.path.exists(archive):
            os.unlink(archive)
        command(["ar", "rcs", archive] + objects)
        return [archive]

    def hand(self, name, cc):
        program = self.path(name, "hand", cc)
        ok = command([cc, "-std=gnu11", LEVEL[name], "-I" + HERE, os.path.join(HERE, name + ".c"),
                      os.path.join(HERE, "bench.c"), "-o", program])
        return None if ok is None else [program]

    def translated(self, name, cc, runtime):
        program, source = self.path(name, "acc", cc), self.path(name, cc + ".c")
        words = [self.acc, "--cc", cc, "-std=gnu11", "-I" + HERE, "-I" + self.include,
                 os.path.join(HERE, name + ".ac"), "-o", source]
        if command(words) is None:
            return None
        ok = command([cc, "-std=gnu11", LEVEL[name], "-I" + HERE, "-I" + self.include, source,
                      os.path.join(HERE, "bench.c")] + runtime + ["-luv", "-pthread", "-o", program])
        return None if ok is None else [program]

    def peer(self, cc):
        """C++20, if that compiler is there."""
        cxx = CXX.get(cc, "")
        if not shutil.which(cxx) or self.options.no_peer:
            return None
        program, clock = self.path("peer", cc), self.path("bench", cc + ".o")
        command([cc, "-O2", "-c", os.path.join(HERE, "bench.c"), "-o", clock])
        ok = command([cxx, "-std=c++20", "-O2", "-I" + HERE, os.path.join(HERE, "peer.cpp"), clock,
                      "-o", program])
        return None if ok is None else program

    def all(self):
        """{(variant, compiler, program name): command}"""
        runs = {}
        for cc in self.options.cc:
            runtime = self.runtime(cc) if self.have_acc else None
            peer = self.peer(cc)
            for name in self.options.programs:
                runs["hand", cc, name] = self.hand(name, cc)
                if self.have_acc:
                    runs["acc", cc, name] = self.translated(name, cc, runtime)
                if peer:
                    runs["c++", cc, name] = [peer, PROGRAMS[name][0].split("/")[0]]
        return {key: words for key, words in runs.items() if words}

    def allocation_counter(self):
        library = self.path("allocations.so")
        ok = command(["gcc", "-O2", "-shared", "-fPIC", "-fno-builtin",
                      os.path.join(HERE, "allocations.c"), "-o", library])
        return None if ok is None else library

    def small_stack(self, name, cc):
        """A program for the runs on a small stack."""
        return self.translated(name, cc, self.runtime(cc))


def pin(core):
    os.sched_setaffinity(0, {core})


def lines_of(output):
    """(workload, variant, value, unit) of each line of a program."""
    for line in (output or "").splitlines():
        match = re.fullmatch(r"(\S+) (\S+) (\S+) (\S+)", line)
        if match:
            yield match.group(1), match.group(2), float(match.group(3)), match.group(4)


def measure(runs, options):
    """{(workload, variant, compiler): [nanoseconds]}"""
    figures = collections.defaultdict(list)
    core = max(os.sched_getaffinity(0))
    for number in range(options.rounds):
        for (variant, cc, name), words in runs.items():
            output = command(words, preexec_fn=lambda: pin(core), timeout=300)
            for workload, shown, value, unit in lines_of(output):
                if unit == "ns":
                    figures[workload, shown, cc].append(value)
        print("round %d of %d" % (number + 1, options.rounds), file=sys.stderr)
    return figures


def count_allocations(runs, library):
    """{workload: allocations per operation} of acc, with the first compiler."""
    counts = {}
    for (variant, cc, name), words in runs.items():
        if variant != "acc" or library is None:
            continue
        output = command(words, env=dict(os.environ, LD_PRELOAD=library), timeout=300)
        for workload, shown, value, unit in lines_of(output):
            if unit == "allocs/op":
                counts.setdefault(workload, value)
    return counts


def instructions(words, operations):
    output = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"] + words +
                            [str(operations)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            text=True).stderr
    found = re.search(r"Collected : (\d+)", output)
    return int(found.group(1)) if found else None


def instruction_table(runs, options):
    rows = [["program"] + sum((["hand " + cc, "acc", "ratio"] for cc in options.cc), [])]
    for name in options.programs:
        if name == "w6":
            continue  # the two programs do not measure the same loops
        row, (short, long) = [name], COUNTED[name]
        operations = 2 * (6765 - 610) if name == "w2" else long - short
        for cc in options.cc:
            pair = []
            for variant in ("hand", "acc"):
                words = runs.get((variant, cc, name))
                pair.append((instructions(words, long) - instructions(words, short)) / operations
                            if words else None)
            row += [cell(pair[0], "%.1f"), cell(pair[1], "%.1f"),
                    cell(pair[1] / pair[0] if None not in pair else None)]
        rows.append(row)
    print_rows(rows, 1)


def cell(value, form="%.2f"):
    return "-" if value is None else form % value


def table(figures, counts, options):
    def median(workload, variant, cc):
        values = figures.get((workload, variant, cc))
        return statistics.median(values) if values else None

    head = ["workload", ""]
    for cc in options.cc:
        head += ["hand " + cc, "acc", "ratio", "C++20"]
    rows = [head + ["goal", "allocs/op"]]
    for name in options.programs:
        for workload in PROGRAMS[name]:
            row = [workload, WHAT[workload]]
            for cc in options.cc:
                hand, mine = median(workload, "hand", cc), median(workload, "acc", cc)
                row += [cell(hand), cell(mine), cell(mine / hand if mine and hand else None),
                        cell(median(workload, "c++", cc))]
            count = counts.get(workload)
            rows.append(row + [cell(GOALS[workload]), cell(count, "%.3f")])
    print_rows(rows, 2)
    for cc in options.cc:
        loop = median("W6", "hand", cc)
        parts = ["%s %.2f" % (what, median("W6a", variant, cc) / loop)
                 for what, variant in (("a plain call", "plain"), ("by hand", "hand"), ("acc", "acc"))
                 if loop and median("W6a", variant, cc)]
        if parts:
            print("W6a over the loop without a call, %s: %s" % (cc, ", ".join(parts)))


def print_rows(rows, left):
    """Aligned; the first `left` columns to the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(word.ljust(width) if i < left else word.rjust(width)
                        for i, (word, width) in enumerate(zip(row, widths))).rstrip())


def small_stack():
    resource.setrlimit(resource.RLIMIT_STACK, (256 * 1024, 256 * 1024))


def stack_runs(builder, options):
    for name in ("deep", "ready"):
        words = builder.small_stack(name, options.cc[0])
        output = words and command(words, preexec_fn=small_stack, timeout=300)
        for workload, variant, value, unit in lines_of(output):
            print("%s %s under a stack of 256 KiB: %.2f %s" % (workload, variant, value, unit))


def parse_arguments():
    parser = argparse.ArgumentParser(description="runs the benchmarks and prints one table")
    parser.add_argument("programs", nargs="*", default=[])
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--acc", help="the translator, if not BUILD/bin/acc")
    parser.add_argument("--library", help="this libacc.a instead of the runtime's sources")
    parser.add_argument("--out", help="folder for the programs, BUILD/bench if not said")
    parser.add_argument("--cc", help="compilers, clang-19 and gcc if not said")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--hand-only", action="store_true")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--instructions", action="store_true", help="count them, with valgrind")
    options = parser.parse_args()
    if options.cc:
        options.cc = options.cc.split(",")
    else:
        options.cc = [cc for cc in ("clang-19", "gcc") if shutil.which(cc)]
    options.programs = [name.lower() for name in options.programs] or list(PROGRAMS)
    return options


def main():
    options = parse_arguments()
    builder = Builder(options)
    if not builder.have_acc and not options.hand_only:
        print("no translator at %s: hand-written C alone" % builder.acc)
    runs = builder.all()
    if options.instructions:
        instruction_table(runs, options)
        sys.exit(1 if failures else 0)
    figures = measure(runs, options)
    counts = count_allocations(runs, builder.allocation_counter())
    table(figures, counts, options)
    if builder.have_acc:
        stack_runs(builder, options)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
