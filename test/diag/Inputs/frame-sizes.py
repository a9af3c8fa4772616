# SPDX-License-Identifier: MIT
"""Holds the sizes that -Wframe-size=1 tells against those of --frame-report: frame-sizes.py report messages"""
import re
import sys

report = dict(re.findall(r"^(\w+) at [^\n]*?: (\d+) bytes", open(sys.argv[1]).read(), re.M))
told = dict(re.findall(r"the frame of '(\w+)' takes (\d+) bytes", open(sys.argv[2]).read()))
assert report
for name in sorted(set(report) | set(told)):
    print(name, report.get(name), "same" if report.get(name) == told.get(name) else told.get(name))
