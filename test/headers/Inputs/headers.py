#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""System headers in front of an async function.

    headers.py --acc ACC --cc CC --work FOLDER [--all [--step N] [--seconds S] [--under PREFIX] | HEADER...]

For each header that compiles alone: a unit that includes it and has async functions that use types and a
number it defines is translated, and the result compiled. Prints which did not come through, then how many
did. With --all every header in the compiler's own search folders is taken (--step N: each Nth), in an order
that is mixed but always the same; what --seconds leave no time for is counted.

A header is only asked whether it compiles alone when it did not come through, so that one that does costs
three processes: the preprocessor to find types and macros, the translator, the compiler."""
import argparse
import concurrent.futures
import os
import random
import re
import subprocess
import sys
import time

PROGRAM = """#include <%(header)s>
static async %(type)s *acc_test_same(%(type)s *acc_test_p) { return acc_test_p; }
static async %(whole)s acc_test_give(%(whole)s *acc_test_p)
{
    %(whole)s acc_test_v = *acc_test_p;
    acc_test_p = (%(whole)s *)await acc_test_same((%(type)s *)acc_test_p);
    return acc_test_p ? acc_test_v : await acc_test_give(acc_test_p);
}
async int acc_test_use(int acc_test_n)
{
    %(type)s *acc_test_p = 0, *acc_test_q = await acc_test_same(acc_test_p);
    %(whole)s acc_test_w;
    for (int acc_test_i = 0; acc_test_i < acc_test_n; acc_test_i++) {
        acc_test_p = await acc_test_same(acc_test_q);
        acc_test_n -= acc_test_p == acc_test_q ? (int)(%(number)s) : 2;
        acc_test_w = await acc_test_give(&acc_test_w);
    }
    return acc_test_n;
}
"""
LIMIT = 60
DIALECT = ["-std=gnu17"]


def run(command, text=None):
    return subprocess.run(command, input=text, text=True, errors="replace", capture_output=True, timeout=LIMIT)


def own_text(text, header):
    """The lines that stand in the header itself."""
    own, lines = False, []
    for line in text.splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            own = marker.group(1).endswith("/" + header)
        elif own:
            lines.append(line)
    return "\n".join(lines)


def a_type(text):
    """A complete or incomplete type that a pointer can be made to."""
    names = re.findall(r"^(?:extern )?typedef (?!__typeof)[^;{}()\[\]]*?\b(\w+);", text, re.M)
    if names:
        return names[-1]
    tags = re.findall(r"^(struct \w+)\s*\{?$", text, re.M)
    return tags[-1] if tags else "int"


def whole_type(text):
    """A struct that can be passed by value: defined at the left margin, without an array of no size."""
    found = re.findall(r"^((?:struct|union) \w+)\s*\{([^{}]*)\};$", text, re.M)
    fine = [tag for tag, members in found if not re.search(r"\[\s*0?\s*\]|\bconst\b", members)]
    return fine[-1] if fine else "int"


def a_number(text):
    """A macro that is a number, and stays."""
    own = re.findall(r"^#define ([A-Za-z]\w*) (?:0x[0-9a-fA-F]{1,7}|\d{1,8})$", text, re.M)
    gone = set(re.findall(r"^#undef (\w+)$", text, re.M))
    return next((name for name in reversed(own) if name not in gone), "1")


def try_header(header, options):
    """None: does not compile alone; "": came through; else what went wrong."""
    include = "#include <%s>\n" % header
    base = [options.cc] + DIALECT + ["-w"]
    done = run(base + ["-E", "-dD", "-xc", "-"], include)
    if done.returncode:
        return None
    text = own_text(done.stdout, header)
    words = {"header": header, "type": a_type(text), "number": a_number(text), "whole": whole_type(text)}
    path = os.path.join(options.work, header.replace("/", "_") + ".ac")
    result = path[:-3] + ".c"
    with open(path, "w") as f:
        f.write(PROGRAM % words)
    answer = "acc: "
    done = run([options.acc, "--cc", options.cc] + DIALECT + [path, "-o", result])
    if not done.returncode:
        answer = "compiler: "
        done = run(base + ["-fsyntax-only", result])
    if not done.returncode:
        os.remove(path)
        os.remove(result)
        return ""
    if run(base + ["-fsyntax-only", "-xc", "-"], include).returncode and "ERROR: AddressSanitizer" not in done.stderr \
            and done.returncode in (0, 1):
        return None
    return answer + (done.stderr or "status %d" % done.returncode)


def search_folders(cc):
    """Where the compiler looks for <...>, the most particular first."""
    text = subprocess.run([cc, "-xc", "-E", "-v", os.devnull], text=True, capture_output=True,
                          env=dict(os.environ, LC_ALL="C")).stderr
    folders = re.search(r"<\.\.\.> search starts here:\n(.*?)End of search", text, re.S).group(1).split()
    return sorted({os.path.realpath(f) for f in folders}, key=len, reverse=True)


def all_headers(options):
    found, seen = set(), set()
    for root in search_folders(options.cc):
        for folder, _, files in os.walk(root):
            paths = [os.path.join(folder, f) for f in files if f.endswith(".h")]
            found |= {os.path.relpath(p, root) for p in paths if p not in seen}
            seen.update(paths)
    found = sorted(h for h in found if not h.startswith("c++/") and h.startswith(options.under))
    random.Random(1).shuffle(found)
    return found[::options.step]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--acc", required=True)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--under", default="", help="only headers whose name begins so")
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("headers", nargs="*")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    end = time.time() + options.seconds if options.seconds else float("inf")

    def answer_of(header):
        if time.time() > end:
            return "left"
        try:
            return try_header(header, options)
        except subprocess.TimeoutExpired:
            return "ran out of time"
    headers = all_headers(options) if options.all else options.headers
    fine = failed = skipped = left = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for header, answer in zip(headers, pool.map(answer_of, headers)):
            skipped += answer is None
            fine += answer == ""
            left += answer == "left"
            if answer and answer != "left":
                failed += 1
                print("%s: %s" % (header, "\n".join(answer.splitlines()[:6])), flush=True)
    print("headers: %d came through, %d failed, %d do not compile alone" % (fine, failed, skipped) +
          (", no time for %d" % left if left else ""))
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
