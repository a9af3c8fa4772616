# SPDX-License-Identifier: MIT
"""The interpreter of the programs of ways.py: what docs/dialect.md says of failures, ways out and generators, in Python.

Whatever may meet a `yield` is a Python generator; failures and jumps are exceptions.  One task: what suspends goes on at
once, unless it is the suspension at which the task is cancelled or destroyed.
"""

ECANCELED, EDESTROYED = -5001, -5002


class Node:
    def __init__(self, kind, **more):
        self.kind = kind
        self.__dict__.update(more)


class Fail(Exception):
    def __init__(self, code):
        self.code = code


class Jump(Exception):
    def __init__(self, kind, to=None):
        self.kind, self.to = kind, to


class TooLong(Exception):
    pass


class Undefined(Exception):
    """Reads what was never set."""


class Generator:
    def __init__(self, run, f, arg):
        self.run, self.f = run, f
        self.code = run.activation(f, arg)
        self.started = self.done = self.closing = False
        self.error, self.result, self.seen = 0, 0, False

    def step(self, sent, failure=None):
        """The next value, or None when it has ended; its failure is in `error`."""
        try:
            if failure:
                given = self.code.throw(failure)
            else:
                given = self.code.send(sent) if self.started else next(self.code)
            self.started = True
            return given
        except StopIteration as end:
            self.done, self.result = True, end.value
        except Fail as f:
            self.done, self.error = True, f.code
        return None

    def ask(self, sent):
        return None if self.done else self.step(sent)

    def close(self):
        """What it failed with meanwhile, or had failed with before."""
        if not self.done and self.started:
            self.closing = True
            failure = Fail(EDESTROYED)
            while self.step(None, failure) is not None:
                pass
            if self.error == EDESTROYED and not (self.f.kind == "agen" and self.run.destroyed):
                self.error = 0
        self.code.close()
        self.done = True
        return self.error


class Run:
    def __init__(self, functions):
        self.first, self.lines = functions[0], []

    def begin(self, n, fuel, asks=0, cut=None, destroys=False):
        self.fuel, self.turn, self.asks, self.hash = fuel, n, asks, n * 77777
        self.cut, self.destroys, self.destroyed = cut, destroys, False
        self.suspensions = self.cancels = 0
        self.due = False
        self.put("run %d" % n)

    def whole(self, n):
        try:
            next(self.activation(self.first, n))
            raise AssertionError("a yield in f0")
        except Fail as f:
            if not self.destroyed:
                self.put("result 0 %d" % -f.code)
        except StopIteration as end:
            if not self.destroyed:
                self.put("result %d 0" % end.value if not self.due else "result 0 %d" % -ECANCELED)

    # ---- what programs see ----

    def put(self, line):
        if len(self.lines) > 30000:
            raise TooLong()
        self.lines.append(line + "\n")

    def t(self, n, v):
        self.hash = (self.hash * 31 + n + v) & 0xffffffff
        self.put("%d %d" % (n, v))

    def spend(self):
        self.fuel -= 1
        return self.fuel >= 0

    def suspend(self):
        self.suspensions += 1
        if self.destroyed:
            raise Fail(EDESTROYED)
        if self.due:
            self.due = False
            raise Fail(ECANCELED)
        if self.suspensions == self.cut:
            if self.destroys:
                self.destroyed = True
                raise Fail(EDESTROYED)
            self.cancels += 1
            raise Fail(ECANCELED)

    def wait(self):
        self.turn += 1
        if (self.turn - 1) % 3:
            self.suspend()

    def rank(self, code):
        if code == EDESTROYED:
            return 2 if self.destroyed else -1
        return code == ECANCELED

    def settle(self, first, second):
        """Which of two failures goes on; the other is told."""
        if not first or not second:
            return first or second
        goes, lost = (second, first) if self.rank(second) > self.rank(first) else (first, second)
        if self.rank(lost) == 0:
            self.put("told %d" % -lost)
        return goes

    def guarded(self, flying, work):
        """Runs `work` on the way out; what flies on afterwards."""
        try:
            yield from work
        except Fail as f:
            first = flying.code if isinstance(flying, Fail) else 0
            return Fail(self.settle(first, f.code))
        return flying

    # ---- functions ----

    def activation(self, f, arg):
        act = Activation(self, f)
        act.vars[0] = arg & 1023
        try:
            yield from act.block(f.body)
        except Jump as jump:
            assert jump.kind == "return", jump.kind
            return jump.to or 0
        return 0


class Activation:
    def __init__(self, run, f):
        self.run, self.f, self.vars, self.caught = run, f, {}, []

    # ---- statements ----

    def block(self, body):
        """In order; a jump to a label in it goes on there; what is deferred runs when its scope is left."""
        guards, i = [], 0
        while True:
            flying = None
            try:
                while i < len(body):
                    s = body[i]
                    if s.kind == "defer":
                        guards.append((i, self.block(s.body)))
                    elif s.kind == "cleanup":
                        self.vars[s.var.number] = (yield from self.e(s.value)) & 1023
                        guards.append((i, self.closed(s.var)))
                    elif s.kind == "gen":
                        yield from self.make(s)
                        guards.append((i, self.drop(s)))
                    else:
                        yield from self.do(s)
                    i += 1
            except (Fail, Jump) as f:
                flying = f
            to = self.label_in(body, flying)
            while guards and (to is None or guards[-1][0] > to):
                flying = yield from self.run.guarded(flying, guards.pop()[1])
                to = self.label_in(body, flying) if to is not None else None
            if to is not None:
                i = to
                continue
            if flying:
                raise flying
            return

    @staticmethod
    def label_in(body, flying):
        if isinstance(flying, Jump) and flying.kind == "goto":
            for i, s in enumerate(body):
                if s.kind == "label" and s.name == flying.to:
                    return i
        return None

    def closed(self, var):
        self.run.t(7, self.vars[var.number])
        return
        yield

    def make(self, s):
        arg = yield from self.e(s.arg)
        self.vars["g", s.var.number] = Generator(self.run, s.f, arg)
        self.vars[s.var.number] = 0

    def drop(self, s):
        g = self.vars["g", s.var.number]
        if g.done:
            g.seen = True
        self.run.t(s.id, -g.error)
        if g.close() and not g.seen:
            self.run.put("told %d" % -g.error)
        return
        yield

    def do(self, s):
        return getattr(self, "do_" + s.kind)(s)

    def do_label(self, s): return iter(())

    def do_trace(self, s):
        self.run.t(s.n, (yield from self.e(s.value)))

    def do_effect(self, s):
        yield from self.e(s.value)

    def do_goto(self, s):
        raise Jump("goto", s.name)
        yield

    def do_break(self, s):
        raise Jump("break")
        yield

    def do_continue(self, s):
        raise Jump("continue")
        yield

    def do_sleep(self, s):
        self.run.suspend()
        return
        yield

    def do_vcall(self, s):
        yield from self.e(Node("call", f=s.f, arg=s.arg))

    def do_cancel(self, s):
        if self.run.asks:
            self.run.cancels += 1
            self.run.due = True
        return
        yield

    def do_uncancel(self, s):
        self.run.cancels = max(0, self.run.cancels - 1)
        if not self.run.cancels:
            self.run.due = False
        return
        yield

    def do_rc(self, s):
        self.vars[s.var.number] = 0
        return
        yield

    def do_compound(self, s):
        yield from self.block(s.body)

    do_void = do_compound

    def do_return(self, s):
        raise Jump("return", (yield from self.e(s.value)) if s.value else None)

    def do_decl(self, s):
        if s.size:
            yield from self.e(s.size)
        self.vars[s.var.number] = (yield from self.e(s.value)) & 1023

    def do_assign(self, s):
        value = (yield from self.e(s.value)) & 1023
        self.vars[s.var.number] = value if s.op == "=" else (self.vars[s.var.number] + value)

    def do_pcall(self, s):
        self.vars[s.var.number] = yield from self.e(Node("call", f=s.f, arg=s.arg))

    def do_if(self, s):
        if (yield from self.e(s.test)):
            yield from self.block(s.yes)
        elif s.no is not None:
            yield from self.block(s.no)

    def round(self, body):
        """One time through the body of a loop: whether it goes on."""
        try:
            yield from self.block(body)
        except Jump as jump:
            if jump.kind not in ("break", "continue"):
                raise
            return jump.kind == "continue"
        return True

    def do_while(self, s):
        while (yield from self.e(s.test)):
            if not (yield from self.round(s.body)):
                return

    def do_do(self, s):
        while (yield from self.round(s.body)):
            if not (yield from self.e(s.test)):
                return

    def do_for(self, s):
        i = s.var.number
        self.vars[i] = 0
        while self.vars[i] < 3 and (yield from self.e(s.test)):
            if not (yield from self.round(s.body)):
                return
            self.vars[i] += 1 + ((yield from self.e(s.step)) & 1)

    def do_switch(self, s):
        value = (yield from self.e(s.value))
        value = (value + (self.run.hash >> 2 & 15)) & 3
        falls = False
        try:
            for number, body, breaks in s.cases:
                if falls or number == value:
                    yield from self.block(body)
                    falls = True
                    if breaks:
                        return
        except Jump as jump:
            if jump.kind == "break" or self.label_in(s.labels, jump) is not None:
                return
            raise

    def do_throw(self, s):
        if s.value is None:
            raise Fail(self.caught[-1])
        if s.value == "ACC_ECANCELED":
            raise Fail(ECANCELED)
        raise Fail(-(500 + s.id % 100) - ((yield from self.e(s.value)) & 1023))

    def do_try(self, s):
        try:
            yield from self.block(s.body)
            return
        except Fail as f:
            failure = f
        is_cancel = failure.code in (ECANCELED, EDESTROYED)
        handler = s.cancel if is_cancel else s.fail
        if handler is None:
            raise failure
        self.vars[s.var.number] = failure.code
        self.caught.append(failure.code)
        try:
            yield from self.block(handler)
        finally:
            self.caught.pop()
        if is_cancel and not (failure.code == ECANCELED and self.run.cancels == 0):
            raise failure

    def do_with(self, s):
        yield from self.e(s.arg)
        how, run = s.how, self.run
        if not s.plain:
            if how & 1:
                run.suspend()
            run.t(s.id, how)
            if how & 2:
                raise Fail(-400 - how)
        flying = None
        try:
            yield from self.block(s.body)
        except (Fail, Jump) as f:
            flying = f
        first = failure = flying.code if isinstance(flying, Fail) else 0
        try:
            if how & 4 and not s.plain:
                run.suspend()
            run.t(s.id + 1, -failure)
            if how & 8:
                failure = 0
            elif how & 16 and failure:
                failure = -200 - how
            if how & 32 and not s.plain:
                raise Fail(-300 - how)
        except Fail as f:
            failure = run.settle(failure, f.code)
        if failure:
            raise Fail(failure)
        if flying and not first:
            raise flying

    def do_for_in(self, s):
        g = Generator(self.run, s.f, (yield from self.e(s.arg)))
        flying = None
        try:
            while True:
                given = g.ask(0)
                if given is None:
                    if g.error:
                        raise Fail(g.error)
                    break
                self.vars[s.var.number] = given
                if not (yield from self.round(s.body)):
                    break
        except (Fail, Jump) as f:
            flying = f
        if g.done:
            g.error = 0
        failure = self.run.settle(flying.code if isinstance(flying, Fail) else 0, g.close())
        if failure:
            raise Fail(failure)
        if flying:
            raise flying

    def do_ask(self, s):
        g = self.vars["g", s.var.number]
        if s.what == "result":
            self.run.t(s.id, g.result if g.done and not g.error else 0)
            return
        given = g.ask(s.value if s.what == "send" else 0)
        if given is not None:
            self.vars[s.var.number] = given
        self.run.t(s.id + (given is not None), self.vars[s.var.number])
        return
        yield

    # ---- expressions ----

    def e(self, x):
        k, run = x.kind, self.run
        if k == "const":
            return x.value
        if k == "hash":
            return run.hash >> 5 & 7
        if k == "var":
            return self.read(x.var)
        if k == "bin":
            left = yield from self.e(x.left)
            right = yield from self.e(x.right)
            return left + right if x.op == "+" else left ^ right if x.op == "^" else left | right
        if k == "logical":
            left = yield from self.e(x.left)
            if bool(left) == (x.op == "||"):
                return int(bool(left))
            return int(bool((yield from self.e(x.right))))
        if k == "cond":
            return (yield from self.e(x.left if (yield from self.e(x.test)) else x.right))
        if k == "comma":
            yield from self.e(x.left)
            return (yield from self.e(x.right))
        if k == "test":
            value = yield from self.e(x.arg)
            return (value + (run.hash >> 3 & 15)) % x.mod == 0
        if k == "spend":
            return run.spend() and (yield from self.e(x.arg))
        if k == "block":
            body = x.body + [Node("value", of=x.value)]
            yield from self.block(body)
            return self.vars["value"]
        if k == "acc_try":
            try:
                value, code = (yield from self.e(x.arg)), 0
            except Fail as f:
                if f.code in (ECANCELED, EDESTROYED):
                    raise
                value, code = 0, f.code
            self.vars[x.code.number] = code
            return value
        arg = yield from self.e(x.arg)
        return (yield from getattr(self, "e_" + k)(x, arg))

    def do_value(self, s):
        self.vars["value"] = yield from self.e(s.of)

    def read(self, var):
        if var.number not in self.vars:
            raise Undefined()
        value = self.vars[var.number]
        return -value if var.text.startswith("(-") else value

    def e_pause(self, x, arg):
        self.run.wait()
        return arg & 1023
        yield

    e_pause_by = e_pause

    def e_fails(self, x, arg):
        self.run.wait()
        if (self.run.hash >> 4) % 4 == 0:
            raise Fail(-100 - (arg & 63))
        return arg & 1023
        yield

    def e_call(self, x, arg):
        return (yield from self.run.activation(x.f, arg & 1023))

    def e_yield(self, x, arg):
        """A generator that is being closed, and one that its asker closes at this place, fails here."""
        return (yield arg)

    def e_from(self, x, arg):
        inner = Generator(self.run, x.f, arg)
        sent, flying = 0, None
        try:
            while True:
                given = inner.ask(sent)
                if given is None:
                    break
                sent = yield given
        except Fail as f:
            flying = f
        failure = self.run.settle(flying.code if flying else 0, inner.close())
        if failure:
            raise Fail(failure)
        return inner.result


# ---- programs as trees ----

def parts(x):
    """The nodes and lists of nodes in a node or list."""
    if isinstance(x, list):
        return [(None, i) for i in x]
    return [(name, getattr(x, name)) for name in sorted(x.__dict__) if isinstance(getattr(x, name), (Node, list))]


def goes_to(body, label):
    for s in body:
        if isinstance(s, tuple):
            s = s[1]
        if isinstance(s, Node) and s.kind == "goto" and s.name == label:
            return True
        if isinstance(s, (Node, list)) and goes_to([p for _, p in parts(s)], label):
            return True
    return False


def labels_stand(body):
    """Whether each jump of a function has its label."""
    names, work = {"goto": set(), "label": set()}, [body]
    while work:
        x = work.pop()
        if isinstance(x, tuple):
            x = x[1]
        if isinstance(x, Node) and x.kind in names:
            names[x.kind].add(x.name)
        if isinstance(x, (Node, list)):
            work += [p for _, p in parts(x)]
    return names["goto"] <= names["label"]


def size_of(x):
    if isinstance(x, tuple):
        x = x[1]
    return 1 + sum(size_of(p) for _, p in parts(x)) if isinstance(x, (Node, list)) else 0


def lists_of(functions):
    found, work = [], [f.body for f in functions]
    while work:
        x = work.pop()
        if isinstance(x, tuple):
            x = x[1]
        if isinstance(x, list) and not (x and isinstance(x[0], tuple)):
            found.append(x)
        if isinstance(x, (Node, list)):
            work += [p for _, p in parts(x)]
    return sorted(found, key=size_of, reverse=True)


def expressions_of(functions):
    """(node, name of the part, the part) of every expression in another node."""
    found, work = [], [f.body for f in functions]
    while work:
        x = work.pop()
        if isinstance(x, tuple):
            x = x[1]
        if not isinstance(x, (Node, list)):
            continue
        for name, part in parts(x):
            if isinstance(x, Node) and isinstance(part, Node):
                found.append((x, name, part))
            work.append(part)
    return found


def inner_of(place):
    """What may stand in place of an expression."""
    node = place[2]
    if node.kind in ("test", "spend", "const"):
        return
    for name, part in parts(node):
        if isinstance(part, Node):
            yield name, part
    yield "const", Node("const", value=1)
