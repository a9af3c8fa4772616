# SPDX-License-Identifier: MIT
# Compares the classes of identifiers with what clang's indexer says of the same text.
#
#   as_clang.py FRONT FILE...     each FILE preprocessed
#
# Tokens of which the indexer does not know the innermost cursor (parameters without a name, inner
# parameter lists) are not compared.
import re
import subprocess
import sys

INDEX = "/usr/lib/llvm-14/bin/c-index-test"


def types_of_clang(path, lines):
    where = "-test-annotate-tokens=%s:1:1:%d:1" % (path, lines + 1)
    text = subprocess.run([INDEX, where, "-w", "-std=gnu11", path], capture_output=True).stdout
    found = {}
    for m in re.finditer(r'^Identifier: "(.+)" \[(\d+):(\d+) - \S+\] (\S+?)(=\S*)?(?: |$)',
                         text.decode("latin1"), re.M):
        found[int(m[2]), int(m[3])] = m[1], m[4], m[5] or ""
    return found


def compare(front, path):
    text = open(path, encoding="latin1").read().split("\n")
    blanked = path + ".blanked.c"
    with open(blanked, "w", encoding="latin1") as f:
        f.write("\n".join("" if line.startswith("#") else line for line in text))
    clang = types_of_clang(blanked, len(text))
    ours = subprocess.run([front, "classes", blanked], capture_output=True, check=True).stdout
    compared = bad = 0
    for line in ours.decode("latin1").splitlines():
        where, cls, name = line.split(" ", 2)
        key = tuple(map(int, where.split(":")))
        if key not in clang:
            continue
        compared += 1
        spelling, kind, target = clang[key]
        is_type = kind == "TypeRef" and target.startswith("=" + name + ":")
        unknown = kind in ("ParmDecl", "FunctionDecl") and not target.startswith("=" + name + ":")
        if is_type != (cls == "type") and not (unknown and cls == "type"):
            bad += 1
            print("%s:%s: %s is '%s' here, clang says %s%s" % (path, where, name, cls, kind, target))
    print("%d identifiers compared, %d differ" % (compared, bad))


for path in sys.argv[2:]:
    compare(sys.argv[1], path)
