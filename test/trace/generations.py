# SPDX-License-Identifier: MIT
# How many generations of the loop each wait takes, and in which order tasks run: test_tasks.py.
from trace import *


async def value(v):
    return v


async def deep(n):
    return n if n == 0 else await deep(n - 1)


@scenario
async def await_coroutine_takes_none():
    count_generations()
    loop().call_soon(say, "others")
    say("got %d" % await value(3))
    say("got %d" % await deep(20))
    await asyncio.sleep(0)
    say("end")


@scenario
async def sleep_zero_takes_one():
    count_generations()
    for i in range(3):
        await asyncio.sleep(0)
        say("turn")
    await asyncio.sleep(-1)
    say("negative")


@scenario
async def new_task_takes_two():
    count_generations()
    t = spawn(value(4))
    say("spawned")
    say("got %d" % await t)


@scenario
async def done_task_takes_none():
    count_generations()
    t = spawn(value(4))
    await asyncio.sleep(0)
    say("done %d" % t.done())
    say("got %d" % await t)


@scenario
async def future_set_by_call_soon_takes_two():
    count_generations()
    f = future()
    loop().call_soon(f.set_result, 5)
    say("got %d" % await f)


async def via(f):
    return await f


@scenario
async def each_task_on_the_way_takes_one():
    count_generations()
    f = future()
    a = spawn(via(f))
    b = spawn(via(a))
    c = spawn(via(b))
    await asyncio.sleep(0)
    f.set_result(6)
    say("set")
    say("got %d" % await c)


async def rounds(name, n):
    say(name + " starts")
    for i in range(n):
        await asyncio.sleep(0)
        say("%s %d" % (name, i))
    say(name + " ends")


@scenario
async def tasks_take_turns():
    count_generations()
    tasks = [spawn(rounds("a", 3)), spawn(rounds("b", 1)), spawn(rounds("c", 2))]
    for t in tasks:
        await t
    say("end")


async def spawns(n):
    say("spawns %d" % n)
    if n:
        t = spawn(spawns(n - 1))
        await asyncio.sleep(0)
        say("awaits %d" % n)
        await t
    say("ends %d" % n)


@scenario
async def tasks_that_spawn():
    count_generations()
    await spawns(3)


async def sets(f):
    say("sets")
    f.set_result(1)
    say("still runs")
    await asyncio.sleep(0)
    say("setter ends")


@scenario
async def setting_only_enqueues():
    count_generations()
    f = future()
    t = spawn(sets(f))
    say("got %d" % await f)
    await t
    say("end")


@scenario
async def awaited_in_turn_not_in_order_of_end():
    count_generations()
    a = spawn(rounds("slow", 4))
    b = spawn(rounds("fast", 1))
    await b
    say("b")
    await a
    say("a")


@scenario
async def two_who_await_one_task():
    count_generations()

    async def waits(name, t):
        say("%s got %d" % (name, await t))

    t = spawn(deep(1))
    a = spawn(waits("a", t))
    b = spawn(waits("b", t))
    await b
    say("b done, a done %d" % a.done())


@scenario
async def sleeps_by_deadline():
    async def sleeps(name, seconds):
        await asyncio.sleep(seconds)
        say(name)

    tasks = [spawn(sleeps("c", 0.060)), spawn(sleeps("a", 0.020)), spawn(sleeps("b", 0.040))]
    for t in tasks:
        await t


main()
