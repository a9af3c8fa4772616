#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Blanks the comments that hold test directives, keeping every line's number.

The translator copies comments, so without this FileCheck would find a test's own CHECK lines in its
input and nothing could fail (the echo trap). A directive comment is one whose first word, after the
comment mark, is RUN: or a check prefix such as CHECK-NOT: or O2-NEXT:. Text before it on the line
stays. In a block comment only the directive lines go, so that its end stays where it was.

  blank_directives.py [file]      standard input without a file; writes standard output
"""
import re
import sys

WORD = r"(?:[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*)(?:\{[A-Z,]+\})?:"
LINE_COMMENT = re.compile(r"//[ \t]*" + WORD + r".*$", re.M)
WHOLE_COMMENT = re.compile(r"/\*[ \t]*" + WORD + r"(?:(?!\*/).)*\*/")
BLOCK_LINE = re.compile(r"^(?P<lead>[ \t]*(?:/\*|\*)?)[ \t]*" + WORD + r"(?P<text>(?:(?!\*/).)*)", re.M)
BLOCK = re.compile(r"/\*.*?\*/", re.S)


def blank(text):
    text = LINE_COMMENT.sub("", text)
    text = WHOLE_COMMENT.sub("", text)
    return BLOCK.sub(lambda found: BLOCK_LINE.sub(r"\g<lead>", found.group()), text)


def main():
    if len(sys.argv) > 1:
        with open(sys.argv[1], encoding="utf-8", errors="surrogateescape", newline="") as file:
            text = file.read()
    else:
        sys.stdin.reconfigure(errors="surrogateescape", newline="")
        text = sys.stdin.read()
    sys.stdout.reconfigure(errors="surrogateescape", newline="")
    sys.stdout.write(blank(text))


if __name__ == "__main__":
    main()
