#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares acc --frame-report=json with what the compiler says of the translated program.

  check_frames.py [option of acc...] x.ac...

Behind each translation stand assertions that size and offset of each frame and member are those of the
report; $ACC_CC compiles it. Also compares the JSON with the text form. Prints how many frames there were."""
import json
import os
import re
import subprocess
import sys
import tempfile

ACC, CC = os.environ["ACC_TEST_ACC"], os.environ["ACC_CC"].split()


def acc(words):
    return subprocess.run([ACC, "-w"] + words, check=True, stdout=subprocess.PIPE, text=True).stdout


def assertions(frame):
    tag = "struct %s__frame" % frame["function"]
    yield "sizeof(%s) == %d" % (tag, frame["size"])
    for member in frame["members"]:
        path = member.get("member") or member["name"]
        if member["kind"] in ("frame", "operation"):
            path = "u." + path
        yield "__builtin_offsetof(%s, %s) == %d" % (tag, path, member["offset"])
        yield "sizeof(((%s *)0)->%s) == %d" % (tag, path, member["size"])


def check(options, path, folder):
    report = json.loads(acc(options + ["--frame-report=json", path]))
    output = os.path.join(folder, "x.c")
    acc(options + [path, "-o", output])
    with open(output, "a") as file:
        file.write("\n#line 1 \"assertions\"\n")
        for frame in report:
            for line in assertions(frame):
                file.write("_Static_assert(%s, \"\");\n" % line)
    flags = [word for word in options if word.startswith("-f")]
    subprocess.run(CC + flags + ["-w", "-fsyntax-only", output], check=True)
    text = acc(options + ["--frame-report", path])
    heads = re.findall(r"^(\w+) at (.*):(\d+): (\d+) bytes", text, re.M)
    if heads != [(f["function"], f["file"], str(f["line"]), str(f["size"])) for f in report]:
        sys.exit("%s: text and JSON differ" % path)
    return len(report)


def main():
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    with tempfile.TemporaryDirectory() as folder:
        print("frames:", sum(check(options, path, folder) for path in sys.argv[1:] if path not in options))


main()
