# SPDX-License-Identifier: MIT
# gather, wait, wait_for, shield, as_completed: test_tasks.py, test_waitfor.py.
from trace import *


async def work(name, v, seconds=0, error=None):
    say(name + " begins")
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        say(name + " cancelled")
        raise
    if error:
        raise error
    say(name + " ends")
    return v


async def value(v):
    return v


async def turns(n):
    for i in range(n):
        await asyncio.sleep(0)


async def guarded(name, a):
    """Awaits a and says how it ended."""
    try:
        v = await a
        say("%s: %s" % (name, v))
    except (Boom, Bang, TimeoutError) as e:
        say("%s: %s" % (name, why(e)))
    except asyncio.CancelledError:
        say("%s: cancelled, count %d" % (name, me().cancelling()))
        raise


async def ended(t):
    while not t.done():
        await asyncio.sleep(0)
    say("-> " + outcome(t))


@scenario
async def gather_of_two_takes_three():
    count_generations()
    say("got %d %d" % tuple(await asyncio.gather(value(1), value(2))))


@scenario
async def gather_keeps_the_order():
    r = await asyncio.gather(work("a", 1, 0.030), work("b", 2, 0.010), work("c", 3, 0.020))
    say("got %d %d %d" % tuple(r))


@scenario
async def gather_twice_the_same():
    count_generations()
    t = spawn(work("a", 1))
    say("got %d %d" % tuple(await asyncio.gather(t, t)))


@scenario
async def gather_loose_lets_the_others_run():
    async def gathers():
        try:
            await asyncio.gather(work("a", 1, 0.010, Boom()), work("b", 2, 0.020))
        except Boom:
            say("boom")
    await gathers()
    await asyncio.sleep(0.030)
    say("end")


@scenario
async def gather_outcomes():
    async def cancelled():
        raise asyncio.CancelledError

    r = await asyncio.gather(work("a", 1), work("b", 2, 0, Boom()), cancelled(), return_exceptions=True)
    say("%d %s %s" % (r[0], why(r[1]), why(r[2])))


@scenario
async def gather_cancelled():
    count_generations()
    tasks = [spawn(work("a", 1, 100)), spawn(work("b", 2, 100))]

    async def outer():
        await asyncio.gather(*tasks)

    t = spawn(guarded("outer", outer()))
    await turns(2)
    t.cancel()
    say("counts %d %d %d" % (t.cancelling(), tasks[0].cancelling(), tasks[1].cancelling()))
    await ended(t)
    for x in tasks:
        say(outcome(x))


@scenario
async def gather_child_cancelled():
    # With acc_gather_loose: nobody else is cancelled.
    tasks = [spawn(work("a", 1, 100)), spawn(work("b", 2, 0.010))]

    async def outer():
        await asyncio.gather(*tasks)

    t = spawn(guarded("outer", outer()))
    await turns(2)
    tasks[0].cancel()
    await ended(t)
    say("count %d" % t.cancelling())
    await tasks[1]


@scenario
async def gather_of_plain_futures():
    count_generations()
    f, g = future(), future()

    async def outer():
        a, b = await asyncio.gather(f, g)
        return a * 10 + b

    t = spawn(outer())
    await turns(2)
    g.set_result(2)
    await turns(2)
    f.set_result(1)
    await ended(t)


@scenario
async def wait_all():
    tasks = [spawn(work("a", 1, 0.020)), spawn(work("b", 2, 0.010, Boom()))]
    done, pending = await asyncio.wait(tasks)
    say("%d done" % len(done))
    for t in tasks:
        say(outcome(t))


@scenario
async def wait_first_completed():
    tasks = [spawn(work("a", 1, 0.040)), spawn(work("b", 2, 0.010))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    say("%d done" % len(done))
    for t in tasks:
        say(outcome(t))
    await tasks[0]


@scenario
async def wait_first_exception():
    tasks = [spawn(work("a", 1, 0.010)), spawn(work("b", 2, 0.020, Boom())), spawn(work("c", 3, 0.040))]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    say("%d done" % len(done))
    for t in tasks:
        say(outcome(t))
    await tasks[2]


@scenario
async def wait_first_exception_not_by_cancellation():
    count_generations()
    tasks = [spawn(work("a", 1, 100)), spawn(work("b", 2, 100))]

    async def outer():
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        return len(done)

    t = spawn(outer())
    await turns(2)
    tasks[0].cancel()
    await turns(3)
    say("wait " + outcome(t))
    tasks[1].cancel()
    await ended(t)


@scenario
async def wait_timeout_cancels_none():
    tasks = [spawn(work("a", 1, 0.010)), spawn(work("b", 2, 0.040))]
    done, pending = await asyncio.wait(tasks, timeout=0.020)
    say("%d done" % len(done))
    for t in tasks:
        say(outcome(t))
    await tasks[1]


@scenario
async def wait_of_done_suspends():
    # test_wait_really_done: nothing else gets in between more than once
    count_generations()
    t = spawn(value(1))
    await turns(2)
    loop().call_soon(say, "others")
    done, pending = await asyncio.wait([t])
    say("%d done" % len(done))


@scenario
async def wait_cancelled_leaves_them_alone():
    count_generations()
    t = spawn(work("a", 1, 100))

    async def outer():
        await asyncio.wait([t])

    o = spawn(guarded("outer", outer()))
    await turns(2)
    o.cancel()
    await ended(o)
    say("a %s, count %d" % (outcome(t), t.cancelling()))


@scenario
async def shield_result_and_failure():
    count_generations()
    say("got %d" % await asyncio.shield(value(3)))
    await guarded("shield", asyncio.shield(work("a", 1, 0, Boom())))


@scenario
async def shield_outer_cancelled():
    count_generations()
    f = future()

    async def outer():
        await asyncio.shield(f)

    t = spawn(guarded("outer", outer()))
    await turns(2)
    t.cancel()
    await ended(t)
    say("inner " + outcome(f))
    f.set_result(1)


@scenario
async def shield_inner_cancelled():
    count_generations()
    f = future()

    async def outer():
        await asyncio.shield(f)

    t = spawn(guarded("outer", outer()))
    await turns(2)
    f.cancel()
    await ended(t)
    say("count %d" % t.cancelling())


@scenario
async def shield_of_done():
    # test_shield_shortcut
    count_generations()
    f = future()
    f.set_result(42)
    say("got %d" % await asyncio.shield(f))


@scenario
async def shield_in_gather():
    # Not counted: acc_shield is a coroutine, which takes a task in a gather.
    f = future()

    async def outer():
        await asyncio.gather(asyncio.shield(f), work("b", 2, 100))

    t = spawn(guarded("outer", outer()))
    await turns(3)
    t.cancel()
    await ended(t)
    say("inner " + outcome(f))


@scenario(since=(3, 12))  # 3.11 starts a task for it
async def wait_for_in_time():
    count_generations()
    await guarded("wait_for", asyncio.wait_for(value(1), 10))
    await guarded("wait_for", asyncio.wait_for(work("a", 2), 10))


@scenario
async def wait_for_failure_in_time():
    await guarded("wait_for", asyncio.wait_for(work("a", 2, 0, Boom()), 10))


@scenario(since=(3, 12))  # 3.11 waits in other ways
async def wait_for_too_late():
    await guarded("wait_for", asyncio.wait_for(work("a", 2, 100), 0.010))
    say("count %d" % me().cancelling())


@scenario
async def wait_for_zero_done():
    count_generations()
    f = future()
    f.set_result(5)
    await guarded("wait_for", asyncio.wait_for(f, 0))


@scenario
async def wait_for_zero_coroutine_never_starts():
    await guarded("wait_for", asyncio.wait_for(work("a", 2), 0))
    await guarded("wait_for", asyncio.wait_for(work("a", 2), -1))


@scenario(since=(3, 12))  # 3.11 always timed out
async def wait_for_suppressed():
    async def stubborn():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            say("suppressed")
            me().uncancel()
        return 7

    await guarded("wait_for", asyncio.wait_for(spawn(stubborn()), 0.010))
    say("count %d" % me().cancelling())


@scenario
async def wait_for_reraises_failure_during_cancellation():
    async def fails():
        try:
            await asyncio.sleep(100)
        finally:
            raise Boom()

    await guarded("wait_for", asyncio.wait_for(spawn(fails()), 0.010))


@scenario
async def wait_for_waits_for_the_cancelled():
    async def slow():
        try:
            await asyncio.sleep(100)
        finally:
            say("cleans up")
            await asyncio.sleep(0.020)
            say("cleaned up")

    await guarded("wait_for", asyncio.wait_for(spawn(slow()), 0.010))


@scenario
async def wait_for_cancelled_from_outside():
    inner = spawn(work("a", 1, 100))

    async def outer():
        await asyncio.wait_for(inner, 50)

    t = spawn(guarded("outer", outer()))
    await turns(3)
    t.cancel()
    await ended(t)
    say("inner " + outcome(inner))


@scenario(since=(3, 12))  # 3.11 gives the value
async def wait_for_done_and_cancelled_at_once():
    # test_wait_for_cancellation_race_condition: as in any await, cancel wins
    count_generations()
    f = future()

    async def outer():
        await asyncio.wait_for(f, 50)

    t = spawn(guarded("outer", outer()))
    await turns(2)
    f.set_result(1)
    t.cancel()
    await ended(t)
    say("inner " + outcome(f))


@scenario(since=(3, 12))  # 3.11 does not count
async def wait_for_timed_out_and_cancelled_at_once():
    # both requests stand before the task runs: the one from outside is not swallowed
    f = future()
    t = spawn(guarded("outer", asyncio.wait_for(f, 0.010)))
    loop().call_later(0.010, lambda: say("cancel %d" % t.cancel()))
    await asyncio.wait([t])
    say(outcome(t))
    say("count %d" % t.cancelling())


@scenario
async def as_completed_in_the_order_of_ends():
    tasks = [spawn(work("a", 1, 0.030)), spawn(work("b", 2, 0.010)), spawn(work("c", 3, 0.020))]
    for f in asyncio.as_completed(tasks):
        say("got %d" % await f)


@scenario
async def as_completed_out_of_time():
    tasks = [spawn(work("a", 1, 0.010)), spawn(work("b", 2, 100))]
    try:
        for f in asyncio.as_completed(tasks, timeout=0.020):
            say("got %d" % await f)
    except TimeoutError:
        say("timed out")
    say("b " + outcome(tasks[1]))


main()
