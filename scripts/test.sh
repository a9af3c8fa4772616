#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs all tests: installs what is missing, builds release and asan, and runs the suite on both, with
# gcc and with clang compiling the generated code. The last line counts all runs together.
#
#   scripts/test.sh [--build=release|asan] [--cc=gcc|clang|clang-19] [lit option or test...]
#
# JOBS, the number of tests at a time, is the number of processors if not set.
set -uo pipefail
cd "$(dirname "$0")/.."

builds=(release asan)
compilers=(gcc clang)
options=()
tests=()
for word in "$@"; do
    case $word in
    --build=*) builds=("${word#*=}") ;;
    --cc=*) compilers=("${word#*=}") ;;
    *) if [ -e "$word" ]; then tests+=("$word"); else options+=("$word"); fi ;;
    esac
done
[ ${#tests[@]} -gt 0 ] || tests=(test)
jobs=${JOBS:-$(nproc)}
lit=${LIT:-/usr/lib/llvm-14/build/utils/lit/lit.py}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

step() {
    local begin=$SECONDS
    printf '== %s\n' "$1"
    shift
    "$@" </dev/null
    local status=$?
    printf '== %d s, exit status %d\n' $((SECONDS - begin)) $status
    return $status
}

# A build that fails is a failed test, and its runs are left out.
build() {
    cmake --preset "$1" -DACC_WERROR=ON >"$results/configure.log" ||
        { cat "$results/configure.log"; return 1; }
    cmake --build --preset "$1" -j"$jobs" >"$results/build.log" 2>&1 ||
        { grep -v '^\[[0-9]*/[0-9]*\] [A-Z]' "$results/build.log" | tail -n 100; return 1; }
}

# The examples: the others are built though one fails; the test of that one will tell.
examples() {
    cmake --build --preset "$1" --target examples -j"$jobs" -- -k 0 >"$results/examples.log" 2>&1 ||
        { tail -n 60 "$results/examples.log"; return 1; }
}

run() {
    python3 "$lit" -v -j"$jobs" --param build="build/$1" --param cc="$2" \
        -o "$results/run-$1-$2.json" "${options[@]}" "${tests[@]}"
}

step "setup" scripts/setup.sh --quiet || exit 1
for preset in "${builds[@]}"; do
    if ! step "build $preset" build "$preset"; then
        echo '{"tests": [{"name": "build", "code": "FAIL"}]}' >"$results/build-$preset.json"
        continue
    fi
    step "examples $preset" examples "$preset"
    for cc in "${compilers[@]}"; do
        # Stands if lit itself falls over before it writes its own.
        echo '{"tests": [{"name": "lit", "code": "FAIL"}]}' >"$results/run-$preset-$cc.json"
        step "test $preset $cc" run "$preset" "$cc"
    done
done

python3 scripts/count-tests.py "$results"/*.json
