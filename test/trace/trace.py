# SPDX-License-Identifier: MIT
"""trace.py: the same scenarios in Python's asyncio: what the logs in this folder must say.

    python3 SCENARIOS.py            writes the log
    python3 SCENARIOS.py FILE.log   compares it with a log, scenario by scenario

A scenario is a coroutine function with @scenario. @scenario(since=(3, 13)) marks behaviour that came with
a later Python: an older one leaves it out, and its part of the log is what that Python does, written by hand.
The clock is virtual: when nothing is ready it jumps to the next deadline.
"""
import asyncio
import gc
import sys

SCENARIOS = []


class Boom(Exception):
    pass


class Bang(Exception):
    pass


class Loop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__()
        self.clock = 1000.0
        self.generation = -1
        self.set_exception_handler(lambda loop, context: say("handler: " + why(context.get("exception"))))
        select = self._selector.select

        def jump(timeout=None):
            events = select(0)
            if timeout is None and not events:
                raise RuntimeError("nothing can wake anybody")
            if timeout and not events:
                self.clock += timeout
            return events

        self._selector.select = jump

    def time(self):
        return self.clock

    def tick(self):
        self.generation += 1
        self.call_soon(self.tick)


class Log:
    lines = []
    loop = None


def say(text):
    counted = Log.loop is not None and Log.loop.generation >= 0
    Log.lines.append(("%d: %s" % (Log.loop.generation, text)) if counted else text)


def count_generations():
    Log.loop.generation = 0
    Log.loop.call_soon(Log.loop.tick)


def why(error):
    if error is None:
        return "ok"
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    names = {"Boom": "boom", "Bang": "bang", "InvalidStateError": "already", "TimeoutError": "timed out"}
    return names.get(type(error).__name__, repr(error))


def outcome(f):
    if not f.done():
        return "pending"
    if f.cancelled():
        return "cancelled"
    return why(f.exception()) if f.exception() else "value %d" % (f.result() or 0)


def me():
    return asyncio.current_task()


def loop():
    return asyncio.get_running_loop()


def future():
    return loop().create_future()


def spawn(coroutine):
    return loop().create_task(coroutine)


def uncancelled():
    """What `catch cancel` of the dialect does at its end: whether the cancellation stays caught."""
    return me().cancelling() == 0


def scenario(function=None, since=(3, 11)):
    if function is None:
        return lambda f: scenario(f, since)
    SCENARIOS.append((function.__name__, function, since))
    return function


def run(function):
    Log.lines = []
    with asyncio.Runner(loop_factory=Loop) as runner:
        Log.loop = runner.get_loop()
        try:
            runner.run(function())
        except BaseException as error:
            if not isinstance(error, (Boom, Bang, asyncio.CancelledError)):
                raise
            say("handler: " + why(error))  # acc_run tells the exception handler
        gc.collect()
    Log.loop = None
    return Log.lines


def sections(text):
    parts = {}
    for line in text.splitlines():
        if line.startswith("== "):
            parts[line[3:]] = []
        else:
            parts[list(parts)[-1]].append(line)
    return parts


def main():
    """Called at the end of each file of scenarios."""
    log = sys.argv[1] if len(sys.argv) > 1 else None
    if sys.version_info < (3, 11):
        print("skipped: asyncio of Python %d.%d has no counted cancellation" % sys.version_info[:2])
        return
    expected = sections(open(log).read()) if log else None
    failed = skipped = 0
    for name, function, since in SCENARIOS:
        if sys.version_info < since:
            skipped += 1
            continue
        lines = run(function)
        if expected is None:
            print("== " + name)
            print("".join(line + "\n" for line in lines), end="")
        elif lines != expected.get(name):
            failed += 1
            print("%s: asyncio says\n  %s\nand the log\n  %s" % (
                name, "\n  ".join(lines), "\n  ".join(expected.get(name, ["nothing"]))))
    if expected is not None:
        missing = [name for name in expected if name not in [s[0] for s in SCENARIOS]]
        if missing:
            print("not written in Python: " + " ".join(missing))
        print("%d scenarios, %d differ, %d need a later Python than %d.%d" % (
            len(SCENARIOS), failed, skipped, *sys.version_info[:2]))
        sys.exit(1 if failed or missing else 0)
