#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints of a translated file only what came from the user's own file, without line markers.

A translated file holds the text of all the headers it includes. Line markers (`# 12 "x.ac" 2`) and
#line directives say which file each line is of; generated lines belong to the file around them.

  user-part.py [--keep-lines] translated.c x.ac      `-` reads standard input
"""
import os
import re
import sys

MARKER = re.compile(r'^[ \t]*#[ \t]*(?:line[ \t]+)?\d+(?:[ \t]+"((?:[^"\\]|\\.)*)"(?P<flags>[ \d]*))?[ \t]*$')


def user_part(lines, user, keep_markers):
    """Yields the lines of `user`, a file name as the markers spell it or its last part."""
    current = None
    blank = True
    for line in lines:
        found = MARKER.match(line)
        if found:
            if found.group(1) is not None:
                current = found.group(1)
            if not (keep_markers and same_file(current, user)):
                continue
        if not same_file(current, user):
            continue
        # The preprocessor leaves blank lines where directives stood.
        if not line.strip():
            if blank and not keep_markers:
                continue
            blank = True
        else:
            blank = False
        yield line


def same_file(name, user):
    return name is not None and os.path.basename(name) == os.path.basename(user)


def main():
    arguments = sys.argv[1:]
    keep = "--keep-lines" in arguments
    arguments = [word for word in arguments if word != "--keep-lines"]
    if len(arguments) != 2:
        sys.exit("usage: user-part.py [--keep-lines] translated.c x.ac")
    translated, user = arguments
    stream = sys.stdin if translated == "-" else open(translated, errors="surrogateescape")
    sys.stdout.reconfigure(errors="surrogateescape")
    sys.stdout.writelines(user_part(stream, user, keep))


if __name__ == "__main__":
    main()
