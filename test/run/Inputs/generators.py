# The programs of run/generators.ac in Python: what they print, line by line.
import asyncio
import sys


def put(*words):
    sys.stdout.write(" ".join(str(w) for w in words) + " ")


def count(n):
    try:
        for i in range(n):
            yield i
    finally:
        put("end%d" % n)
    return n * 10


def both(n):
    a = yield from count(n)
    put("[%d]" % a)
    a += yield from count(n + 1)
    return a


def tree(n):
    if n > 0:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 2)
    return n


def echo():
    total = 0
    while True:
        got = yield total
        got = got or 0
        if got < 0:
            return total
        total += got


def passed():
    r = yield from echo()
    put("<%d>" % r)
    r = yield r + 1000
    return r or 0


class Failure(Exception):
    pass


def fails(n):
    try:
        yield 1
        if n > 1:
            raise Failure(-5)
        yield 2
    finally:
        put("fin")


def catches():
    try:
        yield from fails(2)
    except Failure as e:
        put("caught", e.args[0])
        yield 77
    return 3


def drain(g):
    while True:
        try:
            put(next(g))
        except StopIteration as e:
            print("=", e.value if e.value is not None else 0)
            return
        except Failure as e:
            print("!", e.args[0])
            return


async def ticks(n):
    try:
        for i in range(n):
            await asyncio.sleep(0)
            yield i
            if i == 6:
                raise Failure(-6)
    finally:
        await asyncio.sleep(0)
        put("closed%d" % n)


async def doubled(n):
    inner = ticks(n)
    try:
        async for x in inner:
            yield x
            yield x * 10
    finally:  # what `for await` does
        await inner.aclose()


async def consume(how):
    total = 0
    for x in count(4):
        await asyncio.sleep(0)
        if how == 1 and x == 2:
            break
        if how == 2 and x == 1:
            continue
        total += x
    put("/")
    g = doubled(9 if how == 7 else 4)
    try:
        async for x in g:
            if how == 3 and x == 1:
                continue
            if how == 4 and x == 20:
                break
            if how == 5 and x == 10:
                return -1
            if how == 6 and x == 10:
                raise Failure(-66)
            for y in count(2):
                total += x + y
    finally:
        await g.aclose()
    return total


async def main():
    drain(count(3))
    drain(both(2))
    drain(tree(5))
    g = echo()
    put(next(g))
    for i in range(1, 4):
        put(g.send(i))
    try:
        g.send(-1)
    except StopIteration as e:
        print("=", e.value)
    g = passed()
    put(next(g))
    for sent in (5, 6, -1):
        put(g.send(sent))
    try:
        g.send(9)
    except StopIteration as e:
        print("=", e.value)
    drain(fails(1))
    drain(fails(2))
    drain(catches())
    g = both(3)
    next(g)
    next(g)
    g.close()
    print()
    count(3).close()
    for how in range(8):
        try:
            print("=", await consume(how))
        except Failure as e:
            print("!", e.args[0])


asyncio.run(main())
