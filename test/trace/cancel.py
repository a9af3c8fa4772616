# SPDX-License-Identifier: MIT
# Cancelling tasks wherever they stand: test_tasks.py.
from trace import *


async def sleeper(name="t", seconds=100):
    say(name + " begins")
    try:
        await asyncio.sleep(seconds)
        say(name + " slept")
    except asyncio.CancelledError:
        say("%s cancelled, count %d" % (name, me().cancelling()))
        raise
    finally:
        say(name + " cleanup")
    return 1


async def waits(name, f):
    """Says how f ends, and ends likewise."""
    try:
        v = await f
        say("%s got %d" % (name, v))
        return v
    except Boom:
        say(name + " failed")
        raise
    except asyncio.CancelledError:
        say("%s cancelled, count %d" % (name, me().cancelling()))
        raise


async def ended(t):
    """Until it is done, without being woken by it."""
    while not t.done():
        await asyncio.sleep(0)
    say("-> " + outcome(t))


async def turns(n):
    for i in range(n):
        await asyncio.sleep(0)


@scenario
async def not_started():
    count_generations()
    t = spawn(sleeper())
    say("cancel %d" % t.cancel())
    say("cancel %d, count %d, done %d" % (t.cancel(), t.cancelling(), t.done()))
    await ended(t)
    say("cancel %d, count %d" % (t.cancel(), t.cancelling()))


@scenario(since=(3, 13))  # 3.11 and 3.12 keep the request: the body never runs
async def not_started_uncancelled():
    count_generations()
    t = spawn(sleeper("t", 0))
    t.cancel()
    say("left %d" % t.uncancel())
    await ended(t)


@scenario
async def asleep():
    count_generations()
    t = spawn(sleeper())
    await turns(2)
    t.cancel()
    say("done %d" % t.done())
    await ended(t)


@scenario
async def yielding():
    count_generations()
    t = spawn(sleeper("t", 0))
    await turns(1)
    t.cancel()
    await ended(t)


@scenario
async def awaiting_future():
    count_generations()
    f = future()
    t = spawn(waits("t", f))
    await turns(2)
    t.cancel()
    say("future " + outcome(f))
    await ended(t)


@scenario
async def awaiting_future_that_others_await():
    count_generations()
    f = future()
    tasks = [spawn(waits(name, f)) for name in "abc"]
    f.add_done_callback(lambda f: say("callback " + outcome(f)))
    await turns(2)
    tasks[1].cancel()
    for t in tasks:
        await ended(t)


@scenario
async def future_and_then_the_task():
    # test_cancel_both_task_and_inner_future
    count_generations()
    f = future()
    t = spawn(waits("t", f))
    await turns(1)
    f.cancel()
    t.cancel()
    await ended(t)


@scenario
async def cancelled_future_is_no_request():
    f = future()
    t = spawn(waits("t", f))
    await turns(1)
    f.cancel()
    await ended(t)
    say("count %d" % t.cancelling())


@scenario
async def awaiting_task_is_joined():
    count_generations()

    async def inner():
        try:
            await asyncio.sleep(100)
        finally:
            say("inner cleans up")
            await turns(2)
            say("inner cleaned up")

    i = spawn(inner())
    o = spawn(waits("outer", i))
    await turns(2)
    o.cancel()
    say("counts %d %d" % (o.cancelling(), i.cancelling()))
    await ended(o)
    say("inner " + outcome(i))


async def swallows(v):
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        say("inner swallows")
        me().uncancel()
    return v


@scenario
async def awaiting_task_that_swallows():
    count_generations()
    i = spawn(swallows(5))
    o = spawn(waits("outer", i))
    await turns(2)
    o.cancel()
    await ended(o)
    say("counts %d %d" % (o.cancelling(), i.cancelling()))


@scenario
async def awaiting_task_that_fails_instead():
    async def inner():
        try:
            await asyncio.sleep(100)
        finally:
            raise Boom()

    i = spawn(inner())
    o = spawn(waits("outer", i))
    await turns(2)
    o.cancel()
    await ended(o)


@scenario
async def chain_of_tasks():
    count_generations()
    a = spawn(sleeper("a"))
    b = spawn(waits("b", a))
    c = spawn(waits("c", b))
    d = spawn(waits("d", c))
    await turns(2)
    d.cancel()
    say("counts %d %d %d %d" % tuple(t.cancelling() for t in (a, b, c, d)))
    await ended(d)


@scenario
async def inner_cancelled_is_seen_by_outer():
    count_generations()
    i = spawn(sleeper("inner"))
    o = spawn(waits("outer", i))
    await turns(2)
    i.cancel()
    await ended(o)
    say("counts %d %d" % (o.cancelling(), i.cancelling()))


async def level(n):
    try:
        if n == 0:
            await asyncio.sleep(100)
        else:
            await level(n - 1)
    finally:
        say("level %d" % n)
        await asyncio.sleep(0)


@scenario
async def chain_of_frames():
    count_generations()
    t = spawn(level(3))
    await turns(2)
    t.cancel()
    await ended(t)


@scenario
async def caught_halfway_in_chain_of_frames():
    async def leaf():
        await asyncio.sleep(100)
        say("not reached")

    async def middle():
        try:
            await leaf()
        except asyncio.CancelledError:
            say("middle catches")
            me().uncancel()
        await asyncio.sleep(0)
        say("middle goes on")
        return 3

    async def root():
        return await middle() + 1

    t = spawn(root())
    await turns(2)
    t.cancel()
    await ended(t)


@scenario
async def woken_cancel_wins():
    count_generations()
    f = future()
    t = spawn(waits("t", f))
    await turns(2)
    f.set_result(1)
    say("cancel %d" % t.cancel())
    await ended(t)
    say("future " + outcome(f))


@scenario
async def woken_by_failure_cancel_wins():
    f = future()
    t = spawn(waits("t", f))
    await turns(2)
    f.set_exception(Boom())
    t.cancel()
    await ended(t)
    del t, f
    gc.collect()
    say("end")


@scenario
async def woken_by_task_cancel_wins():
    count_generations()

    async def inner():
        await turns(1)
        say("inner ends")
        return 9

    i = spawn(inner())
    o = spawn(waits("outer", i))
    await turns(2)
    say("inner " + outcome(i))
    o.cancel()
    await ended(o)
    say("counts %d %d" % (o.cancelling(), i.cancelling()))


@scenario
async def cancelled_then_set():
    # The other way round: the future is cancelled, nobody can set it.
    f = future()
    t = spawn(waits("t", f))
    await turns(2)
    t.cancel()
    try:
        f.set_result(1)
    except asyncio.InvalidStateError as e:
        say(why(e))
    await ended(t)


@scenario(since=(3, 13))  # 3.11 and 3.12 keep the request
async def woken_cancelled_uncancelled():
    # test_uncancel_resets_must_cancel
    count_generations()
    f = future()
    t = spawn(waits("t", f))
    await turns(2)
    f.set_result(42)
    t.cancel()
    say("left %d" % t.uncancel())
    await ended(t)


@scenario(since=(3, 13))  # 3.11 and 3.12 keep the request
async def woken_by_failure_cancelled_uncancelled():
    f = future()
    t = spawn(waits("t", f))
    await turns(2)
    f.set_exception(Boom())
    t.cancel()
    t.cancel()
    say("left %d" % t.uncancel())
    say("left %d" % t.uncancel())
    await ended(t)


@scenario
async def woken_cancelled_uncancelled_once_of_two():
    f = future()
    t = spawn(waits("t", f))
    await turns(2)
    f.set_result(42)
    t.cancel()
    t.cancel()
    say("left %d" % t.uncancel())
    await ended(t)


@scenario
async def ended_wait_stays_ended_when_uncancelled():
    f = future()
    t = spawn(waits("t", f))
    s = spawn(sleeper("s"))
    await turns(2)
    for x in (t, s):
        x.cancel()
        say("left %d" % x.uncancel())
    await ended(t)
    await ended(s)


@scenario(since=(3, 13))  # 3.11 and 3.12 keep the request
async def yielding_cancelled_uncancelled():
    count_generations()
    t = spawn(sleeper("t", 0))
    await turns(1)
    t.cancel()
    say("left %d" % t.uncancel())
    await ended(t)


@scenario
async def uncancel_without_request():
    say("left %d" % me().uncancel())
    say("count %d" % me().cancelling())
    t = spawn(sleeper("t", 0))
    say("left %d" % t.uncancel())
    t.cancel()
    say("count %d" % t.cancelling())
    await ended(t)


@scenario
async def itself_then_yields():
    count_generations()

    async def body():
        say("cancel %d" % me().cancel())
        loop().call_soon(say, "others first")
        try:
            await asyncio.sleep(0)
            say("not reached")
        except asyncio.CancelledError:
            say("cancelled, count %d" % me().cancelling())
            raise

    await ended(spawn(body()))


@scenario
async def itself_then_sleeps():
    count_generations()

    async def body():
        me().cancel()
        loop().call_soon(say, "others first")
        try:
            await asyncio.sleep(100)
        finally:
            say("cleanup")
            await asyncio.sleep(0)
            say("cleaned up")

    await ended(spawn(body()))


@scenario
async def itself_then_awaits_future():
    count_generations()
    f = future()

    async def body():
        me().cancel()
        await waits("t", f)

    t = spawn(body())
    await turns(1)
    say("future " + outcome(f))
    await ended(t)


@scenario
async def itself_then_awaits_task():
    count_generations()
    i = spawn(sleeper("inner"))

    async def body():
        await turns(2)
        me().cancel()
        await waits("t", i)

    t = spawn(body())
    await ended(t)
    say("counts %d %d" % (t.cancelling(), i.cancelling()))


@scenario
async def itself_then_awaits_done_future():
    count_generations()
    f = future()
    f.set_result(1)

    async def body():
        me().cancel()
        await waits("t", f)
        say("goes on")
        await asyncio.sleep(0)
        say("not reached")

    await ended(spawn(body()))


@scenario
async def itself_at_its_end():
    # test_cancel_at_end
    async def body():
        me().cancel()
        return 12

    t = spawn(body())
    await ended(t)
    say("cancelled %d" % t.cancelled())


@scenario
async def itself_and_then_fails():
    async def body():
        me().cancel()
        raise Boom()

    await ended(spawn(body()))


@scenario(since=(3, 13))  # 3.11 and 3.12 keep the request
async def itself_uncancelled():
    async def body():
        me().cancel()
        say("left %d" % me().uncancel())
        await asyncio.sleep(0)
        say("goes on")
        return 1

    await ended(spawn(body()))


@scenario
async def main_cancels_itself():
    me().cancel()
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        say("cancelled")
        me().uncancel()
    say("end")


@scenario
async def caught_and_uncancelled():
    # test_cancel_task_catching, with the request taken back
    count_generations()
    t = spawn(swallows(42))
    await turns(2)
    t.cancel()
    await ended(t)
    say("count %d, cancelled %d" % (t.cancelling(), t.cancelled()))


@scenario
async def caught_ignored_and_cancelled_again():
    # test_cancel_task_ignoring: the future of the second wait is another one
    f1, f2, f3 = future(), future(), future()

    async def body():
        await f1
        try:
            await f2
        except asyncio.CancelledError:
            say("ignored")
            me().uncancel()
        return await f3

    t = spawn(body())
    await turns(1)
    f1.set_result(1)
    await turns(1)
    t.cancel()
    await turns(1)
    say("f2 %s, f3 %s" % (outcome(f2), outcome(f3)))
    f3.set_result(42)
    await ended(t)


@scenario
async def caught_and_fails_otherwise():
    async def body():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            raise Boom()

    t = spawn(body())
    await turns(2)
    t.cancel()
    await ended(t)


@scenario
async def twice_before_it_runs():
    count_generations()
    t = spawn(sleeper())
    await turns(2)
    say("cancel %d" % t.cancel())
    say("cancel %d" % t.cancel())
    await ended(t)
    say("count %d" % t.cancelling())


@scenario
async def one_of_two_requests_taken_back():
    async def body():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            say("left %d" % me().uncancel())
            if not uncancelled():
                raise
        say("goes on")

    for n in (1, 2):
        t = spawn(body())
        await turns(2)
        for i in range(n):
            t.cancel()
        while not t.done():
            await asyncio.sleep(0)
        say("cancelled %d" % t.cancelled())


@scenario
async def again_in_cleanup():
    count_generations()

    async def body():
        try:
            await asyncio.sleep(100)
        finally:
            say("cleanup")
            try:
                await asyncio.sleep(100)
                say("not reached")
            finally:
                say("inner cleanup, count %d" % me().cancelling())
                await asyncio.sleep(0)
                say("cleaned up")

    t = spawn(body())
    await turns(2)
    t.cancel()
    await turns(2)
    say("again")
    t.cancel()
    await ended(t)


@scenario
async def first_in_cleanup():
    # Not cancelled before: what was returned is lost.
    async def body():
        try:
            return 1
        finally:
            say("cleanup")
            await asyncio.sleep(100)

    t = spawn(body())
    await turns(2)
    t.cancel()
    await ended(t)


@scenario
async def by_a_callback_in_the_same_generation():
    count_generations()
    f = future()
    t = spawn(waits("t", f))
    await turns(1)
    f.add_done_callback(lambda f: say("cancel %d" % t.cancel()))
    f.set_result(1)
    await ended(t)


@scenario
async def by_a_callback_before_the_waiter():
    count_generations()
    f = future()
    f.add_done_callback(lambda f: say("cancel %d" % t.cancel()))
    t = spawn(waits("t", f))
    await turns(1)
    f.set_result(1)
    await ended(t)


@scenario
async def child_cancels_parent():
    count_generations()

    async def child(parent):
        await asyncio.sleep(0)
        say("child cancels")
        parent.cancel()
        say("counts %d %d" % (parent.cancelling(), me().cancelling()))
        try:
            await asyncio.sleep(100)
        finally:
            say("child cleanup")

    async def parent():
        c = spawn(child(me()))
        await waits("parent", c)

    await ended(spawn(parent()))


@scenario
async def child_cancels_parent_and_ends():
    count_generations()

    async def child(parent):
        parent.cancel()
        return 1

    async def parent():
        c = spawn(child(me()))
        await waits("parent", c)

    t = spawn(parent())
    await ended(t)
    say("count %d" % t.cancelling())


@scenario
async def done_task():
    t = spawn(turns(0))
    await t
    say("cancel %d, count %d, cancelled %d" % (t.cancel(), t.cancelling(), t.cancelled()))


@scenario
async def awaits_itself():
    async def body():
        try:
            await me()
        except RuntimeError:
            say("refused")

    await ended2(spawn(body()))


async def ended2(t):
    while not t.done():
        await asyncio.sleep(0)
    say("done")


@scenario
async def stops_between_waits():
    # A loop that never looks is ended at its next wait, not before.
    async def body():
        for i in range(5):
            say("round %d" % i)
            if i == 2:
                me().cancel()
                say("not yet")
            await asyncio.sleep(0)

    await ended(spawn(body()))


@scenario
async def two_tasks_cancel_each_other():
    count_generations()
    tasks = {}

    async def body(name, other):
        try:
            await asyncio.sleep(0)
            say("%s cancels %s: %d" % (name, other, tasks[other].cancel()))
            await asyncio.sleep(0)
            say(name + " goes on")
        except asyncio.CancelledError:
            say(name + " cancelled")
            raise

    tasks["a"] = spawn(body("a", "b"))
    tasks["b"] = spawn(body("b", "a"))
    await ended(tasks["a"])
    await ended(tasks["b"])


main()
