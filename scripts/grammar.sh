#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Generates grammar/src from grammar/grammar.js, tests it, and writes grammar/STAMP: what it was
# generated from, with what, and what came out. Needs cargo, Node and npm; a build needs none of them.
#
#   scripts/grammar.sh            installs the pinned CLI and npm package if need be, generates, tests
#   scripts/grammar.sh --check    the stamp against the files; needs nothing but sha256sum
set -euo pipefail
cd "$(dirname "$0")/../grammar"

cli_version=0.22.6
abi=14
# Of tree-sitter-c's grammar.js at the version that package.json pins: what is extended.
stock_sha256=f362b9fe06db321464fc77f1e5ba2ce089baec9d18f4defddb0c9ca87885e546

inputs=(grammar.js package.json)
outputs=(src/grammar.json src/node-types.json src/parser.c
    src/tree_sitter/alloc.h src/tree_sitter/array.h src/tree_sitter/parser.h)

stamp() {
    echo "tree-sitter-cli $cli_version, abi $abi"
    echo "$stock_sha256  tree-sitter-c/grammar.js"
    sha256sum -- "${inputs[@]}" "${outputs[@]}"
}

check() {
    if ! diff -u --label STAMP STAMP --label 'the files' <(stamp); then
        echo "grammar.sh: grammar/src is not what grammar/STAMP says; run scripts/grammar.sh" >&2
        return 1
    fi
}

# The CLI of exactly that version, from the path or from cargo's own folder.
find_cli() {
    local candidate
    for candidate in tree-sitter "${CARGO_HOME:-$HOME/.cargo}/bin/tree-sitter"; do
        if [[ "$("$candidate" --version 2>/dev/null)" =~ ^tree-sitter\ $cli_version( |$) ]]; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

install_stock() {
    local stock=node_modules/tree-sitter-c/grammar.js
    if ! sha256sum --status -c <<<"$stock_sha256  $stock" 2>/dev/null; then
        npm install --ignore-scripts --no-audit --no-fund >&2
    fi
    sha256sum --quiet -c <<<"$stock_sha256  $stock"
}

case ${1-} in
--check)
    check
    exit
    ;;
'') ;;
*)
    echo "usage: grammar.sh [--check]" >&2
    exit 2
    ;;
esac

if ! cli=$(find_cli); then
    cargo install tree-sitter-cli --version "$cli_version" --locked
    cli=$(find_cli)
fi
install_stock
"$cli" generate --abi "$abi" --no-bindings
"$cli" test
stamp >STAMP
