# SPDX-License-Identifier: MIT
"""shared.py: random programs of tasks that share things, and of asynchronous generators, as asyncio runs them.

    python3 shared.py scripts FIRST LAST    writes the scripts of these seeds
    python3 shared.py log < scripts         writes what asyncio does with them; shared.ac does the same

What is shared: two locks, a semaphore, a condition, an event, a barrier, a queue that may be shut down, a queue by
priority.  Loops over generators whose yields stand in locks, permits, timeouts, handlers, cleanups and groups are left
by break, failure and cancellation.  shared.in and shared.want are the seeds 1 to 60 with Python 3.13.0; an older one
writes nothing.

A script is a line: the seed, and a block for each task.  A block is the number of its statements; a statement is
what, an operand, how many microseconds it waits before, the number of its blocks, and those.

No two statements begin at the same time, but for rare chance, so it does not matter how many turns a wait takes: whoever
releases something is not at once back to ask for it.  Lines of one time are sorted by who says them."""
import asyncio
import random
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])
import trace
from trace import Boom, Loop, me, spawn, future

TASKS = 5
SLEEP, LOCK, PERMIT, CONDITION, NOTIFY, EVENT, SET, CLEAR, PUT, GET, TIMEOUT, CANCEL, TRY, CLEANUP, GROUP, WAIT_FOR, SHIELD, \
    THROW, JOIN, SHUTDOWN, AWAIT, STATE, PUT_NOWAIT, GET_NOWAIT, COMPLETED, GATHER, BARRIER, PUT_RANKED, GET_RANKED, \
    LOOP, BREAK, YIELD = range(32)
WEIGHTS = [10, 8, 6, 5, 5, 4, 4, 2, 7, 7, 8, 9, 6, 6, 4, 4, 2, 1, 2, 0.4, 3, 1, 2, 2, 2, 2, 5, 5, 5, 14, 4, 0]
AROUND = (LOCK, PERMIT, TIMEOUT, TRY, CLEANUP, GROUP)  # what a yield may stand in
DEEP = AROUND + (WAIT_FOR, SHIELD, COMPLETED, GATHER, LOOP)


def statement(r, task, depth, held, yields):
    """held: locks that may not be asked for; yields: in a generator."""
    kind = YIELD if yields and r.random() < 0.4 else r.choices(range(32), WEIGHTS)[0]
    if depth > 3 and kind in DEEP or kind == LOCK and held == {0, 1}:
        kind = SLEEP
    a, blocks = r.randint(1000, 600000), []

    def inner(held=held, yields=yields and kind in AROUND, n=0):
        return block(r, task, depth + 1, held, yields, n)

    if kind == LOCK:
        a = r.choice([x for x in (0, 1) if x not in held])
        blocks = [inner(held | {a})]
    elif kind in (PERMIT, TIMEOUT, WAIT_FOR):
        blocks = [inner()]
    elif kind == NOTIFY:
        a = r.randint(1, 3)
    elif kind == CANCEL:
        a = r.randrange(TASKS)
    elif kind == AWAIT:
        a = r.randrange(task, TASKS)
    elif kind == TRY:
        a, blocks = r.choice((0, 1, 1, 2)), [inner()]
    elif kind == CLEANUP:
        quiet = r.choice(((SLEEP,), (PUT,), (NOTIFY,), (SLEEP, SET), (GET_NOWAIT,)))
        blocks = [inner(), [(k, r.randint(1000, 600000) if k == SLEEP else 1, r.randint(1, 40000), []) for k in quiet]]
    elif kind == GROUP:
        blocks = [inner()] + [inner(set(), False, 2) for i in range(r.randrange(3))]
    elif kind in (COMPLETED, GATHER):
        blocks = [inner(set(), False, 2) for i in range(r.randint(1, 3))]
    elif kind == SHIELD:
        blocks = [inner(set(), False)]
    elif kind == LOOP:
        blocks = [inner(held, True), inner({0, 1}, False)]
    elif kind == SHUTDOWN:
        a = int(r.random() < 0.4)
    return kind, a, r.randint(1, 40000), blocks


def block(r, task, depth, held, yields, n=0):
    return [statement(r, task, depth, held, yields) for i in range(n or r.randint(1, 3 if depth else 7))]


def flat(statements):
    out = [len(statements)]
    for kind, a, pause, blocks in statements:
        out += [kind, a, pause, len(blocks)]
        for b in blocks:
            out += flat(b)
    return out


def scripts(first, last):
    for seed in range(first, last + 1):
        r = random.Random(seed)
        print(seed, *[x for t in range(TASKS) for x in flat(block(r, t, 0, set(), False))])


def read(numbers):
    def one():
        kind, a, pause, n = [next(numbers) for i in range(4)]
        return kind, a, pause, [read(numbers) for i in range(n)]
    return [one() for i in range(next(numbers))]


class State:
    pass


def log_line(name, text):
    S.lines.append((round((asyncio.get_running_loop().time() - S.began) * 1e6), name, len(S.lines), text))


def how(error):
    return "ok" if error is None else "boom" if isinstance(error, Boom) else "cancelled"


def ended(t):
    return "pending" if not t.done() else "cancelled" if t.cancelled() else how(t.exception())


def state():
    return "%d%d%d permit %d queue %d/%d event %d" % (
        S.locks[0].locked(), S.locks[1].locked(), S.condition.locked(), not S.permits.locked(), S.queue.qsize(),
        S.queue._unfinished_tasks, S.event.is_set())


class Condition(asyncio.Condition):
    """asyncio's, but one that was not notified passes nothing on when it is cancelled."""

    async def wait(self):
        f, error = future(), None
        self.release()
        try:
            try:
                self._waiters.append(f)
                try:
                    await f
                    return True
                finally:
                    self._waiters.remove(f)
            finally:
                while True:
                    try:
                        await self.acquire()
                        break
                    except asyncio.CancelledError as e:
                        error = e
                if error:
                    raise error
        except BaseException:
            if not f.cancelled():
                self._notify(1)
            raise


class closing:
    """`for await`: the generator is closed; of two failures goes on a cancellation, else the first."""

    def __init__(self, generator):
        self.generator = generator

    async def __aenter__(self):
        return self.generator

    async def __aexit__(self, kind, first, where):
        try:
            await self.generator.aclose()
        except BaseException as second:
            if isinstance(first, (type(None), GeneratorExit)):
                raise
            if not isinstance(first, asyncio.CancelledError) and isinstance(second, asyncio.CancelledError):
                raise
        return False


def take_back():
    while me().cancelling():
        me().uncancel()


async def completes(name, a, blocks):
    tasks = [spawn(run(sub(name, i), b)) for i, b in enumerate(blocks)]
    try:
        async for t in asyncio.as_completed(tasks, timeout=3 * a / 1e6):
            log_line(name, "completed %d %s" % (tasks.index(t), ended(t)))
    except TimeoutError:
        log_line(name, "timed out")
    finally:
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def gathers(name, blocks):
    tasks = [spawn(run(sub(name, i), b)) for i, b in enumerate(blocks)]
    try:
        results = await asyncio.gather(*tasks, return_exceptions=True)
    except asyncio.CancelledError:
        await asyncio.wait(tasks)
        raise
    log_line(name, "gathered" + "".join(" " + ("ok" if type(r) is int else how(r)) for r in results))


def sub(name, i):
    return "%s.%d" % (name, i)


async def exchanges(name, kind, a):
    if kind in (PUT, PUT_NOWAIT, PUT_RANKED):
        S.items += 1
        item = S.items + (a % 10 * 10000 if kind == PUT_RANKED else 0)
    try:
        if kind == PUT:
            await S.queue.put(item)
        elif kind == PUT_NOWAIT:
            S.queue.put_nowait(item)
        elif kind == PUT_RANKED:
            await S.ranked.put(item)
        elif kind == GET_RANKED:
            item = await S.ranked.get()
        else:
            item = await S.queue.get() if kind == GET else S.queue.get_nowait()
            S.queue.task_done()
        log_line(name, "%s %d" % ("put" if kind in (PUT, PUT_NOWAIT, PUT_RANKED) else "got", item))
    except asyncio.QueueShutDown:
        log_line(name, "shut down")
    except (asyncio.QueueFull, asyncio.QueueEmpty):
        log_line(name, "not now")


async def operate(name, kind, a, blocks):
    if kind == SLEEP:
        await asyncio.sleep(a / 1e6)
    elif kind == CONDITION:
        async with S.condition:
            try:
                await S.condition.wait()
                log_line(name, "notified")
            finally:
                log_line(name, "holds it again: %d" % S.condition.locked())
    elif kind == NOTIFY:
        async with S.condition:
            S.condition.notify(a)
    elif kind == EVENT:
        await S.event.wait()
    elif kind == SET:
        S.event.set()
    elif kind == CLEAR:
        S.event.clear()
    elif kind == CANCEL:
        log_line(name, "cancel %d: %d" % (a, S.tasks[a].cancel()))
    elif kind == WAIT_FOR:
        try:
            return await asyncio.wait_for(run(name, blocks[0]), a / 1e6)
        except TimeoutError:
            log_line(name, "timed out")
    elif kind == SHIELD:
        S.tasks.append(spawn(run(name + ".s", blocks[0])))
        await asyncio.shield(S.tasks[-1])
    elif kind == THROW:
        raise Boom
    elif kind == JOIN:
        await S.queue.join()
    elif kind == SHUTDOWN:
        S.queue.shutdown(immediate=bool(a))
    elif kind == AWAIT:
        if S.tasks[a] is not me() and len(name) == 2:
            await S.tasks[a]
    elif kind == STATE:
        log_line(name, state())
    elif kind == COMPLETED:
        await completes(name, a, blocks)
    elif kind == GATHER:
        await gathers(name, blocks)
    elif kind == BARRIER:
        await S.barrier.wait()
    elif kind == LOOP:
        async with closing(generates(name, blocks[0])) as g:
            async for x in g:
                log_line(name, "item %d" % x)
                if await run(name, blocks[1]):
                    break
        log_line(name, "loop left")
    elif kind == BREAK:
        return 1
    else:
        await exchanges(name, kind, a)
    return 0


async def group_left(error, count):
    """One that is left by the end of its generator is closed behind it, and raises what happened meanwhile."""
    if any(isinstance(x, Boom) for x in error.exceptions):
        raise Boom
    try:
        await asyncio.sleep(0)  # asyncio asks the task to cancel once more
    except asyncio.CancelledError:
        pass
    raise asyncio.CancelledError if me().cancelling() > count else GeneratorExit


async def around(name, kind, a, blocks):
    """What a yield may stand in; in a plain block nothing is yielded in it."""
    if kind == LOCK:
        async with S.locks[a]:
            log_line(name, "locked %d" % a)
            async with closing(generates(name, blocks[0])) as g:
                async for x in g:
                    yield x
        log_line(name, "unlocked %d" % a)
    elif kind == PERMIT:
        async with S.permits:
            log_line(name, "permitted")
            async with closing(generates(name, blocks[0])) as g:
                async for x in g:
                    yield x
    elif kind == TIMEOUT:
        try:
            async with asyncio.timeout(a / 1e6) as limit, closing(generates(name, blocks[0])) as g:
                async for x in g:
                    yield x
        except TimeoutError:
            pass
        log_line(name, "expired %d" % limit.expired())
    elif kind == TRY:
        try:
            async with closing(generates(name, blocks[0])) as g:
                async for x in g:
                    yield x
        except Boom:
            log_line(name, "caught boom")
        except (asyncio.CancelledError, GeneratorExit) as e:
            log_line(name, "caught cancel, count %d" % me().cancelling())
            if a == 1:
                take_back()
            if a == 2 or isinstance(e, GeneratorExit) or me().cancelling():
                raise
    elif kind == CLEANUP:
        try:
            async with closing(generates(name, blocks[0])) as g:
                async for x in g:
                    yield x
        finally:
            log_line(name, "cleans up")
            await run(name, blocks[1])
    elif kind == GROUP:
        count = 0
        try:
            async with asyncio.TaskGroup() as group:
                for i, b in enumerate(blocks[1:]):
                    group.create_task(run(sub(name, i), b))
                try:
                    async with closing(generates(name, blocks[0])) as g:
                        async for x in g:
                            yield x
                except GeneratorExit:
                    count = me().cancelling() - bool(group._parent_cancel_requested)
                    raise
        except BaseExceptionGroup as e:
            await group_left(e, count)


async def generates(name, statements):
    for kind, a, pause, blocks in statements:
        try:
            await asyncio.sleep(pause / 1e6)
            log_line(name, "generates %d" % kind)
            if kind == YIELD:
                yield a % 100
                log_line(name, "is asked again")
            elif kind in AROUND:
                async with closing(around(name, kind, a, blocks)) as g:
                    async for x in g:
                        yield x
            else:
                await operate(name, kind, a, blocks)
        except (Boom, asyncio.CancelledError, GeneratorExit) as e:
            log_line(name, "%s in generated %d, count %d" % (how(e), kind, me().cancelling()))
            raise


async def run(name, statements):
    """1: it was left by a break."""
    for kind, a, pause, blocks in statements:
        try:
            await asyncio.sleep(pause / 1e6)
            log_line(name, "begins %d" % kind)
            if kind in AROUND:
                async with closing(around(name, kind, a, blocks)) as g:
                    async for x in g:
                        pass
            elif await operate(name, kind, a, blocks):
                return 1
        except (Boom, asyncio.CancelledError) as e:
            log_line(name, "%s in %d, count %d" % (how(e), kind, me().cancelling()))
            raise
    return 0


async def program():
    S.lines, S.items = [], 0
    S.locks, S.permits, S.condition, S.event = [asyncio.Lock(), asyncio.Lock()], asyncio.Semaphore(2), Condition(), asyncio.Event()
    S.queue, S.ranked, S.barrier = asyncio.Queue(2), asyncio.PriorityQueue(3), asyncio.Barrier(2)
    S.began = asyncio.get_running_loop().time()
    S.tasks = [spawn(run("t%d" % i, b)) for i, b in enumerate(S.script)]
    await asyncio.sleep(5)
    for i in range(30):
        for t in S.tasks:
            t.cancel()
        await asyncio.sleep(1)
    for i in range(TASKS):
        log_line("task %d" % i, ended(S.tasks[i]))
    log_line("then", state())
    S.final = len(S.lines)


def log():
    for line in sys.stdin:
        numbers = map(int, line.split())
        print("== %d" % next(numbers))
        S.script = [read(numbers) for t in range(TASKS)]
        try:
            trace.run(program)
        except RuntimeError:  # some wait for ever
            pass
        for when, name, n, text in sorted(S.lines[:S.final]):
            print(when, name, text)


S = State()
if sys.version_info < (3, 13):
    pass
elif sys.argv[1] == "scripts":
    scripts(int(sys.argv[2]), int(sys.argv[3]))
else:
    log()
