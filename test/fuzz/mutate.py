#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Valid programs with statements and tokens deleted, doubled, moved or exchanged, through the translator.

  mutate.py --acc ACC --cc gcc --include DIR --seeds 1-500 PROGRAM.ac...

Each mutant comes from a program and a seed. The oracle is the C compiler: `async` and `await` defined away,
a future being what it gives, does it take the mutant? Then the translator must refuse it or write what the
compiler takes too. Whatever it is, the translator ends by itself, with status 0 or 1 and messages if 1.
Prints a line for each failure, then how many there were of each kind; status 1 if any.
The programs must say everything themselves: what stands in their headers is not mutated."""
import argparse
import collections
import os
import random
import re
import subprocess
import sys
import tempfile

TOKEN = re.compile(r'[A-Za-z_]\w*|\.?\d[\w.]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|'
                   r"\.\.\.|<<=|>>=|->|\+\+|--|&&|\|\||[-+*/%&|^!=<>]=|<<|>>|\S")
PLAIN = ["-Dasync=", "-Dawait=", "-Dfuture(T)=T", "-Dacc_spawn(f)=(f)", "-Dacc_go(f)=((void)(f))",
         "-Dacc_sleep(s)=((void)0)", "-Dacc_unref(f)=((void)(f))", "-Dthrow=return (void)"]


def pieces(text):
    """The text without comments, as tokens and what stands before each."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.S)
    made, at = [], 0
    for line in re.split(r"(?m)^(\s*#.*\n)", text):
        if line.lstrip().startswith("#"):
            made.append("\n" + line)
            continue
        for match in TOKEN.finditer(line):
            gap = "\n" if "\n" in line[at:match.start()] else " "
            made.append(gap + match.group())
            at = match.end()
        at = 0
    return made


WORDS = set("""async await auto break case char const continue default do double else enum extern float for goto if
inline int long register return short signed sizeof static struct switch typedef union unsigned void volatile while
_Alignas _Atomic _Bool _Complex _Generic throw""".split())
CLASSES = (("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&&", "||", ","),
           ("=", "+=", "-=", "*=", "|=", "^=", "<<="), ("++", "--"), (".", "->"), ("break", "continue"),
           ("int", "long", "char", "short", "double", "unsigned", "_Bool"), ("while", "if", "switch"))


def class_of(token):
    """What may stand where it stands."""
    if re.fullmatch(r"\d\w*", token):
        return "number"
    if re.fullmatch(r"[A-Za-z_]\w*", token) and token not in WORDS:
        return "name"
    return next((members for members in CLASSES if token in members), None)


def statement(draw, tokens):
    """The range of a statement, or of what looks like one."""
    ends = [i for i, t in enumerate(tokens) if t.strip() in (";", "{", "}")]
    if len(ends) < 2:
        return 0, 0
    at = draw.randrange(len(ends) - 1)
    depth, i = 0, ends[at] + 1
    start = i
    while i < len(tokens):
        depth += tokens[i].strip() == "{"
        depth -= tokens[i].strip() == "}"
        if depth < 0:
            return start, i
        if depth == 0 and tokens[i].strip() in (";", "}"):
            return start, i + 1
        i += 1
    return start, start


def edit_statement(draw, tokens):
    first, last = statement(draw, tokens)
    part, kind = tokens[first:last], draw.choice(("delete", "double", "move", "copy", "wrap"))
    if any("#" in t for t in part):
        return
    if kind in ("delete", "move"):
        del tokens[first:last]
    if kind in ("double", "move", "copy"):
        at = first if kind == "double" else statement(draw, tokens)[0]
        tokens[at:at] = part
    if kind == "wrap":
        head = draw.choice((" if (1) {", " {", " do {", " for (int w = 0; w < 2; w++) {", " switch (2) { default:"))
        tokens[first:last] = [head] + part + [" } while (0);" if "do" in head else " }"]


def edit_token(draw, tokens):
    """Another token of its class, or an await more or less."""
    at = draw.randrange(len(tokens))
    token = tokens[at].strip()
    kind = class_of(token)
    if token == "await" or "#" in token:
        tokens[at] = " " if token == "await" else tokens[at]
    elif kind == "name" and draw.random() < 0.1:
        tokens[at] = " await" + tokens[at]
    elif kind in ("name", "number"):
        tokens[at] = " " + draw.choice([t.strip() for t in tokens if class_of(t.strip()) == kind])
    elif kind:
        tokens[at] = " " + draw.choice(kind)


def edit_anything(draw, tokens):
    at, length = draw.randrange(len(tokens)), draw.choice((1, 1, 1, 2, 3, 5))
    other = draw.randrange(len(tokens))
    part = tokens[at:at + length]
    if any("#" in t for t in part + [tokens[other]]):
        return
    kind = draw.choice(("delete", "double", "swap", "copy"))
    if kind == "delete":
        del tokens[at:at + length]
    elif kind == "double":
        tokens[at:at] = part
    elif kind == "swap":
        tokens[at], tokens[other] = tokens[other], tokens[at]
    else:
        tokens[other:other] = part


def mutate(draw, tokens):
    """A few edits; most leave C that is well formed, if not well typed."""
    tokens = list(tokens)
    for _ in range(draw.choice((1, 1, 2, 3))):
        edit = draw.choice((edit_statement, edit_statement, edit_token, edit_token, edit_token, edit_anything))
        edit(draw, tokens)
    return "".join(tokens) + "\n"


def run(words, limit):
    try:
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=limit)
        return done.returncode, done.stderr
    except subprocess.TimeoutExpired:
        return None, ""


def verdict(options, source, result):
    """(kind, text)"""
    status, messages = run([options.acc, "-I" + options.include, "--cc", options.cc, source, "-o", result], 20)
    if status is None:
        return "hang", ""
    if status == 1:
        return ("silent", "") if "error: " not in messages else ("refused", messages)
    if status != 0:
        return "crash", "status %d %s" % (status, messages[-300:])
    status, messages = run([options.cc, "-w", "-fsyntax-only", "-I" + options.include, result], 60)
    if status == 0:
        return "ok", ""
    plain, _ = run([options.cc, "-w", "-fsyntax-only", "-xc", "-I" + options.include] + PLAIN + [source], 60)
    if plain != 0:
        return "not C", ""
    return "cc-error", next((line for line in messages.splitlines() if "error: " in line), messages[:200])


def main():
    parser = argparse.ArgumentParser(description="mutated programs through the translator")
    parser.add_argument("--acc", required=True)
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--include", required=True)
    parser.add_argument("--seeds", default="1-50")
    parser.add_argument("--save", help="folder for failing cases")
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    texts = [(path, pieces(open(path).read())) for path in options.programs]
    counts = collections.Counter()
    folder = tempfile.mkdtemp(prefix="acc-mutate-")
    source, result = os.path.join(folder, "x.ac"), os.path.join(folder, "x.c")
    for seed in range(int(first), int(last or first) + 1):
        draw = random.Random(seed)
        path, tokens = draw.choice(texts)
        text = mutate(draw, tokens)
        with open(source, "w") as file:
            file.write(text)
        kind, what = verdict(options, source, result)
        counts[kind] += 1
        if kind in ("ok", "refused", "not C"):
            continue
        print("seed %d of %s: %s: %s" % (seed, os.path.basename(path), kind, what), flush=True)
        if options.save:
            os.makedirs(options.save, exist_ok=True)
            with open(os.path.join(options.save, "%d.ac" % seed), "w") as file:
                file.write(text)
    for path in (source, result):
        if os.path.exists(path):
            os.remove(path)
    os.rmdir(folder)
    print("mutate: " + ", ".join("%d %s" % (number, kind) for kind, number in sorted(counts.items())))
    sys.exit(any(counts[kind] for kind in ("hang", "silent", "crash", "cc-error")))


if __name__ == "__main__":
    main()
