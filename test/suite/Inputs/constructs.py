#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks docs/constructs.md of the source folder given: the test of each row, and the words of what is refused."""
import os
import re
import sys


def test_of(root, name):
    for suffix in (".ac", ".test", ".c"):
        path = os.path.join(root, "test", name + suffix)
        if os.path.isfile(path):
            return path
    return None


def fault(root, cells):
    name = cells[2].strip("`")
    path = test_of(root, name)
    if path is None:
        return "no test/" + name
    if cells[1] == "works":
        return None
    words = re.fullmatch(r"refused: `(.*)`", cells[1])
    if not words:
        return "neither works nor refused"
    with open(path, encoding="utf-8") as file:
        if words.group(1) in file.read():
            return None
    return "%s does not have the words '%s'" % (os.path.relpath(path, root), words.group(1))


def main():
    root = sys.argv[1]
    rows = wrong = 0
    with open(os.path.join(root, "docs", "constructs.md"), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("| ") or line.startswith("| ---") or line.startswith("| construct |"):
                continue
            rows += 1
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
            what = fault(root, cells) if len(cells) == 3 else "three cells expected"
            if what:
                wrong += 1
                print("constructs.md:%d: %s" % (number, what))
    print("%d rows, %d wrong" % (rows, wrong))
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
