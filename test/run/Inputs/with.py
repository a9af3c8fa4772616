# The programs of run/with.ac with Python's `async with`: what they print, line by line.
import asyncio

trace = []


class Failure(Exception):
    pass


def name(failure):
    if failure is None:
        return "0"
    return "cancel" if isinstance(failure, asyncio.CancelledError) else str(failure.args[0])


class Mark:
    def __init__(self, name, waits=0, clears=False, enter_fails=0, exit_fails=0, replaces=0):
        self.__dict__.update(locals())

    async def __aenter__(self):
        trace.append("<" + self.name)
        for _ in range(self.waits):
            await asyncio.sleep(0)
        if self.enter_fails:
            raise Failure(self.enter_fails)

    async def __aexit__(self, kind, failure, where):
        trace.append("%s:%s>" % (self.name, name(failure)))
        for _ in range(self.waits):
            await asyncio.sleep(0)
        if self.replaces:
            raise Failure(self.replaces)
        if self.exit_fails and failure is None:
            raise Failure(self.exit_fails)
        return self.clears


async def body(how):
    i = 0
    async with Mark("a", how & 1, how & 2):
        async with Mark("b", how & 1, False, 0, -7 if how & 8 else 0, -17 if how & 32 else 0):
            i = 5
            if how & 4:
                raise Failure(-9)
            if how & 16:
                return 77
            await asyncio.sleep(0)
            i += 1
        trace.append("behind b")
    trace.append("behind a")
    return i


async def jumps():
    n = 0
    i = -1
    while i < 5:
        i += 1
        async with Mark("l", i & 1):
            async with Mark("m"):
                if i == 1:
                    continue
            if i == 4:
                break
            n += i
    return n


async def entering(clears):
    async with Mark("o", 0, clears):
        async with Mark("e", 1, True, -5):
            trace.append("not here")
    return 3


async def sleeper(clears):
    async with Mark("c", 1, clears):
        await asyncio.sleep(1000)
    trace.append("behind c")
    return 1


async def cancelled(clears):
    t = asyncio.create_task(sleeper(clears))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    t.cancel()
    return await t


async def show(label, what):
    trace.clear()
    try:
        trace.append("= %d" % await what)
    except (Failure, asyncio.CancelledError) as e:
        trace.append("! " + name(e))
    print(label, *trace)


async def main():
    for how in range(64):
        await show("body %d" % how, body(how))
    await show("jumps", jumps())
    for clears in (False, True):
        await show("entering %d" % clears, entering(clears))
        await show("cancelled %d" % clears, cancelled(clears))


asyncio.run(main())
