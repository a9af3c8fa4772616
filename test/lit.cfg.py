# SPDX-License-Identifier: MIT
# How lit runs the suite.
#
#   lit.py test --param build=build/release --param cc=clang --param san=0
#   lit.py test --param build=build/valgrind --param valgrind=1
#
# build: the build folder under test (bin/acc, lib/libacc.a, include/acc); build/release if not said.
# cc:    the compiler of the generated code and of the runtime's unit tests: gcc, clang, clang-19.
# san:   1 if that build is sanitized; generated code then is too. Known by itself under
#        build/<preset>/test, else guessed from the folder's CMake cache.
# valgrind: 1 if all programs shall run under valgrind: the translator, the unit programs, the
#        examples, and whatever tests compile. Best with build=build/valgrind, whose frames valgrind sees.
#
# Substitutions, beside lit's own; test/README.md shows each in use:
#   %acc                 the translator, told of the compiler under test by ACC_CC
#   %cc                  that compiler, with the sanitizer flags
#   %cflags  %libs       to compile against the runtime, at -Wall -Wextra -Werror; to link with it
#   %san                 the sanitizer flags alone (none on a plain build)
#   %translate SRC -o O  translate for the compiler under test
#   %run-ac SRC          translate, build at -O0 and -O2 with every warning an error, run
#   %everywhere SRC      the same with test/everywhere's driver: cancelled, destroyed, out of memory
#   %dump KIND SRC       what a pass found; %emit SRC: the C of the user's part; %diag SRC: messages.
#                        These three blank the directive comments, lest FileCheck match itself.
import os
import shlex
import shutil

import lit.formats

config.name = "acc"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".ac", ".c", ".test", ".sh"]
config.excludes = ["Inputs", "tools"]
config.test_source_root = os.path.dirname(os.path.realpath(__file__))

root = os.path.dirname(config.test_source_root)
tools = os.path.join(config.test_source_root, "tools")
build = lit_config.params.get("build") or getattr(config, "acc_build", None)
build = os.path.realpath(os.path.join(root, build or "build/release"))
cc = lit_config.params.get("cc", "gcc")


def is_sanitized():
    if "san" in lit_config.params:
        return lit_config.params["san"] not in ("0", "", "no")
    if hasattr(config, "acc_sanitize"):
        return config.acc_sanitize
    try:
        with open(os.path.join(build, "CMakeCache.txt")) as cache:
            return "ACC_SANITIZE:BOOL=ON\n" in cache.read()
    except OSError:
        return False


sanitized = is_sanitized()
valgrind = lit_config.params.get("valgrind", "0") not in ("0", "", "no")
if valgrind and sanitized:
    lit_config.fatal("a sanitized build does not run under valgrind")
if not os.path.isfile(os.path.join(build, "bin", "acc")):
    lit_config.warning("no bin/acc in %s" % build)
if not shutil.which(cc):
    lit_config.fatal("compiler '%s' not found" % cc)

# Every run of (build, compiler) has its own folder for what tests write.
config.test_exec_root = os.path.join(build, "test-output", cc + ("-valgrind" if valgrind else ""))
os.makedirs(config.test_exec_root, exist_ok=True)

san_flags = []
if sanitized:
    san_flags = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g",
                 "-fno-omit-frame-pointer"]
    if not cc.startswith("clang"):
        # The address sanitizer's checks as calls: the same ones, and gcc -O2 needs a third less time.
        san_flags.append("--param=asan-instrumentation-with-call-threshold=0")
include = os.path.join(build, "include")
cflags = ["-I" + include, "-Wall", "-Wextra", "-Werror"]


def pkg_config(*arguments):
    import subprocess
    return subprocess.check_output(("pkg-config",) + arguments, text=True).split()


core_flags = ["-std=gnu11", "-D_GNU_SOURCE=", "-I" + os.path.join(root, "compiler")]
core_libs = [os.path.join(build, "libacccore.a")] + pkg_config("--libs", "tree-sitter")
libs = [os.path.join(build, "lib", "libacc.a")] + pkg_config("--libs", "libuv") + ["-pthread"]

# -- environment ------------------------------------------------------------------------------

environment = config.environment
environment["PATH"] = os.pathsep.join(["/usr/lib/llvm-14/bin", os.environ["PATH"]])
environment["LC_ALL"] = "C"
environment["ACC_CC"] = cc
environment["ACC_TEST_BUILD"] = build
environment["ACC_TEST_SOURCE"] = root
environment["ACC_TEST_ACC"] = os.path.join(build, "bin", "acc")
environment["ACC_TEST_CC"] = cc
environment["ACC_TEST_SAN"] = " ".join(san_flags)
environment["ACC_TEST_CFLAGS"] = shlex.join(cflags)
environment["ACC_TEST_LIBS"] = shlex.join(libs)
environment["ASAN_OPTIONS"] = "detect_leaks=1:strict_string_checks=1:check_initialization_order=1"
environment["UBSAN_OPTIONS"] = "print_stacktrace=1"
environment["LSAN_OPTIONS"] = "print_suppressions=0"
environment.pop("CC", None)

# No test may hang the suite. lit's own --timeout needs psutil, which the base system has not; so the
# shell that runs a test's RUN lines is itself run under timeout(1).
slower = 10 if valgrind else 4 if sanitized else 1
environment["ACC_TEST_SLOWER"] = str(slower)
environment["ACC_TEST_TIMEOUT"] = lit_config.params.get(
    "timeout", {1: "100", 4: "200", 10: "900"}[slower])
lit_config.bashPath = os.path.join(tools, "bash-with-timeout")

# -- valgrind ---------------------------------------------------------------------------------


def replace(path, target=None, program=None):
    """A link to `target`, or a script that runs `program` under valgrind."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.remove(path)
    if target:
        os.symlink(target, path)
        return
    with open(path, "w") as script:
        script.write("#!/bin/sh\nexec %s \"$@\"\n" %
                     shlex.join([os.path.join(tools, "under-valgrind"), program]))
    os.chmod(path, 0o755)


def stand_in(folder):
    """A folder like the build folder, with scripts for programs."""
    for path in ("lib", "include", "libacccore.a", "CMakeCache.txt"):
        replace(os.path.join(folder, path), target=os.path.join(build, path))
    for part in ("bin", "examples", "test/unit"):
        programs = os.path.join(build, part)
        for name in sorted(os.listdir(programs)) if os.path.isdir(programs) else []:
            program = os.path.join(programs, name)
            if os.path.isfile(program) and os.access(program, os.X_OK):
                replace(os.path.join(folder, part, name), program=program)
    return folder


if valgrind:
    compilers = os.path.join(config.test_exec_root, "compilers")
    for name in ("cc", "gcc", "clang", "clang-14", "clang-19"):
        replace(os.path.join(compilers, name), target=os.path.join(tools, "cc-under-valgrind"))
    environment["ACC_TEST_PATH"] = environment["PATH"]
    environment["PATH"] = os.pathsep.join([compilers, environment["PATH"]])
    environment["ACC_TEST_VALGRIND"] = os.path.join(tools, "under-valgrind")
    build = stand_in(os.path.join(config.test_exec_root, "build"))
    environment["ACC_TEST_BUILD"] = build
    environment["ACC_TEST_ACC"] = os.path.join(build, "bin", "acc")

# -- features ---------------------------------------------------------------------------------

features = config.available_features
features.add({"clang-19": "clang19"}.get(cc, cc))
if cc.startswith("clang"):
    features.add("any-clang")
if sanitized:
    features.add("asan")
if valgrind:
    features.add("under-valgrind")
for tool in ("valgrind", "csmith", "gdb", "nc", "socat", "curl", "make", "ninja", "tcc", "clang-19",
             "meson"):
    if shutil.which(tool):
        features.add(tool)

# -- substitutions: those that begin with another's name come first -------------------------------


def substitute(name, words):
    config.substitutions.append(("%" + name + r"(?![\w-])", shlex.join(words)))


acc = os.path.join(build, "bin", "acc")
substitute("run-ac", [os.path.join(tools, "run-ac")])
everywhere = os.path.join(config.test_source_root, "everywhere", "Inputs")
substitute("everywhere", [os.path.join(tools, "run-ac"), "--timeout=40", "-I" + everywhere,
                          os.path.join(everywhere, "everywhere.c")])
substitute("translate", [acc, "--cc", cc])
substitute("dump", [os.path.join(tools, "acc-blanked"), "dump"])
substitute("emit", [os.path.join(tools, "acc-blanked"), "emit"])
substitute("diag", [os.path.join(tools, "acc-blanked"), "diag"])
substitute("blank", [os.path.join(tools, "blank_directives.py")])
substitute("acc", [acc])
substitute("cc-name", [cc])
substitute("cc", [cc] + san_flags)
substitute("cflags", cflags)
substitute("libs", libs)
substitute("core-flags", core_flags)
substitute("core-libs", core_libs)
substitute("unit", [os.path.join(build, "test", "unit")])
substitute("san", san_flags)
substitute("include", [include])
substitute("build", [build])
substitute("source", [root])
substitute("FileCheck", ["FileCheck"])
substitute("timeout", ["timeout", "-k", "5", "300" if valgrind else "60"])
