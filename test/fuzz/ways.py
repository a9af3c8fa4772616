#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random programs of every way out of a scope against an interpreter.

  ways.py --build build/release --cc gcc,clang-19 --opt=-O0,-O2 --seeds 1-100 [--san] [--reduce] [--save DIR]

A program nests defer, try, catch, catch cancel, acc_try, with, generators, asynchronous ones, the loops over them, cleanups,
jumps of every kind and statement expressions; each of its functions is plain, async or a generator.  It runs as it is, cancels
itself, is cancelled from outside and is destroyed, at each of its first suspensions.  The interpreter (ways_run.py) knows
docs/dialect.md and nothing of the translator, and prints the same lines.

--reduce makes each program that fails small before it is kept.
"""
import argparse
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile

import ways_run
from defer import ways_out
from ways_run import Node

HEAD = """#include <acc/acc.h>
#include <stdio.h>
static int fuel, turn, asks;
static unsigned hash;
static int spend(void) { return fuel-- > 0; }
static void t(int n, int v) { hash = hash * 31 + (unsigned)n + (unsigned)v; printf("%d %d\\n", n, v); }
struct big { int pad[5]; int v; };
#define BIG(...) ((struct big){{1, 2, 3, 4, 5}, (__VA_ARGS__)})
#define LESS(...) ((__VA_ARGS__) & 1023)
static async int pause(int x) { if (turn++ % 3) await acc_sleep(0); return x; }
static future(int) (*pause_by)(int) = pause;
static async int fails(int x) {
    if (turn++ % 3) await acc_sleep(0);
    if ((hash >> 4) % 4 == 0) throw -100 - (x & 63);
    return x;
}
static void ask_cancel(void) { if (asks) acc_task_cancel(acc_current_task()); }
static void uncancel(void) { acc_task_uncancel(acc_current_task()); }
static void closed(int *p) { t(7, *p); }
struct mark { acc_scope scope; int id, how; };
static int left(struct mark *m, int *failure) {
    t(m->id + 1, -*failure);
    if (m->how & 8) *failure = 0;
    else if (m->how & 16 && *failure) *failure = -200 - m->how;
    return m->how & 32 ? -300 - m->how : 0;
}
static async void mark_enter(acc_scope *s) {
    struct mark *m = (struct mark *)s;
    if (m->how & 1) await acc_sleep(0);
    t(m->id, m->how);
    if (m->how & 2) throw -400 - m->how;
}
static async void mark_exit(acc_scope *s, int *failure) {
    if (((struct mark *)s)->how & 4) await acc_sleep(0);
    int code = left((struct mark *)s, failure);
    if (code) throw code;
}
static future(void) plain_exit(acc_scope *s, int *failure) { left((struct mark *)s, failure); return NULL; }
static const acc_scope_ops ops[2] = {{"mark", mark_enter, mark_exit}, {.name = "plain", .exit = plain_exit}};
#define MARK(plain, id, how) (&(struct mark){{&ops[plain]}, id, how}.scope)
"""
MAIN = """
static void told(acc_loop *loop, const acc_failure *failure, void *arg) {
    (void)loop; (void)arg;
    if (failure->error) printf("told %d\\n", -failure->error);
}
static async int turns(int n) { while (n--) await acc_sleep(0); return 0; }
static acc_loop *begin(int n) {
    acc_loop *loop = acc_loop_new();
    acc_loop_set_exception_handler(loop, told, NULL);
    fuel = FUEL; turn = n; asks = 0; hash = (unsigned)n * 77777;
    printf("run %d\\n", n);
    return loop;
}
static void run(int n) {
    acc_loop *loop = begin(n);
    asks = n & 1;
    int r = acc_run_until_complete(loop, f0(n));
    printf("result %d %d\\n", r, -acc_loop_error(loop));
    acc_loop_close(loop);
}
static void cut(int n, int destroys) {
    acc_loop *loop = begin(n);
    future(int) f = acc_loop_spawn(loop, f0(n));
    acc_run_until_complete(loop, turns(n));
    if (!destroys) {
        acc_task_cancel(f);
        int r = acc_run_until_complete(loop, f);
        printf("result %d %d\\n", r, -acc_loop_error(loop));
    } else if (acc_future_done(f)) {
        printf("result %d %d\\n", acc_future_error(f) ? 0 : acc_future_result(f), -acc_future_error(f));
    }
    acc_unref(f);
    acc_loop_close(loop);
}
int main(void) {
    for (int i = 0; i < RUNS; i++) run(i);
    for (int i = 0; i < CUTS; i++) { cut(i, 0); cut(i, 1); }
    return 0;
}
"""
RUNS, CUTS, FUEL = 4, 9, 40
KINDS = ("async", "async", "agen", "gen", "plain")
DECLARED = ("int", "int", "volatile int", "_Atomic int", "struct big", "int [3]", "vla", "int *", "long", "register int", "const int")


class Var:
    def __init__(self, number, name, text, writable=True):
        self.number, self.name, self.text, self.writable, self.hidden = number, name, text, writable, False


class Scope:
    """A block while it is made: what is declared in it, the labels that are still to come, what its statements may do."""

    def __init__(self, outer, **more):
        self.outer, self.vars, self.start, self.ahead = outer, [], None, []
        self.loop = self.switch = self.deferred = self.caught = self.value = self.head = False
        self.__dict__.update(more)

    def up_to_deferred(self):
        block = self
        while block:
            yield block
            if block.deferred:
                return
            block = block.outer

    def within(self, what):
        block = self
        while block:
            if getattr(block, what):
                return True
            block = block.outer
        return False


class Function:
    def __init__(self, number, kind, draw):
        self.number, self.kind, self.body = number, kind, None
        self.name = "f%d" % number
        self.type = draw.choice(("int", "int", "struct big", "long") if kind in ("gen", "agen") else
                                ("int", "int", "struct big", "long", "void") if number else ("int",))
        self.awaits = kind in ("async", "agen")
        self.yields = kind in ("gen", "agen")

    def head(self):
        words = {"plain": "", "async": "async ", "gen": "generator ", "agen": "async generator "}
        return "static %s%s %s(int n)" % (words[self.kind], self.type, self.name)


class Maker:
    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.number = 0
        self.depth = 3 + (seed % 4 == 0)
        self.straight = False  # no jump out of this expression may pass what is declared with it
        kinds = ["async", "async"] + [self.draw.choice(KINDS) for _ in range(self.draw.randrange(2, 5))] + ["gen", "agen", "plain"]
        self.functions = [Function(i, kind, self.draw) for i, kind in enumerate(kinds)]

    def fresh(self):
        self.number += 1
        return self.number

    def roll(self, share):
        return self.draw.random() < share

    # ---- expressions ----

    def visible(self, block, writable=False):
        seen, found = set(), []
        while block:
            for v in reversed(block.vars):
                if v.name not in seen and not v.hidden and (v.writable or not writable):
                    found.append(v)
                seen.add(v.name)
            block = block.outer
        return found

    def callee(self, *kinds):
        found = [f for f in self.functions[self.f.number + 1:] if f.kind in kinds]
        return self.draw.choice(found) if found else None

    def number_or_var(self, block):
        found = self.visible(block)
        if found and self.roll(0.6):
            return Node("var", var=self.draw.choice(found))
        return Node("hash") if self.roll(0.3) else Node("const", value=self.draw.randrange(8))

    def expression(self, block, size=2):
        kinds = ["leaf"] * 3 + ["bin"] * (2 * (size > 0))
        if size > 0:
            if self.f.awaits:
                kinds += ["pause", "pause", "fails", "call", "acc_try", "logical", "cond", "comma", "pause_by"]
                if self.roll(0.2) and not self.straight:
                    kinds += ["block"] * 3
            if self.f.yields and not block.within("deferred"):
                kinds += ["yield", "yield", "from"]
        kind = self.draw.choice(kinds)
        e = lambda: self.expression(block, size - 1)
        if kind == "bin":
            return Node("bin", op=self.draw.choice("+^|"), left=e(), right=e())
        if kind in ("pause", "pause_by", "fails"):
            return Node(kind, arg=e())
        if kind == "call":
            f = self.callee("async")
            if f and f.type != "void":
                return Node("call", f=f, arg=e())
        if kind == "acc_try":
            codes = [v for v in self.visible(block) if v.text.startswith("(-rc")]
            if codes:
                return Node("acc_try", code=self.draw.choice(codes), arg=Node(self.draw.choice(("fails", "pause")), arg=e()))
        if kind == "logical":
            return Node("logical", op=self.draw.choice(("&&", "||")), left=e(), right=e())
        if kind == "cond":
            return Node("cond", test=e(), left=e(), right=e())
        if kind == "comma":
            return Node("comma", left=Node(self.draw.choice(("pause", "fails")), arg=e()), right=e())
        if kind == "yield":
            return Node("yield", arg=e(), type=self.f.type)
        if kind == "from":
            f = self.callee("gen")
            if f and f.type == self.f.type and self.f.kind == "gen":
                return Node("from", f=f, arg=e())
        if kind == "block":
            inner = Scope(block, value=True)
            body = self.statements(inner, 1, self.draw.randrange(1, 3))
            return Node("block", body=body, value=self.expression(inner, 1))
        return self.number_or_var(block)

    def guarded(self, block, size):
        """For what is declared with a guard, or is of variable length: nothing in it may jump over that."""
        before, self.straight = self.straight, True
        made = self.expression(block, size)
        self.straight = before
        return made

    def condition(self, block, size=1):
        return Node("test", arg=self.expression(block, size), mod=self.draw.choice((2, 3, 4)))

    # ---- declarations ----

    def name_for(self, block, number):
        """Sometimes that of another in a block around it, never of one of the same block."""
        outer, taken = [], {v.name for v in block.vars}
        b = block.outer
        while b:
            outer += [v.name for v in b.vars if v.name.startswith("v")]
            b = b.outer
        outer = [n for n in outer if n not in taken]
        return self.draw.choice(outer) if outer and self.roll(0.25) else "v%d" % number

    def declaration(self, block):
        number, kind = self.fresh(), self.draw.choice(DECLARED)
        if block.outer is None or block.value:
            kind = "int" if kind == "vla" else kind
        before = []
        if kind == "vla":
            before = self.labels(block)
        name = self.name_for(block, number)
        text = {"struct big": "%s.v", "int [3]": "%s[1]", "vla": "%s[1]", "int *": "*%s"}.get(kind, "%s") % name
        var = Var(number, name, text, kind != "const int")
        var.hidden = True
        block.vars.append(var)
        size = self.guarded(block, 1) if kind == "vla" else None
        value = self.guarded(block, 2) if kind == "vla" else self.expression(block, 2)
        var.hidden = False
        return before + [Node("decl", var=var, type=kind, value=value, size=size)]

    def cleanup(self, block):
        before = self.labels(block)
        number = self.fresh()
        value = self.guarded(block, 2)
        var = Var(number, "c%d" % number, "c%d" % number)
        block.vars.append(var)
        return before + [Node("cleanup", var=var, value=value)]

    def code(self, block):
        number = self.fresh()
        var = Var(number, "rc%d" % number, "(-rc%d)" % number, False)
        block.vars.append(var)
        return [Node("rc", var=var)]

    # ---- statements ----

    def labels(self, block):
        """Those that were promised stand here; what is declared above them may not be initialised behind them."""
        if not block.ahead:
            return []
        for v in block.vars:
            v.hidden = True
        made = [Node("label", name=name) for name in block.ahead]
        block.ahead = []
        return made

    def statements(self, block, size, count=None):
        body = []
        if self.roll(0.25) and not block.value:
            block.start = "L%d" % self.fresh()
            body.append(Node("label", name=block.start))
        for _ in range(count or self.draw.randrange(1, 5)):
            body += self.statement(block, size)
        if not block.value:
            body += self.labels(block)
        if block.start and not ways_run.goes_to(body, block.start):
            body = body[1:]
        return body

    def body(self, block, size, **more):
        inner = Scope(block, **more)
        return self.statements(inner, size - 1)

    def jump(self, block):
        blocks = [b for b in block.up_to_deferred()]
        near = list(itertools.takewhile(lambda b: not b.head, blocks))
        way = self.draw.choice([w for w in ways_out(blocks) if w in ("goto", "return") or w in ways_out(near)])
        test = self.condition(block)
        if way == "return":
            value = None if self.f.type == "void" else self.expression(block, 2)
            return [Node("if", test=test, yes=[Node("return", value=value, type=self.f.type)], no=None)]
        if way == "goto":
            targets = [b for b in blocks if not b.value]
            if not targets:
                return []
            target = self.draw.choice(targets)
            if target.start is None or self.roll(0.6):
                label = "L%d" % self.fresh()
                target.ahead.append(label)
                return [Node("if", test=test, yes=[Node("goto", name=label)], no=None)]
            return [Node("if", test=Node("spend", arg=test), yes=[Node("goto", name=target.start)], no=None)]
        return [Node("if", test=test, yes=[Node(way)], no=None)]

    def loop(self, block, size):
        """Out of its head lead no `break` and no `continue`: gcc and clang disagree about them, and acc refuses them."""
        kind = self.draw.randrange(3)
        test = Node("spend", arg=self.condition(Scope(block, value=True, head=True)))
        if kind == 0:
            number = self.fresh()
            outer = Scope(block, value=True, head=True)
            var = Var(number, "i%d" % number, "i%d" % number, False)
            outer.vars.append(var)
            step = self.expression(outer, 1)
            more = self.condition(outer)
            return [Node("for", var=var, test=Node("spend", arg=more), step=step, body=self.body(outer, size, loop=True))]
        if kind == 1:
            return [Node("while", test=test, body=self.body(block, size, loop=True))]
        return [Node("do", test=test, body=self.body(block, size, loop=True))]

    def switch(self, block, size):
        inner = Scope(block, switch=True)
        cases = []
        for value in self.draw.sample(range(4), self.draw.randrange(1, 4)):
            body = self.body(inner, size)
            cases.append((value, body, self.roll(0.6)))
        return [Node("switch", value=self.expression(block, 1), cases=cases, labels=self.labels(inner))]

    def try_(self, block, size):
        body = self.body(block, size)
        handlers = {"fail": None, "cancel": None}
        which = self.draw.choice(("fail", "fail", "cancel", "both")) if self.f.awaits or self.f.yields else "fail"
        number = self.fresh()
        var = Var(number, "e%d" % number, "(-e%d)" % number, False)
        if which in ("fail", "both"):
            inner = Scope(block, caught=True)
            inner.vars.append(var)
            handlers["fail"] = [Node("trace", n=self.fresh() * 10, value=Node("var", var=var))] + self.statements(inner, size - 1)
        if which in ("cancel", "both"):
            inner = Scope(block, caught=True)
            uncancels = [Node("uncancel")] if self.f.awaits and self.roll(0.5) else []
            handlers["cancel"] = [Node("trace", n=self.fresh() * 10, value=Node("hash"))] + uncancels + self.statements(inner, size - 1)
        return [Node("try", body=body, var=var, first=self.draw.choice(("fail", "cancel")), **handlers)]

    def loop_over(self, block, size):
        awaits = self.f.awaits and self.roll(0.5)
        f = self.callee("agen" if awaits else "gen")
        if not f:
            return []
        arg = self.expression(block, 1)
        number = self.fresh()
        text = "x%d.v" if f.type == "struct big" else "x%d"
        var = Var(number, "x%d" % number, text % number)
        inner = Scope(block, loop=True)
        inner.vars.append(var)
        return [Node("for_in", awaits=awaits, f=f, arg=arg, var=var, body=self.statements(inner, size - 1))]

    def generator(self, block):
        f = self.callee("gen")
        if not f:
            return []
        before = self.labels(block)
        number = self.fresh()
        arg = self.guarded(block, 1)
        text = "o%d.v" if f.type == "struct big" else "o%d"
        var = Var(number, "o%d" % number, text % number, False)
        block.vars.append(var)
        made = before + [Node("gen", f=f, arg=arg, var=var, id=self.fresh() * 10)]
        block.generators = getattr(block, "generators", []) + [(f, var)]
        for _ in range(self.draw.randrange(1, 4)):
            made += self.ask(block)
            made += self.statement(block, 1)
        return made

    def ask(self, block):
        shown, found = self.visible(block), []
        while block:
            found += [g for g in getattr(block, "generators", []) if g[1] in shown]
            if block.deferred:
                break
            block = block.outer
        if not found:
            return []
        f, var = self.draw.choice(found)
        what = self.draw.choice(("next", "next", "send", "result"))
        return [Node("ask", f=f, var=var, what=what, value=self.draw.randrange(8), id=self.fresh() * 10)]

    def failure(self, block, size):
        kind = self.draw.choice(("throw", "throw", "again", "cancel", "code"))
        if kind == "cancel":
            return [Node("cancel")] if self.f.awaits else []
        if kind == "again" and block.within("caught"):
            b = block
            while b and not b.caught and not b.deferred:
                b = b.outer
            if b and b.caught:
                return [Node("if", test=self.condition(block), yes=[Node("throw", value=None)], no=None)]
        if kind == "code" and self.roll(0.2):
            return [Node("if", test=self.condition(block), yes=[Node("throw", value="ACC_ECANCELED")], no=None)]
        thrown = Node("throw", value=self.expression(block, 1), id=self.fresh())
        return [Node("if", test=self.condition(block), yes=[thrown], no=None)]

    def assignment(self, block):
        found = self.visible(block, writable=True)
        if not found:
            return []
        f = self.callee("plain")
        var = self.draw.choice(found)
        if f and f.type != "void" and self.roll(0.4):
            return [Node("pcall", var=var, f=f, arg=self.expression(block, 1))]
        return [Node("assign", var=var, op=self.draw.choice(("=", "+=")), value=self.expression(block, 2))]

    def statement(self, block, size):
        choices = [("trace", 5), ("decl", 3), ("assign", 3), ("jump", 4)]
        if size > 0:
            choices += [("defer", 6), ("if", 2), ("loop", 3), ("switch", 1), ("compound", 2), ("cleanup", 2)]
            if self.f.kind != "plain":
                choices += [("try", 5), ("over", 4), ("generator", 2), ("failure", 3)]
            if self.f.awaits:
                choices += [("with", 5), ("sleep", 2), ("rc", 2), ("void", 1), ("effect", 3)]
            if self.f.yields and not block.within("deferred"):
                choices += [("effect", 6)]
        kind = self.draw.choices([c[0] for c in choices], [c[1] for c in choices])[0]
        if kind == "trace":
            return [Node("trace", n=self.fresh() * 10, value=self.expression(block, 2))]
        if kind == "effect":
            return [Node("effect", value=self.expression(block, 3))]
        if kind == "defer":
            if block.value:
                return []
            before = self.labels(block)
            inner = Scope(block, deferred=True)
            if self.roll(0.25):
                body = self.statement(Scope(block, deferred=True, value=True), 1)
                if len(body) == 1 and body[0].kind in ("trace", "effect", "with", "try", "for_in", "for", "while", "if", "assign"):
                    return before + [Node("defer", body=body, bare=True)]
            return before + [Node("defer", body=self.statements(inner, min(size - 1, 2)), bare=False)]
        if kind == "if":
            no = self.body(block, size) if self.roll(0.4) else None
            return [Node("if", test=self.condition(block), yes=self.body(block, size), no=no)]
        if kind == "compound":
            return [Node("compound", body=self.body(block, size))]
        if kind == "void":
            return [Node("void", body=self.body(block, size))]
        if kind == "with":
            return [Node("with", id=self.fresh() * 10, plain=self.roll(0.3), how=self.draw.choice((0, 0, 1, 4, 5)) |
                         self.draw.choice((0, 0, 0, 2, 8, 16, 32, 24, 48)), arg=self.expression(block, 1), body=self.body(block, size))]
        if kind == "sleep":
            f = self.callee("async")
            return [Node("vcall", f=f, arg=self.expression(block, 1))] if f and f.type == "void" else [Node("sleep")]
        makers = {"decl": self.declaration, "assign": self.assignment, "jump": self.jump, "cleanup": self.cleanup, "rc": self.code,
                  "generator": self.generator}
        if kind in makers:
            if block.value and kind in ("cleanup", "generator"):
                return []
            return makers[kind](block)
        makers = {"loop": self.loop, "switch": self.switch, "try": self.try_, "over": self.loop_over, "failure": self.failure}
        return makers[kind](block, size)

    def program(self):
        for f in self.functions:
            self.f = f
            block = Scope(None)
            block.vars.append(Var(0, "n", "n"))
            f.body = self.statements(block, 3 if f.kind == "plain" else self.depth, self.draw.randrange(2, 6))
            if f.yields and self.roll(0.8):
                f.body.insert(0, Node("effect", value=Node("yield", arg=Node("const", value=1), type=f.type)))
            f.body.append(Node("return", value=None if f.type == "void" else Node("hash"), type=f.type))
        return self.functions


# ---- text ----

class Text:
    def __init__(self):
        self.lines, self.depth = [], 0

    def put(self, text):
        self.lines.append("    " * self.depth + text)

    def typed(self, type_, text):
        return "BIG(%s)" % text if type_ == "struct big" else text

    def taken(self, type_, text):
        return "(%s).v" % text if type_ == "struct big" else "(int)(%s)" % text if type_ == "long" else text

    def e(self, x):
        k = x.kind
        if k == "const":
            return str(x.value)
        if k == "hash":
            return "(int)(hash >> 5 & 7)"
        if k == "var":
            return "(int)" + x.var.text if x.var.text.startswith("(") else x.var.text
        if k in ("bin", "logical"):
            return "((%s) %s (%s))" % (self.e(x.left), x.op, self.e(x.right))
        if k in ("pause", "fails"):
            return "(await %s(LESS(%s)))" % (k, self.e(x.arg))
        if k == "pause_by":
            return "(await (*pause_by)(LESS(%s)))" % self.e(x.arg)
        if k == "call":
            return self.taken(x.f.type, "(await %s(LESS(%s)))" % (x.f.name, self.e(x.arg)))
        if k == "acc_try":
            return "acc_try(&%s, %s)" % (x.code.name, self.e(x.arg))
        if k == "cond":
            return "((%s) ? (%s) : (%s))" % (self.e(x.test), self.e(x.left), self.e(x.right))
        if k == "comma":
            return "((void)(%s), (%s))" % (self.e(x.left), self.e(x.right))
        if k == "yield":
            return self.taken(x.type, "(yield %s)" % self.typed(x.type, self.e(x.arg)))
        if k == "from":
            return self.taken(x.f.type, "(yield from %s(LESS(%s)))" % (x.f.name, self.e(x.arg)))
        if k == "test":
            return "((%s) + (int)(hash >> 3 & 15)) %% %d == 0" % (self.e(x.arg), x.mod)
        if k == "spend":
            return "spend() && (%s)" % self.e(x.arg)
        if k == "block":
            other = Text()
            other.body(x.body)
            return "({ %s (%s); })" % (" ".join(line.strip() for line in other.lines), self.e(x.value))
        raise AssertionError(k)

    def body(self, statements):
        self.depth += 1
        for s in statements:
            getattr(self, "put_" + s.kind)(s)
        self.depth -= 1

    def block(self, head, statements, tail=""):
        self.put(head + "{")
        self.body(statements)
        self.put("}" + tail)

    def put_trace(self, s): self.put("t(%d, %s);" % (s.n, self.e(s.value)))
    def put_effect(self, s): self.put("(void)(%s);" % self.e(s.value))
    def put_label(self, s): self.put("%s:;" % s.name)
    def put_goto(self, s): self.put("goto %s;" % s.name)
    def put_break(self, s): self.put("break;")
    def put_continue(self, s): self.put("continue;")
    def put_sleep(self, s): self.put("await acc_sleep(0);")
    def put_vcall(self, s): self.put("await %s(LESS(%s));" % (s.f.name, self.e(s.arg)))
    def put_cancel(self, s): self.put("ask_cancel();")
    def put_uncancel(self, s): self.put("uncancel();")
    def put_rc(self, s): self.put("int %s = 0;" % s.var.name)
    def put_compound(self, s): self.block("", s.body)
    def put_void(self, s): self.block("({ ", s.body, " (void)0; });")
    def put_while(self, s): self.block("while (%s) " % self.e(s.test), s.body)
    def put_do(self, s): self.block("do ", s.body, " while (%s);" % self.e(s.test))

    def put_cleanup(self, s):
        self.put("int %s __attribute__((cleanup(closed))) = LESS(%s);" % (s.var.name, self.e(s.value)))

    def put_return(self, s):
        self.put("return %s;" % self.typed(s.type, self.e(s.value)) if s.value else "return;")

    def put_decl(self, s):
        name, value = s.var.name, "LESS(%s)" % self.e(s.value)
        if s.type == "struct big":
            self.put("struct big %s = BIG(%s);" % (name, value))
        elif s.type == "int [3]":
            self.put("int %s[3] = {9, %s};" % (name, value))
        elif s.type == "vla":
            self.put("int %s[2 + ((%s) & 3)];" % (name, self.e(s.size)))
            self.put("%s = %s;" % (s.var.text, value))
        elif s.type == "int *":
            self.put("int %s_ = %s, *%s = &%s_;" % (name, value, name, name))
        else:
            self.put("%s %s = %s;" % (s.type, name, value))
        self.put("(void)%s;" % name)

    def put_assign(self, s):
        self.put("%s %s LESS(%s);" % (s.var.text, s.op, self.e(s.value)))

    def put_pcall(self, s):
        self.put("%s = %s;" % (s.var.text, self.taken(s.f.type, "%s(LESS(%s))" % (s.f.name, self.e(s.arg)))))

    def put_if(self, s):
        self.block("if (%s) " % self.e(s.test), s.yes)
        if s.no is not None:
            self.block("else ", s.no)

    def put_for(self, s):
        i = s.var.name
        self.block("for (int %s = 0; %s < 3 && %s; %s += 1 + ((%s) & 1)) " % (i, i, self.e(s.test), i, self.e(s.step)), s.body)

    def put_switch(self, s):
        self.put("switch ((%s + (int)(hash >> 2 & 15)) & 3) {" % self.e(s.value))
        for value, body, breaks in s.cases:
            self.block("case %d: " % value, body)
            if breaks:
                self.put("break;")
        self.body(s.labels)
        self.put("}")

    def put_try(self, s):
        self.block("try ", s.body)
        for which in (s.first, "cancel" if s.first == "fail" else "fail"):
            body = getattr(s, which)
            if body is not None:
                self.block("catch (int %s) " % s.var.name if which == "fail" else "catch cancel ", body)

    def put_throw(self, s):
        if s.value is None:
            self.put("throw;")
        elif s.value == "ACC_ECANCELED":
            self.put("throw ACC_ECANCELED;")
        else:
            self.put("throw -%d - LESS(%s);" % (500 + s.id % 100, self.e(s.value)))

    def put_with(self, s):
        self.block("with (MARK(%d, %d, %d + 0 * (%s))) " % (s.plain, s.id, s.how, self.e(s.arg)), s.body)

    def put_for_in(self, s):
        self.block("for %s(%s %s : %s(LESS(%s))) " % ("await " if s.awaits else "", s.f.type, s.var.name, s.f.name, self.e(s.arg)), s.body)

    def put_gen(self, s):
        g, o = "g%d" % s.var.number, s.var.name
        self.put("generator(%s) %s = %s(LESS(%s));" % (s.f.type, g, s.f.name, self.e(s.arg)))
        self.put("defer { t(%d, -acc_generator_error(%s)); acc_close(%s); }" % (s.id, g, g))
        self.put("%s %s = %s;" % (s.f.type, o, self.typed(s.f.type, "0")))

    def put_ask(self, s):
        g, o = "g%d" % s.var.number, s.var.name
        if s.what == "result":
            self.put("t(%d, %s);" % (s.id, self.taken(s.f.type, "acc_generator_result(%s)" % g)))
        elif s.what == "next":
            self.put("{ int more = acc_next(%s, &%s); t(%d + more, (int)%s); }" % (g, o, s.id, s.var.text))
        else:
            value = self.typed(s.f.type, s.value)
            self.put("{ int more = acc_send(%s, %s, &%s); t(%d + more, (int)%s); }" % (g, value, o, s.id, s.var.text))

    def put_defer(self, s):
        if s.bare:
            self.put("defer")
            self.body(s.body)
        else:
            self.block("defer ", s.body)


def text_of(functions):
    t = Text()
    for f in functions:
        t.put("__attribute__((unused)) %s;" % f.head())
    for f in functions:
        t.block(f.head() + " ", f.body)
    main = MAIN.replace("FUEL", str(FUEL)).replace("RUNS", str(RUNS)).replace("CUTS", str(CUTS))
    return HEAD + "\n".join(t.lines) + main


def expected_of(functions):
    run = ways_run.Run(functions)
    for i in range(RUNS):
        run.begin(i, FUEL, asks=i & 1)
        run.whole(i)
    for i in range(CUTS):
        for destroys in (False, True):
            run.begin(i, FUEL, asks=0, cut=i + 2, destroys=destroys)
            run.whole(i)
    return "".join(run.lines)


# ---- trying ----

class Wrong(Exception):
    def __init__(self, kind, text):
        Exception.__init__(self, "%s: %s" % (kind, text))
        self.kind = kind


def run(words, kind, limit=100, env=None):
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=limit, env=env)
    except subprocess.TimeoutExpired:
        raise Wrong(kind + " hangs", " ".join(words))
    if done.returncode:
        raise Wrong("%s %d" % (kind, done.returncode), "%s%s" % (done.stdout[-300:], done.stderr[:1500]))
    return done.stdout


def first_difference(expected, got):
    a, b = expected.splitlines(), got.splitlines()
    for i, line in enumerate(a):
        if i >= len(b) or b[i] != line:
            return "line %d: wanted '%s' after '%s', saw '%s'" % (i + 1, line, a[i - 1], b[i] if i < len(b) else "the end")
    return "more lines than wanted"


def check(functions, options, folder):
    source, program = os.path.join(folder, "x.ac"), os.path.join(folder, "program")
    expected = expected_of(functions)
    with open(source, "w") as file:
        file.write(text_of(functions))
    with open(os.path.join(folder, "expected"), "w") as file:
        file.write(expected)
    acc, include = options.acc or os.path.join(options.build, "bin", "acc"), os.path.join(options.build, "include")
    for cc in options.cc.split(","):
        translated = os.path.join(folder, cc + ".c")
        run([acc, "--cc", cc, "-I" + include, "-Wno-unevaluated-await", "-Wno-frame-size", source, "-o", translated], "acc")
        for level in options.opt.split(","):
            san = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"] if options.san else []
            run([cc, level, "-w", "-I" + include] + san +
                [translated, "-o", program, os.path.join(options.build, "lib", "libacc.a"), "-luv", "-pthread"], cc)
            got = run([program], "program", 20)
            if got != expected:
                raise Wrong("differs", "%s %s: %s" % (cc, level, first_difference(expected, got)))


def try_one(functions, options, folder=None):
    """What went wrong, or None."""
    made = folder or tempfile.mkdtemp(prefix="acc-ways-")
    try:
        check(functions, options, made)
        return None
    except ways_run.TooLong:
        return None
    except Wrong as wrong:
        return wrong
    finally:
        if not folder:
            shutil.rmtree(made)


def reduce(functions, options, wrong):
    """Leaves out statements as long as it fails in the same way."""
    def still():
        if not all(ways_run.labels_stand(f.body) and f.body and f.body[-1].kind == "return" for f in functions):
            return False
        try:
            now = try_one(functions, options)
        except (KeyError, AttributeError, ways_run.Undefined):
            return False
        return now is not None and now.kind == wrong.kind

    changed = True
    while changed:
        changed = False
        for place in ways_run.lists_of(functions):
            size = len(place)
            while size:
                at = 0
                while at < len(place):
                    kept = place[at:at + size]
                    del place[at:at + size]
                    if still():
                        changed = True
                    else:
                        place[at:at] = kept
                        at += size
                size //= 2
        for x in ways_run.expressions_of(functions):
            for name, inner in ways_run.inner_of(x):
                setattr(x[0], x[1], inner)
                if still():
                    changed = True
                    break
                setattr(x[0], x[1], x[2])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--acc", help="another translator than that of the build")
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--opt", default="-O0,-O2")
    parser.add_argument("--seeds", default="1-20")
    parser.add_argument("--save")
    parser.add_argument("--reduce", action="store_true")
    parser.add_argument("--print", action="store_true", help="the program of the first seed, and what it must print")
    parser.add_argument("--san", action="store_true", default=bool(os.environ.get("ACC_TEST_SAN")))
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    if os.environ.get("ACC_TEST_SAN"):  # gcc takes a minute for what it sanitizes at -O2
        options.opt, last = "-O0", str(min(int(first) + 1, int(last or first)))
    failed = count = 0
    for seed in range(int(first), int(last or first) + 1):
        functions = Maker(seed).program()
        if options.print:
            print(text_of(functions))
            print("/*\n%s*/" % expected_of(functions))
            return
        count += 1
        wrong = try_one(functions, options)
        if not wrong:
            continue
        failed += 1
        print("seed %d: %s" % (seed, str(wrong)[:1500]), flush=True)
        if options.reduce:
            reduce(functions, options, wrong)
        if options.save:
            folder = os.path.join(options.save, str(seed))
            os.makedirs(folder, exist_ok=True)
            try_one(functions, options, folder)
    print("ways: %d ok, %d failed" % (count - failed, failed))
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
