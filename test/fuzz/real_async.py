#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the functions of an existing C program async, a unit at a time.

  real_async.py [--mode none|entry|stmt] [--sync] [--under FOLDER] [--skip REGEX] unit.i > unit-async.i

Input: what `cc -E -D__ACC__=1 -include abi.h -include acc.h` made of a unit, so that acc reads the output
with --no-cpp. Every function f that stands in a file under FOLDER becomes `static async T f__co(...)`; direct
calls of one in another become `await f__co(...)`, and f itself stays, as a plain function that runs a
coroutine to its end by hand (acc_step, with --sync acc_run). So pointers to f, other units and plain
callers need not change, and a unit of any program can be tried alone.

A suspension stands nowhere, at each function's entry, or before every statement that follows another one.
Not made async, but left as they are: variadic functions, K&R definitions, results whose declarator
surrounds the name, functions that acc refuses by what they call (setjmp, alloca, va_start), and what
--skip names. What is awaited must be declared above: prototypes are doubled where they stand."""
import argparse
import os
import re
import sys

from csmith_async import CLOSE, OPEN, text_of, tokens_of

SLEEP = " await acc_sleep(0);"
REFUSED = {"setjmp", "_setjmp", "__sigsetjmp", "sigsetjmp", "alloca", "__builtin_alloca", "__builtin_va_start"}
NOT_A_RESULT = {"static", "extern", "inline", "__inline", "__inline__", "_Noreturn", "__extension__", "register"}
NOT_A_CALL = {"sizeof", "typeof", "__typeof__", "__typeof", "_Alignof", "__alignof__"}


class Function:
    """One declaration or definition `result name(parameters)`; tokens by number."""

    def __init__(self, start, name, paren, end):
        self.start, self.name, self.paren, self.end, self.body = start, name, paren, end, None


class Unit:
    def __init__(self, text, options):
        self.tokens = tokens_of(text)
        self.options = options
        self.functions = []
        self.scan()

    def text(self, at):
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def closing(self, at):
        depth = 0
        while True:
            if self.tokens[at].kind == "punct":
                depth += (self.text(at) in OPEN) - (self.text(at) in CLOSE)
            if depth == 0:
                return at
            at += 1

    # -- what is there --------------------------------------------------------------------

    def scan(self):
        under = os.path.abspath(self.options.under) if self.options.under else ""
        at, own = 0, False
        while at < len(self.tokens):
            if self.tokens[at].kind == "directive":
                marker = re.match(r'\s*# \d+ "([^"]*)"', self.text(at))
                if marker:
                    own = marker.group(1)[0] != "<" and os.path.abspath(marker.group(1)).startswith(under)
                at += 1
                continue
            at = self.external(at, own)

    def external(self, start, own):
        """A directive in the middle of one is passed over; answers what follows."""
        at, names, plain = start, [], True
        while at < len(self.tokens) and self.text(at) not in (";", "{", "="):
            word = self.tokens[at].kind == "word"
            if word and self.text(at) in ("__attribute__", "__asm__", "asm", "_Alignas", "__typeof__") \
                    and self.text(at + 1) == "(":
                plain = plain and self.text(at) == "__attribute__"
                at = self.closing(at + 1) + 1
                continue
            if self.text(at) == "(":
                if self.tokens[at - 1].kind != "word" or names:
                    plain = False
                names.append(at - 1)
            elif self.text(at) in (",", "[") or self.tokens[at].kind == "directive":
                plain = plain and self.tokens[at].kind == "directive"
            at = (self.closing(at) if self.text(at) in OPEN else at) + 1
        stop = self.text(at)
        if stop == "{" and not names:  # struct s { ... } x;
            at = self.closing(at) + 1
            return self.past_semicolon(at)
        if stop == "=":
            return self.past_semicolon(at)
        if own and plain and names and self.text(start) not in ("typedef", "_Static_assert", "__extension__"):
            paren = names[0] + 1
            f = Function(start, self.text(names[0]), paren, self.closing(paren))
            if stop == "{" and self.usual_definition(f, at):
                f.body = at
            if stop == ";" or f.body:
                self.functions.append(f)
        return self.closing(at) + 1 if stop == "{" else at + 1

    def past_semicolon(self, at):
        while at < len(self.tokens) and self.text(at) != ";":
            at = (self.closing(at) if self.text(at) in OPEN else at) + 1
        return at + 1

    def usual_definition(self, f, brace):
        return f.end + 1 == brace or self.text(f.end + 1) == "__attribute__" or \
            all(self.tokens[i].kind == "directive" for i in range(f.end + 1, brace))

    # -- what becomes async ---------------------------------------------------------------

    def parameters(self, f):
        """The names of a function's parameters; None if there is one this does not understand."""
        names, at = [], f.paren + 1
        inner = [self.text(i) for i in range(at, f.end) if self.tokens[i].kind != "directive"]
        if not inner:
            return []
        if inner == ["void"]:
            return []
        if "..." in inner:
            return None
        part, depth, parts = [], 0, []
        for text in inner:
            depth += (text in OPEN) - (text in CLOSE)
            if text == "," and not depth:
                parts.append(part)
                part = []
            else:
                part.append(text)
        for part in parts + [part]:
            joined = " ".join(part)
            pointer = re.search(r"\( \* (?:const )?(\w+)(?: \[[^]]*\])* \)", joined)
            plain = re.search(r"(\w+)(?: \[[^]]*\])*(?: __attribute__ .*)?$", joined)
            found = pointer or plain
            if not found or (not pointer and (len(part) < 2 or "(" in part)):
                return None
            names.append(found.group(1))
        return names

    def result(self, f):
        words, at = [], f.start
        while at < f.paren - 1:
            if self.text(at) == "__attribute__":
                at = self.closing(at + 1) + 1
                continue
            if self.text(at) not in NOT_A_RESULT and self.tokens[at].kind != "directive":
                words.append(self.text(at))
            at += 1
        return " ".join(words)

    def target(self, f):
        """The attributes that its body cannot do without."""
        lists = [self.source(i, self.closing(i + 1) + 1) for i in range(f.start, f.paren) if self.text(i) == "__attribute__"]
        return " ".join(text for text in lists if re.search(r"\b(__)?target(__)?\b", text))

    def wanted(self, f):
        if f.body is None or f.name == "main" or re.fullmatch(self.options.skip, f.name):
            return False
        words = {self.text(i) for i in range(f.body, self.closing(f.body))}
        head = {self.text(i) for i in range(f.start, f.body)}
        return not words & REFUSED and not head & {"noreturn", "__noreturn__", "_Noreturn", "always_inline"} and \
            self.parameters(f) is not None and "{" not in head and self.result(f) != ""

    # -- changes --------------------------------------------------------------------------

    def run(self):
        chosen = {f.name: f for f in self.functions if self.wanted(f)}
        declared = {}
        for f in self.functions:
            if f.name in chosen and f.name not in declared and self.named_alike(f, chosen[f.name]):
                declared[f.name] = f.body or f.end
        count = 0
        for f in self.functions:
            if f.name not in chosen:
                continue
            if f is chosen[f.name]:
                self.calls(f, declared)
                self.define(f)
                count += 1
            elif declared.get(f.name) == f.end:
                self.declare(f)
        sys.stderr.write("real_async: %d functions\n" % count)
        return text_of(self.tokens)

    def named_alike(self, f, definition):
        """A prototype `f()` tells too little."""
        return f is definition or (self.text(f.paren + 1) != ")" and "{" not in self.result(f))

    def source(self, first, last):
        return " ".join(t.text for t in self.tokens[first:last] if t.kind != "directive")

    def declare(self, f):
        """A prototype of the coroutine behind that of the function."""
        at = f.end
        while self.text(at) != ";":
            at += 1
        head = self.source(f.paren, f.end + 1)
        self.tokens[at].after.append(" static async %s %s__co%s;" % (self.result(f), f.name, head))

    def define(self, f):
        last = self.tokens[self.closing(f.body)]
        result, names, target = self.result(f), ", ".join(self.parameters(f)), self.target(f)
        own = self.source(f.start, f.end + 1)
        call = "%s__co(%s)" % (f.name, names)
        if self.options.sync:
            run = "%s acc_run(%s);" % ("" if result == "void" else "return", call)
        elif result == "void":
            run = "__typeof__(%s) co_ = %s; while (!acc__step((void *)co_, 0, 0)) {} " \
                  "acc__unref((void *)co_);" % (call, call)
        else:
            run = "__typeof__(%s) co_ = %s; __typeof__(%s) value_; " \
                  "while (!acc__step((void *)co_, (void *)&value_, sizeof value_)) {} " \
                  "acc__unref((void *)co_); return value_;" % (call, call, result)
        last.after.append("\n%s { %s }" % (own, run))
        for at in range(f.start, f.paren):
            if self.tokens[at].kind != "directive":
                self.tokens[at].text = ""
        self.tokens[f.start].text = "%s %s; %s static async %s %s__co" % (
            "__attribute__((unused))" if "static" in own.split() else "", own, target, result, f.name)
        for at in range(f.end + 1, f.body):
            if self.tokens[at].kind != "directive":
                self.tokens[at].text = ""
        if self.options.mode != "none":
            self.tokens[f.body].after.append(SLEEP)
        if self.options.mode == "stmt":
            self.statements(f)

    def calls(self, f, declared):
        at, end = f.body, self.closing(f.body)
        local = set(self.parameters(f))
        while at < end:
            name = self.text(at)
            if name in NOT_A_CALL and self.text(at + 1) == "(":
                at = self.closing(at + 1)
            elif name in declared and self.text(at + 1) == "(" and declared[name] < at and \
                    name not in local and self.text(at - 1) not in (".", "->", "&"):
                closing = self.closing(at + 1)
                self.tokens[at].text = "await " + name + "__co"
                if self.text(closing + 1) in (".", "->", "[", "(", "++", "--"):
                    self.tokens[at].before.append("(")
                    self.tokens[closing].after.insert(0, ")")
            at += 1

    def statements(self, f):
        """Behind a semicolon or a block's brace, where nothing goes on that began before it."""
        stack = []
        for at in range(f.body, self.closing(f.body)):
            text, follows = self.text(at), self.text(at + 1)
            if self.tokens[at].kind != "punct":
                continue
            if text in OPEN:
                inner = stack and stack[-1] not in ("block", "switch", "(")
                stack.append(text if text != "{" else "other" if inner else self.kind_of_brace(at))
            elif text in CLOSE:
                stack.pop()
            fits = stack and stack[-1] == "block" and follows not in ("else", "while", "}", "case", "default")
            if fits and at > f.body and (text == ";" or (text == "{" and stack[-1] == "block")) and \
                    self.tokens[at + 1].kind != "directive":
                self.tokens[at].after.append(SLEEP)

    def kind_of_brace(self, at):
        before = self.text(at - 1)
        if before == ")":
            head = self.text(self.opening(at - 1) - 1)
            return "switch" if head == "switch" else "block" if head in ("if", "for", "while") else "other"
        return "block" if before in ("else", "do", ";", "{", "}", ":", "(") else "other"

    def opening(self, at):
        depth = 0
        while True:
            depth += (self.text(at) in CLOSE) - (self.text(at) in OPEN)
            if depth == 0:
                return at
            at -= 1


def main():
    parser = argparse.ArgumentParser(description="makes the functions of a preprocessed unit async")
    parser.add_argument("--mode", choices=("none", "entry", "stmt"), default="none")
    parser.add_argument("--sync", action="store_true")
    parser.add_argument("--under", default="", help="only functions in files whose path begins so")
    parser.add_argument("--skip", default="", help="names that stay as they are")
    parser.add_argument("unit")
    options = parser.parse_args()
    sys.stdout.write(Unit(open(options.unit, errors="surrogateescape").read(), options).run())


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="surrogateescape")
    main()
