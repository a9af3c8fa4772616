#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""System headers in front of async functions.

    headers.py --acc ACC --cc CC --work FOLDER [--all [--under PREFIX]] [--seed N] [--seconds S] [HEADER...]

For each header that compiles alone: a unit that includes it and has async functions that use types and a
number it defines is translated, and the result compiled. Prints which did not come through, then how many
did. With --all every header in the compiler's own search folders is taken. --seed mixes their order (fresh:
each time anew, and printed); what --seconds leave no time for is counted.

Several headers of a folder share one unit, so that each costs a fraction of three processes: the
preprocessor to find types and macros, the translator, the compiler. Whom the compiler's messages name, and
the halves of a batch that does not come through without a name, are tried again, at last alone. Only then
is asked whether the header compiles without the translator; what a lone header does is its result."""
import argparse
import os
import random
import re
import subprocess
import sys
import time

PROGRAM = """
static async %(type)s *acc_test_same%(n)d(%(type)s *acc_test_p) { return acc_test_p; }
static async %(whole)s acc_test_give%(n)d(%(whole)s *acc_test_p)
{
    %(whole)s acc_test_v = *acc_test_p;
    acc_test_p = (%(whole)s *)await acc_test_same%(n)d((%(type)s *)acc_test_p);
    return acc_test_p ? acc_test_v : await acc_test_give%(n)d(acc_test_p);
}
async int acc_test_use%(n)d(int acc_test_n)
{
    %(type)s *acc_test_p = 0, *acc_test_q = await acc_test_same%(n)d(acc_test_p);
    %(whole)s acc_test_w;
    for (int acc_test_i = 0; acc_test_i < acc_test_n; acc_test_i++) {
        acc_test_p = await acc_test_same%(n)d(acc_test_q);
        acc_test_n -= acc_test_p == acc_test_q ? (int)(%(number)s) : 2;
        acc_test_w = await acc_test_give%(n)d(&acc_test_w);
    }
    return acc_test_n;
}
"""
LIMIT = 60
BATCH = 16
DIALECT = ["-std=gnu17"]


def run(command, text=None):
    return subprocess.run(command, input=text, text=True, errors="replace", capture_output=True, timeout=LIMIT)


def own_texts(text, headers):
    """Of each header the lines that stand in itself."""
    own = {header: [] for header in headers}
    lines, known = [], {}
    for line in text.splitlines():
        marker = re.match(r'# \d+ "([^"]*)"', line)
        if marker:
            path = marker.group(1)
            if path not in known:
                known[path] = next((own[h] for h in headers if path.endswith("/" + h)), [])
            lines = known[path]
        else:
            lines.append(line)
    return ["\n".join(own[header]) for header in headers]


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


class Outcome:
    """What came of the headers tried so far."""

    def __init__(self):
        self.fine, self.alone, self.failed = 0, [], []

    def fails(self, headers, answer):
        self.failed.append(headers)
        print("%s: %s" % (" ".join(headers), "\n".join(answer.splitlines()[:6])), flush=True)


def attempt(headers, options):
    """"": came through; else what went wrong, and in which step."""
    include = "".join("#include <%s>\n" % header for header in headers)
    base = [options.cc] + DIALECT + ["-w"]
    done = run(base + ["-E", "-dD", "-xc", "-"], include)
    if done.returncode:
        return "preprocessor", done.stderr
    program = include
    for n, text in enumerate(own_texts(done.stdout, headers)):
        words = {"n": n, "type": a_type(text), "number": a_number(text), "whole": whole_type(text)}
        program += PROGRAM % words
    path = os.path.join(options.work, headers[0].replace("/", "_") + ".ac")
    result = path[:-3] + ".c"
    with open(path, "w") as f:
        f.write(program)
    done = run([options.acc, "--cc", options.cc] + DIALECT + [path, "-o", result])
    if done.returncode:
        crash = done.returncode != 1 or "ERROR: AddressSanitizer" in done.stderr
        return "crash" if crash else "acc", done.stderr or "status %d" % done.returncode
    done = run(base + options.terse + ["-fsyntax-only", result])
    if done.returncode:
        return "compiler", done.stderr
    os.remove(path)
    os.remove(result)
    return "", ""


def compiles(headers, options):
    include = "".join("#include <%s>\n" % header for header in headers)
    return not run([options.cc] + DIALECT + ["-w"] + options.terse + ["-fsyntax-only", "-xc", "-"],
                   include).returncode


def named(headers, message):
    """Whom the compiler names as the outermost file with an error in it."""
    lines = re.findall(r"^(?:In file included from|                 from) (?:<stdin>|[^:\n]*\.ac):(\d+)[:,]",
                       message, re.M)
    return {headers[int(n) - 1] for n in lines if 0 < int(n) <= len(headers)}


def try_headers(headers, options, outcome):
    try:
        step, message = attempt(headers, options)
    except subprocess.TimeoutExpired:
        step, message = "crash", "ran out of time"
    if not step:
        outcome.fine += len(headers)
    elif len(headers) == 1:
        if step == "preprocessor" or (step != "crash" and not compiles(headers, options)):
            outcome.alone += headers
        else:
            outcome.fails(headers, step + ": " + message)
    else:
        split(headers, named(headers, message), (step, message), options, outcome)


def split(headers, guilty, answer, options, outcome):
    """A batch has failed: without those that are named, else by halves."""
    middle = len(headers) // 2
    rest = [h for h in headers if h not in guilty]
    parts = [[h] for h in headers if h in guilty] + [rest] if guilty else [headers[:middle], headers[middle:]]
    before = len(outcome.failed) + len(outcome.alone)
    for part in parts:
        if part:
            try_headers(part, options, outcome)
    all_fine = len(outcome.failed) + len(outcome.alone) == before
    if all_fine and answer[0] != "preprocessor" and compiles(headers, options):
        outcome.fails(headers, "only together: %s: %s" % answer)


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
    return sorted(h for h in found if not h.startswith("c++/") and h.startswith(options.under))


def looks_like_cplusplus(header, folders):
    """No verdict: only such headers are not put into one batch with others."""
    for folder in folders:
        path = os.path.join(folder, header)
        if os.path.exists(path):
            with open(path, errors="replace") as f:
                text = f.read()
            return bool(re.search(r"^ *# *include *<[a-z_]+>|^(?:namespace|template *<|class) ?\w*", text, re.M))
    return True


def batches_of(headers, options):
    """Of one folder each, in the order of the names."""
    folders = search_folders(options.cc)
    batches, folder = [], None
    for header in headers:
        if looks_like_cplusplus(header, folders):
            batches.append([header])
            continue
        if folder != os.path.dirname(header) or len(batches[at]) == BATCH:
            folder, at = os.path.dirname(header), len(batches)
            batches.append([])
        batches[at].append(header)
    return batches


def seed_of(options):
    seed = random.SystemRandom().randrange(1 << 30) if options.seed == "fresh" else int(options.seed)
    print("headers: --seed %d" % seed, flush=True)
    return seed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--acc", required=True)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--under", default="", help="only headers whose name begins so")
    parser.add_argument("--seed", help="mixes the order: a number or fresh")
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("headers", nargs="*")
    options = parser.parse_args()
    options.terse = ["-ferror-limit=4", "-fno-caret-diagnostics"] if "clang" in options.cc else \
        ["-fmax-errors=4", "-fno-diagnostics-show-caret"]
    os.makedirs(options.work, exist_ok=True)
    end = time.time() + options.seconds if options.seconds else float("inf")
    batches = batches_of(all_headers(options) if options.all else options.headers, options)
    if options.seed:
        random.Random(seed_of(options)).shuffle(batches)
    outcome, left = Outcome(), 0
    for batch in batches:
        if time.time() > end:
            left += len(batch)
        else:
            try_headers(batch, options, outcome)
    print("headers: %d came through, %d failed, %d do not compile alone" %
          (outcome.fine, len(outcome.failed), len(outcome.alone)) +
          (", no time for %d" % left if left else ""))
    sys.exit(bool(outcome.failed))


if __name__ == "__main__":
    main()
