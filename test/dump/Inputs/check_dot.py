#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads Graphviz text and fails unless it is what acc may write.

  check_dot.py [--svg] file.dot...

Each file is a number of `digraph "name" { ... }`. Statements are attributes, nodes and edges, ended by `;`;
every end of an edge is a node with a declaration, the suspend points are s1, s2, ... without a gap,
each with its state in its label, and every node can be reached from `start`, except `end`. With --svg
the file is also given to Graphviz, if that is installed. Prints how many graphs there were."""
import re
import shutil
import subprocess
import sys

TOKEN = re.compile(r'\s+|"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z0-9_]*|[0-9]+)|(->|[{}\[\];,=])')


def tokens(text):
    at, found = 0, []
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError("no token at %r" % text[at:at + 30])
        if match.group(1) is not None:
            check_string(match.group(1))
            found.append('"' + match.group(1))
        elif match.group(2) or match.group(3):
            found.append(match.group(2) or match.group(3))
        at = match.end()
    return found


def check_string(text):
    if "\n" in text:
        raise ValueError("a line ends inside the string %r" % text)
    bare = re.sub(r'\\["\\nl]', "", text)
    if "\\" in bare:
        raise ValueError("an escape of Graphviz's own in %r" % text)
    if re.search(r"&(?!amp;)", bare):
        raise ValueError("an entity in %r" % text)


class Reader:
    def __init__(self, words):
        self.words, self.at = words, 0

    def peek(self):
        return self.words[self.at] if self.at < len(self.words) else None

    def take(self, word=None):
        got = self.peek()
        if got is None or (word and got != word):
            raise ValueError("%r expected, not %r" % (word, got))
        self.at += 1
        return got

    def attributes(self):
        found = {}
        if self.peek() != "[":
            return found
        self.take("[")
        while self.peek() != "]":
            name = self.take()
            self.take("=")
            found[name] = self.take()
            if self.peek() != "]":
                self.take(",")
        self.take("]")
        return found

    def graph(self):
        nodes, edges = {}, []
        self.take("digraph")
        name = self.take()
        self.take("{")
        while self.peek() != "}":
            word = self.take()
            if self.peek() == "=":
                self.take("=")
                self.take()
            elif self.peek() == "->":
                self.take("->")
                edges.append((word, self.take(), self.attributes()))
            elif word in nodes:
                raise ValueError("node %s twice" % word)
            else:
                nodes[word] = self.attributes()
            self.take(";")
        self.take("}")
        return name, nodes, edges


def check_graph(name, nodes, edges):
    for end in [edge[0] for edge in edges] + [edge[1] for edge in edges]:
        if end not in nodes or end in ("node", "edge"):
            raise ValueError("%s: no node %s" % (name, end))
    reached, waiting = set(), ["start"]
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += [edge[1] for edge in edges if edge[0] == node]
    lost = set(nodes) - reached - {"node", "edge", "end"}
    if lost:
        raise ValueError("%s: nothing leads to %s" % (name, sorted(lost)))
    for node in nodes:
        if re.fullmatch(r"s[0-9]+", node):
            state = "state %s\\n" % node[1:]
            if not nodes[node]["label"][1:].startswith(state):
                raise ValueError("%s: %s has another label" % (name, node))
            ways = [edge for edge in edges if edge[0] == node]
            if len(ways) != 1 or ways[0][2].get("style") != "dashed":
                raise ValueError("%s: %s does not go on by one dashed edge" % (name, node))


def main():
    svg = "--svg" in sys.argv[1:] and shutil.which("dot")
    count = 0
    for path in [word for word in sys.argv[1:] if word != "--svg"]:
        try:
            with open(path, encoding="utf-8") as file:
                reader = Reader(tokens(file.read()))
            while reader.peek() is not None:
                check_graph(*reader.graph())
                count += 1
        except ValueError as error:
            sys.exit("%s: %s" % (path, error))
        if svg:
            done = subprocess.run(["dot", "-Tsvg", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            if done.returncode or done.stderr:
                sys.exit("%s: dot: %s" % (path, done.stderr.decode(errors="replace")))
    print("graphs:", count)


main()
