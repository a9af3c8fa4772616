# SPDX-License-Identifier: MIT
"""programs.py: random programs of tasks that await, set and cancel each other, as asyncio runs them.

    python3 programs.py scripts FIRST LAST    writes the scripts of these seeds
    python3 programs.py log < scripts         writes what asyncio does with them; programs.ac does the same

programs.in and programs.want are the seeds 1 to 60 with Python 3.13.0, where nothing is left out.

A script is a line `seed`, a line for each task (task 0 is main) with its number of operations, and a line for
each operation: what, two operands, a mode (1: goes on after a failure, 2: after a cancellation, whose requests it
takes back, 4: frames wait when they are left), and how many frames deep it is done.  A task awaits only tasks of
higher numbers: asyncio cannot cancel a ring."""
import random
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])
import trace
from trace import *

TASKS, FUTURES = 6, 4
YIELD, FUTURE, TASK, SET, FAIL, CANCEL, CANCEL_FUTURE, UNCANCEL, SPAWN, THROW, RETURN, SHIELD, WAIT_FOR, GATHER, WAIT, TIMEOUT, HAPPEN, EVENT, GROUP, EAGER = \
    range(20)
WEIGHTS = [6, 6, 6, 5, 2, 7, 1, 3, 8, 1, 1, 2, 2, 2, 1, 3, 2, 3, 4, 3]


def scripts(first, last):
    for seed in range(first, last + 1):
        r = random.Random(seed)
        print(seed)
        for t in range(TASKS):
            n = r.randint(6, 14) if t == 0 else r.randint(1, 6)
            print(n)
            for i in range(n):
                kind = r.choices(range(20), WEIGHTS)[0]
                if t == 0:  # waits for nothing but turns
                    kind = SPAWN if i < 3 else r.choice((YIELD, YIELD, SET, FAIL, CANCEL, UNCANCEL, SPAWN, kind))
                    kind = YIELD if kind in (FUTURE, TASK, SHIELD, WAIT_FOR, GATHER, WAIT, TIMEOUT, EVENT, GROUP) else kind
                if kind in (UNCANCEL, WAIT_FOR, GATHER, GROUP, EAGER) and sys.version_info < (3, 13):
                    kind = YIELD  # these changed until then
                a = b = r.randrange(FUTURES)
                if kind in (CANCEL, UNCANCEL):
                    a = r.randrange(TASKS)
                elif kind in (SPAWN, EAGER):
                    a = r.randrange(1, TASKS)
                elif kind == TASK:
                    a = r.randrange(t, TASKS)
                elif kind in (GATHER, GROUP):
                    b = r.randrange(FUTURES)
                mode = 3 if t == 0 else r.choice((0, 1, 1, 2, 3, 3, 4, 7))
                print(kind, a, b, mode, r.choice((0, 0, 1, 2, 3)))


class State:
    pass


def name():
    return "t%d" % S.tasks.index(me())


async def child(f):
    try:
        return await f
    except asyncio.CancelledError:
        say("child cancelled, count %d" % me().cancelling())
        raise


async def in_group(f, g):
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child(f))
            return await g
    except BaseExceptionGroup as e:
        raise Boom from e


async def in_timeout(f):
    try:
        async with asyncio.timeout(0):
            return await f
    except TimeoutError:
        return -2


async def operate(kind, a, b):
    f = S.futures[a % FUTURES]
    t = S.tasks[a]
    if kind == YIELD:
        await asyncio.sleep(0)
    elif kind == FUTURE:
        return await f
    elif kind == TASK:
        return 0 if t is None or t is me() else await t
    elif kind == SET:
        return 0 if f.done() else f.set_result(a + 10)
    elif kind == FAIL:
        return 0 if f.done() else f.set_exception(Boom())
    elif kind == CANCEL:
        return -1 if t is None else int(t.cancel())
    elif kind == CANCEL_FUTURE:
        return int(f.cancel())
    elif kind == UNCANCEL:
        return -1 if t is None or t.done() else t.uncancel()
    elif kind == SPAWN:
        if t is None:
            S.tasks[a] = spawn(body(a))
    elif kind == THROW:
        raise Boom
    elif kind == SHIELD:
        return await asyncio.shield(f)
    elif kind == WAIT_FOR:
        return await asyncio.wait_for(f, 1000)
    elif kind == GATHER:
        # Outcomes: when it is cancelled asyncio's other mode goes on at the first end, acc's at the last.
        both = await asyncio.gather(f, S.futures[b], return_exceptions=True)
        return sum(x if isinstance(x, int) else 1 for x in both)
    elif kind == WAIT:
        await asyncio.wait([f])
        return int(f.done())
    elif kind == TIMEOUT:
        return await in_timeout(f)
    elif kind == HAPPEN:
        S.event.set()
        S.event.clear()
    elif kind == EVENT:
        await S.event.wait()
    elif kind == GROUP:
        return await in_group(f, S.futures[b])
    elif kind == EAGER:
        if t is None:
            asyncio.Task(body(a), loop=loop(), eager_start=True)
    return 0


async def frame(n, op):
    if n == 0:
        return await operate(*op[:3])
    try:
        return await frame(n - 1, op)
    finally:
        if op[3] & 4:
            await asyncio.sleep(0)
            say("%s leaves %d" % (name(), n))


async def body(i):
    S.tasks[i] = me()
    say("t%d begins" % i)
    v = 0
    for op in S.script[i]:
        kind, a, b, mode, depth = op
        if kind == RETURN and i:
            break
        try:
            v = await frame(depth, op) or 0
            say("t%d %d %d: %d" % (i, kind, a, v))
        except Boom:
            say("t%d %d %d: boom" % (i, kind, a))
            if not mode & 1:
                raise
        except asyncio.CancelledError:
            say("t%d %d %d: cancelled, count %d" % (i, kind, a, me().cancelling()))
            if not mode & 2:
                raise
            while me().uncancel():
                pass
    return v


async def program():
    count_generations()
    S.tasks = [me()] + [None] * (TASKS - 1)
    S.event = asyncio.Event()
    S.futures = [future() for i in range(FUTURES)]
    await body(0)
    for rest in range(12):
        for i in range(8):
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                say("main cancelled")
                while me().uncancel():
                    pass
        for t in S.tasks[1:]:
            if t is not None and not t.done():
                t.cancel()
    for i, t in enumerate(S.tasks):
        if t is not None and i:
            say("t%d %s, count %d" % (i, outcome(t), t.cancelling()))
    for i, f in enumerate(S.futures):
        say("f%d %s" % (i, outcome(f)))


def log():
    words = iter(map(int, sys.stdin.read().split()))
    for seed in words:
        S.script = [[tuple(next(words) for i in range(5)) for n in range(next(words))] for t in range(TASKS)]
        print("== %d" % seed)
        for line in trace.run(program):
            if "handler" not in line:
                print(line)


S = State()
if sys.version_info < (3, 11):
    print("skipped: needs Python 3.11")
elif sys.argv[1] == "scripts":
    scripts(int(sys.argv[2]), int(sys.argv[3]))
else:
    log()
