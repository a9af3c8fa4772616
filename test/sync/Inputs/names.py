#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a unit that uses each public name of the runtime that sync.h does not declare, one a line.

  names.py INCLUDE > unit.ac

A name is called if it is a function or a macro with parameters, else the type of an object."""
import glob
import os
import re
import sys


def text_of(path):
    with open(path) as file:
        return re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)


def names_of(text):
    """{name: whether it is called}"""
    names = {name: True for name in re.findall(r"^#define (acc_[a-z]\w*)\(", text, re.M)}
    code = re.sub(r'^[ \t]*#(?:.*\\\n)*.*$', "", re.sub(r'"(\\.|[^"\n])*"', "", text), flags=re.M)
    for name in re.findall(r"\b(acc_[a-z]\w*)\(", code):
        names[name] = True
    for name in re.findall(r"^typedef [^;{]*?\b(acc_[a-z]\w*)(?:\([^;]*)?;", code, re.M) + \
            re.findall(r"^\} (acc_[a-z]\w*);", code, re.M):
        names[name] = False
    return {name: called for name, called in names.items() if "__" not in name}


def main():
    include = os.path.join(sys.argv[1], "acc")
    known = names_of(text_of(os.path.join(include, "sync.h"))) | names_of(text_of(os.path.join(include, "abi.h")))
    names = {}
    for path in sorted(glob.glob(os.path.join(include, "*.h"))):
        names.update(names_of(text_of(path)))
    names = sorted((name, called) for name, called in names.items() if name not in known)
    assert len(names) > 150, names
    print("#include <acc/acc.h>\n#include <acc/inspect.h>\nvoid f(void)\n{")
    for name, called in names:
        print("    %s(%s);" % (name, "struct t, 1" if called else "*p"))
    print("}")


main()
