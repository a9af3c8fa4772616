#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random programs of tasks, and what Python's asyncio makes of them: combinators.ac must log the same.

    combinators.py make SEED COUNT OPERATORS CANCELS    programs, one a line
    combinators.py run < programs                       their event log

A program is a tree in prefix notation, behind the time at which its task is cancelled (-1: never):

    S n       sleeps                    F n e   sleeps, then fails with -e
    G k ...   gather, asyncio's mode    O k ... gather of outcomes       N k ... task group
    H x       shield                    T n x   timeout                  P x     catches a failure
    Y n x     lingers when cancelled    W n mode k ...   wait, then cancels what is left

Time is virtual and equal deadlines run in the order they were made. What Debian's Python 3.11 does not have yet is
here as 3.13 does it: uncancelling a request that is pending, and a group that keeps its parent's count.
"""
import asyncio
import heapq
import random
import sys
from asyncio import events

CANCELLED = -5001


def make(seed, count, operators, cancels):
    rnd = random.Random(seed)

    def tree(depth):
        op = rnd.choice(operators if depth else "SSF")
        head = [op]
        if op in "SFTYW":
            head.append(str(rnd.randint(0, 6 if op == "W" else 5 if op in "TY" else 4)))
        if op == "F":
            head.append(str(rnd.randint(1, 9)))
        if op == "W":
            head.append(str(rnd.randint(0, 2)))
        arity = rnd.randint(1, 4) if op in "GONW" else 1 if op in "HTPY" else 0
        if op in "GONW":
            head.append(str(arity))
        return head + [word for _ in range(arity) for word in tree(depth - 1)]

    for _ in range(count):
        at = rnd.randint(0, 6) if rnd.randint(0, 2) < cancels else -1
        print(at, *tree(rnd.randint(1, 5)))


class Failure(Exception):
    pass


class Timer(events.TimerHandle):
    def __lt__(self, other):
        return (self._when, self.order) < (other._when, other.order)


class VirtualLoop(asyncio.SelectorEventLoop):
    clock, made = 0.0, 0

    def time(self):
        return self.clock

    def call_at(self, when, callback, *args, context=None):
        timer = Timer(when, callback, args, self, context)
        timer.order = self.made = self.made + 1
        timer._scheduled = True
        heapq.heappush(self._scheduled, timer)
        return timer

    def _run_once(self):
        self._clock_resolution = 1e-9
        while self._scheduled and self._scheduled[0]._cancelled:
            self._timer_cancelled_count -= 1
            heapq.heappop(self._scheduled)._scheduled = False
        if self._scheduled and not self._ready:
            self.clock = max(self.clock, self._scheduled[0]._when)
        super()._run_once()


class Task(asyncio.tasks._PyTask):
    def uncancel(self):
        left = super().uncancel()
        self._must_cancel = self._must_cancel and left > 0
        return left


class Group:
    """The rules of 3.13 in the words of this file."""

    def __init__(self):
        self.parent = asyncio.current_task()
        self.members, self.failures = [], []
        self.ending = self.asked = False
        self.empty = None

    def go(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self.members.append(task)
        task.add_done_callback(self.over)

    def end(self):
        self.ending = True
        for task in self.members:
            task.cancel()

    def over(self, task):
        self.members.remove(task)
        if not self.members and self.empty and not self.empty.done():
            self.empty.set_result(None)
        if task.cancelled() or not task.exception():
            return
        self.failures.append(task.exception())
        if not self.ending:
            self.end()
            self.asked = True
            self.parent.cancel()

    async def leave(self):
        passing = seen = None
        while self.members:
            self.empty = asyncio.get_running_loop().create_future()
            try:
                await self.empty
            except asyncio.CancelledError as request:
                seen = request
                if not self.ending:
                    passing = request
                    self.end()
        if self.asked:
            passing = (passing or seen) if self.parent.uncancel() else None
        if self.failures:
            if self.parent.cancelling():
                self.parent.uncancel()
                self.parent.cancel()
            raise self.failures[0]
        if passing:
            raise passing


class Node:
    def __init__(self, words, ids):
        self.op, self.id = words.pop(0), next(ids)
        self.n = int(words.pop(0)) if self.op in "SFTYW" else 0
        self.mode = int(words.pop(0)) if self.op in "FW" else 0
        arity = int(words.pop(0)) if self.op in "GONW" else 1 if self.op in "HTPY" else 0
        self.parts = [Node(words, ids) for _ in range(arity)]

    def say(self, what, n=0):
        print("%g %s%d %s %d" % (asyncio.get_running_loop().time(), self.op, self.id, what, n))

    async def run(self):
        self.say("begins")
        try:
            await getattr(self, "do_" + self.op)()
            self.say("ends")
        except Failure as failure:
            self.say("fails", failure.args[0])
            raise
        except asyncio.CancelledError:
            self.say("cancelled")
            raise

    async def do_S(self):
        await asyncio.sleep(self.n)

    async def do_F(self):
        await asyncio.sleep(self.n)
        raise Failure(-self.mode)

    async def do_G(self):
        await asyncio.gather(*[part.run() for part in self.parts])

    def say_outcomes(self, tasks):
        for task in tasks:
            self.say("outcome", code_of(task))

    async def do_O(self):
        tasks = [asyncio.ensure_future(part.run()) for part in self.parts]
        await asyncio.gather(*tasks, return_exceptions=True)
        self.say_outcomes(tasks)

    async def do_N(self):
        group = Group()
        for part in self.parts:
            group.go(part.run())
        await group.leave()

    async def do_H(self):
        await asyncio.shield(self.parts[0].run())

    async def do_T(self):
        try:
            async with asyncio.timeout(self.n) as limit:
                await self.parts[0].run()
        except TimeoutError:
            pass
        self.say("expired", limit.expired())
        self.say("requests", asyncio.current_task().cancelling())

    async def do_P(self):
        try:
            await self.parts[0].run()
        except Failure as failure:
            self.say("caught", failure.args[0])
            await asyncio.sleep(0)

    async def do_Y(self):
        try:
            await self.parts[0].run()
        except asyncio.CancelledError:
            self.say("lingers")
            await asyncio.sleep(self.n)
            self.say("lingered")
            raise

    async def do_W(self):
        tasks = [asyncio.ensure_future(part.run()) for part in self.parts]
        modes = asyncio.ALL_COMPLETED, asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION
        done, _ = await asyncio.wait(tasks, timeout=self.n, return_when=modes[self.mode])
        self.say("done", len(done))
        for task in tasks:
            task.cancel()
        if not all(task.done() for task in tasks):  # else 3.11 suspends, 3.12 does not
            await asyncio.gather(*tasks, return_exceptions=True)
        self.say_outcomes(tasks)


def code_of(task):
    if task.cancelled():
        return CANCELLED
    return task.exception().args[0] if task.exception() else 0


async def programs():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    for line in sys.stdin:
        cancel, *words = line.split()
        print("#", line, end="")
        task = asyncio.ensure_future(Node(words, iter(range(10000))).run())
        if int(cancel) >= 0:
            await asyncio.sleep(int(cancel))
            print("cancel", int(task.cancel()))
        if not task.done():
            await asyncio.wait([task])
        print("result", code_of(task))
        await asyncio.sleep(200)
        await asyncio.sleep((loop.time() // 1000 + 1) * 1000 - loop.time())


def main():
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
        return
    loop = VirtualLoop()
    loop.set_task_factory(lambda lp, coroutine, context=None: Task(coroutine, loop=lp))
    asyncio.set_event_loop(loop)
    loop.run_until_complete(programs())


main()
