# SPDX-License-Identifier: MIT
# Queues: test_queues.py.
from trace import *


async def turns(n):
    for i in range(n):
        await asyncio.sleep(0)


async def ended(t):
    while not t.done():
        await asyncio.sleep(0)
    say("-> " + outcome(t))


async def gets(name, q):
    try:
        say("%s got %d" % (name, await q.get()))
    except asyncio.CancelledError:
        say(name + " cancelled")
        raise
    except asyncio.QueueShutDown:
        say(name + " shut down")


async def puts(name, q, *items):
    try:
        for i in items:
            await q.put(i)
            say("%s put %d" % (name, i))
    except asyncio.CancelledError:
        say(name + " cancelled")
        raise
    except asyncio.QueueShutDown:
        say(name + " shut down")


if not hasattr(asyncio, "QueueShutDown"):
    class QueueShutDown(Exception):
        pass
    asyncio.QueueShutDown = QueueShutDown


@scenario
async def get_and_put_without_waiting_take_none():
    count_generations()
    q = asyncio.Queue(1)
    loop().call_soon(say, "others")
    await puts("main", q, 1)
    say("size %d, full %d" % (q.qsize(), q.full()))
    await gets("main", q)
    say("empty %d" % q.empty())
    await asyncio.sleep(0)


@scenario
async def getter_woken_by_put():
    count_generations()
    q = asyncio.Queue()
    t = spawn(gets("a", q))
    await turns(2)
    q.put_nowait(1)
    say("put")
    await ended(t)


@scenario
async def getters_in_order():
    count_generations()
    q = asyncio.Queue()
    tasks = [spawn(gets(name, q)) for name in "abc"]
    await turns(2)
    for i in range(3):
        q.put_nowait(i)
    for t in tasks:
        await t


@scenario
async def putters_in_order():
    count_generations()
    q = asyncio.Queue(1)
    tasks = [spawn(puts("a", q, 1, 2)), spawn(puts("b", q, 3))]
    await turns(2)
    for i in range(3):
        await gets("main", q)
        await turns(2)
    for t in tasks:
        await t


@scenario
async def getter_cancelled():
    q = asyncio.Queue()
    a, b = spawn(gets("a", q)), spawn(gets("b", q))
    await turns(2)
    a.cancel()
    await turns(1)
    q.put_nowait(1)
    await ended(b)
    say("a " + outcome(a))


@scenario
async def getter_woken_then_cancelled():
    # test_get_cancelled_race: the item goes to the next
    q = asyncio.Queue()
    a, b = spawn(gets("a", q)), spawn(gets("b", q))
    await turns(2)
    q.put_nowait(1)
    a.cancel()
    await ended(a)
    await ended(b)


@scenario
async def getter_cancelled_then_put():
    # test_cancelled_getters_not_being_held_in_self_getters
    q = asyncio.Queue()
    a = spawn(gets("a", q))
    await turns(2)
    a.cancel()
    q.put_nowait(1)
    await ended(a)
    await gets("main", q)


@scenario
async def putter_woken_then_cancelled():
    # test_put_cancelled_race: the place goes to the next, its item is not put
    q = asyncio.Queue(1)
    q.put_nowait(1)
    a, b = spawn(puts("a", q, 2)), spawn(puts("b", q, 3))
    await turns(2)
    say("got %d" % q.get_nowait())
    a.cancel()
    await ended(a)
    await ended(b)
    await gets("main", q)
    say("size %d" % q.qsize())


@scenario
async def putter_cancelled():
    q = asyncio.Queue(1)
    q.put_nowait(1)
    a = spawn(puts("a", q, 2))
    await turns(2)
    a.cancel()
    await ended(a)
    await gets("main", q)
    say("size %d" % q.qsize())


@scenario
async def last_in_first_out():
    q = asyncio.LifoQueue()
    for i in (1, 3, 2):
        q.put_nowait(i)
    say("%d %d %d" % (q.get_nowait(), q.get_nowait(), q.get_nowait()))


@scenario
async def least_first():
    q = asyncio.PriorityQueue()
    for i in (3, 1, 2):
        q.put_nowait(i)
    say("%d %d %d" % (q.get_nowait(), q.get_nowait(), q.get_nowait()))


@scenario
async def nowait_refused():
    q = asyncio.Queue(1)
    try:
        q.get_nowait()
    except asyncio.QueueEmpty:
        say("empty")
    q.put_nowait(1)
    try:
        q.put_nowait(2)
    except asyncio.QueueFull:
        say("full")


@scenario
async def task_done_too_often():
    q = asyncio.Queue()
    q.put_nowait(1)
    q.get_nowait()
    q.task_done()
    try:
        q.task_done()
    except ValueError:
        say("refused")


@scenario
async def join_waits_for_all():
    count_generations()
    q = asyncio.Queue()
    await q.join()
    say("empty")
    for i in range(3):
        q.put_nowait(i)

    async def worker():
        while True:
            say("item %d" % await q.get())
            await asyncio.sleep(0)
            q.task_done()

    t = spawn(worker())
    await q.join()
    say("joined")
    t.cancel()
    await ended(t)


@scenario(since=(3, 13))  # Queue.shutdown came with it
async def shutdown_empty_wakes_getters():
    count_generations()
    q = asyncio.Queue()
    tasks = [spawn(gets(name, q)) for name in "ab"]
    await turns(2)
    q.shutdown()
    for t in tasks:
        await t
    await gets("main", q)
    await puts("main", q, 1)


@scenario(since=(3, 13))
async def shutdown_with_items_lets_them_be_got():
    q = asyncio.Queue()
    q.put_nowait(1)
    q.put_nowait(2)
    q.shutdown()
    await puts("main", q, 3)
    for i in range(3):
        await gets("main", q)


@scenario(since=(3, 13))
async def shutdown_wakes_putters():
    count_generations()
    q = asyncio.Queue(1)
    q.put_nowait(1)
    t = spawn(puts("a", q, 2))
    await turns(2)
    q.shutdown()
    await ended(t)
    await gets("main", q)
    await gets("main", q)


@scenario(since=(3, 13))
async def shutdown_now_drops_and_lets_join_go_on():
    q = asyncio.Queue()
    q.put_nowait(1)
    q.put_nowait(2)

    async def joins():
        await q.join()
        say("joined")

    t = spawn(joins())
    await turns(2)
    q.shutdown(immediate=True)
    say("size %d" % q.qsize())
    await t
    await gets("main", q)


main()
