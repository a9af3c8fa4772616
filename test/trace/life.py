# SPDX-License-Identifier: MIT
# How a program ends, eager tasks, values of tasks: test_runners.py, test_eager_task_factory.py, test_context.py.
import contextvars

from trace import *


async def turns(n):
    for i in range(n):
        await asyncio.sleep(0)


async def sleeper(name, n=0):
    say(name + " begins")
    try:
        await asyncio.sleep(100)
    finally:
        say(name + " cleans up")
        await turns(n)
        say(name + " cleaned up")


@scenario
async def run_ends_the_rest():
    loop().t = spawn(sleeper("t"))
    await turns(1)
    say("main ends")


@scenario
async def run_waits_for_their_cleanup():
    loop().t = spawn(sleeper("t", 5))
    await turns(1)
    say("main ends")


@scenario
async def run_begins_what_was_made_last():
    # The loop ends a generation after main: the task begins, and is cancelled then.
    loop().t = spawn(sleeper("t"))
    say("main ends")


@scenario
async def run_tells_failures_of_the_rest():
    async def fails():
        try:
            await asyncio.sleep(100)
        finally:
            raise Boom

    loop().t = spawn(fails())
    await turns(1)
    say("main ends")


@scenario
async def run_lets_the_rest_end_otherwise():
    async def swallows():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            say("swallowed")
            me().uncancel()
        await asyncio.sleep(0)
        say("ends")

    loop().t = spawn(swallows())
    await turns(1)
    say("main ends")


@scenario
async def run_of_a_main_that_fails():
    loop().t = spawn(sleeper("t"))
    await turns(1)
    try:
        raise Boom
    finally:
        say("main fails")


@scenario
async def run_ends_what_was_cancelled_before():
    t = loop().t = spawn(sleeper("t", 3))
    await turns(1)
    t.cancel()
    await turns(1)
    say("main ends")


def eager(coroutine):
    return asyncio.Task(coroutine, loop=loop(), eager_start=True)


async def value(v):
    say("runs as %s" % ("itself" if me() is not loop().main else "main"))
    return v


async def waits(name, f):
    say(name + " waits")
    try:
        v = await f
        say("%s got %d" % (name, v))
        return v
    except asyncio.CancelledError:
        say("%s cancelled, count %d" % (name, me().cancelling()))
        raise


@scenario(since=(3, 12))  # eager tasks came with it
async def eager_ends_within_the_call():
    count_generations()
    loop().main = me()
    t = eager(value(3))
    say(outcome(t))
    say("main again %d" % (me() is loop().main))
    say("got %d" % await t)


@scenario(since=(3, 12))
async def eager_waits():
    count_generations()
    f = future()
    t = eager(waits("t", f))
    say(outcome(t))
    f.set_result(4)
    say("got %d" % await t)


@scenario(since=(3, 12))
async def eager_fails_within_the_call():
    async def fails():
        raise Boom

    t = eager(fails())
    say(outcome(t))


@scenario(since=(3, 12))
async def eager_failure_nobody_looked_at():
    async def fails():
        raise Boom

    t = eager(fails())
    say("dropped")
    del t
    gc.collect()
    say("end")


@scenario(since=(3, 12))
async def eager_yields_behind_what_is_queued():
    count_generations()

    async def rounds(name):
        say(name + " begins")
        await asyncio.sleep(0)
        say(name + " ends")

    a = spawn(rounds("spawned"))
    b = eager(rounds("eager"))
    say("main")
    await a
    await b


@scenario(since=(3, 12))
async def eager_within_eager():
    count_generations()

    async def nests(n):
        say("begins %d" % n)
        if n:
            t = eager(nests(n - 1))
            say("spawned %d" % n)
            await t
        await asyncio.sleep(0)
        say("ends %d" % n)

    await eager(nests(2))
    say("end")


@scenario(since=(3, 12))
async def eager_cancelled_after_its_first_step():
    count_generations()
    f = future()
    t = eager(waits("t", f))
    say("cancel %d" % t.cancel())
    await asyncio.wait([t])
    say("%s, future %s" % (outcome(t), outcome(f)))


@scenario(since=(3, 12))
async def eager_cancels_itself():
    count_generations()

    async def body():
        me().cancel()
        try:
            await asyncio.sleep(0)
        finally:
            say("cleanup")

    t = eager(body())
    say(outcome(t))
    await asyncio.wait([t])
    say(outcome(t))


@scenario(since=(3, 12))
async def eager_cancelled_after_its_end():
    t = eager(turns(0))
    say("cancel %d, cancelled %d" % (t.cancel(), t.cancelled()))


@scenario(since=(3, 12))  # before, what was done already took its turn too
async def gather_of_done_ones_takes_none():
    count_generations()
    f, g = future(), future()
    f.set_result(1)
    g.set_result(2)
    loop().call_soon(say, "others")
    say("got %d %d" % tuple(await asyncio.gather(f, g)))
    await asyncio.sleep(0)


depth = contextvars.ContextVar("depth", default=0)


def say_depth(word):
    say("%s %d" % (word, depth.get()))


@scenario
async def values_are_inherited_and_kept_apart():
    async def child():
        say_depth("child begins with")
        depth.set(2)
        await asyncio.sleep(0)
        say_depth("child has")

    depth.set(1)
    t = spawn(child())
    depth.set(5)
    await turns(1)
    say_depth("main has")
    depth.set(6)
    await t
    say_depth("main has")


@scenario
async def callbacks_have_the_values_of_who_scheduled_them():
    depth.set(1)
    loop().call_soon(say_depth, "callback")
    f = future()
    f.add_done_callback(lambda f: say_depth("done callback"))
    depth.set(2)
    f.set_result(1)
    await turns(2)
    say_depth("main")


@scenario
async def awaited_coroutines_share_the_values():
    async def inner():
        depth.set(3)

    await inner()
    say_depth("after the await")


main()
