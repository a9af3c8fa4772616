#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# From nothing to a running program: installs what is missing, builds acc, translates an example, shows
# the C it became, compiles it and runs it.   scripts/demo.sh [x.ac]
set -euo pipefail
cd "$(dirname "$0")/.."
source=${1:-examples/hello.ac}

say() { printf '\n== %s\n' "$*"; }

say "what is needed"
scripts/setup.sh --build-only

say "configure and build: build/release/bin/acc, build/release/lib/libacc.a"
cmake --preset release >/dev/null
cmake --build --preset release -j"$(nproc)" | tail -n 1
acc=build/release/bin/acc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=$(basename "$source" .ac)

say "$source"
cat "$source"

say "acc -P $source -o $name.c   (the part of it that came from $source)"
"$acc" -P "$source" -o "$work/$name.c"
python3 scripts/user-part.py "$work/$name.c" "$source"

say "cc $name.c \$(acc --cflags) \$(acc --libs) -o $name"
# shellcheck disable=SC2046 # the flags are words
cc -O2 -Wall -Wextra "$work/$name.c" $("$acc" --cflags) $("$acc" --libs) -o "$work/$name"

say "./$name"
"$work/$name"
