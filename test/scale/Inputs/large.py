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


def initialised(n):
    """n objects initialised by an await each and all of them read at the end."""
    yield LEAF + "async int one(int n) {\n"
    for i in range(n):
        yield "    int x%d = await leaf(n + %d);\n" % (i, i)
    yield "    int s = 0;\n"
    for i in range(n):
        yield "    s ^= x%d;\n" % i
    yield "    return s;\n}\n"


def init_list(n):
    """One initialiser list with n awaits."""
    yield LEAF + "async int one(int n) {\n    int a[] = {\n"
    for i in range(n):
        yield "        await leaf(n + %d),\n" % i
    yield "    };\n    return a[await leaf(n)];\n}\n"


def arguments(n):
    """n calls with awaits among their arguments, in one expression after another."""
    yield "int g(int, int, int);\n" + HEAD
    for i in range(n):
        yield "    s += g(s, await leaf(%d), g(n, s, await leaf(s)));\n" % i
    yield "    return s;\n}\n"


def operands(n):
    """One sum with n operands, an await in the middle and at the end."""
    yield HEAD + "    s ="
    for i in range(n):
        yield " n * %d +" % i + (" await leaf(1) +" if i == n // 2 else "") + "\n"[i % 8:]
    yield " await leaf(2);\n    return s;\n}\n"


def calls_sum(n):
    """One sum of n calls that must be made in order, and an await at its end."""
    yield "int g(int);\n" + HEAD + "    s ="
    for i in range(n):
        yield " g(%d) +" % i + "\n"[i % 8:]
    yield " await leaf(2);\n    return s;\n}\n"


def sum_of_awaits(n):
    """One sum of n awaits."""
    yield HEAD + "    s ="
    for i in range(n):
        yield " await leaf(%d) +" % i + "\n"[i % 8:]
    yield " n;\n    return s;\n}\n"


def writes(n):
    """One expression with n assignments, reads and awaits."""
    yield HEAD + "    int a" + "".join(", a%d = n" % i for i in range(n)) + ";\n    a ="
    for i in range(n):
        yield " (a%d += n, await leaf(a%d), a%d) +\n" % (i, i, i // 2)
    yield " n;\n    return s + a;\n}\n"


def variable_arrays(n):
    """n variable length arrays in one block, each before an await."""
    yield HEAD
    for i in range(n):
        yield "    int v%d[n + %d]; v%d[0] = await leaf(%d); s += v%d[0];\n" % (i, i + 1, i, i, i // 2)
    yield "    return s;\n}\n"


def variable_blocks(n):
    """n blocks with a variable length array and an await in each."""
    yield HEAD
    for i in range(n):
        yield "    { int v%d[n + %d]; v%d[0] = await leaf(%d); s += v%d[0]; }\n" % (i, i + 1, i, i, i)
    yield "    return s;\n}\n"


def variable_types(n):
    """n typedefs of variable length, each before an await."""
    yield HEAD
    for i in range(n):
        yield "    typedef int v%d[n + %d]; s += await leaf((int)sizeof(v%d));\n" % (i, i + 1, i)
    yield "    return s;\n}\n"


def variable_jumps(n):
    """n arrays of variable length with a jump over the rest of each scope."""
    yield HEAD
    for i in range(n):
        yield "    { int v%d[n + 1]; if (n == %d) goto out; if (n == %d) goto in%d; v%d[0] = n; in%d: s += v%d[0]; }\n" % ((i,) * 7)
    yield "    s += await leaf(n);\nout:\n    return s;\n}\n"


def arrays(n):
    """n arrays in one block, each before an await and read behind it."""
    yield "int g(int *);\n" + HEAD
    for i in range(n):
        yield "    int v%d[2] = {n}; s += await leaf(%d) + g(v%d);\n" % (i, i, i)
    yield "    return s;\n}\n"


def array_blocks(n):
    """n blocks with an array that an await crosses in each."""
    yield "int g(int *);\n" + HEAD
    for i in range(n):
        yield "    { int v%d[2] = {n}; s += await leaf(%d) + g(v%d); }\n" % (i, i, i)
    yield "    return s;\n}\n"


def literals(n):
    """n compound literals whose addresses are kept."""
    yield "int g(int *);\n" + HEAD + "    int *p = 0;\n"
    for i in range(n):
        yield "    p = (int[]){n, %d}; s += await leaf(%d) + g(p);\n" % (i, i)
    yield "    return s;\n}\n"


def literals_at_once(n):
    """n compound literals and one await."""
    yield "int g(int *);\n" + HEAD + "    int *p = 0;\n"
    for i in range(n):
        yield "    p = (int[]){n, %d}; s += g(p);\n" % i
    yield "    return s + await leaf(n) + *p;\n}\n"


def conditionals(n):
    """n conditionals with awaits in one chain."""
    yield HEAD + "    s = "
    for i in range(n):
        yield "n == %d ? await leaf(%d) :\n" % (i, i)
    yield "n;\n    return s;\n}\n"


def conditionals_left(n):
    """n conditionals with an await each, one in the condition of the next, in parentheses."""
    yield HEAD + "    s = " + "(" * n + "n"
    for i in range(n):
        yield " ? await leaf(%d) : s)\n" % i
    yield ";\n    return s;\n}\n"


def ands(n):
    """n operands of && with awaits."""
    yield HEAD + "    s = n\n"
    for i in range(n):
        yield "        && await leaf(%d)\n" % i
    yield "    ;\n    return s;\n}\n"


def plain_ands(n):
    """n operands of && and one await at the end."""
    yield HEAD + "    s = n\n"
    for i in range(n):
        yield "        && n != %d\n" % i
    yield "        && await leaf(n);\n    return s;\n}\n"


def commas(n):
    """n operands of a comma with awaits."""
    yield HEAD + "    s = (n"
    for i in range(n):
        yield ",\n        await leaf(%d)" % i
    yield ");\n    return s;\n}\n"


def else_ifs(n):
    """A chain of n times else if, with awaits."""
    yield HEAD + "    "
    for i in range(n):
        yield "if (n == %d) s = await leaf(%d);\n    else " % (i, i)
    yield "s = 3;\n    return s;\n}\n"


def for_nest(n):
    """Loops n deep around an await."""
    yield HEAD
    for i in range(n):
        yield "for (int i%d = 0; i%d < n; i%d++)\n" % (i, i, i)
    yield "    s += await leaf(i%d);\n    return s;\n}\n" % (n - 1)


def for_blocks(n):
    """Loops n deep with blocks and awaits."""
    yield HEAD
    for i in range(n):
        yield "for (int i%d = 0; i%d < n; i%d++) {\n" % (i, i, i)
    yield "    s += await leaf(i%d);\n" % (n - 1)
    yield "}\n" * n
    yield "    return s;\n}\n"


def while_nest(n):
    """Loops n deep with an await in the head and break and continue behind the body."""
    yield HEAD
    for i in range(n):
        yield "while (await leaf(%d)) {\n" % i
    yield "    s++;\n"
    yield "    if (s == n) break; else if (s == 3) continue; }\n" * n
    yield "    return s;\n}\n"


def switch_nest(n):
    """Switches n deep."""
    yield HEAD
    for i in range(n):
        yield "switch (await leaf(%d)) { case %d:\n" % (i, i)
    yield "    s++;\n"
    yield "break; default: s--; }\n" * n
    yield "    return s;\n}\n"


def blocks(n):
    """Blocks n deep, each with an object that lives across awaits."""
    yield HEAD
    for i in range(n):
        yield "{ int v%d = n; s += await leaf(%d);\n" % (i, i)
    for i in range(n):
        yield "s += v%d; }\n" % (n - 1 - i)
    yield "    return s;\n}\n"


def statement_expressions(n):
    """Statement expressions n deep with awaits."""
    yield HEAD + "    s = "
    for i in range(n):
        yield "({ int v%d = await leaf(%d); v%d +\n" % (i, i, i)
    yield "n" + "; })\n" * n
    yield ";\n    return s;\n}\n"


def parentheses(n):
    """Parentheses n deep around an await."""
    yield HEAD + "    s = " + "(n + " * n + "await leaf(1)" + ")" * n + ";\n    return s;\n}\n"


def call_nest(n):
    """Calls n deep, each awaited."""
    yield HEAD + "    s = " + "await leaf(" * n + "n" + ")" * n + ";\n    return s;\n}\n"


def gotos(n):
    """n labels, awaits and jumps among them, forward and back."""
    yield HEAD
    for i in range(n):
        yield "l%d: s += await leaf(%d); if (s == %d) goto l%d; if (s < n) goto l%d;\n" % (
            i, i, i, i // 2, min(n - 1, i + 7))
    yield "    return s;\n}\n"


def goto_locals(n):
    """n labels and n objects that live across awaits: what is kept is so everywhere."""
    yield "int g(int *);\n" + HEAD
    for i in range(n):
        yield "    int v%d[3] = {n}; l%d: s += await leaf(g(v%d)); if (s == %d) goto l%d;\n" % (i, i, i, i, i // 2)
    yield "    return s;\n}\n"


def addresses(n):
    """n labels whose addresses are taken and one computed goto."""
    yield HEAD + "    void *t[] = {"
    for i in range(n):
        yield "&&l%d,%s" % (i, "\n"[i % 8:])
    yield "0};\n    goto *t[n];\n"
    for i in range(n):
        yield "l%d: s += await leaf(%d); goto *t[s];\n" % (i, i)
    yield "    return s;\n}\n"


def plain_cases(n):
    """n cases without awaits, in a loop with one."""
    yield HEAD + "    for (;;) { s += await leaf(n); switch (n++) {\n"
    for i in range(n):
        yield "    case %d: s ^= %d; break;\n" % (i, i)
    yield "    default: return s;\n    } }\n}\n"


def cross_one(n):
    """n objects that cross one await, and are used in one expression."""
    yield HEAD
    for i in range(n):
        yield "    int v%d = n + %d;\n" % (i, i)
    yield "    s = await leaf(n)"
    for i in range(n):
        yield "\n        + v%d" % i
    yield ";\n    return s;\n}\n"


def cross_branches(n):
    """n objects that live across one await and n branches."""
    yield HEAD
    for i in range(n):
        yield "    int v%d = n + %d;\n" % (i, i)
    yield "    s = await leaf(n);\n"
    for i in range(n):
        yield "    if (s == %d) s = n;\n" % i
    for i in range(n):
        yield "    s += v%d;\n" % i
    yield "    return s;\n}\n"


def parameters(n):
    """A function of n parameters, and n awaits of it."""
    yield "static async int wide(" + ",\n    ".join("int p%d" % i for i in range(n)) + ") { return p0; }\n" + HEAD
    yield "    s = await wide(" + ",\n        ".join("n + %d" % i for i in range(n)) + ");\n    return s;\n}\n"


def callees(n):
    """A function that awaits n others, once each."""
    for i in range(n):
        yield "static async int f%d(int a) { return a; }\n" % i
    yield HEAD
    for i in range(n):
        yield "    s += await f%d(s);\n" % i
    yield "    return s;\n}\n"


def chain(n):
    """n functions, each awaits the one before: frames in frames."""
    yield "static async int f0(int a) { return a; }\n"
    for i in range(1, n):
        yield "static async int f%d(int a) { return await f%d(a + 1); }\n" % (i, i - 1)
    yield "async int one(int a) { return await f%d(a); }\n" % (n - 1)


def ring(n):
    """n functions that await each other."""
    for i in range(n):
        yield "async int f%d(int a);\n" % i
    for i in range(n):
        yield "async int f%d(int a) { return a ? await f%d(a - 1) : await f%d(a); }\n" % (i, (i + 1) % n, i // 2)


def inner_types(n):
    """n types in one function, objects of which live across awaits."""
    yield HEAD
    for i in range(n):
        yield ("    typedef struct s%d { int a, b[2]; } t%d; enum e%d { c%d = %d };\n"
               "    t%d v%d = {c%d}; s += await leaf(v%d.a); v%d.a = s;\n" % ((i,) * 10))
    yield "    return s;\n}\n"


def prototypes(n):
    """n prototypes of async functions and one definition; the last is awaited."""
    for i in range(n):
        yield "async int f%d(int a, char *b);\nextern int g%d(struct s%d *, int) __attribute__((pure));\n" % (i, i, i)
    yield HEAD
    yield "    return s + await f%d(n, 0) + g%d(0, n) + await leaf(3);\n}\n" % (n - 1, n // 2)


def redeclared(n):
    """One function declared n times."""
    yield "async int f(int a);\nextern int g(int);\n" * n
    yield "async int f(int a) { return g(a); }\n" + HEAD
    yield "    return s + await f(n);\n}\n"


def short_functions(n):
    """n functions in one line, as a macro leaves them."""
    yield LEAF
    for i in range(n):
        yield "async int f%d(int a) { return await leaf(a + %d); } static inline int g%d(int a) { return a; } " % (i, i, i)


def long_string(n):
    """Literals of n times 64 bytes."""
    yield 'const char *text = "' + "0123456789abcde\\x41fghijklmnopqrstuvwxyz !?/*//*/ ..,,;;::()[] " * n + '";\n'
    yield HEAD + '    const char *t = "' + "z" * 64 * n + '";\n    s = await leaf(n);\n    return s + t[n];\n}\n'


def string_pieces(n):
    """A literal of n pieces."""
    yield HEAD + "    const char *t ="
    for i in range(n):
        yield '\n        "piece %d\\n"' % i
    yield ";\n    s = await leaf(n);\n    return s + t[n];\n}\n"


def long_table(n):
    """Tables of n rows, at file scope and in a function."""
    yield "static const struct row { int a; const char *b; double c[2]; } table[] = {\n"
    for i in range(n):
        yield '    {%d, "row %d", {%d.5, [1] = 2}},\n' % (i, i, i)
    yield "};\n" + HEAD + "    static const int small[] = {\n"
    for i in range(n):
        yield "        %d,%s" % (i * i, "\n"[i % 8:])
    yield "    };\n    return s + await leaf(small[n]) + table[n].a;\n}\n"


def macro_lines(n):
    """Nothing but line markers and empty lines around one function."""
    for i in range(n):
        yield '# %d "h%d.h" 1 3\n\n\n# %d "x.ac" 2\n' % (i + 1, i % 100, i + 1)
    yield HEAD + "    return await leaf(s);\n}\n"


def directives(n):
    """n directives, among declarations and in a body."""
    yield "#define X0 0\n"
    for i in range(n):
        yield "#define M%d(a) ((a) + %d)\n#if X0\nint v%d;\n#endif\n" % (i, i, i)
    yield HEAD
    for i in range(n):
        yield "#pragma GCC unroll %d\n    while (n == %d) n = await leaf(n);\n" % (i % 9 + 1, i)
    yield "    return await leaf(s);\n}\n"


def comments(n):
    """Comments and splices."""
    yield HEAD
    for i in range(n):
        yield "    /* %d: await */ s += \\\n n; // and \\\n more\n" % i
    yield "    return await leaf(s);\n}\n"


def tasks(n):
    """n tasks made of calls, and n results dropped."""
    yield ("typedef struct acc_task acc_task;\nacc_task *acc_go(future_int);\nvoid acc_spawn(void *, future_int);\n" + HEAD)
    for i in range(n):
        yield "    { acc_task *t = acc_go(leaf(%d)); s += t != 0; (void)leaf(n); }\n" % i
    yield "    return await leaf(s);\n}\n"


def blocking(n):
    """n calls that deserve a warning."""
    yield "unsigned sleep(unsigned);\nint usleep(unsigned);\n" + HEAD
    for i in range(n):
        yield "    sleep(%d); leaf(%d);\n" % (i, i)
    yield "    return await leaf(s);\n}\n"


def escaping(n):
    """n objects whose addresses are given to tasks, with loops and awaits between."""
    yield "static async int take(int *a) { return *a; }\ntypedef struct acc_task acc_task;\n"
    yield "acc_task *acc_go(future_int);\n" + HEAD
    for i in range(n):
        yield "    { int v%d = n; acc_task *t = acc_go(take(&v%d)); s += await leaf(t != 0); }\n" % (i, i)
    yield "    return await leaf(s);\n}\n"


def unknown_names(n):
    """n names that nothing declares, in calls and expressions."""
    yield HEAD
    for i in range(n):
        yield "    s += unknown%d(other%d, await leaf(%d));\n" % (i, i, i)
    yield "    return await leaf(s);\n}\n"


def misspelt(n):
    """n names that are nearly those of async functions: each is looked up among all."""
    for i in range(n):
        yield "async int function_%d(int a) { return a; }\n" % i
    for i in range(n):
        yield "async int g%d(int a) { return await functoin_%d(a); }\n" % (i, i)


def generics(n):
    """n generic selections, sizeof and typeof."""
    yield HEAD
    for i in range(n):
        yield ("    { __typeof__(s + %dL) v = _Generic(s, int: await leaf(%d), default: 0);\n"
               "      s += (int)(v + (long)sizeof(v)); }\n" % (i, i))
    yield "    return await leaf(s);\n}\n"


def members(n):
    """A struct of n members, nearly all of which are named in one function."""
    yield "struct large {\n"
    for i in range(n):
        yield "    int m%d, *p%d;\n" % (i, i)
    yield "};\n" + HEAD + "    struct large l = {0};\n"
    for i in range(n):
        yield "    l.m%d = n; l.p%d = &l.m%d;\n" % (i, i, i)
    yield "    s += await leaf(l.m0);\n    return *l.p%d;\n}\n" % (n - 1)


def enumerators(n):
    """An enumeration of n names, folded one after another, at file scope and in a function."""
    yield "enum large {\n    a0,\n"
    for i in range(1, n):
        yield "    a%d,\n" % i
    yield "};\n" + HEAD + "    enum { b0 = 1,\n"
    for i in range(1, n):
        yield "        b%d,\n" % i
    yield "    };\n    int v[a%d], w[b%d];\n    s += await leaf(n);\n    return s + v[0] + w[0];\n}\n" % (n - 1, n - 1)


def typedef_chain(n):
    """n typedefs, each of the one before, and n structs."""
    yield "typedef int t0;\nstruct s0 { int a; };\n"
    for i in range(1, n):
        yield "typedef t%d t%d;\nstruct s%d { struct s%d *a; t%d b; };\n" % (i - 1, i, i, i - 1, i - 1)
    yield HEAD + "    t%d v = n; struct s%d w = {0};\n    s += await leaf(v);\n    return s + v + w.b;\n}\n" % (n - 1, n - 1)


def pointer_chain(n):
    """A declarator with n stars, and an expression with n of them."""
    yield HEAD + "    int " + "*" * n + "p = 0;\n    s = await leaf(n);\n    return s + " + "*" * n + "p;\n}\n"


def array_chain(n):
    """An array of n dimensions and a subscript of it."""
    yield HEAD + "    int a" + "[1]" * n + ";\n    s = await leaf(n);\n    return s + a" + "[0]" * n + ";\n}\n"


def assign_chain(n):
    """n assignments in one expression."""
    yield HEAD + "    int " + ", ".join("v%d = 0" % i for i in range(n)) + ";\n    "
    for i in range(n):
        yield "v%d = " % i + "\n"[i % 8:]
    yield "await leaf(n);\n    return s + v0 + v%d;\n}\n" % (n - 1)


def chain_down(n):
    """n functions, each awaits the one behind it."""
    for i in range(n):
        yield "static async int f%d(int a);\n" % i
    for i in range(n - 1):
        yield "static async int f%d(int a) { return await f%d(a + 1); }\n" % (i, i + 1)
    yield "static async int f%d(int a) { return a; }\nasync int one(int a) { return await f0(a); }\n" % (n - 1)


def struct_chain(n):
    """n structs, each holds the one before."""
    yield "struct s0 { int a; };\n"
    for i in range(1, n):
        yield "struct s%d { struct s%d b; };\n" % (i, i - 1)
    yield HEAD + "    struct s%d w = {0};\n    s += await leaf(sizeof w);\n    return s;\n}\n" % (n - 1)


def constant_chain(n):
    """n enumerators, each by the one before; n arrays, each as long as the one before."""
    yield "enum { e0 = 1 };\nextern char a0[1];\n"
    for i in range(1, n):
        yield "enum { e%d = e%d + 1 };\nextern char a%d[sizeof a%d];\n" % (i, i - 1, i, i - 1)
    yield HEAD + "    char b[e%d], c[sizeof a%d];\n    s += await leaf(sizeof b);\n    return s + sizeof c;\n}\n" % (n - 1, n - 1)


def same_tags(n):
    """The same tag and typedef declared in n blocks, objects of which live across awaits."""
    yield HEAD
    for i in range(n):
        yield "    { struct t { int a; }; typedef struct t u; u v = {n}; s += await leaf(%d); s += v.a; }\n" % i
    yield "    return s;\n}\n"


def designators(n):
    """A struct of n members, all of which are designated in an initialiser."""
    yield "struct large {\n"
    for i in range(n):
        yield "    int m%d;\n" % i
    yield "};\n" + HEAD + "    struct large l = {\n"
    for i in range(n):
        yield "        .m%d = %d,\n" % (i, i)
    yield "    }, k = {\n"
    for i in range(n):
        yield "        %d,\n" % i
    yield "    };\n    s += await leaf(l.m0) + k.m0;\n    return l.m%d;\n}\n" % (n - 1)


def struct_copies(n):
    """A struct of n members, of which n temporaries are made."""
    yield "struct large {\n"
    for i in range(n):
        yield "    int m%d;\n" % i
    yield "};\nstatic async struct large made(struct large a) { return a; }\n" + HEAD + "    struct large l = {0};\n"
    for i in range(n):
        yield "    l = await made(l);\n"
    yield "    return s + await leaf(l.m0);\n}\n"


def defers(n):
    """n deferred statements of one block, each with a way out behind it."""
    yield HEAD
    for i in range(n):
        yield "    int v%d = await leaf(s);\n    defer s += v%d;\n    if (v%d) return v%d;\n" % (i, i, i, i)
    yield "    return s;\n}\n"


def cleanups(n):
    yield "void out(int *);\n" + HEAD
    for i in range(n):
        yield "    __attribute__((cleanup(out))) int v%d = await leaf(s);\n" % i
    yield "    return s;\n}\n"


def ways(n):
    """Of each loop's three ways out through what it defers two lead to places of its own."""
    yield HEAD
    for i in range(n):
        yield "    for (;;) { defer s++; if (await leaf(s)) break; if (s) goto l%d; if (n) return s; }\nl%d:\n" % (i, i)
    yield "    return s;\n}\n"


def one_defer(n):
    """n places to which one deferred statement leads on."""
    yield HEAD + "    {\n        defer s++;\n"
    for i in range(n):
        yield "        if (await leaf(s)) goto l%d;\n" % i
    yield "    }\n" + "".join("l%d: s++;\n" % i for i in range(n)) + "    return s;\n}\n"


shapes = {f.__name__.replace("_", "-"): f for f in list(globals().values()) if callable(f)}
# What cannot be made ever larger: how deep texts may nest is limited, in brackets and in levels of the grammar.
DEEP = {"nested", "blocks", "for-blocks", "while-nest", "switch-nest", "statement-expressions", "parentheses", "call-nest",
        "conditionals-left", "for-nest", "conditionals", "else-ifs", "ands", "plain-ands", "commas", "operands", "calls-sum",
        "sum-of-awaits", "writes", "cross-one", "pointer-chain", "array-chain", "assign-chain",
        "typedef-chain", "constant-chain"}
REFUSED = {"errors", "misspelt", "unknown-names"}

if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] == "--list":
        print("\n".join(shapes))
        sys.exit(0)
    sys.stdout.write("typedef __typeof__(__typeof__(int) (**)(struct acc_coro *)) future_int;\n")
    sys.stdout.writelines(shapes[sys.argv[1]](int(sys.argv[2])))
