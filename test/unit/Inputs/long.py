# SPDX-License-Identifier: MIT
# Prints texts that are long or deep in one way each: quadratic or recursive code would not survive them.
import sys

n = int(sys.argv[2])
print({
    "parens": "int x = " + "(" * n + "1" + ")" * n + ";",
    "blocks": "async void f(void) " + "{" * n + "}" * n + " int last(void) { }",
    "parameters": "int f" + "(int " * n + ")" * n + ";",
    "elses": "async void f(void) {" + "if (x) y(); else " * n + "; }",
    "prototypes": "\n".join("struct s *f%d(a, b, c, d) X;" % i for i in range(n)),
    "enumerators": "enum e {" + ",".join("A%d = sizeof(enum { B%d })" % (i, i) for i in range(n)) + "};",
    "branches": "void f(void) {" + "\n#if x\n{\n#else\n{\n#endif\n" * n + "}" * n + "}",
    "stars": "async void f(void) {" + "a * * * * b;\n" * n + "}",
    "casts": "typedef int T; async void f(void) {" + "(T)" * n + "1; }",
    "splices": "\\ " * n,
}[sys.argv[1]])
