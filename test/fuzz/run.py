#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random programs: Csmith's made async, translated, compiled, run, and compared with plain gcc's checksum.

  run.py --seeds 1-500 --mode stmt --build build/release --save DIR

For each seed Csmith writes a program (its options are drawn from the seed); gcc -O0 compiles it as it is
and its checksum line is what every other build must print. Then, for each mode (csmith_async.py), acc
translates the async program and each compiler at each level builds it. A program whose plain run takes
too long is dropped. One line for each seed that is not ok, a histogram of what acc refused, and a
summary; exit status 1 if anything failed. What failed lies in DIR/<seed>-<mode>/ with a log.

  --twin     no translator: the same text compiled with async and await defined away (tests csmith_async.py)
  --source gen   programs of gen.py instead of Csmith's, the expected output computed by the generator
"""
import argparse
import collections
import concurrent.futures
import itertools
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import csmith_async
import gen

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TWIN = ["-Dasync=", "-Dawait=", "-Dacc_sleep(s)=((void)0)", "-Dacc_run(f)=(f)",
        "-Dacc_go(f)=((void)(f))", "-Dfuture(T)=T", "-Dacc_spawn(f)=(f)",
        "-Dacc_unref(f)=((void)(f))"]
SANITIZERS = ["-fsanitize=address,undefined"]
# What is undefined traps, which takes gcc half the time to compile; a program that did is built again to tell. A
# library that tells itself wants the sanitizer's functions.
TRAPS = {"gcc": ["-fsanitize-undefined-trap-on-error"], "clang": ["-fsanitize-trap=undefined"]}
TELLS = ["-fno-sanitize-recover=undefined", "-g"]
# The address sanitizer's checks as calls: the same ones, and gcc -O2 needs a third less time.
CHECKS_CALLED = "asan-instrumentation-with-call-threshold=0"
SLOWER = 20 if "ACC_TEST_VALGRIND" in os.environ else 1  # the suite under valgrind, which starts in a second
PLAIN_LIMIT, COMPILE_LIMIT, RUN_LIMIT = 1.0 * SLOWER, 120 * SLOWER, 15 * SLOWER
# A parameter becomes a variable, and an unused function one that only names itself.
SAME_WARNING = {"-Wunused-but-set-parameter": "-Wunused-but-set-variable",
                "-Wunneeded-internal-declaration": "-Wunused-function"}
FAILURES = ("wrong", "cc-error", "acc-crash", "acc-timeout", "crash", "timeout", "warning")


class Outcome(Exception):
    """How one program ended, when not well."""

    def __init__(self, kind, text=""):
        super().__init__(kind)
        self.kind, self.text = kind, text


def csmith_options(seed):
    """Small programs, each seed with other features."""
    draw = random.Random(seed)
    options = ["--seed", str(seed), "--quiet", "--concise",
               "--max-funcs", str(draw.choice((3, 5, 6, 8))),
               "--max-block-depth", str(draw.choice((2, 3, 3, 4))),
               "--max-block-size", str(draw.choice((3, 4, 4, 5))),
               "--max-expr-complexity", str(draw.choice((3, 5, 8, 10))),
               "--max-array-len-per-dim", str(draw.choice((4, 6, 10))),
               "--max-pointer-depth", str(draw.choice((2, 2, 3)))]
    for flag, likely in (("bitfields", 0.8), ("packed-struct", 0.7), ("volatiles", 0.8),
                         ("unions", 0.8), ("structs", 0.85), ("arrays", 0.9), ("jumps", 0.9),
                         ("longlong", 0.9), ("consts", 0.9), ("const-pointers", 0.8),
                         ("volatile-pointers", 0.8), ("comma-operators", 0.9),
                         ("embedded-assigns", 0.9), ("argc", 0.5), ("inline-function", 0.3),
                         ("builtins", 0.25), ("float", 0.15), ("int8", 0.95),
                         ("arg-structs", 0.9), ("return-structs", 0.9)):
        options.append(("--" if draw.random() < likely else "--no-") + flag)
    return options


def tells(library):
    if not os.path.exists(library):
        return False
    with open(library, "rb") as file:
        return b"__ubsan_handle" in file.read()


def sanitizers(compiler, tell=False):
    kind = "clang" if "clang" in compiler else "gcc"
    option = ["-mllvm", "-" + CHECKS_CALLED] if kind == "clang" else ["--param", CHECKS_CALLED]
    return SANITIZERS + option + (TELLS if tell else TRAPS[kind])


def start(words, limit, **more):
    """Exit status, output and messages of a command; status None: it ran out of time."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=limit, text=True, errors="replace",
                              **more)
    except subprocess.TimeoutExpired:
        return None, "", ""
    return done.returncode, done.stdout, done.stderr


def defined_bits(text):
    """Csmith counts the zeros of 0, too, which is undefined: give that a value."""
    used = sorted(set(re.findall(r"__builtin_(c[lt]zl*)\(", text)))
    types = {"": "unsigned", "l": "unsigned long", "ll": "unsigned long long"}
    for word in used:
        text = text.replace("__builtin_%s(" % word, "defined_%s(" % word)
    return "".join("static int defined_%s(%s x) { return x ? __builtin_%s(x) : (int)sizeof x * 8; }\n" %
                   (word, types[word[3:]], word) for word in used) + text


class Fuzzer:
    def __init__(self, options):
        self.options = options
        build = os.path.abspath(options.build)
        self.acc = os.path.abspath(options.acc or os.path.join(build, "bin", "acc"))
        self.include = options.include or os.path.join(build, "include")
        self.library = options.library or os.path.join(build, "lib", "libacc.a")
        self.library_tells = tells(self.library)
        self.csmith_include = ["-I" + options.csmith_include]
        self.empty = tempfile.mkdtemp(prefix="acc-fuzz-")
        os.mkdir(os.path.join(self.empty, "acc"))
        open(os.path.join(self.empty, "acc", "acc.h"), "w").close()

    # -- the program and what it must print ----------------------------------------------------

    def plain(self, seed, folder):
        """Writes plain.c; the text of the program and the output of its -O0 build."""
        path = os.path.join(folder, "plain.c")
        status, text, _ = start(["csmith"] + csmith_options(seed), 30)
        if status != 0 or not text:
            raise Outcome("dropped", "csmith failed")
        # Not every x86 has it, and the compilers want it switched on.
        text = text.replace("__builtin_ia32_crc32qi", "safe_add_func_uint32_t_u_u")
        text = defined_bits(text)
        with open(path, "w") as file:
            file.write(text)
        return text, self.run_plain(path, folder, ["gcc", "-O0"])

    def run_plain(self, path, folder, compiler):
        program = os.path.join(folder, "plain")
        status, _, messages = start(compiler + ["-w", "-fwrapv"] + self.csmith_include +
                                    [path, "-o", program, "-lm"], COMPILE_LIMIT)
        if status != 0:
            raise Outcome("dropped", "plain compilation: " + messages[:200])
        status, output, _ = start([program], PLAIN_LIMIT)
        if status != 0:
            raise Outcome("dropped", "plain run " + ("too long" if status is None else "failed"))
        return output

    # -- one mode of one program --------------------------------------------------------------

    def translate(self, source, target, compiler):
        words = [self.acc, "--cc", compiler] + self.csmith_include + [source, "-o", target]
        if not self.options.acc_finds_headers:
            words[1:1] = ["-I" + self.include]
        status, _, messages = start(words, COMPILE_LIMIT)
        if status is None:
            raise Outcome("acc-timeout")
        if status == 1 and re.search(r"error: ", messages) and "assert" not in messages.lower() \
                and "ERROR: AddressSanitizer" not in messages:
            raise Outcome("refused", messages)
        if status != 0:
            raise Outcome("acc-crash", "status %d\n%s" % (status, messages))

    def compile_words(self, build, source, program, tell=False):
        compiler, level, san = build
        tell = tell or self.library_tells and not self.options.twin
        words = [compiler, level, "-w", "-fwrapv"] + (sanitizers(compiler, tell) if san else []) + \
            ["-o", program]
        if self.options.twin:
            return words + TWIN + ["-I" + self.empty, "-x", "c", source, "-x", "none", "-lm"] + \
                self.csmith_include
        return words + ["-I" + self.include, source, self.library, "-luv", "-pthread", "-lm"]

    def build_and_run(self, build, source, folder, expected):
        program = os.path.join(folder, "program")
        status, _, messages = start(self.compile_words(build, source, program), COMPILE_LIMIT)
        what = "%s %s%s: " % (build[0], build[1], " sanitized" if build[2] else "")
        if status is None:
            raise Outcome("dropped", what + "compilation too long")
        if status != 0:
            raise Outcome("cc-error", what + "\n" + messages[:4000])
        status, output, messages = start([program], RUN_LIMIT)
        if status is None:
            raise Outcome("timeout", what + "no end after %d s" % RUN_LIMIT)
        if output == expected and (status == 0 or self.options.source == "gen" and not messages):
            return
        if status != 0:
            if build[2] and not messages:
                start(self.compile_words(build, source, program, tell=True), COMPILE_LIMIT)
                messages = start([program], RUN_LIMIT)[2]
            raise Outcome("crash", what + "status %d\n%s" % (status, messages[:4000]))
        raise Outcome("wrong", what + "expected\n%sgot\n%s" % (expected[:3000], output[:3000]))

    def added_warnings(self, compiler, level, source, translated):
        """Warnings of the translated unit, by line and flag, that the plain unit does not give."""
        def warnings(words):
            _, _, messages = start([compiler, level, "-Wall", "-Wextra", "-c", "-o", os.devnull] +
                                   words, COMPILE_LIMIT, env=dict(os.environ, LC_ALL="C"))
            found = re.findall(r"(?m)^\S*x\.ac:(\d+):\d+: warning: .*\[(-W[^\]]+)\]", messages)
            return collections.Counter((line, SAME_WARNING.get(flag, flag)) for line, flag in found)
        twin = warnings(TWIN + ["-I" + self.empty] + self.csmith_include + ["-x", "c", source])
        added = warnings(["-I" + self.include, translated]) - twin
        if added:
            raise Outcome("warning", "%s %s: %s" % (compiler, level, dict(added)))

    def modes(self, seed):
        if self.options.mode != ["turn"]:
            return self.options.mode
        return [csmith_async.MODES[seed % len(csmith_async.MODES)]]

    def builds(self, mode, seed):
        """[(compiler, level, whether sanitized)], those of one compiler together."""
        options = self.options
        san = {"no": (False,), "yes": (True,), "both": (False, True)}[options.san]
        builds = list(itertools.product(options.cc, options.opt, san))
        if not options.rotate:
            return builds
        # One mode further is another build, so that the modes of a seed do not share one; where each
        # seed has one mode, every mode meets every build within as many rounds.
        modes = csmith_async.MODES
        if options.mode == ["turn"]:
            at = seed // len(modes)
        else:
            at = modes.index(mode) if mode in modes else 0
        return [builds[(seed + at + options.shift) % len(builds)]]

    def one(self, mode, seed, text, expected, folder):
        """Every build of one async program; raises Outcome at the first that is not right."""
        source = os.path.join(folder, "x.ac")
        with open(source, "w") as file:
            file.write(text)
        for compiler, builds in itertools.groupby(self.builds(mode, seed), lambda build: build[0]):
            translated = source
            if not self.options.twin:
                translated = os.path.join(folder, "x-%s.c" % compiler)
                self.translate(source, translated, compiler)
            for build in builds:
                self.checked_build(build, translated, folder, expected)
                if self.options.warnings and not build[2]:
                    self.added_warnings(compiler, build[1], source, translated)

    def checked_build(self, build, translated, folder, expected):
        try:
            self.build_and_run(build, translated, folder, expected)
        except Outcome as outcome:
            # Is it the compiler, or a program that Csmith should not have made?
            path = os.path.join(folder, "plain.c")
            if outcome.kind == "wrong" and os.path.exists(path) and \
                    self.run_plain(path, folder, list(build[:2])) != expected:
                raise Outcome("dropped", "plain %s %s differs too" % build[:2])
            if outcome.kind == "crash" and build[2] and os.path.exists(path):
                # Dropped if that crashes too. gcc does not check what it can follow to a member that it
                # knows to be packed, in a plain program more often than in a translated one.
                for other in [build[:2]] + [(cc, "-O0") for cc in ("clang-19", "clang") if shutil.which(cc)]:
                    self.run_plain(path, folder, list(other) + sanitizers(other[0]))
            raise

    # -- one seed -----------------------------------------------------------------------------

    def seed(self, seed):
        """(mode, kind, text) for each mode of the seed."""
        folder = tempfile.mkdtemp(prefix="acc-fuzz-%d-" % seed)
        results = []
        try:
            if self.options.source == "csmith":
                try:
                    text, expected = self.plain(seed, folder)
                except Outcome as outcome:
                    return [("plain", outcome.kind, outcome.text)]
                programs = [(mode, csmith_async.transform(text, mode, seed), expected)
                            for mode in self.modes(seed)]
            else:
                features = gen.parse_features(self.options.features)
                programs = [("gen",) + gen.program(seed, self.options.size, features)]
            for mode, text, expected in programs:
                results.append(self.one_saved(mode, seed, text, expected, folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return results

    def one_saved(self, mode, seed, text, expected, folder):
        try:
            self.one(mode, seed, text, expected, folder)
            return mode, "ok", ""
        except Outcome as outcome:
            save = self.options.save
            if save and outcome.kind != "dropped":
                kept = os.path.join(save, "%d-%s" % (seed, mode))
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(folder, kept)
                with open(os.path.join(kept, "log"), "w") as log:
                    log.write("%s\n%s\n" % (outcome.kind, outcome.text))
                with open(os.path.join(kept, "expected"), "w") as file:
                    file.write(expected)
            return mode, outcome.kind, outcome.text


def first_error(messages):
    """A refusal without its place and names, for counting."""
    line = next((line for line in messages.splitlines() if "error: " in line), messages[:80])
    line = line.split("error: ", 1)[-1]
    return re.sub(r"\d+", "N", re.sub(r"'[^']*'", "'...'", line))


def summary(text):
    """The first line, and the first error of a compiler below it."""
    lines = text.strip().splitlines() or [""]
    errors = [line.split("error: ", 1)[1] for line in lines if "error: " in line]
    return (lines[0] + (errors[0] if errors else ""))[:160]


def report(options, counts, refusals, seconds, seeds):
    for message, number in refusals.most_common():
        print("refused %5d  %s" % (number, message))
    failed = sum(counts[kind] for kind in FAILURES)
    tried = sum(counts.values()) - counts["dropped"]
    order = ("ok", "refused", "dropped") + FAILURES
    print("fuzz: " + ", ".join("%d %s" % (counts[kind], kind) for kind in order
                               if counts[kind] or kind in ("ok", "refused", "dropped", "wrong")) +
          "; %.2f s a seed" % (seconds / max(1, seeds)))
    if tried and counts["refused"] / tried > options.max_refused / 100:
        print("fuzz: more than %g %% refused" % options.max_refused)
        failed += 1
    return 1 if failed or not counts["ok"] else 0


def run(options, fuzzer):
    counts, refusals = collections.Counter(), collections.Counter()
    begin = time.time()
    seeds = options.seeds
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for seed, results in zip(seeds, pool.map(fuzzer.seed, seeds)):
            for mode, kind, text in results:
                counts[kind] += 1
                if kind == "refused":
                    refusals[first_error(text)] += 1
                if kind != "ok" and (options.verbose or kind in FAILURES):
                    print("seed %d %s: %s: %s" % (seed, mode, kind, summary(text)), flush=True)
    return report(options, counts, refusals, time.time() - begin, len(seeds))


def parse_seeds(text):
    if text.startswith("fresh:"):
        seeds = random.SystemRandom().sample(range(1, 1 << 31), int(text[len("fresh:"):]))
        print("fuzz: seeds " + ",".join(map(str, seeds)), flush=True)
        return seeds
    seeds = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds.extend(range(int(first), int(last or first) + 1))
    return seeds


def parse_arguments():
    parser = argparse.ArgumentParser(description="random programs against the translator")
    parser.add_argument("--seeds", type=parse_seeds, default=parse_seeds("1-20"),
                        help="1-20,30 or fresh:N, which are drawn and printed")
    parser.add_argument("--mode", default="stmt", help="all, some of none,entry,loop,stmt, or turn: one of them a seed")
    parser.add_argument("--source", choices=("csmith", "gen"), default="csmith")
    parser.add_argument("--features", default="", help="gen.py's switches, as +name,-name")
    parser.add_argument("--size", type=int, default=40, help="gen.py's size")
    parser.add_argument("--cc", default="gcc", help="compilers of the translated program")
    parser.add_argument("--opt", default="-O0,-O2")
    parser.add_argument("--rotate", action="store_true",
                        help="each program with one of the builds, in turn over seeds and modes")
    parser.add_argument("--shift", type=int, default=0, help="start the turn that much later")
    parser.add_argument("--san", nargs="?", const="yes", choices=("no", "yes", "both"),
                        default="yes" if os.environ.get("ACC_TEST_SAN") else "no",
                        help="address and undefined sanitizers; both: builds with and without")
    parser.add_argument("--warnings", action="store_true", help="an added warning is a failure")
    parser.add_argument("--twin", action="store_true", help="without the translator")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--acc", help="the translator, if not BUILD/bin/acc")
    parser.add_argument("--include")
    parser.add_argument("--library")
    parser.add_argument("--acc-finds-headers", action="store_true",
                        help="give the translator no -I for the runtime's headers")
    parser.add_argument("--csmith-include", default="/usr/include/csmith")
    parser.add_argument("--save", help="folder for failing cases")
    parser.add_argument("--max-refused", type=float, default=100, help="per cent")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.mode = csmith_async.MODES if options.mode == "all" else options.mode.split(",")
    options.cc, options.opt = options.cc.split(","), options.opt.split(",")
    if os.environ.get("ACC_TEST_SAN"):  # gcc takes a minute for what it sanitizes at -O2
        options.opt = options.opt[:1]
    return options


def main():
    options = parse_arguments()
    fuzzer = Fuzzer(options)
    try:
        status = run(options, fuzzer)
    finally:
        shutil.rmtree(fuzzer.empty, ignore_errors=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
