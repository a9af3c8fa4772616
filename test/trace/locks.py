# SPDX-License-Identifier: MIT
# Lock, Event, Condition, Semaphore, Barrier: test_locks.py.
from trace import *


async def turns(n):
    for i in range(n):
        await asyncio.sleep(0)


async def ended(t):
    while not t.done():
        await asyncio.sleep(0)
    say("-> " + outcome(t))


async def holds(name, lock, n=1):
    try:
        await lock.acquire()
    except asyncio.CancelledError:
        say(name + " cancelled")
        raise
    say(name + " has it")
    await turns(n)
    lock.release()
    say(name + " released")


async def waits(name, a):
    try:
        v = await a
        say(name + (" woken" if v is True or v is None else " got %d" % v))
    except asyncio.CancelledError:
        say(name + " cancelled")
        raise


@scenario
async def lock_free_takes_none():
    count_generations()
    lock = asyncio.Lock()
    loop().call_soon(say, "others")
    await lock.acquire()
    say("locked %d" % lock.locked())
    lock.release()
    say("locked %d" % lock.locked())
    await asyncio.sleep(0)


@scenario
async def lock_in_order():
    count_generations()
    lock = asyncio.Lock()
    tasks = [spawn(holds(name, lock)) for name in "abc"]
    for t in tasks:
        await t


@scenario
async def lock_waiter_cancelled():
    count_generations()
    lock = asyncio.Lock()
    await lock.acquire()
    a, b, c = [spawn(holds(name, lock)) for name in "abc"]
    await turns(2)
    b.cancel()
    await turns(1)
    lock.release()
    await ended(c)
    say(outcome(b))


@scenario
async def lock_handed_over_then_cancelled():
    # test_cancel_race: the next one gets it, in the turn after that of the cancelled one
    count_generations()
    lock = asyncio.Lock()
    await lock.acquire()
    a, b = spawn(holds("a", lock)), spawn(holds("b", lock))
    await turns(2)
    lock.release()
    say("cancel %d" % a.cancel())
    await ended(b)
    say("%s, locked %d" % (outcome(a), lock.locked()))


@scenario
async def lock_cancelled_then_released():
    # test_cancel_release_race; not counted: ours passes the dead waiter by
    lock = asyncio.Lock()
    await lock.acquire()
    a, b = spawn(holds("a", lock)), spawn(holds("b", lock))
    await turns(2)
    a.cancel()
    lock.release()
    await ended(b)
    say("%s, locked %d" % (outcome(a), lock.locked()))


@scenario
async def lock_handed_over_then_cancelled_last():
    # test_finished_waiter_cancelled: nobody else waits, so it is free
    lock = asyncio.Lock()
    await lock.acquire()
    a = spawn(holds("a", lock))
    await turns(2)
    lock.release()
    a.cancel()
    await ended(a)
    say("locked %d" % lock.locked())
    await lock.acquire()
    say("locked %d" % lock.locked())
    lock.release()


@scenario(since=(3, 13))  # before, the request was kept
async def lock_handed_over_cancelled_uncancelled():
    lock = asyncio.Lock()
    await lock.acquire()
    a = spawn(holds("a", lock))
    await turns(2)
    lock.release()
    a.cancel()
    say("left %d" % a.uncancel())
    await ended(a)


@scenario
async def lock_of_a_task_that_cancels_itself():
    count_generations()
    lock = asyncio.Lock()
    await lock.acquire()

    async def body():
        me().cancel()
        await holds("a", lock)

    t = spawn(body())
    await ended(t)
    lock.release()


@scenario
async def event_wakes_all_in_order():
    count_generations()
    e = asyncio.Event()
    tasks = [spawn(waits(name, e.wait())) for name in "abc"]
    await turns(2)
    e.set()
    say("set")
    for t in tasks:
        await t
    await e.wait()
    say("end")


@scenario
async def event_cleared_before_they_run():
    # test_clear_with_waiters
    count_generations()
    e = asyncio.Event()
    t = spawn(waits("a", e.wait()))
    await turns(2)
    e.set()
    e.clear()
    say("set %d" % e.is_set())
    await ended(t)


@scenario
async def event_woken_then_cancelled():
    e = asyncio.Event()
    a, b = spawn(waits("a", e.wait())), spawn(waits("b", e.wait()))
    await turns(2)
    e.set()
    a.cancel()
    await ended(a)
    await ended(b)


async def awaits_condition(name, c, n=0):
    async with c:
        say(name + " waits")
        try:
            await c.wait()
            say(name + " notified")
        except asyncio.CancelledError:
            say("%s cancelled, locked %d" % (name, c.locked()))
            raise
        await turns(n)


@scenario
async def condition_notify_in_order():
    count_generations()
    c = asyncio.Condition()
    tasks = [spawn(awaits_condition(name, c)) for name in "abc"]
    await turns(3)
    async with c:
        c.notify(1)
        say("one")
    await turns(4)
    async with c:
        c.notify(5)
        say("more")
    for t in tasks:
        await t


@scenario
async def condition_notify_all():
    c = asyncio.Condition()
    tasks = [spawn(awaits_condition(name, c, 1)) for name in "abc"]
    await turns(3)
    async with c:
        c.notify_all()
        say("all")
    for t in tasks:
        await t


@scenario
async def condition_wait_cancelled():
    count_generations()
    c = asyncio.Condition()
    t = spawn(awaits_condition("a", c))
    await turns(2)
    t.cancel()
    await ended(t)
    say("locked %d" % c.locked())


@scenario
async def condition_wait_cancelled_while_another_holds():
    # test_wait_cancel_contested: it takes the lock again all the same
    count_generations()
    c = asyncio.Condition()
    t = spawn(awaits_condition("a", c))
    await turns(2)
    await c.acquire()
    t.cancel()
    await turns(3)
    say("release, %s" % outcome(t))
    c.release()
    await ended(t)


@scenario
async def condition_cancelled_twice_while_another_holds():
    c = asyncio.Condition()
    t = spawn(awaits_condition("a", c))
    await turns(2)
    await c.acquire()
    t.cancel()
    await turns(2)
    t.cancel()
    await turns(2)
    say("release, %s, count %d" % (outcome(t), t.cancelling()))
    c.release()
    await ended(t)


@scenario(since=(3, 13))  # before, the notification was lost
async def condition_notified_then_cancelled():
    # test_wait_cancel_after_notify and bpo-112202: the notification goes on to another
    c = asyncio.Condition()
    a, b = spawn(awaits_condition("a", c)), spawn(awaits_condition("b", c))
    await turns(2)
    async with c:
        c.notify(1)
    a.cancel()
    await ended(a)
    await ended(b)


@scenario
async def semaphore_in_order():
    count_generations()
    s = asyncio.Semaphore(2)
    tasks = [spawn(holds(name, s)) for name in "abcd"]
    for t in tasks:
        await t


@scenario
async def semaphore_waiter_cancelled():
    s = asyncio.Semaphore(1)
    await s.acquire()
    a, b = spawn(holds("a", s)), spawn(holds("b", s))
    await turns(2)
    a.cancel()
    s.release()
    await ended(b)
    say(outcome(a))


@scenario
async def semaphore_handed_over_then_cancelled():
    # test_acquire_cancel_before_awoken and after: no permit is lost
    count_generations()
    s = asyncio.Semaphore(1)
    await s.acquire()
    a, b = spawn(holds("a", s)), spawn(holds("b", s))
    await turns(2)
    s.release()
    a.cancel()
    await ended(b)
    say("%s, locked %d" % (outcome(a), s.locked()))


@scenario
async def semaphore_released_before_any_wait():
    s = asyncio.Semaphore(0)
    s.release()
    s.release()
    say("locked %d" % s.locked())
    await s.acquire()
    say("locked %d" % s.locked())
    await s.acquire()
    say("locked %d" % s.locked())


@scenario
async def semaphore_two_released_at_once():
    count_generations()
    s = asyncio.Semaphore(0)
    tasks = [spawn(holds(name, s, 2)) for name in "abc"]
    await turns(2)
    s.release()
    s.release()
    for t in tasks:
        await t


@scenario
async def semaphore_nobody_gets_past():
    # test_acquire_fifo_order: who asks while somebody was handed a permit waits behind
    count_generations()
    s = asyncio.Semaphore(1)
    await s.acquire()
    a = spawn(holds("a", s))
    await turns(2)
    s.release()
    b = spawn(holds("b", s))
    say("locked %d" % s.locked())
    await holds("main", s)
    await ended(a)
    await ended(b)


@scenario
async def bounded_semaphore_released_too_often():
    s = asyncio.BoundedSemaphore(1)
    await s.acquire()
    s.release()
    try:
        s.release()
    except ValueError:
        say("refused")


@scenario
async def barrier_lets_through_by_the_number():
    b = asyncio.Barrier(3)
    tasks = [spawn(waits(name, b.wait())) for name in "abc"]
    for t in tasks:
        await asyncio.wait([t])
    say("waiting %d" % b.n_waiting)


@scenario
async def barrier_one_cancelled():
    b = asyncio.Barrier(2)
    x = spawn(waits("x", b.wait()))
    await turns(2)
    x.cancel()
    await ended(x)
    say("waiting %d" % b.n_waiting)


main()
