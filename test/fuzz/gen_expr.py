# SPDX-License-Identifier: MIT
"""Types and expressions of gen.py's programs.

An expression is its text, its type, and a function that evaluates it from left to right. Segment is the
invariant: what was read and written since the last await, so that nothing is made whose order C leaves
open and the dialect does not promise.
"""


class Type:
    def __init__(self, name, bits, signed, rank):
        self.name, self.bits, self.signed, self.rank = name, bits, signed, rank

    def __call__(self, value):
        value &= (1 << self.bits) - 1
        return value - (1 << self.bits) if self.signed and value >> (self.bits - 1) else value


I8, U8 = Type("int8_t", 8, True, 0), Type("uint8_t", 8, False, 0)
I16, U16 = Type("int16_t", 16, True, 1), Type("uint16_t", 16, False, 1)
I32, U32 = Type("int32_t", 32, True, 2), Type("uint32_t", 32, False, 2)
I64, U64 = Type("int64_t", 64, True, 3), Type("uint64_t", 64, False, 3)


class Bool(Type):
    def __call__(self, value):
        return int(value != 0)


BOOL = Bool("_Bool", 1, False, 0)
NARROW = (U32, U32, I32, I8, U8, I16, U16, I64, U64, BOOL)


def promoted(t):
    return I32 if t.rank < 2 or t in (BITS5, BITS7) else t


def common(a, b):
    """C11 6.3.1.8."""
    a, b = promoted(a), promoted(b)
    if a.rank != b.rank:
        return a if a.rank > b.rank else b
    return a if not a.signed else b


BITS5, BITS7 = Type("bits5", 5, False, 0), Type("bits7", 7, True, 0)
CHAR = Type("char", 8, True, 0)


class Struct:
    """Fields by path: (place in the cell, type)."""

    def __init__(self, name, fields):
        self.name, self.fields = name, fields
        self.size = len(fields)


P = Struct("struct pack", {"a": (0, U32), "b[0]": (1, U16), "b[1]": (2, U16), "c": (3, I8)})
Q = Struct("struct bits", {"x": (0, BITS5), "y": (1, BITS7), "z": (2, U8)})
NEST = Struct("struct nest", {"p.a": (0, U32), "p.b[0]": (1, U16), "p.b[1]": (2, U16), "p.c": (3, I8),
                              "in.x[0]": (4, I16), "in.x[1]": (5, I16), "in.k": (6, BOOL),
                              "tail": (7, U32)})
TWO = Struct("union two", {"a": (0, U32), "b": (0, U32)})
TWO.size = 1


class Failed(Exception):
    """A throw on its way to whoever made the task."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Frame:
    def __init__(self, machine):
        self.m, self.cells = machine, {}


class Simple:
    """A statement that only does something."""
    labels = frozenset()

    def __init__(self, text, act):
        self.text, self.act = text, act

    def lines(self):
        return [self.text]

    def run(self, fr, seek):
        return self.act(fr)


class Expr:
    """Text, type, and what it does: ev(frame) -> value."""

    def __init__(self, text, t, ev):
        self.text, self.t, self.ev = text, t, ev


class Var:
    def __init__(self, name, t, length=0, writable=True, memory=False, static=False):
        self.name, self.t, self.length, self.writable = name, t, length, writable
        self.memory, self.static, self.readable, self.matrix = memory, static, True, False
        self.atomic = False  # clang has no name for the type of an assignment to one
        self.ref = name  # how a program names the object; (*p) for an array behind a pointer

    def cell(self, frame):
        return frame.m.statics[self] if self.static else frame.cells[self]

    def place(self):
        """What a segment knows it by: everything that a pointer may reach is one place."""
        return "memory" if self.memory else self


OPAQUE = ("pointer", "function", "double", "complex", "pack_pointer")


class Segment:
    """What was evaluated since the last await, so that nothing is unsequenced with it."""

    def __init__(self):
        self.reads, self.writes, self.noted, self.number = set(), set(), False, 0

    def reset(self):
        self.reads, self.writes, self.noted = set(), set(), False
        self.number += 1

    def save(self):
        return set(self.reads), set(self.writes), self.noted, self.number

    def restore(self, saved):
        self.reads, self.writes, self.noted, self.number = set(saved[0]), set(saved[1]), saved[2], saved[3]

    def join(self, saved):
        """After a condition: either way may have been taken."""
        self.reads |= saved[0]
        self.writes |= saved[1]
        self.noted |= saved[2]
        self.number = saved[3]

    def may_read(self, place):
        return place not in self.writes

    def may_write(self, place):
        return place not in self.writes and place not in self.reads


BINARY = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
          "&": lambda a, b: a & b, "|": lambda a, b: a | b, "^": lambda a, b: a ^ b}
COMPARE = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
           ">": lambda a, b: a > b, "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b}


class Expressions:
    """Makes expressions. `self.seg` follows the order of evaluation as they are made, left to right."""

    def __init__(self, draw, features):
        self.draw, self.f = draw, features
        self.seg = Segment()
        self.scopes, self.functions, self.depth_var, self.ids = [], [], None, 0
        self.in_async, self.inside, self.may_call_own = True, 0, True

    def id(self):
        self.ids += 1
        return self.ids

    def chance(self, p):
        return self.draw.random() < p

    # -- names ----------------------------------------------------------------------------

    def visible(self, wanted):
        found, names = [], set()
        for scope in reversed(self.scopes):
            for var in reversed(scope):
                if var.name not in names and var.readable and wanted(var):
                    found.append(var)
            names |= {var.name for var in scope}
        return found

    def awaited(self):
        """Called where an await is evaluated: what stood left of it is done."""
        if self.f["order"]:
            self.seg.reset()
        else:
            # As in plain C: a call like any other.
            self.seg.noted = True
            self.seg.writes |= {"memory", "gp"}

    def may_await(self):
        return self.f["order"] or not self.seg.noted and self.seg.may_write("memory") and \
            self.seg.may_write("gp")

    # -- leaves ---------------------------------------------------------------------------

    def constant(self):
        value = self.draw.choice((0, 1, 2, 3, 5, 7, 100, 255, 256, 65535, self.draw.randrange(1 << 31)))
        if self.chance(0.3):
            return Expr("%du" % value, U32, lambda fr: value)
        return Expr("%d" % value, I32, lambda fr: value)

    def instead(self, before):
        """A constant in place of what was made since `before`: awaits in it sequence nothing."""
        self.seg.restore(before)
        return self.constant()

    def variable(self):
        """A read of a scalar, of an element or of a member."""
        choice = [v for v in self.visible(lambda v: True) if self.seg.may_read(v.place())]
        choice = [v for v in choice if v.t not in OPAQUE or v.t == "pack_pointer"]
        if not choice:
            return self.constant()
        var = self.draw.choice(choice)
        if var.length:
            return self.element(var)
        if isinstance(var.t, Struct):
            return self.member(var)
        if var.t == "pack_pointer":
            return self.pointed_member(var)
        self.seg.reads.add(var.place())
        return Expr(var.ref, var.t, lambda fr: var.cell(fr)[0])

    def pointed_member(self, var):
        path = self.draw.choice(list(P.fields))
        at, t = P.fields[path]
        self.seg.reads |= {var.place(), "memory"}
        if not self.seg.may_read("memory"):
            return self.constant()
        return Expr("%s->%s" % (var.ref, path), t, lambda fr: var.cell(fr)[0][at])

    def matrix_index(self):
        """Two subscripts, from left to right: text and place."""
        a, b = self.expr(1), self.expr(1)
        return ("[%s & 1][%s & 1]" % (a.text, b.text),
                lambda fr: (a.ev(fr) & 1) * 2 + (b.ev(fr) & 1))

    def element(self, var):
        if var.matrix:
            before = self.seg.save()
            text, at = self.matrix_index()
            self.seg.reads.add(var.place())
            if not self.seg.may_read(var.place()):
                return self.instead(before)
            return Expr(var.ref + text, var.t, lambda fr: var.cell(fr)[at(fr)])
        index = self.expr(1)
        self.seg.reads.add(var.place())
        if not self.seg.may_read(var.place()):
            return index
        mask = var.length - 1
        return Expr("%s[%s & %d]" % (var.ref, index.text, mask), var.t,
                    lambda fr: var.cell(fr)[index.ev(fr) & mask])

    def member(self, var):
        path = self.draw.choice(list(var.t.fields))
        at, t = var.t.fields[path]
        self.seg.reads.add(var.place())
        return Expr("%s.%s" % (var.ref, path), t, lambda fr: var.cell(fr)[at])

    def pointed(self):
        """*p of a local pointer or of gp."""
        choice = self.visible(lambda v: v.t == "pointer")
        if not choice or self.chance(0.2):
            if not (self.seg.may_read("memory") and self.seg.may_read("gp")):
                return self.constant()
            self.seg.reads |= {"memory", "gp"}
            return Expr("*gp", U32, lambda fr: fr.m.gp[0])
        var = self.draw.choice(choice)
        if not (self.seg.may_read("memory") and self.seg.may_read(var.place())):
            return self.constant()
        self.seg.reads |= {"memory", var.place()}

        def ev(fr):
            cell, at = var.cell(fr)[0]
            return cell[at]
        return Expr("*%s" % var.ref, U32, ev)

    # -- calls ----------------------------------------------------------------------------

    def plain_call(self, depth):
        kind = self.draw.choice(("plain", "quiet", "bump"))
        if kind == "quiet":
            a, b = self.expr(depth - 1), self.expr(depth - 1)
            return Expr("quiet(%s, %s)" % (a.text, b.text), I16,
                        lambda fr: fr.m.quiet(I8(a.ev(fr)), U32(b.ev(fr))))
        n = self.id()
        if kind == "bump":
            var = self.addressed()
            if var is None or self.seg.noted or not self.seg.may_write("memory"):
                return self.constant()
            self.seg.noted = True
            self.seg.writes.add("memory")
            text, at = var
            return Expr("bump(%d, %s)" % (n, text), U32, lambda fr: fr.m.bump(n, at(fr)))
        a = self.expr(depth - 1)
        if self.seg.noted:
            return a
        self.seg.noted = True
        return Expr("plain(%d, %s)" % (n, a.text), U32, lambda fr: fr.m.plain(n, U32(a.ev(fr))))

    def addressed(self):
        """The address of a uint32_t in memory: (text, frame -> (cell, place))."""
        choice = self.visible(lambda v: v.memory and v.t is U32 and v.writable or
                              v.t is P and v.writable)
        if not choice:
            return None
        var = self.draw.choice(choice)
        if var.t is P:
            return "&%s.a" % var.ref, lambda fr: (var.cell(fr), 0)
        if var.length:
            at = self.draw.randrange(var.length)
            if var.matrix:
                return "&%s[%d][%d]" % (var.ref, at // 2, at % 2), lambda fr: (var.cell(fr), at)
            return "&%s[%d]" % (var.ref, at), lambda fr: (var.cell(fr), at)
        return "&" + var.ref, lambda fr: (var.cell(fr), 0)

    def await_call(self, depth):
        kinds = ["au", "au", "ab", "al", "poke", "own", "own"]
        kinds += ["pointer", "table", "arms"] if self.f["pointer"] else []
        kinds += ["half"] if self.f["double"] else []
        kinds += ["struct", "struct"] if self.f["struct"] else []
        kinds += ["swing"]
        kinds += ["which", "total"] if self.f["pointer"] else []
        kind = self.draw.choice(kinds)
        return getattr(self, "await_" + kind)(depth)

    def await_which(self, depth):
        """A pointer that was awaited, and what it points to."""
        found = self.which()
        if found is None:
            return self.await_au(depth)
        text, find = found
        self.seg.reads.add("memory")

        def ev(fr):
            cell, at = find(fr)
            return cell[at]
        return Expr(text, U32, ev)

    def which(self):
        var = self.addressed()
        if var is None or not self.may_await():
            return None
        text, find = var
        n = self.id()
        self.awaited()

        def place(fr):
            cell, at = find(fr)
            fr.m.note(n, cell[at])
            return cell, at
        return "*await which(%d, %s)" % (n, text), place

    def await_total(self, depth):
        """An array, perhaps of variable length, through a parameter of variable length."""
        choice = self.visible(lambda v: v.memory and v.length and v.t is U32 and not v.matrix)
        if not choice:
            return self.await_au(depth)
        var = self.draw.choice(choice)
        n = self.id()
        return self.finish_await("total(%d, sizeof %s / sizeof *%s, %s)" % (n, var.ref, var.ref, var.ref),
                                 U32, lambda fr: fr.m.total(n, var.cell(fr)))

    def arguments(self, depth, types):
        """Argument texts and a function from a frame to their converted values."""
        made = [(self.expr(depth - 1), t) for t in types]
        return [e.text for e, _ in made], lambda fr: [t(e.ev(fr)) for e, t in made]

    def finish_await(self, text, t, ev):
        if not self.may_await():
            return self.constant()
        self.awaited()
        return Expr("await " + text, t, ev)

    def await_au(self, depth):
        (a,), values = self.arguments(depth, [U32])
        n = self.id()
        return self.finish_await("au(%d, %s)" % (n, a), U32, lambda fr: fr.m.au(n, *values(fr)))

    def await_ab(self, depth):
        (a,), values = self.arguments(depth, [U16])
        n = self.id()
        return self.finish_await("ab(%d, %s)" % (n, a), I8, lambda fr: fr.m.ab(n, *values(fr)))

    def await_al(self, depth):
        (a,), values = self.arguments(depth, [I32])
        n = self.id()
        return self.finish_await("al(%d, %s)" % (n, a), I64, lambda fr: fr.m.al(n, *values(fr)))

    def await_swing(self, depth):
        (a,), values = self.arguments(depth, [U32])
        return self.finish_await("swing(%s)" % a, U32, lambda fr: fr.m.swing(*values(fr)))

    def await_poke(self, depth):
        var = self.addressed()
        if var is None:
            return self.await_au(depth)
        text, at = var
        n = self.id()
        return self.finish_await("poke(%d, %s)" % (n, text), U32, lambda fr: fr.m.poke(n, at(fr)))

    def await_pointer(self, depth):
        choice = self.visible(lambda v: v.t == "function")
        if not choice:
            return self.await_au(depth)
        var = self.draw.choice(choice)
        if var.place() in self.seg.writes:
            return self.constant()
        self.seg.reads.add(var.place())
        (a,), values = self.arguments(depth, [U32])
        n = self.id()
        form = self.draw.choice(("%s(%d, %s)", "(*%s)(%d, %s)"))
        return self.finish_await(form % (var.ref, n, a), U32,
                                 lambda fr: getattr(fr.m, var.cell(fr)[0])(n, *values(fr)))

    def await_table(self, depth):
        """Through a table, through a function that answers a function, through a member."""
        which = self.expr(1)
        (a,), values = self.arguments(depth, [U32])
        n = self.id()
        form, pick = self.draw.choice((
            ("table[(uint32_t)%s & 1](%d, %s)", lambda k: ("au", "aw")[k & 1]),
            ("choose((uint32_t)%s)(%d, %s)", lambda k: ("au", "aw")[k & 1]),
            ("(0 * %s ? &ops : opsp)->call(%d, %s)", lambda k: "aw")))
        return self.finish_await(form % (which.text, n, a), U32,
                                 lambda fr: getattr(fr.m, pick(which.ev(fr)))(n, *values(fr)))

    def await_arms(self, depth):
        """An await of a conditional expression."""
        c = self.expr(depth - 1)
        entering = self.seg.save()
        (a,), first = self.arguments(depth, [U32])
        after = self.seg.save()
        self.seg.restore(entering)
        (b,), second = self.arguments(depth, [U32])
        self.seg.join(after)
        n = self.id()

        def ev(fr):
            return fr.m.au(n, *first(fr)) if c.ev(fr) else fr.m.aw(n, *second(fr))
        return self.finish_await("(%s ? au(%d, %s) : aw(%d, %s))" % (c.text, n, a, n, b), U32, ev)

    def await_half(self, depth):
        """An argument that is converted to double, and a result that is."""
        (a,), values = self.arguments(depth, [U32])
        if not self.may_await():
            return self.constant()
        self.awaited()
        return Expr("(uint32_t)await half((uint32_t)%s)" % a, U32, lambda fr: values(fr)[0] // 2)

    def await_own(self, depth):
        """A function of this program, at most to a certain depth of calls."""
        if not self.functions or self.depth_var is None or not self.may_call_own:
            return self.await_au(depth)
        function = self.draw.choice(self.functions)
        before = self.seg.save()
        texts, values = self.arguments(depth, function.types)
        if not self.may_await():
            return self.constant()
        self.awaited()
        self.seg.join(before)
        left = self.depth_var
        return Expr("(%s ? await %s(%s) : %d)" % (
            left.name, function.name, ", ".join(["%s - 1" % left.name] + texts), function.number),
            promoted(function.t),
            lambda fr: function.call(fr.m, [left.cell(fr)[0] - 1] + values(fr))
            if left.cell(fr)[0] else function.number)

    def await_struct(self, depth):
        kind = self.draw.choice(("mk", "eat", "look", "nested", "literal"))
        if kind == "mk":
            value = self.struct_value(depth)
            path = self.draw.choice(list(P.fields))
            at, t = P.fields[path]
            return Expr("(%s).%s" % (value.text, path), t, lambda fr: value.ev(fr)[at])
        if kind == "look":
            choice = self.visible(lambda v: v.t is P)
            if not choice:
                return self.await_au(depth)
            var = self.draw.choice(choice)
            (a,), values = self.arguments(depth, [U32])
            return self.finish_await("look(&%s, %s)" % (var.ref, a), U32,
                                     lambda fr: fr.m.look(var.cell(fr), *values(fr)))
        if kind == "literal":
            value = self.literal(depth)
            (a,), values = self.arguments(depth, [U32])

            def ev(fr):
                cell = value.ev(fr)
                return fr.m.look(cell, *values(fr))
            return self.finish_await("look(&%s, %s)" % (value.text, a), U32, ev)
        value = self.struct_value(depth)
        (a,), values = self.arguments(depth, [U32])

        def eat(fr):
            s = list(value.ev(fr))
            return fr.m.eat(s, *values(fr))
        return self.finish_await("eat(%s, %s)" % (value.text, a), U32, eat)

    # -- structs --------------------------------------------------------------------------

    def literal(self, depth):
        """A compound literal of struct pack; members in the order of the text."""
        a, b, c = self.expr(depth - 1), self.expr(depth - 1), self.expr(depth - 1)
        if self.chance(0.5):
            text = "(struct pack){.a = %s, .b = {[1] = (uint16_t)(%s)}, .c = (int8_t)(%s)}"
        else:
            text = "(struct pack){%s, {0, (uint16_t)(%s)}, (int8_t)(%s)}"

        def ev(fr):
            return [U32(a.ev(fr)), 0, U16(b.ev(fr)), I8(c.ev(fr))]
        return Expr(text % (a.text, b.text, c.text), P, ev)

    def struct_value(self, depth):
        """A value of struct pack: a variable, a result or a literal."""
        choice = [v for v in self.visible(lambda v: v.t is P) if self.seg.may_read(v.place())]
        if choice and self.chance(0.4):
            var = self.draw.choice(choice)
            self.seg.reads.add(var.place())
            return Expr(var.ref, P, lambda fr: list(var.cell(fr)))
        if self.chance(0.3):
            return self.literal(depth)
        if depth > 1 and self.chance(0.25):
            return self.struct_choice(depth)
        a, c = self.expr(depth - 1), self.expr(depth - 1)
        if not self.may_await():
            return Expr("(struct pack){3, {4, 5}, 6}", P, lambda fr: [3, 4, 5, 6])
        self.awaited()
        return Expr("await mk(%s, (int8_t)(%s))" % (a.text, c.text), P,
                    lambda fr: fr.m.mk(U32(a.ev(fr)), I8(c.ev(fr))))

    def struct_choice(self, depth):
        """A conditional or a comma expression whose value is a struct."""
        c = self.expr(depth - 1)
        if self.chance(0.3):
            value = self.struct_value(depth - 1)

            def both(fr):
                c.ev(fr)
                return value.ev(fr)
            return Expr("((void)%s, %s)" % (c.text, value.text), P, both)
        entering = self.seg.save()
        a = self.struct_value(depth - 1)
        first = self.seg.save()
        self.seg.restore(entering)
        b = self.struct_value(depth - 1)
        self.seg.join(first)
        self.seg.number = entering[3]
        return Expr("(%s ? %s : %s)" % (c.text, a.text, b.text), P,
                    lambda fr: a.ev(fr) if c.ev(fr) else b.ev(fr))

    # -- operators ------------------------------------------------------------------------

    def binary(self, depth):
        a, b = self.expr(depth - 1), self.expr(depth - 1)
        if self.chance(0.25):
            op = self.draw.choice(list(COMPARE))
            t = common(a.t, b.t)
            return Expr("(%s %s %s)" % (a.text, op, b.text), I32,
                        lambda fr: int(COMPARE[op](t(a.ev(fr)), t(b.ev(fr)))))
        op = self.draw.choice(list(BINARY))
        t = common(a.t, b.t)
        if op == "+" and self.f["macro"] and self.chance(0.2) and "{" not in a.text + b.text:
            text = "SUM(%s, %s)" % (a.text, b.text)
        else:
            text = "(%s %s %s)" % (a.text, op, b.text)
        return Expr(text, t, lambda fr: t(BINARY[op](t(a.ev(fr)), t(b.ev(fr)))))

    def unary(self, depth):
        a = self.expr(depth - 1)
        op = self.draw.choice(("!", "~", "-", "cast", "%", ">>"))
        t = promoted(a.t)
        if op == "!":
            return Expr("(!%s)" % a.text, I32, lambda fr: int(not a.ev(fr)))
        if op == "cast":
            to = self.draw.choice(NARROW if self.f["narrow"] else (U32, I32))
            return Expr("((%s)%s)" % (to.name, a.text), to, lambda fr: to(a.ev(fr)))
        if op == "%":
            n = self.draw.choice((3, 7, 1000))
            return Expr("((uint32_t)%s %% %du)" % (a.text, n), U32, lambda fr: U32(a.ev(fr)) % n)
        if op == ">>":
            n = self.draw.randrange(1, 8)
            return Expr("((uint32_t)%s >> %d)" % (a.text, n), U32, lambda fr: U32(a.ev(fr)) >> n)
        if op == "~":
            return Expr("(~%s)" % a.text, t, lambda fr: t(~t(a.ev(fr))))
        return Expr("(-%s)" % a.text, t, lambda fr: t(-t(a.ev(fr))))

    def logical(self, depth):
        op = self.draw.choice(("&&", "||"))
        a = self.expr(depth - 1)
        entering = self.seg.save()
        b = self.expr(depth - 1)
        self.seg.join(entering)
        if op == "&&":
            return Expr("(%s && %s)" % (a.text, b.text), I32,
                        lambda fr: int(bool(a.ev(fr)) and bool(b.ev(fr))))
        return Expr("(%s || %s)" % (a.text, b.text), I32,
                    lambda fr: int(bool(a.ev(fr)) or bool(b.ev(fr))))

    def conditional(self, depth):
        a = self.expr(depth - 1)
        entering = self.seg.save()
        if self.f["gnu"] and self.chance(0.15):
            b = self.expr(depth - 1)
            self.seg.join(entering)
            t = common(a.t, b.t)

            def elvis(fr):
                value = a.ev(fr)
                return t(t(value) if value else b.ev(fr))
            return Expr("(%s ?: %s)" % (a.text, b.text), t, elvis)
        b = self.expr(depth - 1)
        first = self.seg.save()
        self.seg.restore(entering)
        c = self.expr(depth - 1)
        self.seg.join(first)
        self.seg.number = entering[3]
        t = common(b.t, c.t)
        macro = self.f["macro"] and self.chance(0.2) and "{" not in a.text + b.text + c.text
        text = "PICK(%s, %s, %s)" if macro else "(%s ? %s : %s)"
        return Expr(text % (a.text, b.text, c.text), t,
                    lambda fr: t(b.ev(fr) if a.ev(fr) else c.ev(fr)))

    def comma(self, depth):
        a, b = self.expr(depth - 1), self.expr(depth - 1)

        def ev(fr):
            a.ev(fr)
            return b.ev(fr)
        t = b.t if b.t not in (BITS5, BITS7) else I32
        form = "((void)%s, %s)" if self.f["void"] else "(%s, %s)"
        return Expr(form % (a.text, b.text), t, ev)

    def statements(self, depth):
        """A statement expression of many statements: an await begins and ends it, so that nothing in it is
        unsequenced with what stands beside it."""
        n, m, name = self.id(), self.id(), "x%d" % self.id()
        a = self.expr(depth - 1)
        self.awaited()
        kept = self.loops, self.switches
        self.loops, self.switches, self.inside = 0, 0, self.inside + 1
        body = self.block(depth - 2, count=self.draw.choice((1, 1, 2, 3)), value=lambda: self.full(2))
        self.loops, self.switches, self.inside = kept[0], kept[1], self.inside - 1
        self.awaited()
        inside = " ".join(line.strip() for part in body.parts for line in part.lines())

        def ev(fr):
            fr.m.au(n, U32(a.ev(fr)))
            body.run(fr, None)
            return fr.m.aw(m, U32(body.value.ev(fr)))
        return Expr("({ (void)await au(%d, %s); %s uint32_t %s = (uint32_t)%s; await aw(%d, %s); })" % (
            n, a.text, inside, name, body.value.text, m, name), U32, ev)

    def generic(self, depth):
        value = self.expr(depth - 1)
        at = self.draw.choice(("uint32_t: await au(9, 9), default: %s", "uint64_t: %s, uint32_t: 0"))
        return Expr("_Generic((uint64_t)1, %s)" % at % value.text, value.t, value.ev)

    def statement_expression(self, depth):
        if self.f["order"] and self.inside < 2 and depth > 1 and self.chance(0.4):
            return self.statements(depth)
        a = self.expr(depth - 1)
        b = self.expr(depth - 1)

        def ev(fr):
            value = U32(a.ev(fr))
            return U32(value + b.ev(fr))
        name = "x%d" % self.id()
        return Expr("({ uint32_t %s = (uint32_t)%s; %s + (uint32_t)%s; })" % (name, a.text, name, b.text),
                    U32, ev)

    def size_of(self):
        sizes = [("await au(1, 2)", 4), ("await ab(1, 2)", 1), ("await al(3, 4)", 8)]
        text, size = self.draw.choice(sizes + ([("au(1, 2)", 8)] if self.f["order"] else []))
        return Expr("((uint32_t)sizeof(%s))" % text, U32, lambda fr: size)

    def expr(self, depth):
        if depth <= 0:
            return self.variable() if self.chance(0.6) else self.constant()
        makers = [self.variable, self.constant] + [lambda: self.binary(depth)] * 4 + \
            [lambda: self.unary(depth)] * 2 + [lambda: self.await_call(depth)] * 5 + \
            [lambda: self.plain_call(depth)] * 2 + [lambda: self.logical(depth),
                                                    lambda: self.conditional(depth),
                                                    lambda: self.comma(depth),
                                                    lambda: self.assignment(depth)]
        if self.f["pointer"]:
            makers.append(self.pointed)
        if self.f["sizeof"] and self.chance(0.1):
            makers.append(self.size_of)
        if self.f["stmtexpr"] and self.chance(0.4):
            makers.append(lambda: self.statement_expression(depth))
        if self.f["gnu"] and self.chance(0.1):
            makers.append(lambda: self.generic(depth))
        return self.draw.choice(makers)()

    # -- assignment -----------------------------------------------------------------------

    def target(self, top):
        """An lvalue: (text, type, place, frame -> (cell, at)); its parts are evaluated now."""
        choice = self.visible(lambda v: v.writable and v.t not in OPAQUE and (top or not v.atomic))
        if self.f["pointer"] and self.chance(0.08):
            found = self.which()
            if found:
                return found[0], U32, "memory", found[1]
        if self.f["pointer"] and self.chance(0.06):
            found = self.target_choice()
            if found:
                return found
        if self.f["pointer"] and self.chance(0.15) and self.seg.may_read("memory"):
            return self.target_pointer()
        if not choice:
            return None
        var = self.draw.choice(choice)
        if isinstance(var.t, Struct):
            path = self.draw.choice(list(var.t.fields))
            at, t = var.t.fields[path]
            return "%s.%s" % (var.ref, path), t, var.place(), lambda fr: (var.cell(fr), at)
        if var.matrix:
            text, find = self.matrix_index()
            return var.ref + text, var.t, var.place(), lambda fr: (var.cell(fr), find(fr))
        if var.length:
            index = self.expr(1)
            mask = var.length - 1
            return ("%s[%s & %d]" % (var.ref, index.text, mask), var.t, var.place(),
                    lambda fr: (var.cell(fr), index.ev(fr) & mask))
        return var.ref, var.t, var.place(), lambda fr: (var.cell(fr), 0)

    def target_choice(self):
        a, b = self.addressed(), self.addressed()
        if a is None:
            return None
        c = self.expr(1)
        return ("*(%s ? %s : %s)" % (c.text, a[0], b[0]), U32, "memory",
                lambda fr: a[1](fr) if c.ev(fr) else b[1](fr))

    def target_pointer(self):
        choice = self.visible(lambda v: v.t == "pointer")
        records = self.visible(lambda v: v.t == "pack_pointer")
        if records and self.chance(0.4):
            var = self.draw.choice(records)
            path = self.draw.choice(list(P.fields))
            at, t = P.fields[path]
            self.seg.reads.add(var.place())
            return "%s->%s" % (var.ref, path), t, "memory", lambda fr: (var.cell(fr)[0], at)
        if choice and self.chance(0.7):
            var = self.draw.choice(choice)
            self.seg.reads.add(var.place())
            return "*" + var.ref, U32, "memory", lambda fr: var.cell(fr)[0]
        self.seg.reads.add("gp")
        return "*gp", U32, "memory", lambda fr: (fr.m.gp, 0)

    def assignment(self, depth, top=False):
        before = self.seg.save()
        target = self.target(top)
        if target is None:
            return self.constant()
        text, t, place, find = target
        number, outside = self.seg.number, set(self.seg.reads)
        if not top and self.chance(0.3):
            return self.increment(target) if self.seg.may_write(place) else self.instead(before)
        value = self.expr(depth - 1)
        if self.seg.number != number:
            outside = set()
        compound = self.chance(0.5)
        if place in outside or place in self.seg.writes:
            # What the target's awaits allowed the value to do, it may not without them.
            return value if number == before[3] else self.instead(before)
        self.seg.writes.add(place)
        op = self.draw.choice(list(BINARY)) if compound else ""
        whole = common(t, value.t)

        def ev(fr):
            cell, at = find(fr)
            right = value.ev(fr)
            # The place is fixed before the right side is evaluated, its value is read after.
            cell[at] = t(whole(BINARY[op](whole(cell[at]), whole(right))) if op else right)
            return cell[at]
        result = t if t not in (BITS5, BITS7) else I32
        return Expr("(%s %s= %s)" % (text, op, value.text), result, ev)

    def increment(self, target):
        text, t, place, find = target
        self.seg.writes.add(place)
        text = "(%s)" % text if text[0] == "*" else text
        form, step, after = self.draw.choice((("(%s++)", 1, False), ("(%s--)", -1, False),
                                              ("(++%s)", 1, True), ("(--%s)", -1, True)))

        def ev(fr):
            cell, at = find(fr)
            old = cell[at]
            cell[at] = t(old + step)
            return cell[at] if after else old
        result = t if t not in (BITS5, BITS7) else I32
        return Expr(form % text, result, ev)

    def full(self, depth):
        """A full expression: nothing before it matters."""
        self.seg.reset()
        return self.expr(depth)
