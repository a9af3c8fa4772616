#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""System headers in front of an async function.

    headers.py --acc ACC --cc CC --work FOLDER [--all [--step N] | HEADER...]

For each header that compiles alone: a unit that includes it and has async functions that use a type and a
number it defines is translated, and the result compiled. Prints which did not come through, then how many did.
With --all every header below /usr/include is taken (--step N: each Nth), which takes long."""
import argparse
import os
import re
import subprocess
import sys

ROOT = "/usr/include"
PROGRAM = """#include <%(header)s>
static async %(type)s *acc_test_same(%(type)s *acc_test_p) { return acc_test_p; }
async int acc_test_use(int acc_test_n)
{
    %(type)s *acc_test_p = 0, *acc_test_q = await acc_test_same(acc_test_p);
    for (int acc_test_i = 0; acc_test_i < acc_test_n; acc_test_i++) {
        acc_test_p = await acc_test_same(acc_test_q);
        acc_test_n -= acc_test_p == acc_test_q ? (int)(%(number)s) : 2;
    }
    return acc_test_n;
}
"""


def run(command, text=None):
    return subprocess.run(command, input=text, text=True, errors="replace", capture_output=True, timeout=60)


def a_type(text):
    """Of the header's own complete or incomplete types one that a pointer can be made to."""
    names = re.findall(r"^(?:extern )?typedef (?!__typeof)[^;{}()\[\]]*?\b(\w+);", text, re.M)
    if names:
        return names[-1]
    tags = re.findall(r"^(struct \w+)\s*\{?$", text, re.M)
    return tags[-1] if tags else "int"


def a_number(macros):
    """A macro that is a number."""
    own = re.findall(r"^#define ([A-Za-z]\w*) (?:0x[0-9a-fA-F]{1,7}|\d{1,8})$", macros, re.M)
    return own[-1] if own else "1"


def try_header(header, options):
    """None: does not compile alone; "": came through; else what went wrong."""
    base = [options.cc, "-std=gnu17", "-w"]
    include = "#include <%s>\n" % header
    if run(base + ["-fsyntax-only", "-xc", "-"], include).returncode:
        return None
    text = run(base + ["-E", "-P", "-xc", "-"], include).stdout
    macros = run(base + ["-E", "-dM", "-xc", "-"], include).stdout
    words = {"header": header, "type": a_type(text), "number": a_number(macros)}
    path = os.path.join(options.work, header.replace("/", "_") + ".ac")
    result = path[:-3] + ".c"
    with open(path, "w") as f:
        f.write(PROGRAM % words)
    done = run([options.acc, "--cc", options.cc, "-std=gnu17", path, "-o", result])
    if done.returncode:
        return "acc: " + done.stderr
    done = run(base + ["-fsyntax-only", result])
    if done.returncode:
        return "compiler: " + done.stderr
    os.remove(path)
    os.remove(result)
    return ""


def all_headers(step):
    found = []
    for folder, _, files in sorted(os.walk(ROOT)):
        found += [os.path.relpath(os.path.join(folder, f), ROOT) for f in sorted(files) if f.endswith(".h")]
    found = [h for h in found if not h.startswith("c++/")]
    return found[::step]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--acc", required=True)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("headers", nargs="*")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    fine = failed = skipped = 0
    for header in all_headers(options.step) if options.all else options.headers:
        try:
            answer = try_header(header, options)
        except subprocess.TimeoutExpired:
            answer = "ran out of time"
        skipped += answer is None
        fine += answer == ""
        if answer:
            failed += 1
            print("%s: %s" % (header, "\n".join(answer.splitlines()[:6])), flush=True)
    print("headers: %d came through, %d failed, %d do not compile alone" % (fine, failed, skipped))
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
