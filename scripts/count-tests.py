#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds up lit's JSON results, a file for each run; the last line reads `N passed, N failed`.

  count-tests.py run.json...

`, N skipped` follows when tests were not run (unsupported) or are expected to fail. Exit status 1
when something failed, when a file cannot be read, or when nothing passed.
"""
import collections
import json
import os
import sys

PASSED = {"PASS", "FLAKYPASS"}
SKIPPED = {"UNSUPPORTED", "SKIPPED", "EXCLUDED", "XFAIL"}


def outcome(code):
    if code in PASSED:
        return "passed"
    return "skipped" if code in SKIPPED else "failed"


def read(path):
    """The outcomes of one run and the names of its failures."""
    counts, failures = collections.Counter(), []
    try:
        with open(path) as file:
            tests = json.load(file)["tests"]
    except (OSError, ValueError, KeyError, TypeError):
        return collections.Counter(failed=1), [path + ": no results"]
    for test in tests:
        what = outcome(test.get("code"))
        counts[what] += 1
        if what == "failed":
            failures.append("%s: %s" % (test.get("code"), test.get("name")))
    return counts, failures


def line(counts):
    text = "%d passed, %d failed" % (counts["passed"], counts["failed"])
    return text + ", %d skipped" % counts["skipped"] if counts["skipped"] else text


def main():
    total = collections.Counter()
    for path in sys.argv[1:]:
        counts, failures = read(path)
        total += counts
        print("%s: %s" % (os.path.splitext(os.path.basename(path))[0], line(counts)))
        for failure in failures:
            print("    " + failure)
    print(line(total))
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
