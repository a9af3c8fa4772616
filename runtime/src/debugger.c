/* SPDX-License-Identifier: MIT */
/* debugger.c: what acc-gdb.py reads of a stopped process or a core: where the open loops are, and
 * where things lie in them.
 *
 * The table says what the compiler laid out, so the script needs no debugging information of the
 * runtime and fits every version that writes the same names.  It is read from outside only.
 *
 * Invariant: acc__loops lists the open loops of all threads, newest first. */
#include "internal.h"
#include <pthread.h>

struct debugger_entry {
    char name[24];
    uint64_t value;
};

extern const struct debugger_entry acc__debugger[];
extern acc_loop *acc__loops;

#define ADDRESS(name, x)    {name, (uintptr_t)(x)}
#define OFFSET(name, s, m)  {name, offsetof(s, m)}

const struct debugger_entry acc__debugger[] = {
    {"version", 1},
    {"abi", ACC_ABI_VERSION},
    ADDRESS("hooks", acc__hooks),
    {"hooks.size", sizeof acc__hooks},
    ADDRESS("ops.sleep", &sleep_ops),
    ADDRESS("ops.future", &wait_future_ops),
    ADDRESS("ops.task", &wait_task_ops),
    OFFSET("ops.name", acc_wait_ops, name),
    OFFSET("loop.known", acc_loop, known),
    OFFSET("loop.tasks", acc_loop, tasks),
    OFFSET("loop.queue", acc_loop, queue),
    OFFSET("loop.tail", acc_loop, tail),
    OFFSET("loop.running", acc_loop, running),
    OFFSET("loop.runs_on", acc_loop, runs_on),
    OFFSET("loop.beneath", acc_loop, beneath),
    OFFSET("loop.now", acc_loop, now),
    OFFSET("loop.timers", acc_loop, timers.at),
    OFFSET("loop.timers.count", acc_loop, timers.count),
    OFFSET("thread.task", struct acc__thread, task),
    OFFSET("thread.tail", struct acc__thread, tail),
    OFFSET("thread.loop", struct acc__thread, loop),
    OFFSET("beneath.task", struct beneath, task),
    OFFSET("beneath.outer", struct beneath, outer),
    OFFSET("timer.index", struct timer, index),
    OFFSET("entry.when", struct timer_entry, when),
    {"entry.size", sizeof(struct timer_entry)},
    {"", 0},
};

acc_loop *acc__loops;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void debugger_loop_made(acc_loop *l)
{
    pthread_mutex_lock(&lock);
    l->known = acc__loops;
    acc__loops = l;
    pthread_mutex_unlock(&lock);
}

bool debugger_loop_known(const acc_loop *l)
{
    pthread_mutex_lock(&lock);
    const acc_loop *k = acc__loops;
    while (k && k != l)
        k = k->known;
    pthread_mutex_unlock(&lock);
    return k != NULL;
}

void debugger_loop_closed(acc_loop *l)
{
    pthread_mutex_lock(&lock);
    acc_loop **p = &acc__loops;
    while (*p && *p != l)
        p = &(*p)->known;
    if (*p) *p = l->known;
    pthread_mutex_unlock(&lock);
}
