#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a random async program and the output it must have.

  gen.py --seed 7 [--size 40] [--features=-goto,+stmtexpr] [--expected] > program.ac

For what Csmith never makes: awaits with side effects in every position of an expression, in conditions,
steps, initialisers and subscripts; switch, Duff's device and goto webs over awaits; structs by value,
compound literals, bit-fields, narrow types; variable length arrays and pointers to them, nested designators,
statement expressions; pointers to locals of loop bodies; shadowed names; function
pointers; recursion; failures passed on.

Each piece of program is made together with a Python function that does what it does; running those gives
the expected output. They run from left to right. C leaves much of that order open, so the generator keeps
a list of what was read and written since the last await (class Segment): within one segment it makes
nothing whose order C leaves open, and across an await the dialect promises the order. With the feature
`order` off an await does not begin a segment, and the program means the same as plain C: so the
generator itself is tested, by run.py --source gen --twin --features=-order,-future (a kept future
starts later than a call does).
"""
import argparse
import random
import sys

from gen_decl import NAMES, Declarations
from gen_expr import I8, I16, I32, I64, P, U16, U32, Expr, Expressions, Failed, Frame, Simple, Var

FEATURES = {"order": True, "goto": True, "switch": True, "struct": True, "pointer": True,
            "narrow": True, "macro": True, "gnu": True, "noise": True, "sizeof": True, "double": True,
            "future": True, "computed": True, "matrix": True,
            "void": True, "shadow": True, "stmtexpr": True, "vla": True, "literal": True, "nested": True,
            "throw": True}

PRELUDE = """\
/* seed %(seed)d */
#include <acc/acc.h>
#include <stdint.h>
#include <stdio.h>

struct pack { uint32_t a; uint16_t b[2]; int8_t c; };
struct bits { unsigned x : 5; int y : 7; uint8_t z; };
struct nest { struct pack p; struct { int16_t x[2]; _Bool k; } in; uint32_t tail; };
union two { uint32_t a, b; };
typedef uint32_t v4 __attribute__((vector_size(16)));
#define SUM(p, q) ((p) + (q))
#define PICK(p, q, r) ((p) ? (q) : (r))

static uint32_t hash = 1, notes, pace, fuel = %(fuel)du;
static uint32_t g0 = 11, g1 = 22, *gp = &g0;
static int16_t g2 = -3;

static void note(uint32_t id, uint32_t v) {
    hash = (hash ^ id) * 16777619u + v;
    if (notes++ < 300) printf("%%u %%u\\n", (unsigned)id, (unsigned)v);
}
static uint32_t spend(void) { if (fuel == 0) return 0; fuel--; return 1; }
static uint32_t plain(uint32_t id, uint32_t v) { note(id, v); return v * 3 + id; }
static int16_t quiet(int8_t a, uint32_t b) { return (int16_t)(a * 5 - (int32_t)(b & 255)); }
static uint32_t bump(uint32_t id, uint32_t *p) { note(id, *p); *p += id; return *p; }
static async void rest(void) { if (%(rest)s) await acc_sleep(0); }
static async uint32_t au(uint32_t id, uint32_t v) {
    note(id, v); await rest(); note(id + 100000, v); return v ^ (id * 7); }
static async uint32_t aw(uint32_t id, uint32_t v) { note(id, v + 1); return v + id; }
static async int8_t ab(uint32_t id, uint16_t v) { await rest(); note(id, v); return (int8_t)(v + id); }
static async int64_t al(uint32_t id, int32_t v) { note(id, (uint32_t)v); return (int64_t)v * 70001 + id; }
static async uint32_t poke(uint32_t id, uint32_t *p) {
    *p += id; await rest(); note(id, *p); *p ^= 5; return *p & 1023; }
static async struct pack mk(uint32_t a, int8_t c) {
    struct pack r = {.b = {(uint16_t)(a + 1), (uint16_t)(a * 3)}, .c = c};
    await rest(); r.a = a; note(a & 4095, (uint8_t)c); return r; }
static async uint32_t eat(struct pack s, uint32_t k) {
    await rest(); note(k & 4095, s.a + s.b[0] * 2u + s.b[1] * 3u + (uint32_t)s.c); s.a++; return s.a + k; }
static async uint32_t look(const struct pack *s, uint32_t k) {
    uint32_t old = s->a; await rest(); return old * 2 + s->b[k & 1] + (uint32_t)s->c; }
static async uint32_t swing(uint32_t k) {
    gp = k & 1 ? &g1 : &g0; await rest(); note(k & 4095, *gp); *gp += 1; return k * 9; }
static async uint32_t calm(uint32_t v) { await rest(); return v * 5; }
static async uint32_t *which(uint32_t id, uint32_t *p) { note(id, *p); await rest(); return p; }
static async uint32_t total(uint32_t id, uint32_t n, const uint32_t v[n]) {
    const uint32_t (*p)[n] = (const uint32_t (*)[n])v; uint32_t sum = id; n = 0;
    for (uint32_t i = 0; i < sizeof *p / sizeof **p; i++) { sum = sum * 3 + (*p)[i]; if (i & 1) await rest(); }
    note(id, sum); return sum + n; }
static async double half(double d) { await rest(); return d / 2; }
static future(uint32_t) (*const table[2])(uint32_t, uint32_t) = {au, aw};
static future(uint32_t) (*choose(uint32_t k))(uint32_t, uint32_t) { return k & 1 ? aw : au; }
static const struct { int unused; future(uint32_t) (*call)(uint32_t, uint32_t); } ops = {0, aw}, *opsp = &ops;
static async void noise(uint32_t n) { while (n--) { await acc_sleep(0); } }
"""


class Machine:
    """The state of a run in Python; what the prelude's functions do."""

    def __init__(self, fuel):
        self.hash, self.notes, self.fuel, self.lines = 1, 0, fuel, []
        self.g = {"g0": [11], "g1": [22], "g2": [-3]}
        self.gp = self.g["g0"]
        self.statics = {}

    def note(self, i, v):
        i, v = U32(i), U32(v)
        self.hash = U32((self.hash ^ i) * 16777619 + v)
        if self.notes < 300:
            self.lines.append("%d %d" % (i, v))
        self.notes += 1

    def spend(self):
        if self.fuel == 0:
            return 0
        self.fuel -= 1
        return 1

    def plain(self, i, v):
        self.note(i, v)
        return U32(v * 3 + i)

    def quiet(self, a, b):
        return I16(a * 5 - (b & 255))

    def bump(self, i, p):
        self.note(i, p[0][p[1]])
        p[0][p[1]] = U32(p[0][p[1]] + i)
        return p[0][p[1]]

    def au(self, i, v):
        self.note(i, v)
        self.note(i + 100000, v)
        return U32(v ^ (i * 7))

    def aw(self, i, v):
        self.note(i, v + 1)
        return U32(v + i)

    def ab(self, i, v):
        self.note(i, v)
        return I8(v + i)

    def al(self, i, v):
        self.note(i, v)
        return I64(v * 70001 + i)

    def poke(self, i, p):
        cell, at = p
        cell[at] = U32(cell[at] + i)
        self.note(i, cell[at])
        cell[at] ^= 5
        return cell[at] & 1023

    def mk(self, a, c):
        self.note(a & 4095, c & 255)
        return [a, U16(a + 1), U16(a * 3), c]

    def eat(self, s, k):
        self.note(k & 4095, s[0] + s[1] * 2 + s[2] * 3 + s[3])
        return U32(s[0] + 1 + k)

    def look(self, s, k):
        return U32(s[0] * 2 + s[1 + (k & 1)] + s[3])

    def total(self, i, cells):
        value = i
        for cell in cells:
            value = U32(value * 3 + cell)
        self.note(i, value)
        return value

    def swing(self, k):
        self.gp = self.g["g1"] if k & 1 else self.g["g0"]
        self.note(k & 4095, self.gp[0])
        self.gp[0] = U32(self.gp[0] + 1)
        return U32(k * 9)


class Label(Simple):
    """`name: statement`; also a case label, whose name is made up."""

    def __init__(self, name, text, inner):
        self.name, self.labels, self.text, self.inner = name, frozenset([name]), text, inner

    def lines(self):
        return [self.text + " " + self.inner.text]

    def run(self, fr, seek):
        return self.inner.run(fr, None)


class Jump(Simple):
    """`if (condition) goto, break, continue or return`; unconditional without a condition."""

    def __init__(self, text, signal, condition=None):
        self.text, self.signal, self.condition = text, signal, condition

    def run(self, fr, seek):
        if self.condition and not self.condition(fr):
            return None
        return self.signal(fr) if callable(self.signal) else self.signal


class Block:
    def __init__(self, parts):
        self.parts = parts
        self.labels = frozenset().union(*[part.labels for part in parts])

    def lines(self):
        return ["{"] + ["    " + line for part in self.parts for line in part.lines()] + ["}"]

    def run(self, fr, seek):
        """`seek`: the label to begin at; what stands before it is passed over."""
        for part in self.parts:
            if seek is not None and seek not in part.labels:
                continue
            signal = part.run(fr, seek)
            seek = None
            if signal:
                return signal
        return None


class If:
    def __init__(self, condition, then, other):
        self.condition, self.then, self.other = condition, then, other
        self.labels = then.labels | (other.labels if other else frozenset())

    def lines(self):
        lines = ["if (%s)" % self.condition.text] + self.then.lines()
        return lines + (["else"] + self.other.lines() if self.other else [])

    def run(self, fr, seek):
        if seek is not None:
            return (self.then if seek in self.then.labels else self.other).run(fr, seek)
        if self.condition.ev(fr):
            return self.then.run(fr, None)
        return self.other.run(fr, None) if self.other else None


class Loop:
    """while, do and for; `first` makes the counter of a for, `step` is an expression or None."""

    def __init__(self, kind, first, condition, step, body):
        self.kind, self.first, self.condition, self.step, self.body = kind, first, condition, step, body
        self.labels = body.labels

    def lines(self):
        if self.kind == "do":
            return ["do"] + self.body.lines() + ["while (%s);" % self.condition.text]
        if self.kind == "while":
            return ["while (%s)" % self.condition.text] + self.body.lines()
        return ["for (%s %s; %s)" % (self.first.text, self.condition.text, self.step.text)] + \
            self.body.lines()

    def run(self, fr, seek):
        if self.first and seek is None:
            self.first.act(fr)
        enter = seek is not None or self.kind == "do"
        while enter or self.condition.ev(fr):
            enter = False
            signal = self.body.run(fr, seek)
            seek = None
            if signal == ("break",):
                return None
            if signal and signal != ("continue",):
                return signal
            if self.step:
                self.step.ev(fr)
        return None


class Switch:
    def __init__(self, value, cases, body):
        self.value, self.cases, self.body, self.labels = value, cases, body, body.labels

    def lines(self):
        return ["switch (%s)" % self.value.text] + self.body.lines()

    def run(self, fr, seek):
        if seek is None:
            value = self.value.ev(fr)
            seek = next((name for name, values in self.cases if values and value in values), None) or \
                next((name for name, values in self.cases if not values), None)
            if seek is None:
                return None
        signal = self.body.run(fr, seek)
        return None if signal == ("break",) else signal


class Function:
    def __init__(self, name, t, params, number):
        self.name, self.t, self.params, self.number = name, t, params, number
        self.types = [var.t for var in params[1:]]
        self.body = None

    def head(self):
        return "static async %s %s(%s)" % (self.t.name, self.name, ", ".join(
            "%s %s" % (var.t.name, var.name) for var in self.params))

    def text(self):
        lines = self.body.lines()
        lines.insert(1, "    if (!spend()) return %d;" % self.number)
        return self.head() + " " + "\n".join(lines) + "\n"

    def call(self, machine, values):
        if not machine.spend():
            return self.t(self.number)
        frame, seek = Frame(machine), None
        for var, value in zip(self.params, values):
            frame.cells[var] = [var.t(value)]
        while True:
            signal = self.body.run(frame, seek)
            if signal[0] == "return":
                return self.t(signal[1])
            seek = signal[1]


class Program(Declarations, Expressions):
    """Makes the statements and functions of one program."""

    def __init__(self, seed, size, features):
        super().__init__(random.Random(seed), features)
        self.size, self.seed = size, seed
        self.statics, self.labels, self.loops, self.switches = [], 0, 0, 0
        self.f = features
        self.globals = [Var("g0", U32, memory=True, static=True), Var("g1", U32, memory=True, static=True),
                        Var("g2", I16, memory=True, static=True)]

    # -- simple statements ----------------------------------------------------------------

    def observe(self):
        value, n = self.full(3), self.id()
        return Simple("note(%d, (uint32_t)%s);" % (n, value.text), lambda fr: fr.m.note(n, value.ev(fr)))

    def expression_statement(self):
        self.seg.reset()
        value = self.assignment(4, top=True)

        def act(fr):
            value.ev(fr)
        return Simple("(void)%s;" % value.text if not value.text.startswith("(") else value.text[1:-1] + ";"
                      if self.is_assignment(value.text) else "(void)%s;" % value.text, act)

    @staticmethod
    def is_assignment(text):
        """The parentheses around it are one pair, and inside is an assignment."""
        depth = 0
        for at, sign in enumerate(text):
            depth += (sign == "(") - (sign == ")")
            if depth == 0 and at < len(text) - 1:
                return False
        return "= " in text.split("(", 2)[1]

    def real_statement(self):
        choice = self.visible(lambda v: v.t == "double")
        if not choice:
            return self.observe()
        var, value, n = self.draw.choice(choice), self.full(3), self.id()

        def act(fr):
            cell = var.cell(fr)
            old = cell[0]
            cell[0] = int(old) % 64 * 0.5 + (U32(value.ev(fr)) & 1023)
            fr.m.note(n, int(cell[0] * 4.0))
        return Simple("%s = (uint32_t)%s %% 64 * 0.5 + (double)((uint32_t)%s & 1023); "
                      "note(%d, (uint32_t)(%s * 4.0));" % (var.name, var.name, value.text, n, var.name), act)

    def complex_statement(self):
        choice = self.visible(lambda v: v.t == "complex")
        if not choice:
            return self.real_statement()
        var, value, n = self.draw.choice(choice), self.full(3), self.id()

        def act(fr):
            cell = var.cell(fr)
            cell[1] = float(U32(value.ev(fr)) & 255)
            cell[:] = [float(int(cell[1])), float(int(cell[0]) % 64)]
            fr.m.note(n, int(cell[0] * 4 + cell[1]))
        return Simple("__imag__ %s = (double)((uint32_t)%s & 255); %s = __imag__ %s + (uint32_t)__real__ %s %% "
                      "64 * 1.0i; note(%d, (uint32_t)(__real__ %s * 4 + __imag__ %s));" % (
                          var.name, value.text, var.name, var.name, var.name, n, var.name, var.name), act)

    def record_statement(self):
        choice = self.visible(lambda v: v.t is P and v.writable)
        if not choice:
            return self.expression_statement()
        var = self.draw.choice(choice)
        self.seg.reset()
        value = self.struct_value(3)

        def act(fr):
            var.cell(fr)[:] = list(value.ev(fr))
        return Simple("%s = %s;" % (var.name, value.text), act)

    def between(self):
        """What cannot fail: nobody would release the future that is held."""
        may, self.may_call_own = self.may_call_own, False
        value = self.full(2)
        self.may_call_own = may
        return value

    def failing_statement(self):
        """A task of a function that may fail, and what became of it."""
        left = self.depth_var
        function, n = self.draw.choice(self.functions), self.id()
        self.seg.reset()
        texts, values = self.arguments(2, function.types)

        def act(fr):
            if left.cell(fr)[0]:
                fr.m.note(n, self.outcome(fr.m, function, [left.cell(fr)[0] - 1] + values(fr)))
        return Simple("if (%s) %s" % (left.name, self.spawned(
            function, n, ["%s - 1" % left.name] + texts)), act)

    @staticmethod
    def outcome(machine, function, values):
        try:
            return function.call(machine, values)
        except Failed as failure:
            return failure.code

    @staticmethod
    def spawned(function, n, arguments):
        return ("{ future(%s) x = acc_spawn(%s(%s)); while (!acc_future_done(x)) await acc_sleep(0); "
                "note(%d, acc_future_error(x) ? (uint32_t)acc_future_error(x) : (uint32_t)await x); "
                "acc_unref(x); }" % (function.t.name, function.name, ", ".join(arguments), n))

    def future_statement(self):
        """A coroutine that is kept before it is awaited: its arguments are evaluated when it is made."""
        self.seg.reset()
        (a,), values = self.arguments(3, [U32])
        between, n, m = self.between(), self.id(), self.id()

        def act(fr):
            kept = values(fr)
            fr.m.note(m, between.ev(fr))
            fr.m.note(m, fr.m.au(n, *kept))
        return Simple("{ future(uint32_t) x = au(%d, %s); note(%d, (uint32_t)%s); note(%d, await x); }" % (
            n, a, m, between.text, m), act)

    def task_statement(self):
        """A task that nobody can see, awaited twice."""
        self.seg.reset()
        (a,), values = self.arguments(3, [U32])
        between, m = self.between(), self.id()

        def act(fr):
            result = U32(values(fr)[0] * 5)
            fr.m.note(m, between.ev(fr))
            fr.m.note(m, result + result)
        return Simple("{ future(uint32_t) x = acc_spawn(calm(%s)); note(%d, (uint32_t)%s); "
                      "note(%d, await x + await x); acc_unref(x); }" % (a, m, between.text, m), act)

    def extern_statement(self):
        value, n = self.full(3), self.id()
        self.seg.reset()
        return Simple("{ extern uint32_t g1; extern uint32_t plain(uint32_t, uint32_t); "
                      "note(%d, (uint32_t)%s); note(%d, g1); }" % (n, value.text, n),
                      lambda fr: (fr.m.note(n, value.ev(fr)), fr.m.note(n, fr.m.g["g1"][0])) and None)

    def simple(self):
        makers = [self.observe] * 3 + [self.expression_statement] * 4
        makers += [self.extern_statement] if self.chance(0.05) else []
        makers += [self.future_statement, self.task_statement] if self.f["future"] else []
        makers += [self.record_statement] if self.f["struct"] else []
        makers += [self.real_statement, self.complex_statement] if self.f["double"] else []
        makers += [self.failing_statement] if self.f["throw"] and self.may_call_own else []
        return self.draw.choice(makers)()

    # -- compound statements --------------------------------------------------------------

    def block(self, depth, declares=True, count=None, value=None):
        self.scopes.append([])
        parts = []
        for _ in range(count or self.draw.choice((1, 2, 2, 3, 4))):
            if declares and self.chance(0.45):
                parts.append(self.declaration())
            else:
                parts.append(self.statement(depth))
        block = Block(parts)
        if value:
            block.value = value()
        self.scopes.pop()
        return block

    def statement(self, depth):
        if depth <= 0 or self.chance(0.5):
            return self.jump() if self.chance(0.12) and not self.inside else self.simple()
        makers = [self.make_if, self.make_loop, self.make_loop, self.make_for, self.make_for, self.block]
        makers += [self.make_switch] * 2 + [self.make_duff] if self.f["switch"] else []
        return self.draw.choice(makers)(depth - 1)

    def make_if(self, depth):
        condition = self.full(3)
        then = self.block(depth)
        return If(condition, then, self.block(depth) if self.chance(0.6) else None)

    def bounded(self, extra):
        """A condition that fuel bounds."""
        text = "spend()" + (" && %s" % extra.text if extra else "")
        return Expr(text, I32, lambda fr: fr.m.spend() and (extra is None or extra.ev(fr)))

    def loop_body(self, depth):
        self.loops += 1
        switches, self.switches = self.switches, 0
        body = self.block(depth)
        self.loops -= 1
        self.switches = switches
        return body

    def make_loop(self, depth):
        kind = self.draw.choice(("while", "do"))
        condition = self.bounded(self.full(3))
        return Loop(kind, None, condition, None, self.loop_body(depth))

    def make_for(self, depth):
        counter = Var("i%d" % self.id(), U32, writable=False)
        start, limit = self.full(2), self.draw.choice((2, 3, 4))
        extra = self.full(2) if self.chance(0.5) else None
        self.scopes.append([counter])
        more = self.full(2)

        def first(fr):
            fr.cells[counter] = [U32(start.ev(fr)) & 1]

        def step(fr):
            cell = fr.cells[counter]
            old = cell[0]
            cell[0] = U32(old + 1 + (U32(more.ev(fr)) & 1))
        name = counter.name
        spend = self.bounded(extra)
        condition = Expr("%s < %d && %s" % (name, limit, spend.text), I32,
                         lambda fr: fr.cells[counter][0] < limit and spend.ev(fr))
        loop = Loop("for", Simple("uint32_t %s = (uint32_t)%s & 1;" % (name, start.text), first), condition,
                    Expr("%s = %s + 1 + ((uint32_t)%s & 1)" % (name, name, more.text), U32, step),
                    self.loop_body(depth))
        self.scopes.pop()
        return loop

    def case(self, values, label):
        if not values:
            text = "default:"
        elif len(values) > 2:
            text = "case %d ... %d:" % (values[0], values[-1])
        else:
            text = " ".join("case %d:" % value for value in values)
        return Label(label, text, self.simple())

    def make_switch(self, depth):
        value = self.full(3)
        groups = [[0], [1], [2, 3], [4], None]
        if self.f["gnu"] and self.chance(0.4):
            groups[3] = [4, 5, 6]
        self.draw.shuffle(groups)
        groups = groups[:self.draw.randrange(2, 6)]
        self.switches += 1
        parts, cases = [], []
        for values in groups:
            name = "case%d" % self.id()
            cases.append((name, values))
            parts.append(self.case(values, name))
            parts.extend(self.statement(depth) for _ in range(self.draw.randrange(2)))
            if self.chance(0.6):
                parts.append(Jump("break;", ("break",)))
        self.switches -= 1
        signed = self.chance(0.5)
        text = "(int8_t)(%s & 7)" if signed else "(uint32_t)%s & 7"
        return Switch(Expr(text % value.text, I32, lambda fr: U32(value.ev(fr)) & 7), cases, Block(parts))

    def make_duff(self, depth):
        value = self.full(2)
        names = ["case%d" % self.id() for _ in range(4)]
        parts = []
        for number, name in zip((0, 3, 2, 1), names):
            parts.append(self.case([number], name))
        again = self.bounded(self.full(2))
        loop = Loop("do", None, again, None, Block(parts))
        cases = [(name, [number]) for name, number in zip(names, (0, 3, 2, 1))]
        return Switch(Expr("(uint32_t)%s & 3" % value.text, U32, lambda fr: U32(value.ev(fr)) & 3),
                      cases, Block([loop]))

    def jump(self):
        condition = self.full(2)
        kinds = ["return"] if self.chance(0.2) else []
        kinds += ["continue"] if self.loops else []
        kinds += ["break"] if self.loops or self.switches else []
        kinds += ["throw"] if self.f["throw"] and self.chance(0.1) else []
        if not kinds:
            return self.simple()
        kind = self.draw.choice(kinds)
        if kind == "throw":
            code = -self.draw.randrange(1, 100)
            return Jump("if (%s) throw %d;" % (condition.text, code), self.failure(code), condition.ev)
        if kind == "return":
            value = self.full(3)
            return Jump("if (%s) return (%s)%s;" % (condition.text, self.result.name, value.text),
                        lambda fr: ("return", value.ev(fr)), condition.ev)
        return Jump("if (%s) %s;" % (condition.text, kind), (kind,), condition.ev)

    @staticmethod
    def failure(code):
        def fail(fr):
            raise Failed(code)
        return fail

    # -- goto webs ------------------------------------------------------------------------

    def web(self, depth):
        """Labelled statements, some inside of loops and branches without declarations of their own, and
        jumps among all of them."""
        names = []
        for _ in range(self.draw.randrange(3, 6)):
            self.labels += 1
            names.append("L%d" % self.labels)
        parts = []
        for name in names:
            piece = [Label(name, name + ":", self.simple())]
            piece.append(self.statement(depth - 1))
            piece.append(self.goto(self.draw.choice(names)))
            if self.f["computed"] and self.chance(0.3):
                piece.append(self.computed_goto(self.draw.choice(names), self.draw.choice(names)))
            parts.extend(self.enclosed(piece))
        return parts

    def goto(self, name):
        condition = self.bounded(self.full(3))
        return Jump("if (%s) goto %s;" % (condition.text, name), ("goto", name), condition.ev)

    def computed_goto(self, first, second):
        condition, value = self.bounded(self.full(2)), self.full(2)
        return Jump("if (%s) { static void *const to[] = {&&%s, &&%s}; goto *to[(uint32_t)%s & 1]; }" % (
            condition.text, first, second, value.text),
            lambda fr: ("goto", second if U32(value.ev(fr)) & 1 else first), condition.ev)

    def enclosed(self, piece):
        kind = self.draw.choice(("plain", "plain", "if", "while", "do"))
        if kind == "plain":
            return piece
        if kind == "if":
            return [If(self.full(2), Block(piece), self.block(0) if self.chance(0.5) else None)]
        return [Loop(kind, None, self.bounded(self.full(2)), None, Block(piece))]

    # -- functions ------------------------------------------------------------------------

    def signature(self, number):
        params = [Var("n", U32, writable=False)]
        for name in self.draw.sample(NAMES, self.draw.randrange(1, 4)):
            params.append(Var(name, self.narrow(), memory=self.chance(0.3)))
        return Function("f%d" % number, self.narrow(), params, number % 100)

    def define(self, function):
        self.result, self.depth_var = function.t, function.params[0]
        self.scopes = [self.globals, list(function.params)]
        parts = [self.declaration() for _ in range(self.draw.randrange(1, 4))]
        if self.f["goto"] and self.chance(0.4):
            parts += self.web(2)
        else:
            parts += [self.statement(3) for _ in range(self.draw.randrange(2, 6))]
        value = self.full(3)
        parts.append(Jump("return (%s)%s;" % (function.t.name, value.text),
                          lambda fr: ("return", value.ev(fr))))
        function.body = Block(parts)

    def make(self):
        """Draws the whole program."""
        self.functions = [self.signature(number) for number in range(1, max(2, self.size // 12) + 1)]
        for function in self.functions:
            self.define(function)
        self.fuel = self.draw.choice((60, 150, 300))
        self.rest = self.draw.choice(("0", "1", "1", "pace++ & 1", "pace++ % 3 == 0"))
        self.calls = []
        for function in self.functions:
            values = [self.draw.randrange(2, 4)] + [self.draw.randrange(100) for _ in function.types]
            self.calls.append((self.id(), function, values))
        return self

    def text(self):
        text = PRELUDE % {"seed": self.seed, "fuel": self.fuel, "rest": self.rest}
        text += "".join(function.head() + ";\n" for function in self.functions) + "\n"
        text += "\n".join(function.text() for function in self.functions)
        text += "\nasync int main(void) {\n" + ("    acc_go(noise(40));\n" if self.f["noise"] else "")
        for number, function, values in self.calls:
            words = [str(value) for value in values]
            text += "    fuel = %d; %s\n" % (
                self.fuel, self.spawned(function, number, words) if self.f["throw"] else
                "note(%d, (uint32_t)await %s(%s));" % (number, function.name, ", ".join(words)))
        return text + '    printf("checksum %u %u\\n", (unsigned)hash, (unsigned)notes);\n    return 0;\n}\n'

    def expected(self):
        """What it prints."""
        machine = Machine(self.fuel)
        for var in self.globals:
            machine.statics[var] = machine.g[var.name]
        for var, value in self.statics:
            machine.statics[var] = [var.t(value)]
        for number, function, values in self.calls:
            machine.fuel = self.fuel
            machine.note(number, self.outcome(machine, function, values))
        machine.lines.append("checksum %d %d" % (machine.hash, machine.notes))
        return "\n".join(machine.lines) + "\n"


def parse_features(text):
    """FEATURES with the switches of the option applied."""
    features = dict(FEATURES)
    for word in filter(None, text.split(",")):
        name = word.lstrip("+-")
        if name not in features:
            sys.exit("gen.py: unknown feature '%s'; there are %s" % (name, ", ".join(features)))
        features[name] = not word.startswith("-")
    # A kept coroutine starts late: plain C cannot mean the same.
    features["future"] = features["future"] and features["order"]
    features["throw"] = features["throw"] and features["order"]
    return features


def program(seed, size, features):
    """(text, expected output); the same for the same arguments."""
    made = Program(seed, size, features).make()
    return made.text(), made.expected()


def main():
    parser = argparse.ArgumentParser(description="writes a random async program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=40)
    parser.add_argument("--features", default="", help="e.g. --features=-goto,+stmtexpr")
    parser.add_argument("--expected", action="store_true", help="print what it must print instead")
    options = parser.parse_args()
    text, expected = program(options.seed, options.size, parse_features(options.features))
    sys.stdout.write(expected if options.expected else text)


if __name__ == "__main__":
    main()
