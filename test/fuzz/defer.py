#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random programs of deferred statements against gcc's cleanup attribute.

  defer.py --build build/release --cc gcc --opt=-O0,-O2 --seeds 1-100 [--throws] [--save DIR]

One text, three programs: gcc's own, where a deferred statement is a nested function that is the cleanup of a
variable; plain functions with `defer`, translated; async functions with `defer`, translated, in which awaits
suspend everywhere, in deferred statements too. All three must print the same trace.

--throws: with try, catch and throw as well. The oracle is C++ then, where a deferred statement is a destructor's, and
there are no plain functions.
"""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile

HEAD = """#include <stdio.h>
#if defined TWIN
#define DEFER(n) auto void d##n(int *); int v##n __attribute__((cleanup(d##n), unused)) = 0; void d##n(int *p##n __attribute__((unused)))
#elif defined CXX
template <class F> struct Deferred { F f; ~Deferred() { f(); } };
struct Defer {};
template <class F> Deferred<F> operator+(Defer, F f) { return {f}; }
#define DEFER(n) auto d##n = Defer() + [&]()
#else
#include <acc/acc.h>
#define DEFER(n) defer
#endif
#if defined ASYNC
#define FN static async
#define AW(x) await later(x)
#define CALL(x) await x
#else
#define FN static
#define AW(x) (x)
#define CALL(x) x
#endif
static int fuel = 300;
static unsigned hash = 1;
static int spend(void) { return fuel-- > 0; }
static void t(int n) { hash = hash * 31 + (unsigned)n; printf("%d\\n", n); }
#if defined ASYNC
static int turn;
static async int later(int x) { if (turn++ % 3) await acc_sleep(0); return x; }
#endif
"""
THROWS = """#if defined ASYNC
static async int fails(int x) { if (turn++ % 3) await acc_sleep(0); if ((hash >> 4) % 4 == 0) throw -1 - x; return x; }
#define FAILS(x) await fails(x)
#else
static int FAILS(int x) { if ((hash >> 4) % 4 == 0) throw -1 - x; return x; }
#endif
"""
MAIN = """
#if defined ASYNC
async int main(void)
#else
int main(void)
#endif
{
    for (int i = 0; i < 4; i++) {
%s    }
    printf("checksum %%u\\n", hash);
    return 0;
}
"""


class Writer:
    def __init__(self, seed, throws):
        self.draw = random.Random(seed)
        self.throws = throws
        self.number = 0
        self.lines = []

    def fresh(self):
        self.number += 1
        return self.number

    def put(self, depth, text):
        self.lines.append("    " * depth + text)

    def value(self):
        kind = self.draw.randrange(6)
        if kind < 2:
            return str(self.draw.randrange(4))
        if kind == 2:
            return "n"
        if kind == 3:
            return "AW(%d)" % self.draw.randrange(4)
        return "AW(x) + %d" % self.draw.randrange(3)

    def condition(self):
        return "((%s) + (int)(hash >> 3)) %% %d == 0" % (self.value(), self.draw.choice((2, 3, 4)))


class Block:
    """What may be jumped to from here: labels by block, loops, and whether a deferred statement is around."""

    def __init__(self, outer, loop=False, switch=False, deferred=False, caught=False):
        self.outer, self.loop, self.switch, self.deferred, self.caught = outer, loop, switch, deferred, caught
        self.start = None
        self.ahead = []


def chain(block):
    """The blocks around, up to a deferred statement, which no jump leaves."""
    while block:
        yield block
        if block.deferred:
            return
        block = block.outer


def ways_out(blocks):
    """The jumps there are from the first of these blocks, each of which stands in the next."""
    ways = ["goto"]
    if not blocks[-1].deferred:
        ways += ["return"] * 2
    if any(b.loop for b in blocks):
        ways += ["continue", "break"]
    elif any(b.switch for b in blocks):
        ways += ["break"]
    return ways


def jump(w, depth, block):
    blocks = list(chain(block))
    way = w.draw.choice(ways_out(blocks))
    if way == "return":
        w.put(depth, "if (%s) return x + %d;" % (w.condition(), w.draw.randrange(9)))
    elif way == "goto":
        target = w.draw.choice(blocks)
        label = "L%d" % w.fresh()
        if target.start is None or w.draw.random() < 0.6:
            target.ahead.append(label)
            w.put(depth, "if (%s) goto %s;" % (w.condition(), label))
        else:
            w.put(depth, "if (spend() && %s) goto %s;" % (w.condition(), target.start))
    else:
        w.put(depth, "if (%s) %s;" % (w.condition(), way))


def place_labels(w, depth, block):
    for label in block.ahead:
        w.put(depth - 1, "%s:;" % label)
    block.ahead = []


def compound(w, depth, outer, head, size, **more):
    block = Block(outer, **more)
    w.put(depth, head + "{")
    if w.draw.random() < 0.3:
        block.start = "L%d" % w.fresh()
        w.put(depth, "%s:;" % block.start)
        used = len(w.lines)
    for _ in range(w.draw.randrange(1, 5)):
        statement(w, depth + 1, block, size - 1)
    place_labels(w, depth + 1, block)
    if block.start and not any("goto %s;" % block.start in line for line in w.lines[used:]):
        w.lines = [line for line in w.lines if line.strip() != block.start + ":;"]
    w.put(depth, "}")


def defer(w, depth, block, size):
    place_labels(w, depth, block)
    n = w.fresh()
    compound(w, depth, block, "DEFER(%d) " % n, min(size, 2), deferred=True)
    w.lines[-1] += ";"


def loop(w, depth, block, size):
    i = "i%d" % w.fresh()
    kind = w.draw.randrange(3)
    if kind == 0:
        head = "for (int %s = 0; %s < 3 && spend() && (%s) != 9; %s += 1 + (%s) %% 2) " % (i, i, w.value(), i, w.value())
        compound(w, depth, block, head, size, loop=True)
    elif kind == 1:
        compound(w, depth, block, "while (spend() && !(%s)) " % w.condition(), size, loop=True)
    else:
        compound(w, depth, block, "do ", size, loop=True)
        w.lines[-1] += " while (spend() && %s);" % w.condition()


def switch(w, depth, block, size):
    inner = Block(block, switch=True)
    w.put(depth, "switch ((%s + (int)(hash >> 2)) & 3) {" % w.value())
    for case in w.draw.sample(range(4), w.draw.randrange(1, 4)):
        w.put(depth, "case %d:" % case)
        compound(w, depth + 1, inner, "", size)
        if w.draw.random() < 0.6:
            w.put(depth + 1, "break;")
    place_labels(w, depth + 1, inner)
    w.put(depth, "}")


def can_throw(block):
    """Not from a deferred statement: C++ ends the program there."""
    while block and not block.caught:
        if block.deferred:
            return False
        block = block.outer
    return True


def failure(w, depth, block, size):
    if size > 1 and w.draw.random() < 0.5:
        compound(w, depth, block, "try ", size, caught=True)
        n = w.fresh()
        compound(w, depth, block, "catch (int e%d) " % n, size - 1)
        last = w.lines.pop()
        w.put(depth + 1, "t(e%d);" % n)
        if can_throw(block) and w.draw.random() < 0.3:
            w.put(depth + 1, "if (%s) throw;" % w.condition())
        w.lines.append(last)
    elif can_throw(block):
        text = ("if (%s) throw %d;" % (w.condition(), -w.fresh()), "t(FAILS(%d));" % w.fresh())
        w.put(depth, w.draw.choice(text))


def statement(w, depth, block, size):
    roll = w.draw.random()
    if w.throws and w.draw.random() < 0.25:
        failure(w, depth, block, size)
    elif size <= 0 or roll < 0.2:
        w.put(depth, "t(%d + (%s));" % (w.fresh() * 10, w.value()))
    elif roll < 0.45:
        defer(w, depth, block, size)
    elif roll < 0.6:
        jump(w, depth, block)
    elif roll < 0.7:
        compound(w, depth, block, "if (%s) " % w.condition(), size)
        if w.draw.random() < 0.4:
            compound(w, depth, block, "else ", size)
    elif roll < 0.83:
        loop(w, depth, block, size)
    elif roll < 0.9:
        switch(w, depth, block, size)
    elif roll < 0.95:
        w.put(depth, "{ int x = %s; t(x); }" % w.draw.randrange(100))
    else:
        compound(w, depth, block, "", size)


def program(seed, throws=False):
    w = Writer(seed, throws)
    calls = []
    for f in range(3):
        block = Block(None)
        w.put(0, "FN int f%d(int n) {" % f)
        w.put(1, "int x = AW(n) + 1;")
        for _ in range(w.draw.randrange(3, 7)):
            statement(w, 1, block, 4)
        place_labels(w, 1, block)
        w.put(1, "return x;")
        w.put(0, "}")
        calls.append("        fuel = 60; %st(CALL(f%d(i)));%s\n" %
                     (("try { ", f, " } catch (int e) { t(e); }") if throws else ("", f, "")))
    return HEAD + THROWS * throws + "\n".join(w.lines) + MAIN % "".join(calls)


def run(words, limit=200):
    done = subprocess.run(words, capture_output=True, text=True, timeout=limit)
    if done.returncode:
        raise RuntimeError("%s\n%s%s" % (" ".join(words), done.stdout[-500:], done.stderr[:2000]))
    return done.stdout


def check(seed, options, folder):
    source = os.path.join(folder, "x.ac")
    program_path = os.path.join(folder, "program")
    with open(source, "w") as file:
        file.write(program(seed, options.throws))
    if options.throws:
        run(["g++", "-std=c++17", "-w", "-DCXX", "-fpermissive", "-x", "c++", source, "-o", program_path])
    else:
        run(["gcc", "-w", "-DTWIN", "-x", "c", source, "-o", program_path])
    expected = run([program_path])
    acc = os.path.join(options.build, "bin", "acc")
    for words in ([], ["-DASYNC"])[options.throws:]:
        translated = os.path.join(folder, "x%d.c" % len(words))
        run([acc, "--cc", options.cc, "-I" + os.path.join(options.build, "include")] + words + [source, "-o", translated])
        for level in options.opt.split(","):
            san = ["-fsanitize=address,undefined"] if options.san else []
            run([options.cc, level, "-Wall", "-Wextra", "-Werror", "-Wno-unused-label", "-Wno-implicit-fallthrough"] + san +
                ["-I" + os.path.join(options.build, "include"), translated, "-o", program_path,
                 os.path.join(options.build, "lib", "libacc.a"), "-luv", "-pthread"])
            if run([program_path]) != expected:
                raise RuntimeError("%s %s %s: another trace" % (options.cc, level, words))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--opt", default="-O0,-O2")
    parser.add_argument("--seeds", default="1-20")
    parser.add_argument("--throws", action="store_true")
    parser.add_argument("--save")
    parser.add_argument("--san", action="store_true", default=bool(os.environ.get("ACC_TEST_SAN")))
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    if os.environ.get("ACC_TEST_SAN"):  # gcc takes a minute for what it sanitizes at -O2
        options.opt, last = "-O0", str(int(first) + 1)
    failed = count = 0
    for seed in range(int(first), int(last or first) + 1):
        count += 1
        folder = tempfile.mkdtemp(prefix="acc-defer-")
        try:
            check(seed, options, folder)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            failed += 1
            print("seed %d: %s" % (seed, str(error)[:1500]), flush=True)
            if options.save:
                shutil.copytree(folder, os.path.join(options.save, str(seed)), dirs_exist_ok=True)
        finally:
            shutil.rmtree(folder)
    print("defer: %d ok, %d failed" % (count - failed, failed))
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
