#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs from Debian 12 what building and testing need and is missing; does nothing, and asks for no
# network, when all is there. As root, or through sudo.   scripts/setup.sh [--build-only] [--quiet]
set -euo pipefail

# To build and use acc, and for scripts/demo.sh.
build=(build-essential cmake ninja-build pkg-config libuv1-dev libtree-sitter-dev python3)
# To run the tests: lit and FileCheck, the compilers of the generated code and their sanitizers.
test=(llvm-14-tools clang libclang-rt-14-dev)
# Tests that need one of these are skipped without it.
more=(clang-19 libclang-rt-19-dev csmith libcsmith-dev valgrind gdb socat netcat-openbsd curl)

quiet=no
for word in "$@"; do
    case $word in
    --build-only) test=() more=() ;;
    --quiet) quiet=yes ;;
    *) echo "usage: setup.sh [--build-only] [--quiet]" >&2; exit 2 ;;
    esac
done

missing_of() {
    local package
    for package in "$@"; do
        if ! dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed'; then
            echo "$package"
        fi
    done
}

install() {
    local root=()
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "setup.sh: run it as root, or install sudo; missing: $*" >&2
            return 1
        fi
        root=(sudo)
    fi
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o Dpkg::Use-Pty=0 "$@"
}

update() {
    if [ "$(id -u)" = 0 ]; then apt-get update; else sudo apt-get update; fi
}

if ! command -v dpkg-query >/dev/null; then
    echo "setup.sh: not a Debian system; install what corresponds to: ${build[*]} ${test[*]}" >&2
    exit 0
fi

mapfile -t needed < <(missing_of "${build[@]}" "${test[@]}")
mapfile -t wanted < <(missing_of "${more[@]}")
if [ ${#needed[@]} -gt 0 ] || [ ${#wanted[@]} -gt 0 ]; then
    echo "setup.sh: to install: ${needed[*]} ${wanted[*]}"
    update || echo "setup.sh: apt-get update failed, going on with the lists at hand" >&2
fi
if [ ${#wanted[@]} -eq 0 ] || ! install "${needed[@]}" "${wanted[@]}"; then
    # One by one, so that what cannot be had does not keep the others away.
    [ ${#needed[@]} -eq 0 ] || install "${needed[@]}"
    for package in "${wanted[@]}"; do
        install "$package" || echo "setup.sh: no $package; tests that need it are skipped" >&2
    done
fi

if [ "$quiet" = no ]; then
    for package in "${build[@]}" "${test[@]}" "${more[@]}"; do
        version=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null) || version=missing
        printf '%-20s %s\n' "$package" "$version"
    done
fi
