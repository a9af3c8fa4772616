# SPDX-License-Identifier: MIT
# Timeouts and task groups: test_timeouts.py, test_taskgroups.py.
from trace import *


async def work(name, seconds=100, error=None):
    say(name + " begins")
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        say(name + " cancelled")
        raise
    if error:
        raise error
    say(name + " ends")


async def rest():
    """Says nothing: asyncio cancels the tasks of a group in no order."""
    await asyncio.sleep(100)


async def turns(n):
    for i in range(n):
        await asyncio.sleep(0)


async def ended(t):
    await asyncio.wait([t])
    say("-> " + ("cancelled" if t.cancelled() else why(first(t.exception()))))


def first(error):
    """The first failure of a group: the dialect has one code."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def count():
    return me().cancelling()


@scenario
async def timeout_expires():
    try:
        async with asyncio.timeout(0.010) as t:
            await asyncio.sleep(10)
            say("not reached")
    except TimeoutError:
        say("timed out")
    say("expired %d, count %d" % (t.expired(), count()))


@scenario
async def timeout_not_reached():
    async with asyncio.timeout(0.050) as t:
        await asyncio.sleep(0.010)
        say("in time")
    say("expired %d" % t.expired())
    await asyncio.sleep(0.060)
    say("end, count %d" % count())


@scenario
async def timeout_none():
    async with asyncio.timeout(None) as t:
        await asyncio.sleep(0.010)
    say("expired %d" % t.expired())


@scenario
async def timeout_zero_is_cancelled_at_the_first_wait():
    try:
        async with asyncio.timeout(0) as t:
            say("runs")
            await asyncio.sleep(10)
            say("not reached")
    except TimeoutError:
        say("timed out")
    say("expired %d, count %d" % (t.expired(), count()))


@scenario
async def timeout_zero_and_sleep_zero():
    # test_timeout_zero_sleep_zero
    count_generations()
    try:
        async with asyncio.timeout(0) as t:
            await asyncio.sleep(0)
            say("goes on once")
    except TimeoutError:
        say("timed out")
    say("expired %d" % t.expired())


@scenario
async def timeout_in_the_past_and_sleep_zero():
    count_generations()
    try:
        async with asyncio.timeout(-11) as t:
            await asyncio.sleep(0)
            say("goes on once")
    except TimeoutError:
        say("timed out")
    say("expired %d" % t.expired())


@scenario
async def timeout_failure_passes():
    try:
        async with asyncio.timeout(0.050) as t:
            raise Boom
    except Boom:
        say("boom, expired %d" % t.expired())


@scenario
async def timeout_failure_on_expiry_passes():
    # test_foreign_exception_on_timeout
    async def crash():
        try:
            await asyncio.sleep(1)
        finally:
            raise Boom

    try:
        async with asyncio.timeout(0.010) as t:
            await crash()
    except Boom:
        say("boom, expired %d, count %d" % (t.expired(), count()))


@scenario
async def timeout_foreign_cancel_passes():
    # test_foreign_cancel_doesnt_timeout_if_not_expired
    async def body():
        async with asyncio.timeout(10) as t:
            me().cancel()
            await asyncio.sleep(10)

    t = spawn(body())
    await ended(t)
    say("count %d" % t.cancelling())


@scenario
async def timeout_expired_and_cancelled_at_once():
    async def body():
        async with asyncio.timeout(0.010) as t:
            await asyncio.sleep(10)

    t = spawn(body())
    loop().call_later(0.010, lambda: say("cancel %d" % t.cancel()))
    await ended(t)
    say("count %d" % t.cancelling())


@scenario
async def timeout_outer_of_two_expires():
    try:
        async with asyncio.timeout(0.010) as outer:
            try:
                async with asyncio.timeout(0.030) as inner:
                    await asyncio.sleep(10)
            except TimeoutError:
                say("not reached")
            except asyncio.CancelledError:
                say("inner cancelled, expired %d, count %d" % (inner.expired(), count()))
                raise
    except TimeoutError:
        say("outer timed out")
    say("expired %d %d, count %d" % (outer.expired(), inner.expired(), count()))


@scenario
async def timeout_inner_of_two_expires():
    async with asyncio.timeout(0.030) as outer:
        try:
            async with asyncio.timeout(0.010) as inner:
                await asyncio.sleep(10)
        except TimeoutError:
            say("inner timed out")
        await asyncio.sleep(0.010)
        say("goes on")
    say("expired %d %d, count %d" % (outer.expired(), inner.expired(), count()))


@scenario
async def timeout_both_expire_at_once():
    # test_nested_timeouts_concurrent
    try:
        async with asyncio.timeout(0.010) as outer:
            try:
                async with asyncio.timeout(0.010) as inner:
                    await asyncio.sleep(10)
                    say("not reached")
            except TimeoutError:
                say("inner timed out")
            except asyncio.CancelledError:
                say("inner cancelled, count %d" % count())
                raise
    except TimeoutError:
        say("outer timed out")
    say("expired %d %d, count %d" % (outer.expired(), inner.expired(), count()))


@scenario
async def timeout_both_expire_while_the_loop_is_busy():
    # test_nested_timeouts_loop_busy: the inner one is due first, the loop looks when both are
    try:
        async with asyncio.timeout(0.010) as outer:
            try:
                async with asyncio.timeout(0.005) as inner:
                    loop().clock += 0.020
                    await asyncio.sleep(0.001)
                    say("not reached")
            except TimeoutError:
                say("inner timed out")
            except asyncio.CancelledError:
                say("inner cancelled, count %d" % count())
                raise
    except TimeoutError:
        say("outer timed out")
    say("expired %d %d, count %d" % (outer.expired(), inner.expired(), count()))


@scenario
async def timeout_rescheduled():
    try:
        async with asyncio.timeout(0.010) as t:
            await asyncio.sleep(0.005)
            t.reschedule(loop().time() + 0.020)
            await asyncio.sleep(0.010)
            say("still in time")
            await asyncio.sleep(10)
    except TimeoutError:
        say("timed out")
    say("expired %d" % t.expired())


@scenario
async def timeout_in_cleanup():
    # test_nested_timeout_in_finally
    try:
        async with asyncio.timeout(0.010) as outer:
            try:
                await asyncio.sleep(1)
            finally:
                try:
                    async with asyncio.timeout(0.010) as inner:
                        await asyncio.sleep(10)
                except TimeoutError:
                    say("inner timed out, count %d" % count())
    except TimeoutError:
        say("outer timed out")
    say("expired %d %d, count %d" % (outer.expired(), inner.expired(), count()))


@scenario
async def timeout_after_cancellation():
    # test_timeout_after_cancellation
    async def body():
        try:
            me().cancel()
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            try:
                async with asyncio.timeout(0.010) as t:
                    await asyncio.sleep(1)
            except TimeoutError:
                say("timed out, count %d" % count())
            raise

    await ended(spawn(body()))


@scenario
async def group_joins():
    async with asyncio.TaskGroup() as g:
        g.create_task(work("a", 0.010))
        g.create_task(work("b", 0.020))
        say("body ends")
    say("end")


@scenario
async def group_empty():
    count_generations()
    async with asyncio.TaskGroup() as g:
        pass
    say("end")


@scenario
async def group_first_failure_cancels_the_rest():
    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(work("a", 0.010, Boom()))
            g.create_task(work("b"))
            g.create_task(rest())
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                say("body cancelled, count %d" % count())
                raise
    except BaseException as e:
        say(why(first(e)))
    say("count %d" % count())


@scenario(since=(3, 13))  # before, the count stayed raised
async def group_failure_while_it_joins():
    count_generations()
    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(work("a", 0, Boom()))
            b = g.create_task(work("b"))
    except BaseException as e:
        say(why(first(e)))
    say("count %d, b %s" % (count(), outcome(b)))


@scenario
async def group_body_fails():
    count_generations()
    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(work("a"))
            await asyncio.sleep(0)
            raise Boom
    except BaseException as e:
        say(why(first(e)))


@scenario
async def group_cancelled_from_outside():
    async def body():
        async with asyncio.TaskGroup() as g:
            g.create_task(work("a"))
            g.create_task(rest())

    t = spawn(body())
    await turns(3)
    t.cancel()
    await ended(t)
    say("count %d" % t.cancelling())


@scenario
async def group_cancelled_in_its_body():
    async def body():
        async with asyncio.TaskGroup() as g:
            g.create_task(work("a"))
            await asyncio.sleep(10)

    t = spawn(body())
    await turns(3)
    t.cancel()
    await ended(t)
    say("count %d" % t.cancelling())


@scenario
async def group_child_cancelled_is_no_failure():
    async with asyncio.TaskGroup() as g:
        a = g.create_task(work("a"))
        g.create_task(work("b", 0.010))
        await asyncio.sleep(0)
        a.cancel()
    say("end, count %d" % count())


@scenario
async def group_children_fail_when_cancelled():
    # test_taskgroup_07: the first failure counts
    async def crash():
        try:
            await asyncio.sleep(10)
        finally:
            raise Boom

    async def body():
        async with asyncio.TaskGroup() as g:
            g.create_task(crash())
            g.create_task(work("b"))
            await asyncio.sleep(10)

    t = spawn(body())
    await turns(3)
    t.cancel()
    await ended(t)


@scenario(since=(3, 13))  # before, the count stayed raised
async def group_nested_inner_fails():
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(work("a"))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(work("b", 0.010, Boom()))
                inner.create_task(work("c"))
    except BaseException as e:
        say(why(first(e)))
    say("count %d" % count())


@scenario(since=(3, 13))  # before, the count stayed raised
async def group_nested_outer_fails():
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(work("a", 0.010, Boom()))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(work("b"))
                inner.create_task(rest())
    except BaseException as e:
        say(why(first(e)))
    say("count %d" % count())


@scenario
async def group_spawns_from_a_child():
    async def child(g):
        say("child")
        g.create_task(work("grandchild", 0.010))

    async with asyncio.TaskGroup() as g:
        g.create_task(child(g))
    say("end")


@scenario
async def group_no_spawn_after_failure():
    async def body():
        async with asyncio.TaskGroup() as g:
            g.create_task(work("a", 0, Boom()))
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                c = work("late")
                try:
                    g.create_task(c)
                except RuntimeError:
                    say("refused")
                c.close()
                raise

    await ended(spawn(body()))


@scenario(since=(3, 13))  # before, the request from outside was lost
async def group_fails_and_is_cancelled_at_once():
    # test_taskgroup: error_and_cancel: the failure goes first, the request comes again
    async def body():
        try:
            async with asyncio.TaskGroup() as g:
                g.create_task(work("a", 0, Boom()))
                g.create_task(work("b"))
                await turns(1)
                me().cancel()
                try:
                    await asyncio.sleep(10)
                finally:
                    say("count %d" % count())
        except BaseException as e:
            say("%s, count %d" % (why(first(e)), count()))
        try:
            await asyncio.sleep(0)
            say("not reached")
        except asyncio.CancelledError:
            say("cancelled, count %d" % count())
            raise

    await ended(spawn(body()))


@scenario(since=(3, 13))  # before, the count stayed raised
async def group_keeps_the_count_it_found():
    # test_cancelling_level_preserved
    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(work("a", 0, Boom()))
    except BaseException as e:
        say("%s, count %d" % (why(first(e)), count()))


@scenario
async def group_in_timeout():
    # test_timeout_taskgroup
    try:
        async with asyncio.timeout(0.010) as t:
            async with asyncio.TaskGroup() as g:
                g.create_task(work("a"))
                g.create_task(rest())
    except TimeoutError:
        say("timed out")
    say("expired %d, count %d" % (t.expired(), count()))


@scenario
async def timeout_in_group():
    async def child():
        try:
            async with asyncio.timeout(0.010):
                await asyncio.sleep(10)
        except TimeoutError:
            say("child timed out")

    async with asyncio.TaskGroup() as g:
        g.create_task(child())
        g.create_task(work("b", 0.020))
    say("end")


main()
