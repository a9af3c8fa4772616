# SPDX-License-Identifier: MIT
"""Tasks of acc programs, in gdb: of a process that is stopped, or of a core file.

    (gdb) source <prefix>/share/acc/acc-gdb.py
    (gdb) acc tasks              every task of every loop, with its chain of awaits and what it waits for
    (gdb) acc bt                 the task that runs, a function a line
    (gdb) acc bt 3               the third one that `acc tasks` lists
    (gdb) acc bt worker          the one of that name; also an expression that gives a future

No function of the program is called.  The runtime tells by a table (acc__debugger) where its parts
lie; the symbol of a coroutine's resume function, f__resume, leads to its description, f__info.  So the
program needs its symbol table, and debugging information where two files have functions of one
name.  Of a task that runs only the outermost function is shown, and where it was suspended last.
"""
import struct

import gdb

# abi.h, version 1
RESUME, AWAITER, STATE, ERR, KIND, FLAGS = 0, 8, 16, 20, 28, 30
LEAF, OBJ, ALL, EXTRA, OPS, CANCELS, TASK_SIZE = 8, 16, 32, 56, 64, 76, 80
DONE, REGISTERED, F_EXTRA, SLEPT, ASKED, HANDED = 1, 2, 4, 128, 256, 2048
NAMES = {1: "future", 2: "coroutine", 3: "coroutine", 4: "task"}
DROPPED = 0xFFFFFFFE
LIMIT = 1 << 20  # links followed in one list: memory may be damaged


class Memory:
    """The stopped program's memory, little-endian and 64 bits wide."""

    def __init__(self):
        self.inferior = gdb.selected_inferior()

    def read(self, layout, address):
        data = bytes(self.inferior.read_memory(address, struct.calcsize("<" + layout)))
        return struct.unpack("<" + layout, data)[0]

    def pointer(self, address):
        return self.read("Q", address)

    def text(self, address, limit=4096):
        data = b""
        while address and b"\0" not in data and len(data) < limit:
            data += bytes(self.inferior.read_memory(address + len(data), 1))
        return data.split(b"\0")[0].decode("utf-8", "replace")


def address_of(name):
    """The address of a symbol, with or without debugging information; None when there is none."""
    for form in ("(unsigned long)&%s", "(unsigned long)&'%s'"):
        try:
            return int(gdb.parse_and_eval(form % name))
        except gdb.error:
            continue
    return None


class Program:
    def __init__(self):
        self.memory = Memory()
        self.infos = {}
        table, loops = address_of("acc__debugger"), address_of("acc__loops")
        if table is None or loops is None:
            raise gdb.GdbError("acc: this program has no acc runtime, or no symbols")
        self.at = self.read_table(table)
        if self.at["version"] != 1 or self.at["abi"] != 1:
            raise gdb.GdbError("acc: the program's runtime is of another version than this script")
        self.loops = list(self.follow(self.memory.pointer(loops), self.at["loop.known"]))

    def read_table(self, address):
        at = {}
        while True:
            data = bytes(self.memory.inferior.read_memory(address, 32))
            name = data[:24].split(b"\0")[0].decode()
            if not name:
                return at
            at[name] = struct.unpack("<Q", data[24:])[0]
            address += 32

    def follow(self, item, offset):
        for _ in range(LIMIT):
            if not item:
                return
            yield item
            item = self.memory.pointer(item + offset)

    # -- descriptions ---------------------------------------------------------------------------

    def info_of(self, resume):
        """The acc_info behind a resume function: (name, file, lines), or None."""
        if resume not in self.infos:
            self.infos[resume] = self.find_info(resume)
        return self.infos[resume]

    def find_info(self, resume):
        said = gdb.execute("with print demangle off -- info symbol 0x%x" % resume, to_string=True)
        symbol = said.split()[0].split(".")[0]
        if " + " in said or not symbol.endswith("_resume"):
            return None
        name = symbol[:-len("resume")] + "info"
        address = self.info_address(name, resume)
        if address is None:
            return None
        memory = self.memory
        file, lines = memory.pointer(address + 8), memory.pointer(address + 32)
        states = memory.read("I", address + 24)
        numbers = [memory.read("I", lines + 4 * i) for i in range(min(states, 65536))] if lines else []
        return (memory.text(memory.pointer(address)), memory.text(file) if file else None, numbers)

    @staticmethod
    def info_address(name, resume):
        try:
            block = gdb.block_for_pc(resume)  # there: the one of the same file
            symbol = gdb.lookup_symbol(name, block)[0] if block else None
            if symbol:
                return int(symbol.value().address)
        except (gdb.error, RuntimeError, TypeError):
            pass
        return address_of(name)

    def place(self, coroutine):
        info = self.info_of(self.memory.pointer(coroutine + RESUME))
        if info is None:
            return "?"
        name, file, lines = info
        state = self.memory.read("I", coroutine + STATE)
        state = 0 if state == DROPPED else state
        return "%s at %s:%d" % (name, file, lines[state]) if file and state < len(lines) else name

    # -- tasks ------------------------------------------------------------------------------------

    def flags(self, task):
        return self.memory.read("H", task + TASK_SIZE + FLAGS)

    def is_task(self, job):
        leaf = self.memory.pointer(job + LEAF)
        return not 0 <= leaf - self.at["hooks"] < self.at["hooks.size"]

    def thread_of(self, loop):
        """Of the thread that runs the loop right now; 0 when it does not run."""
        thread = self.memory.pointer(loop + self.at["loop.runs_on"])
        if not thread or not self.memory.read("B", loop + self.at["loop.running"]):
            return 0
        return thread if self.memory.pointer(thread + self.at["thread.loop"]) == loop else 0

    def running(self, loop):
        """The tasks on the C stack, the innermost first, and callbacks never."""
        thread = self.thread_of(loop)
        if not thread:
            return []
        tasks = [self.memory.pointer(thread + self.at["thread.task"])]
        top = self.memory.pointer(loop + self.at["loop.beneath"])
        for beneath in self.follow(self.memory.pointer(top), self.at["beneath.outer"]):
            tasks.append(self.memory.pointer(beneath + self.at["beneath.task"]))
        return [task for task in tasks if task and self.is_task(task)]

    def queued(self, loop):
        """The jobs of the ready queue."""
        thread, memory = self.thread_of(loop), self.memory
        tail = memory.pointer(thread + self.at["thread.tail"] if thread else loop + self.at["loop.tail"])
        link = loop + self.at["loop.queue"]
        for _ in range(LIMIT):
            if link == tail:
                return
            link = memory.pointer(link)
            yield link

    def tasks(self, loop):
        listed = list(self.follow(self.memory.pointer(loop + self.at["loop.tasks"]), ALL))
        listed.reverse()
        seen = set(listed)
        for task in self.running(loop) + list(self.queued(loop)):
            if task not in seen and self.is_task(task) and not self.flags(task) & DONE:
                listed.append(task)
                seen.add(task)
        return listed

    def all_tasks(self):
        return [(loop, task) for loop in reversed(self.loops) for task in self.tasks(loop)]

    def name(self, task):
        if self.flags(task) & F_EXTRA:
            given = self.memory.pointer(self.memory.pointer(task + EXTRA))
            if given:
                return self.memory.text(given)
        info = self.info_of(self.memory.pointer(task + TASK_SIZE + RESUME))
        return info[0] if info else "?"

    def chain(self, loop, task):
        """Its coroutines, the innermost first."""
        root = task + TASK_SIZE
        if task in self.running(loop):
            return [root]
        chain = []
        for coroutine in self.follow(self.memory.pointer(task + LEAF), AWAITER):
            chain.append(coroutine)
            if coroutine == root:
                break
        return chain

    def waits_for(self, loop, task):
        memory, ops = self.memory, self.memory.pointer(task + OPS)
        obj = memory.pointer(task + OBJ)
        if ops == self.at["ops.task"]:
            return "task '%s'" % self.name(obj - TASK_SIZE)
        if ops == self.at["ops.sleep"]:
            index = memory.read("I", obj + self.at["timer.index"])
            if 0 < index <= memory.read("I", loop + self.at["loop.timers.count"]):
                entry = memory.pointer(loop + self.at["loop.timers"]) + (index - 1) * self.at["entry.size"]
                left = memory.pointer(entry + self.at["entry.when"]) - memory.pointer(loop + self.at["loop.now"])
                return "sleep(%.6g)" % (left / 1e9)
        return memory.text(memory.pointer(ops + self.at["ops.name"]))

    def state(self, loop, task):
        flags, memory = self.flags(task), self.memory
        root, cancelled = task + TASK_SIZE, ""
        if flags & ASKED and memory.read("I", task + CANCELS) > 0:
            cancelled = ", being cancelled"
        if task in self.running(loop):
            return ", running since there" + cancelled
        if flags & SLEPT and not flags & HANDED and memory.pointer(task + OPS):
            return ", awaiting " + self.waits_for(loop, task) + cancelled
        unstarted = memory.read("I", root + STATE) in (0, DROPPED) and memory.pointer(task + LEAF) == root
        return (", not started" if unstarted else ", ready") + cancelled

    def line(self, loop, task):
        chain = [self.place(coroutine) for coroutine in self.chain(loop, task)]
        if len(chain) > 28:
            chain[24:-4] = ["... %d more" % (len(chain) - 28)]
        return "task '%s': %s%s" % (self.name(task), " <- ".join(chain), self.state(loop, task))


def find_task(program, word):
    tasks = program.all_tasks()
    if not word:
        for loop in program.loops:
            for task in program.running(loop):
                return loop, task
        raise gdb.GdbError("acc: no task runs; say which (see `acc tasks`)")
    if word.isdigit():
        if 0 < int(word) <= len(tasks):
            return tasks[int(word) - 1]
        raise gdb.GdbError("acc: there are %d tasks" % len(tasks))
    for loop, task in tasks:
        if program.name(task) == word:
            return loop, task
    try:
        future = int(gdb.parse_and_eval("(unsigned long)(%s)" % word))
    except gdb.error:
        raise gdb.GdbError("acc: neither a task nor an expression: '%s'" % word)
    for loop, task in tasks:
        if future in (task, task + TASK_SIZE):
            return loop, task
    raise gdb.GdbError("acc: no task that is not done: '%s'" % word)


class Acc(gdb.Command):
    """Looks at the tasks of an acc program."""

    def __init__(self):
        super().__init__("acc", gdb.COMMAND_STATUS, gdb.COMPLETE_NONE, True)


class Tasks(gdb.Command):
    """acc tasks: every task of every open loop that is not done."""

    def __init__(self):
        super().__init__("acc tasks", gdb.COMMAND_STATUS, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        program = Program()
        tasks = program.all_tasks()
        print("%d task%s, %d loop%s" % (len(tasks), "" if len(tasks) == 1 else "s",
                                        len(program.loops), "" if len(program.loops) == 1 else "s"))
        for number, (loop, task) in enumerate(tasks, 1):
            print("%3d  %s" % (number, program.line(loop, task)))


class Backtrace(gdb.Command):
    """acc bt [number|name|expression]: the functions of a task, the innermost first."""

    def __init__(self):
        super().__init__("acc bt", gdb.COMMAND_STACK, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        program = Program()
        loop, task = find_task(program, argument.strip())
        print("task '%s'%s" % (program.name(task), program.state(loop, task)))
        for number, coroutine in enumerate(program.chain(loop, task)):
            print("#%-2d %s" % (number, program.place(coroutine)))


Acc()
Tasks()
Backtrace()
