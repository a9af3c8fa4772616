# SPDX-License-Identifier: MIT
# Futures, callbacks and handles: test_futures.py, test_base_events.py.
from trace import *


@scenario
async def callbacks_in_order():
    count_generations()
    f = future()
    for word in "abc":
        f.add_done_callback(lambda f, word=word: say(word))
    f.set_result(1)
    say("set")
    await asyncio.sleep(0)
    say("end")


@scenario
async def callbacks_on_failure():
    count_generations()
    f = future()
    f.add_done_callback(lambda f: say("1 " + outcome(f)))
    f.add_done_callback(lambda f: say("2 " + outcome(f)))
    f.set_exception(Boom())
    await asyncio.sleep(0)
    say(outcome(f))


@scenario
async def callback_added_when_done():
    count_generations()
    f = future()
    f.set_result(1)
    f.add_done_callback(lambda f: say("late"))
    say("added")
    await asyncio.sleep(0)
    say("end")


@scenario
async def callback_adds_callback():
    count_generations()
    f = future()

    def first(f):
        say("first")
        f.add_done_callback(lambda f: say("third"))

    f.add_done_callback(first)
    f.add_done_callback(lambda f: say("second"))
    f.set_result(1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    say("end")


@scenario
async def callback_removes_first():
    f = future()

    def first(f):
        say("first")

    def second(f):
        say("second removes %d" % f.remove_done_callback(first))

    f.add_done_callback(first)
    f.add_done_callback(second)
    f.set_result(1)
    await asyncio.sleep(0)
    say("end")


@scenario
async def callback_removes_third():
    f = future()

    def third(f):
        say("third")

    def first(f):
        say("first removes %d" % f.remove_done_callback(third))

    f.add_done_callback(first)
    f.add_done_callback(lambda f: say("second"))
    f.add_done_callback(third)
    f.set_result(1)
    await asyncio.sleep(0)
    say("end")


@scenario
async def callbacks_removed_before():
    f = future()

    def a(f):
        say("a")

    def b(f):
        say("b")

    for callback in (a, b, a, b, a):
        f.add_done_callback(callback)
    say("a: %d" % f.remove_done_callback(a))
    say("a: %d" % f.remove_done_callback(a))
    f.set_result(1)
    await asyncio.sleep(0)
    say("b: %d" % f.remove_done_callback(b))


@scenario
async def set_twice():
    f = future()
    f.set_result(1)
    try:
        f.set_result(2)
    except asyncio.InvalidStateError as e:
        say(why(e))
    try:
        f.set_exception(Boom())
    except asyncio.InvalidStateError as e:
        say(why(e))
    say("cancel %d" % f.cancel())
    say(outcome(f))


@scenario
async def cancelled_is_done():
    f = future()
    f.add_done_callback(lambda f: say("callback " + outcome(f)))
    say("cancel %d" % f.cancel())
    say("cancel %d" % f.cancel())
    try:
        f.set_result(1)
    except asyncio.InvalidStateError as e:
        say(why(e))
    await asyncio.sleep(0)
    say(outcome(f))


async def wait_for_it(name, f):
    try:
        say("%s got %d" % (name, await f))
    except Boom as e:
        say("%s failed %s" % (name, why(e)))
    except asyncio.CancelledError:
        say(name + " cancelled")


@scenario
async def waiters_and_callbacks_in_order():
    count_generations()
    f = future()
    tasks = [spawn(wait_for_it("a", f))]
    await asyncio.sleep(0)
    f.add_done_callback(lambda f: say("callback"))
    tasks.append(spawn(wait_for_it("b", f)))
    await asyncio.sleep(0)
    f.set_result(7)
    say("set")
    for t in tasks:
        await t
    say("end")


@scenario
async def failure_for_all_who_wait():
    count_generations()
    f = future()
    tasks = [spawn(wait_for_it(name, f)) for name in "abc"]
    await asyncio.sleep(0)
    f.set_exception(Boom())
    for t in tasks:
        await t
    say("end")


@scenario
async def cancelled_for_all_who_wait():
    count_generations()
    f = future()
    tasks = [spawn(wait_for_it(name, f)) for name in "abc"]
    await asyncio.sleep(0)
    f.cancel()
    for t in tasks:
        await t
    say("end")


@scenario
async def await_done_does_not_suspend():
    count_generations()
    f = future()
    f.set_result(3)
    loop().call_soon(lambda: say("others"))
    say("got %d" % await f)
    say("got %d" % await f)
    await asyncio.sleep(0)
    say("end")


@scenario
async def failure_nobody_retrieved():
    f = future()
    f.set_exception(Boom())
    say("dropped")
    del f
    gc.collect()
    say("end")


@scenario
async def failure_asked_for():
    f = future()
    f.set_exception(Boom())
    say(outcome(f))
    del f
    gc.collect()
    say("end")


@scenario
async def failure_awaited():
    f = future()
    f.set_exception(Boom())
    try:
        await f
    except Boom as e:
        say(why(e))
    del f
    gc.collect()
    say("end")


@scenario
async def failure_callback_did_not_look():
    f = future()
    f.add_done_callback(lambda f: say("callback"))
    f.set_exception(Boom())
    await asyncio.sleep(0)
    del f
    gc.collect()
    say("end")


@scenario
async def cancelled_needs_no_retrieval():
    f = future()
    f.cancel()
    del f
    gc.collect()
    say("end")


async def fails():
    raise Boom()


@scenario
async def task_failure_nobody_retrieved():
    t = spawn(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    say("dropped")
    del t
    gc.collect()
    say("end")


@scenario
async def call_soon_in_order():
    count_generations()

    def first():
        say("first")
        loop().call_soon(lambda: say("fourth"))

    loop().call_soon(first)
    loop().call_soon(lambda: say("second"))
    loop().call_soon(lambda: say("third"))
    await asyncio.sleep(0)
    say("main")
    await asyncio.sleep(0)
    say("end")


@scenario
async def handle_cancelled_before_and_by_an_earlier_one():
    a = loop().call_soon(lambda: say("a"))
    a.cancel()
    a.cancel()

    def b():
        say("b")
        c.cancel()

    loop().call_soon(b)
    c = loop().call_soon(lambda: say("c"))
    d = loop().call_soon(lambda: say("d"))
    await asyncio.sleep(0)
    say("%d %d %d" % (a.cancelled(), c.cancelled(), d.cancelled()))


@scenario
async def call_later_by_deadline():
    loop().call_later(0.060, say, "third")
    loop().call_later(0.020, say, "first")
    late = loop().call_later(0.050, say, "never")
    loop().call_later(0.040, say, "second")
    late.cancel()
    await asyncio.sleep(0.080)
    say("end %d" % late.cancelled())


@scenario
async def call_later_zero_after_call_soon():
    count_generations()
    loop().call_later(-1, say, "long ago")
    loop().call_later(0, say, "later")
    loop().call_soon(say, "soon")
    await asyncio.sleep(0)
    say("main")
    await asyncio.sleep(0)
    say("end")


@scenario
async def call_at_in_the_past():
    count_generations()
    now = loop().time()
    loop().call_at(now - 1, say, "second")
    loop().call_at(now - 2, say, "first")
    h = loop().call_at(now - 3, say, "never")
    h.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    say("end")


@scenario
async def call_at_equal_deadlines():
    # Two only: with more, asyncio's heap gives no order.
    when = loop().time() + 0.010
    loop().call_at(when, say, "first")
    loop().call_at(when, say, "second")
    await asyncio.sleep(0.030)


@scenario
async def timers_before_what_they_wake():
    # Both are due when the loop looks: they run in one generation, what they set in the next.
    count_generations()
    f = future()

    def set_it():
        say("set")
        f.set_result(1)

    loop().call_at(0, set_it)
    loop().call_at(0.001, say, "second timer")
    t = spawn(wait_for_it("a", f))
    await t
    say("end")


main()
