/* SPDX-License-Identifier: MIT */
/* inspect.h: what the tasks of a loop are doing.  Not part of acc.h: include it where it is used.
 *
 * A task is shown from its innermost await outwards, then what it waits for:
 *
 *     task 'main': main at app.ac:40, awaiting task 'worker'
 *       task 'worker': fetch at net.ac:12 <- worker at app.ac:20, awaiting sleep(0.5)
 *     task 'idle': idle at app.ac:5, not started
 *
 * A task stands under the one that waits for it.  A line is that of the await, as the source has it.
 * Of a task that runs only the outermost function is known, and where that was suspended last (or
 * begins).
 * Everything comes from tables in read-only memory: a program pays nothing for it while it runs.
 *
 * In a debugger, also on a core file: `source <prefix>/share/acc/acc-gdb.py`, then `acc tasks` and
 * `acc bt`. */
#ifndef ACC_INSPECT_H
#define ACC_INSPECT_H

#include "acc.h"
#include <stdio.h>

/* Writes every task of the loop that is not done to `to`.  Changes nothing, suspends nowhere.  May be
 * called from tasks, callbacks and outside, on the loop's thread; not from a signal handler. */
void acc_dump_tasks(acc_loop *loop, FILE *to);

/* void acc_backtrace(future(T) f, FILE *to): writes a task's functions, the innermost first, a line
 * each, and what it waits for; of another future whether it is done.  As acc_dump_tasks. */
#define acc_backtrace(f, to)               acc__backtrace((void *)(f), (to))
/* size_t acc_backtrace_text(future(T) f, char *buf, size_t size): the same to `buf`, cut off if it
 * is longer and ended by a 0 unless size is 0; how long it is without that 0. */
#define acc_backtrace_text(f, buf, size)   acc__backtrace_text((void *)(f), (buf), (size))

/* From now on the loop dumps its tasks to stderr when the signal (SIGUSR1, say) comes, as soon as it
 * polls: not while a task keeps it busy.  It does not keep the loop running.  One signal a loop; 0:
 * no more.  0, or a negative code (UV_EINVAL: not a signal that can be caught). */
int acc_loop_dump_on_signal(acc_loop *loop, int signum);

void acc__backtrace(void *f, FILE *to);
size_t acc__backtrace_text(void *f, char *buf, size_t size);

#endif
