#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints a large unit: large.py SHAPE N. Its text grows in proportion to N; see the shapes."""
import sys

LEAF = "static async int leaf(int a) { return a; }\n"
HEAD = LEAF + "async int one(int n) {\n    int s = 0;\n"


def many_async(n):
    """n async functions, each awaits the one before and a plain future."""
    yield "future_int external(int);\nasync int f0(int a) { return a; }\n"
    for i in range(1, n + 1):
        yield ("async int f%d(int a, char *b) {\n    int i = 0, s = a;\n    char t[8] = {0};\n"
               "    for (i = 0; i < a; i++) {\n        s += await f%d(i%s) + t[i & 7];\n    }\n"
               "    if (b) { s -= await external(s); }\n    return s;\n}\n"
               % (i, i // 2, ', "x"' if i > 1 else ""))


def many_plain(n):
    """n plain functions and one that is async."""
    for i in range(n):
        yield ("struct s%d { int a; struct s%d *next; };\n"
               "static inline int g%d(struct s%d *p, int n) {\n    int sum = 0;\n"
               "    while (p && n-- > 0) { sum += p->a * %d; p = p->next; }\n    return sum;\n}\n"
               % (i, i, i, i, i))
    yield "async int last(struct s%d *p) { return g%d(p, 3); }\n" % (n - 1, n - 1)


def many_awaits(n):
    """One async function with n awaits that share a few objects."""
    yield HEAD
    for i in range(n):
        yield "    s += await leaf(s + %d);\n" % i
    yield "    return s;\n}\n"


def many_operands(n):
    """Expressions with two awaits each: every statement needs temporaries."""
    yield HEAD
    for i in range(n):
        yield "    s = n * await leaf(s) + s * await leaf(%d);\n" % i
    yield "    return s;\n}\n"


def many_locals(n):
    """One async function in which n objects are live across awaits, a few at a time."""
    yield "static async int leaf(int *a) { return *a; }\nasync int one(int n) {\n    int s = 0;\n"
    for i in range(n):
        yield "    { int v%d = n, w = v%d; s += await leaf(&w) + v%d; }\n" % (i, i, i)
    yield "    return s;\n}\n"


def all_alive(n):
    """One async function whose objects are all live across its awaits, of which there are few."""
    yield LEAF + "async int one(int n) {\n"
    for i in range(n):
        yield "    int v%d = n + %d;\n" % (i, i)
    yield "    int s = await leaf(1);\n"
    for i in range(n):
        yield "    s += v%d;\n" % i
    yield "    return s + await leaf(s);\n}\n"


def many_labels(n):
    """One async function with n labels, jumps and branches."""
    yield HEAD
    for i in range(n):
        yield "l%d:\n    if (s > %d) goto l%d;\n    s += n;\n" % (i, i, i // 2)
    yield "    return await leaf(s);\n}\n"


def many_cases(n):
    """One switch with n cases around awaits, in a loop."""
    yield HEAD + "    for (;;) switch (n++) {\n"
    for i in range(n):
        yield "    case %d: s ^= await leaf(n); break;\n" % i
    yield "    default: return s;\n    }\n}\n"


def many_binds(n):
    yield "typedef struct { void (*f)(void *), (*d)(void *); void *p; } acc_callback;\nvoid g(int);\nvoid take(acc_callback);\n"
    yield "void plain(int n) {\n"
    for i in range(n):
        yield "    take(acc_bind(g, n + %d));\n" % i
    yield "}\n"


def same_names(n):
    """The same name declared in n blocks, each kept across an await."""
    yield HEAD
    for i in range(n):
        yield "    { int v = n; s += await leaf(%d); s += v; }\n" % i
    yield "    return s;\n}\n"


def nested(n):
    """Blocks and conditions n deep with awaits in them; text in proportion to n."""
    yield HEAD
    for i in range(n):
        yield "if (await leaf(%d)) { int v%d = n; s += v%d;\n" % (i, i, i)
    yield "s += await leaf(n);\n"
    yield "}\n" * n
    yield "return s; }\n"


def loops(n):
    """n loops one after another and an await in each."""
    yield HEAD
    for i in range(n):
        yield "    while (n > %d) { int k = await leaf(n); if (k == 3) continue; if (k == s) break; s += k; }\n" % i
    yield "    return s;\n}\n"


def markers(n):
    """Line markers everywhere, as in preprocessed text of many headers."""
    yield LEAF
    for i in range(n):
        yield '# %d "h%d.h" 1 3\ntypedef int t%d;\n# %d "x.ac" 2\n' % (i + 1, i, i, i + 1)
        yield "async int f%d(t%d a) { return await leaf(a) + %d; }\n" % (i, i, i)


def errors(n):
    """An error in each function."""
    yield LEAF
    for i in range(n):
        yield "int f%d(int a) { return await leaf(a); }\nasync int g%d(void) { await 1; return 1; }\n" % (i, i)


def one_line(n):
    """n statements in one line, as a macro leaves them."""
    yield LEAF + "async int one(int n) {"
    for i in range(n):
        yield " n ^= await leaf(n + %d);" % i
    yield " return n; }\n"


shapes = {f.__name__.replace("_", "-"): f for f in
          (many_async, many_plain, many_awaits, many_operands, many_locals, all_alive, many_labels, many_cases,
           many_binds, same_names, nested, loops, markers, errors, one_line)}

if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] == "--list":
        print("\n".join(shapes))
        sys.exit(0)
    sys.stdout.write("typedef __typeof__(__typeof__(int) (**)(struct acc_coro *)) future_int;\n")
    sys.stdout.writelines(shapes[sys.argv[1]](int(sys.argv[2])))
