# SPDX-License-Identifier: MIT
"""nested.py: random programs of scopes in scopes, with a clock, as asyncio runs them.

    python3 nested.py scripts FIRST LAST    writes the scripts of these seeds
    python3 nested.py log < scripts         writes what asyncio does with them; nested.ac does the same

Where programs.py has frames in frames and counts generations, this has timeouts, groups, cleanups and handlers in
each other, limits that are moved from outside, calls in the future, a queue that is shut down.  nested.in and
nested.want are the seeds 1 to 60 with Python 3.13.0.  An older one writes nothing: timeouts and groups counted
requests otherwise.

A script is the seed, and a block for each task (task 0 is main).  A block is the number of its statements; a
statement is what, three operands, the number of its blocks, and those.  Tasks await tasks of higher numbers only.

Sleepers wake at odd times, and everything else is due at even ones: asyncio's sleep takes two turns at its end,
acc's one, which would be seen where both happen at once.  What is due at the same time comes in the order in which
it was made, as in acc; asyncio's heap says nothing of it."""
import asyncio
import random
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])
import trace
from trace import *

TASKS, FUTURES, SLOTS, END = 6, 4, 4, 400
YIELD, SLEEP, FUTURE, TASK, SET, FAIL, CANCEL, CANCEL_FUTURE, UNCANCEL, SPAWN, THROW, SHIELD, SHIELD_TASK, WAIT_FOR, \
    WAIT, GATHER, TIMEOUT, RESCHEDULE, GROUP, GROUP_SPAWN, TRY, CLEANUP, CALL, CALL_CANCEL, ADD_DONE, REMOVE_DONE, \
    SET_EVENT, EVENT, PUT, GET, SHUTDOWN = range(31)
WEIGHTS = [6, 8, 5, 5, 6, 2, 5, 1, 3, 7, 2, 2, 2, 5, 3, 3, 9, 4, 7, 2, 8, 5, 6, 1, 2, 1, 2, 2, 2, 3, 1]
QUIET = [YIELD, SLEEP, SLEEP, SET, CANCEL, PUT]  # what cleanups do: which of two failures wins is decided otherwise
COROUTINE, SHIELDED, SHIELDED_TASK = 2, 3, 4  # what is waited for, behind a future and a task


def statement(r, task, depth, grouped, child):
    """grouped: within a group; child: a task of one, which does not read the queue."""
    kind = r.choices(range(31), WEIGHTS)[0]
    if depth > 4 and kind in (TIMEOUT, GROUP, GROUP_SPAWN, TRY, CLEANUP):
        kind = SLEEP
    if task == 0 and kind in (FUTURE, TASK, SHIELD, SHIELD_TASK, EVENT, THROW, GET):
        kind = SPAWN
    if kind == GROUP_SPAWN and not grouped or kind == GET and (task != 1 or child):
        kind = YIELD
    a, b, c, blocks = r.randrange(FUTURES), r.randrange(FUTURES), r.randrange(4), []
    if kind in (CANCEL, UNCANCEL, RESCHEDULE):
        a = r.randrange(TASKS)
    elif kind == SPAWN:
        a = r.randrange(1, TASKS)
    elif kind in (TASK, SHIELD_TASK):
        a = r.randrange(task, TASKS)
    elif kind in (WAIT, GATHER):
        b, c = r.randrange(task, TASKS), r.randrange(15)
    elif kind == WAIT_FOR:
        a = r.randrange(5)
        b = r.randrange(task, TASKS) if a in (1, SHIELDED_TASK) else b
        c = max(c, 1)
    elif kind == TIMEOUT:
        blocks = [block(r, task, depth + 1, grouped, child)]
    elif kind == GROUP:
        blocks = [block(r, task, depth + 1, True, child)]
        blocks += [block(r, task, depth + 1, True, True) for i in range(r.randrange(4))]
    elif kind == GROUP_SPAWN:
        blocks = [block(r, task, depth + 1, True, True)]
    elif kind == TRY:
        a = r.choice((1, 2, 3, 3, 4, 5))
        blocks = [block(r, task, depth + 1, grouped, child)]
    elif kind == CLEANUP:
        quiet = [(r.choice(QUIET), r.randrange(FUTURES), 0, 0, []) for i in range(r.randint(1, 2))]
        blocks = [block(r, task, depth + 1, grouped, child), quiet]
    elif kind == CALL:
        b = r.randrange(4) * 8 + r.randrange(TASKS)
    elif kind == SHUTDOWN:
        a = int(r.random() < 0.3)
    return kind, a, b, c, blocks


def block(r, task, depth=0, grouped=False, child=False):
    n = r.randint(4, 9) if depth == 0 else r.randint(1, 3)
    statements = [statement(r, task, depth, grouped, child) for i in range(n)]
    if task == 0 and depth == 0:
        statements = [(SPAWN, r.randrange(1, TASKS), 0, 0, []) for i in range(4)] + statements
    return statements


def words(statements):
    yield len(statements)
    for kind, a, b, c, blocks in statements:
        yield from (kind, a, b, c, len(blocks))
        for inner in blocks:
            yield from words(inner)


def scripts(first, last):
    for seed in range(first, last + 1):
        r = random.Random(seed)
        print(seed)
        for t in range(TASKS):
            print(*words(block(r, t)))


def read(numbers):
    return [[next(numbers) for i in range(4)] + [[read(numbers) for i in range(next(numbers))]]
            for n in range(next(numbers))]


# -- timers that are due at the same time, and the tasks of a group, in order --------------------------

class Timer(asyncio.TimerHandle):
    made = 0

    def __init__(self, *args):
        super().__init__(*args)
        Timer.made += 1
        self.order = Timer.made

    def __lt__(self, other):
        return (self._when, self.order) < (other._when, other.order)


asyncio.events.TimerHandle = Timer


class Ordered(dict):
    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)


class Group(asyncio.TaskGroup):
    """Cancels its tasks in the order in which they were made, where asyncio's has a set."""

    def __init__(self):
        super().__init__()
        self._tasks = Ordered()


# -- a program ------------------------------------------------------------------------------------------

class State:
    pass


def log_line(text):
    if not S.over:  # runners cancel what is left in no order
        say("%d %s" % (loop().time() - 1000, text))


def odd(a):
    now = int(loop().time())
    return now + (2 if now % 2 else 1) + 2 * (a % 3)


def even(c):
    now = int(loop().time())
    return now + now % 2 + 2 * c


async def sleep_until(when):
    await asyncio.sleep(when - loop().time())


async def nap(who, a):
    try:
        await sleep_until(odd(a))
        log_line(who + " napped")
        return 5
    except asyncio.CancelledError:
        log_line(who + " nap cancelled, count %d" % me().cancelling())
        raise


def called(what, i):
    log_line("call %d %d" % (what, i))
    f, t = S.futures[i % FUTURES], S.tasks[i]
    if what == 1 and not f.done():
        f.set_result(i + 20)
    elif what == 2 and t is not None:
        t.cancel()
    elif what == 3:
        f.cancel()


def done_callback(i):
    return lambda f: log_line("f%d done: %s" % (i, outcome(f)))


async def wait_for(who, a, b, seconds):
    f, t = S.futures[b % FUTURES], S.tasks[b]
    if a in (1, SHIELDED_TASK) and (t is None or t is S.mine(who)):
        return 0
    what = f if a == 0 else t if a == 1 else nap(who, b) if a == COROUTINE else asyncio.shield(f if a == SHIELDED else t)
    try:
        return await asyncio.wait_for(what, seconds)
    except TimeoutError:
        raise Bang from None


async def wait(who, a, b, c):
    t, modes = S.tasks[b], (asyncio.ALL_COMPLETED, asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION)
    some = [S.futures[a]] + ([] if t is None or t is S.mine(who) else [t])
    limit = even(c // 3) - loop().time() if c // 3 < 4 else None
    await asyncio.wait(some, timeout=limit, return_when=modes[c % 3])
    return sum(x.done() for x in some)


async def gather(who, a, b):
    t = S.tasks[b]
    some = [S.futures[a]] + ([] if t is None or t is S.mine(who) else [t])
    both = await asyncio.gather(*some, return_exceptions=True)
    return sum(x if isinstance(x, int) else 1 for x in both)


async def in_timeout(who, n, group, c, inner):
    limit = asyncio.timeout_at(even(c))
    mine = S.limits.setdefault(int(who[0]), [])
    try:
        async with limit:
            mine.append(limit)
            try:
                await run(inner, who, n, group)
            finally:
                mine.remove(limit)
    except TimeoutError:
        pass
    return int(limit.expired())


async def member(statements, who, group):
    log_line(who + " begins")
    try:
        await run(statements, who, 0, group)
    finally:
        log_line(who + " ends, count %d" % me().cancelling())


async def in_group(who, n, blocks):
    try:
        async with Group() as group:
            for i, inner in enumerate(blocks[1:]):
                group.create_task(member(inner, who + chr(97 + i), group))
            await run(blocks[0], who, n, group)
    except BaseExceptionGroup as e:
        raise e.exceptions[0] from None
    return 0


def group_spawn(who, group, inner):
    child = member(inner, who + "z", group)
    try:
        group.create_task(child)
        return 0
    except RuntimeError:
        child.close()
        return -1


async def in_try(who, n, group, mode, inner):
    try:
        await run(inner, who, n, group)
        return 0
    except (Boom, Bang) as e:
        log_line("%s caught %s" % (who, why(e)))
        if not mode & 1:
            raise
    except asyncio.CancelledError:
        log_line("%s caught cancelled, count %d" % (who, me().cancelling()))
        if not mode & 6:
            raise
        if mode & 4:
            if me().uncancel() > 0:
                raise
        while me().uncancel():
            pass
    return 1


async def in_cleanup(who, n, group, blocks):
    try:
        await run(blocks[0], who, n, group)
    finally:
        await run(blocks[1], who + "'", n, group)
        log_line("%s cleaned up" % who)
    return 0


async def get():
    try:
        return await S.queue.get()
    except asyncio.QueueShutDown:
        return -3


def put(a):
    try:
        S.queue.put_nowait(a + 30)
        return 0
    except asyncio.QueueShutDown:
        return -3


async def operate(kind, a, b, c, blocks, who, n, group):
    f, t = S.futures[a % FUTURES], S.tasks[a]
    if kind == YIELD:
        await asyncio.sleep(0)
    elif kind == SLEEP:
        await sleep_until(odd(a))
    elif kind == FUTURE:
        return await f
    elif kind == TASK:
        return 0 if t is None or t is S.mine(who) else await t
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
    elif kind == SHIELD_TASK:
        return 0 if t is None or t is S.mine(who) else await asyncio.shield(t)
    elif kind == WAIT_FOR:
        return await wait_for(who, a, b, even(c) - loop().time())
    elif kind == WAIT:
        return await wait(who, a, b, c)
    elif kind == GATHER:
        return await gather(who, a, b)
    elif kind == TIMEOUT:
        return await in_timeout(who, n, group, c, blocks[0])
    elif kind == RESCHEDULE:
        limits = S.limits.get(a)
        if not limits:
            return -1
        try:
            limits[-1 if b % 2 else 0].reschedule(even(c))
        except RuntimeError:
            return -2
    elif kind == GROUP:
        return await in_group(who, n, blocks)
    elif kind == GROUP_SPAWN:
        return group_spawn(who, group, blocks[0])
    elif kind == TRY:
        return await in_try(who, n, group, a, blocks[0])
    elif kind == CLEANUP:
        return await in_cleanup(who, n, group, blocks)
    elif kind == CALL:
        if c == 0:
            S.handles[a] = loop().call_soon(called, b // 8, b % 8)
        else:
            S.handles[a] = loop().call_at(even(c), called, b // 8, b % 8)
    elif kind == CALL_CANCEL:
        if S.handles[a]:
            S.handles[a].cancel()
    elif kind == ADD_DONE:
        f.add_done_callback(S.callbacks[a])
    elif kind == REMOVE_DONE:
        return f.remove_done_callback(S.callbacks[a])
    elif kind == SET_EVENT:
        S.event.set()
        if b % 2 and loop().time() < 1000 + END - 10:
            S.event.clear()
    elif kind == EVENT:
        await S.event.wait()
    elif kind == PUT:
        return put(a)
    elif kind == GET:
        return await get()
    elif kind == SHUTDOWN:
        S.queue.shutdown(immediate=bool(a))
    return 0


async def run(statements, who, depth, group):
    for kind, a, b, c, blocks in statements:
        try:
            v = await operate(kind, a, b, c, blocks, who, depth + 1, group) or 0
        except (Boom, Bang) as e:
            log_line("%s %d %d %d: %s" % (who, depth, kind, a, why(e)))
            raise
        except asyncio.CancelledError:
            log_line("%s %d %d %d: cancelled, count %d" % (who, depth, kind, a, me().cancelling()))
            raise
        log_line("%s %d %d %d: %d" % (who, depth, kind, a, v))


async def body(i):
    S.tasks[i] = me()
    log_line("%d begins" % i)
    await run(S.script[i], str(i), 0, None)
    return i


def take_back():
    while me().uncancel():
        pass


def cancel_all():
    """Nobody waits for ever."""
    for t in S.tasks:
        if t is not None:
            t.cancel()


def free_all():
    """Nor does a group whose task took its cancellation back."""
    for f in S.futures:
        f.cancel()
    S.event.set()
    for i in range(9):
        put(i)


async def program():
    S.tasks = [me()] + [None] * (TASKS - 1)
    S.mine = lambda who: S.tasks[int(who[0])]
    S.limits, S.over = {}, False
    S.handles = [None] * SLOTS
    S.event = asyncio.Event()
    S.queue = asyncio.Queue()
    S.futures = [future() for i in range(FUTURES)]
    S.callbacks = [done_callback(i) for i in range(FUTURES)]
    for when in range(100, END, 20):
        loop().call_at(1000 + when, cancel_all)
    loop().call_at(1000 + END - 10, free_all)
    try:
        await body(0)
    except (Boom, Bang, asyncio.CancelledError) as e:
        log_line("main: %s" % why(e))
        take_back()
    while loop().time() < 1000 + END:
        try:
            await sleep_until(odd(2))
        except asyncio.CancelledError:
            log_line("main cancelled")
            take_back()
    for i, t in enumerate(S.tasks):
        if t is not None and i:
            log_line("t%d %s, count %d" % (i, outcome(t), t.cancelling()))
    for i, f in enumerate(S.futures):
        log_line("f%d %s" % (i, outcome(f)))
    log_line("%d in the queue" % S.queue.qsize())
    S.over = True


def log():
    numbers = iter(map(int, sys.stdin.read().split()))
    for seed in numbers:
        S.script = [read(numbers) for t in range(TASKS)]
        print("== %d" % seed)
        for line in trace.run(program):
            if "handler" not in line:
                print(line)


S = State()
if sys.version_info < (3, 13):
    pass
elif sys.argv[1] == "scripts":
    scripts(int(sys.argv[2]), int(sys.argv[3]))
else:
    log()
