#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a Csmith program async.

  csmith_async.py [--mode none|entry|loop|stmt] [--seed N] [--main run|async] [program.c] > program.ac

Input: what csmith prints. Every function of the program's own (func_1, func_2, ...) becomes async, every
call of one an await; main becomes an async main, or stays plain and calls acc_run. A suspension,
`await acc_sleep(0);`, stands nowhere, at each function's entry, at each loop's head too, or before
every statement, also those that are the body of an if or a loop without braces. The comments go: a
translator keeps them, and they only slow the reading of a failing case down.

The text is cut into tokens once; the statement grammar of C is walked over them and insertions are
recorded by token, so that nothing of the program is printed anew. What Csmith never writes (K&R
definitions, statement expressions, declarations with braces after a label) is not understood.

With -Dasync= -Dawait= '-Dacc_sleep(s)=((void)0)' '-Dacc_run(f)=(f)' the result is the program it
was made of: the transformation is tested by that.
"""
import argparse
import random
import re
import sys

TOKEN = re.compile(r"""
    (?P<space>(?:[ \t\r\n\f]|\\\n)+)
  | (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>(?m:^)[ \t]*\#(?:[^\n\\]|\\.)*)
  | (?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*"|[uUL]?'(?:[^'\\\n]|\\.)*')
  | (?P<word>[A-Za-z_$][A-Za-z0-9_$]*)
  | (?P<number>\.?[0-9](?:[eEpP][+-]|[A-Za-z0-9_.])*)
  | (?P<punct>\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\#\#|.)
""", re.VERBOSE | re.DOTALL)

MODES = ("none", "entry", "loop", "stmt")
SLEEP = "await acc_sleep(0);"
OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, ")]}"


class Token:
    __slots__ = ("kind", "text", "before", "after", "space")

    def __init__(self, kind, text, space):
        self.kind, self.text, self.space = kind, text, space
        self.before, self.after = [], []


def tokens_of(text):
    """The tokens with the white space in front of each; comments count as a space."""
    tokens, space = [], ""
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "space":
            space += match.group()
        elif kind == "comment":
            space += "" if space[-1:] in (" ", "\n") else " "
        else:
            tokens.append(Token(kind, match.group(), space))
            space = ""
    return tokens


def text_of(tokens):
    parts = []
    for token in tokens:
        parts.append(token.space)
        parts.extend(token.before)
        parts.append(token.text)
        parts.extend(token.after)
    return re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", "".join(parts))) + "\n"


class Transformer:
    def __init__(self, text, mode, main, choice):
        self.tokens = tokens_of(text)
        self.mode, self.main, self.choice = mode, main, choice
        self.names = set()

    # -- tokens ---------------------------------------------------------------------------

    def text(self, at):
        return self.tokens[at].text if at < len(self.tokens) else ""

    def closing(self, at):
        """The token that closes the bracket at `at`."""
        depth = 0
        while True:
            text = self.tokens[at].text
            if self.tokens[at].kind == "punct":
                depth += (text in OPEN) - (text in CLOSE)
            if depth == 0:
                return at
            at += 1

    def past(self, at, stop):
        """Behind the next token of that text outside brackets."""
        while self.text(at) != stop:
            at = (self.closing(at) if self.text(at) in OPEN else at) + 1
        return at + 1

    # -- file scope -----------------------------------------------------------------------

    def run(self):
        at = 0
        while at < len(self.tokens):
            at = at + 1 if self.tokens[at].kind == "directive" else self.external(at)
        head = "#include <acc/acc.h>\n"
        return head + text_of(self.tokens)

    def external(self, start):
        """One external declaration: a function of the program's own or anything else."""
        at, name, parameters = start, None, None
        while self.text(at) not in (";", "{", "=", ""):
            if self.text(at) == "(" and name is None and self.tokens[at - 1].kind == "word":
                name, parameters = self.text(at - 1), at
            at = (self.closing(at) if self.text(at) in OPEN else at) + 1
        own = parameters is not None and re.fullmatch(r"func_\d+", name)
        if own:
            self.names.add(name)
        if own or (name == "main" and self.main == "async"):
            self.mark_async(start, parameters - 1)
        if self.text(at) == "{" and (own or name == "main"):
            self.body(at, own or self.main == "async", name)
            return self.closing(at) + 1
        return self.past(at, ";") if self.text(at) != "{" or name is None else self.closing(at) + 1

    def mark_async(self, first, name):
        """`async` stands anywhere among the specifiers: sometimes first, sometimes behind `static`."""
        behind = first + 1 < name and self.text(first) == "static" and self.choice.random() < 0.5
        if behind:
            self.tokens[first].after.append(" async")
        else:
            self.tokens[first].before.insert(0, "async ")

    # -- function bodies ------------------------------------------------------------------

    def body(self, brace, is_async, name):
        end = self.closing(brace)
        for at in range(brace, end):
            if self.text(at) in self.names and self.text(at + 1) == "(":
                self.call(at, is_async)
        if not is_async or self.mode == "none":
            return
        if self.mode != "stmt":
            self.tokens[brace].after.append("\n    " + SLEEP)
        at = brace + 1
        while at < end:
            at = self.statement(at, True)

    def call(self, at, is_async):
        closing = self.tokens[self.closing(at + 1)]
        if not is_async:
            self.tokens[at].before.append("acc_run(")
            closing.after.insert(0, ")")
        elif self.text(self.closing(at + 1) + 1) in (".", "->", "["):
            self.tokens[at].before.append("(await ")
            closing.after.insert(0, ")")
        else:
            self.tokens[at].before.append("await ")

    def statement(self, start, in_block):
        """Records the suspensions of the statement or declaration at `start`; answers what follows."""
        wanted = self.mode == "stmt" and not (not in_block and self.text(start) == "{")
        if wanted:
            self.tokens[start].before.insert(0, SLEEP + " " if in_block else "{ " + SLEEP + " ")
        end = self.inside(start)
        if wanted and not in_block:
            self.tokens[end - 1].after.append(" }")
        return end

    def inside(self, at):
        word = self.text(at)
        if word == "{":
            return self.block(at)
        if word in ("if", "switch"):
            at = self.statement(self.closing(at + 1) + 1, False)
            return self.statement(at + 1, False) if word == "if" and self.text(at) == "else" else at
        if word in ("for", "while"):
            return self.loop_body(self.closing(at + 1) + 1)
        if word == "do":
            return self.past(self.loop_body(at + 1), ";")
        if word == "case":
            return self.statement(self.past(at, ":"), True)
        if (word == "default" or self.tokens[at].kind == "word") and self.text(at + 1) == ":":
            return self.statement(at + 2, True)
        return self.past(at, ";")

    def block(self, at):
        end = self.closing(at)
        at += 1
        while at < end:
            at = self.statement(at, True)
        return end + 1

    def loop_body(self, at):
        if self.mode != "loop":
            return self.statement(at, False)
        if self.text(at) == "{":
            self.tokens[at].after.append(" " + SLEEP)
            return self.block(at)
        self.tokens[at].before.insert(0, "{ " + SLEEP + " ")
        end = self.inside(at)
        self.tokens[end - 1].after.append(" }")
        return end


def transform(text, mode="stmt", seed=0, main=None):
    """The async program of a Csmith program; the same seed gives the same text."""
    choice = random.Random(seed)
    main = main or choice.choice(("run", "async"))
    return Transformer(text, mode, main, choice).run()


def main():
    parser = argparse.ArgumentParser(description="makes a Csmith program async")
    parser.add_argument("--mode", choices=MODES, default="stmt")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--main", choices=("run", "async"))
    parser.add_argument("program", nargs="?")
    options = parser.parse_args()
    text = open(options.program).read() if options.program else sys.stdin.read()
    sys.stdout.write(transform(text, options.mode, options.seed, options.main))


if __name__ == "__main__":
    main()
