# SPDX-License-Identifier: MIT
"""Declarations of gen.py's programs: each is its text and what it does to the cells of a frame.

A declaration may stand wherever a block begins something new; no jump of a program passes one on its way in.
"""
import re

from gen_expr import (BITS5, BITS7, CHAR, I32, NARROW, NEST, P, Q, TWO, U8, U32, Simple, Struct, Var)

NAMES = "abcdefgh"


class Declarations:
    """A part of Program: uses its scopes, its segment and its expressions."""

    def new_name(self):
        if not self.f["shadow"]:
            return "v%d" % self.id()
        taken = {var.name for var in self.scopes[-1]}
        free = [name for name in NAMES if name not in taken]
        return self.draw.choice(free) if free else "v%d" % self.id()

    def declare(self, var):
        """From its declarator on a name hides an outer one; it may be read when it has a value."""
        var.readable = False
        self.scopes[-1].append(var)
        return var

    def declaration(self):
        kinds = ["scalars"] * 4 + ["array", "string", "static", "typedef", "enumerator"]
        kinds += ["vla", "vla", "array_pointer"] if self.f["vla"] else []
        kinds += ["literal", "literal_array", "pack_literal"] if self.f["literal"] else []
        kinds += ["nest", "union"] if self.f["nested"] else []
        kinds += ["vector"] if self.f["gnu"] else []
        kinds += ["complex"] if self.f["double"] else []
        kinds += ["record", "record", "bits", "local_struct"] if self.f["struct"] else []
        kinds += ["pointer", "pointer", "function"] if self.f["pointer"] else []
        kinds += ["matrix"] if self.f["matrix"] else []
        kinds += ["pack_pointer"] if self.f["pointer"] and self.f["struct"] else []
        kinds += ["real"] if self.f["double"] else []
        return getattr(self, "declare_" + self.draw.choice(kinds))()

    def narrow(self):
        return self.draw.choice(NARROW) if self.f["narrow"] else U32

    def declare_scalars(self):
        t = self.narrow()
        qualifier = self.draw.choice(("", "", "", "", "", "const ", "volatile ", "register ", "_Atomic ",
                                      "_Alignas(16) "))
        if qualifier == "_Atomic " and t.name == "_Bool":
            qualifier = "volatile "  # clang 14 and 19 give `_Atomic _Bool b = 1; b += 1;` the value 0
        texts, acts = [], []
        for _ in range(self.draw.choice((1, 1, 1, 2, 3))):
            memory = qualifier != "register " and self.chance(0.4)
            var = self.declare(Var(self.new_name(), t, writable=qualifier != "const ",
                                   memory=memory and qualifier == ""))
            var.atomic = qualifier == "_Atomic "
            value = self.full(3)
            var.readable = True
            texts.append("%s = %s" % (var.name, value.text))
            acts.append((var, value))

        def act(fr):
            for var, value in acts:
                fr.cells[var] = [t(value.ev(fr))]
        return Simple("%s%s %s;" % (qualifier, t.name, ", ".join(texts)), act)

    def declare_array(self):
        t, length = self.narrow(), self.draw.choice((2, 4))
        var = self.declare(Var(self.new_name(), t, length, memory=True))
        self.seg.reset()
        form = self.draw.choice(("sized", "unsized", "designated"))
        places = list(range(length))
        if form == "designated":
            self.draw.shuffle(places)
            places = places[:self.draw.randrange(1, length + 1)]
        values = [(at, self.expr(2)) for at in places]
        var.readable = True
        if form == "designated":
            inside = ", ".join("[%d] = (%s)%s" % (at, t.name, e.text) for at, e in values)
        else:
            inside = ", ".join("(%s)%s" % (t.name, e.text) for at, e in values)

        def act(fr):
            cell = [0] * length
            for at, e in values:
                cell[at] = t(e.ev(fr))
            fr.cells[var] = cell
        size = "" if form == "unsized" else str(length)
        return Simple("%s %s[%s] = {%s};" % (t.name, var.name, size, inside), act)

    def declare_matrix(self):
        t = self.narrow()
        var = self.declare(Var(self.new_name(), t, 4, memory=True))
        var.matrix = True
        self.seg.reset()
        values = [self.expr(2) for _ in range(3)]
        var.readable = True

        def act(fr):
            fr.cells[var] = [t(e.ev(fr)) for e in values] + [0]
        return Simple("%s %s[2][2] = {{(%s)%s, (%s)%s}, {(%s)%s}};" % (
            (t.name, var.name) + sum(((t.name, e.text) for e in values), ())), act)

    def declare_pack_pointer(self):
        choice = self.visible(lambda v: v.t is P and v.writable)
        name = self.new_name()
        if not choice:
            return self.declare_record()
        target = self.draw.choice(choice)
        if target.name == name:
            return self.declare_record()
        var = self.declare(Var(name, "pack_pointer", writable=False))
        var.readable = True

        def act(fr):
            fr.cells[var] = [target.cell(fr)]
        return Simple("struct pack *%s = &%s;" % (name, target.name), act)

    def declare_string(self):
        var = self.declare(Var(self.new_name(), CHAR, 4, memory=True))
        var.readable = True

        def act(fr):
            fr.cells[var] = [97, 98, 99, 0]
        return Simple('char %s[] = "abc";' % var.name, act)

    def declare_static(self):
        t, value = self.narrow(), self.draw.randrange(100)
        var = self.declare(Var(self.new_name(), t, memory=True, static=True))
        var.readable = True
        self.statics.append((var, value))
        return Simple("static %s %s = %d;" % (t.name, var.name, value), lambda fr: None)

    def declare_typedef(self):
        t, name = self.narrow(), "T%d" % self.id()
        var = self.declare(Var(self.new_name(), t, memory=True))
        value = self.full(2)
        var.readable = True
        form = self.draw.choice(("typedef {0} {1}; {1} {2} = ({1}){3};", "__auto_type {2} = ({0}){3};",
                                 "__typeof__(({0}){3}) {2} = ({0}){3};" if self.f["order"] else
                                 "__typeof__({0}) {2} = {3};"))

        def act(fr):
            fr.cells[var] = [t(value.ev(fr))]
        return Simple(form.format(t.name, name, var.name, value.text), act)

    def declare_enumerator(self):
        value = self.draw.randrange(-50, 50)
        var = self.declare(Var(self.new_name(), I32, writable=False))
        var.readable = True

        def act(fr):
            fr.cells[var] = [value]
        return Simple("enum { %s = %d };" % (var.name, value), act)

    def declare_record(self):
        var = self.declare(Var(self.new_name(), P, memory=True))
        self.seg.reset()
        value = self.struct_value(2)
        var.readable = True

        def act(fr):
            fr.cells[var] = list(value.ev(fr))
        return Simple("struct pack %s = %s;" % (var.name, value.text), act)

    def members(self, struct, head):
        """A struct whose members are initialised one by one, in the order of the text."""
        var = self.declare(Var(self.new_name(), struct))
        self.seg.reset()
        values = [self.expr(2) for _ in range(struct.size)]
        types = [t for _, t in struct.fields.values()][:struct.size]
        var.readable = True

        def act(fr):
            fr.cells[var] = [t(e.ev(fr)) for t, e in zip(types, values)]
        names = ["(uint32_t)" if t in (BITS5, BITS7) else "(%s)" % t.name for t in types]
        inside = ", ".join(name + e.text for name, e in zip(names, values))
        return Simple("%s %s = {%s};" % (head, var.name, inside), act)

    def declare_bits(self):
        return self.members(Q, "struct bits")

    def declare_local_struct(self):
        """The same tag in many blocks, each time another type."""
        if any(getattr(var.t, "name", "") == "struct local" for var in self.scopes[-1]):
            return self.declare_bits()
        kinds = [self.narrow(), self.narrow(), self.narrow()]
        struct = Struct("struct local", {"abc"[i]: (i, t) for i, t in enumerate(kinds)})
        inside = " ".join("%s %s;" % (t.name, "abc"[i]) for i, t in enumerate(kinds))
        return self.members(struct, "struct local { %s }" % inside)

    def declare_pointer(self):
        found = self.addressed()
        if found is None:
            return self.declare_scalars()
        text, find = found
        name = self.new_name()
        if name in re.findall(r"\w+", text):
            return self.declare_scalars()
        var = self.declare(Var(name, "pointer", writable=False))
        var.readable = True

        def act(fr):
            fr.cells[var] = [find(fr)]
        return Simple("uint32_t *%s = %s;" % (var.name, text), act)

    def declare_function(self):
        var = self.declare(Var(self.new_name(), "function", writable=False))
        value = self.full(2)
        var.readable = True

        def act(fr):
            fr.cells[var] = ["au" if value.ev(fr) else "aw"]
        return Simple("future(uint32_t) (*%s)(uint32_t, uint32_t) = %s ? au : aw;" % (
            var.name, value.text), act)

    def declare_real(self):
        var = self.declare(Var(self.new_name(), "double", writable=False))
        value = self.full(2)
        var.readable = True

        def act(fr):
            fr.cells[var] = [(U32(value.ev(fr)) & 255) / 4.0]
        t = self.draw.choice(("double", "float", "long double"))
        return Simple("%s %s = ((uint32_t)%s & 255) / 4.0%s;" % (
            t, var.name, value.text, self.draw.choice(("", "f", "L"))), act)

    def declare_complex(self):
        var = self.declare(Var(self.new_name(), "complex", writable=False))
        value = self.full(2)
        var.readable = True

        def act(fr):
            fr.cells[var] = [float(U32(value.ev(fr)) & 255), 1.0]
        t = self.draw.choice(("double", "float"))
        return Simple("%s _Complex %s = (double)((uint32_t)%s & 255) + 1.0i;" % (t, var.name, value.text), act)

    # -- variable lengths, literals that outlive their expression, aggregates in aggregates ------

    def declare_vla(self):
        """At least two elements; all get a value, the number of them is noted."""
        t, rows = self.narrow(), self.chance(0.3)
        var = self.declare(Var(self.new_name(), t, 4 if rows else 2, memory=True))
        var.matrix = rows
        size, value, n = self.full(2), self.full(2), self.id()
        var.readable = True

        def act(fr):
            length = U32(size.ev(fr)) % 3 + 2
            first = value.ev(fr)
            fr.cells[var] = [t(U32(first + i)) for i in range(length * (2 if rows else 1))]
            fr.m.note(n, length)
        each = "%s[i / 2][i %% 2]" % var.name if rows else "%s[i]" % var.name
        count = "sizeof {0} / sizeof **{0}" if rows else "sizeof {0} / sizeof *{0}"
        return Simple("%s %s[(uint32_t)%s %% 3 + 2]%s; { uint32_t k = (uint32_t)%s; for (uint32_t i = 0; i < %s; "
                      "i++) %s = (%s)(k + i); note(%d, sizeof %s / sizeof *%s); }" % (
                          t.name, var.name, size.text, "[2]" if rows else "",
                          value.text, count.format(var.name), each, t.name, n,
                          var.name, var.name), act)

    def declare_array_pointer(self):
        """A pointer to an array, of variable length if that is."""
        choice = self.visible(lambda v: v.length and v.memory and v.ref == v.name and v.writable and
                              v.t is not CHAR)
        name = self.new_name()
        choice = [v for v in choice if v.name != name]
        if not choice:
            return self.declare_vla()
        target = self.draw.choice(choice)
        var = self.declare(Var(name, target.t, target.length, memory=True))
        var.ref, var.matrix = "(*%s)" % name, target.matrix

        def act(fr):
            fr.cells[var] = target.cell(fr)
        rows = "[2]" if target.matrix else ""
        return Simple("%s (*%s)[sizeof %s / sizeof *%s]%s = &%s;" % (
            target.t.name, name, target.name, target.name, rows, target.name), act)

    def declare_literal(self):
        """The address of a compound literal: it lives to the end of the block."""
        var = self.declare(Var(self.new_name(), "pointer", writable=False))
        value = self.full(2)
        var.readable = True

        def act(fr):
            fr.cells[var] = [([U32(value.ev(fr))], 0)]
        return Simple("uint32_t *%s = &(uint32_t){(uint32_t)%s};" % (var.name, value.text), act)

    def declare_literal_array(self):
        var = self.declare(Var(self.new_name(), "pointer", writable=False))
        self.seg.reset()
        a, b, at = self.expr(2), self.expr(2), self.draw.randrange(2)
        var.readable = True

        def act(fr):
            fr.cells[var] = [([U32(a.ev(fr)), U32(b.ev(fr))], at)]
        return Simple("uint32_t *%s = (uint32_t[]){(uint32_t)%s, (uint32_t)%s} + %d;" % (
            var.name, a.text, b.text, at), act)

    def declare_pack_literal(self):
        var = self.declare(Var(self.new_name(), "pack_pointer", writable=False))
        self.seg.reset()
        value = self.literal(2)
        var.readable = True

        def act(fr):
            fr.cells[var] = [value.ev(fr)]
        return Simple("struct pack *%s = &%s;" % (var.name, value.text), act)

    def declare_nest(self):
        """Nested designators, in any order; what is not named is zero."""
        var = self.declare(Var(self.new_name(), NEST, memory=True))
        self.seg.reset()
        paths = list(NEST.fields)
        self.draw.shuffle(paths)
        made = [(path, self.expr(2)) for path in paths[:self.draw.randrange(1, len(paths) + 1)]]
        var.readable = True

        def act(fr):
            cell = [0] * NEST.size
            for path, value in made:
                at, t = NEST.fields[path]
                cell[at] = t(value.ev(fr))
            fr.cells[var] = cell
        inside = ", ".join(".%s = (%s)%s" % (path, NEST.fields[path][1].name, value.text)
                           for path, value in made)
        return Simple("struct nest %s = {%s};" % (var.name, inside), act)

    def declare_union(self):
        return self.members(TWO, "union two")

    def declare_vector(self):
        var = self.declare(Var(self.new_name(), U32, 4))
        self.seg.reset()
        values = [self.expr(2) for _ in range(4)]
        var.readable = True

        def act(fr):
            fr.cells[var] = [U32(e.ev(fr)) for e in values]
        return Simple("v4 %s = {%s};" % (var.name, ", ".join("(uint32_t)" + e.text for e in values)), act)
