#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the fuzz target with coverage and sanitizers and runs it.
#
#   test/fuzz/fuzz_translate.sh FOLDER [libFuzzer options]     e.g. -max_total_time=600 -fork=2
#
# FOLDER/work collects the inputs; what crashes, hangs or leaks lies in FOLDER as crash-*, timeout-*, leak-*.
set -e
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
folder=$1
shift
mkdir -p "$folder/work"
flags="-std=gnu11 -g -O1 -fno-omit-frame-pointer -D_GNU_SOURCE -I$root/compiler -I$root/grammar/src"
checks="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"
for source in "$root"/grammar/src/*.c "$root"/compiler/*.c; do
    object=$folder/$(basename "$source" .c).o
    case $source in
    */main.c) continue ;;
    */grammar/*) extra= ;; # generated: its size would cost more time than it finds
    *) extra=$checks ;;
    esac
    [ "$object" -nt "$source" ] && [ "$object" -nt "$root/compiler/acc.h" ] || ${CLANG:-clang} $flags $extra -w -c "$source" -o "$object"
done
${CLANG:-clang} $flags -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined "$here/fuzz_translate.c" \
    "$folder"/*.o $(pkg-config --libs tree-sitter) -o "$folder/fuzz_translate"
cd "$folder"
exec ./fuzz_translate -dict="$here/acc.dict" -timeout=20 -rss_limit_mb=2000 -max_len=4000 -entropic=0 "$@" work "$here/corpus"
