/* SPDX-License-Identifier: MIT */
/* test.h: a clock that jumps and an order that a seed decides, for tests of programs.  acc.h
 * includes it.
 *
 * A loop under test polls for I/O before every generation, so what a program sees depends on its
 * own doing only.
 *
 * The virtual clock begins at 0 and stands still while anything can run.  When nothing is ready it
 * jumps to the next deadline: hours of sleeping take no time, and acc_time and all timers of acc
 * follow it.  What is real stays real: a uv_timer_t of the program's own, the time a computation
 * takes, other threads and processes.  Before the clock jumps the loop waits for real I/O:
 *
 *   a connection is being made, a name looked   as long as the real clock would take to the
 *   up, or an acc_loop_hold is outstanding      deadline
 *   a stream, a listener or another handle      1 ms, or what acc_test_io_wait says
 *   is active
 *   neither                                     not at all
 *
 * A deadline that never comes (INFINITY) is none: if nothing else is left, that is a deadlock.
 *
 * What arrives in that time runs at the old time.  So a test over loopback is as reproducible as the
 * kernel is quick, and one that uses no I/O entirely.
 *
 * The seed permutes the tasks and callbacks of each generation; what a generation holds stays as it
 * is.  One seed gives one order, on every machine.  Seed 0 is the order in which they came.
 *
 * From outside, for any program (every loop it makes): ACC_TEST_CLOCK=virtual, ACC_TEST_SEED=<n>;
 * each works without the other.  A value that is not understood is told on stderr and ignored. */
#ifndef ACC_TEST_H
#define ACC_TEST_H

#include "acc.h"

enum acc_test_flags {
    ACC_TEST_REAL_CLOCK = 1, /* the seed only */
};

/* Puts a loop under test from now on: with the virtual clock, unless flags has ACC_TEST_REAL_CLOCK,
 * and the order of `seed` (0: as they come).  Not to be undone.  May be said again, with another
 * seed; the clock then goes on from where it is.  0; UV_EBUSY: the loop runs, or something waits for
 * a time of its real clock already; UV_EINVAL: no loop, or other flags; UV_ENOTSUP: it is attached. */
int acc_test_begin(acc_loop *loop, unsigned long long seed, unsigned flags);

/* acc_loop_new and acc_test_begin; NULL when out of memory or file descriptors, or for other flags.
 * Yours: acc_loop_close. */
acc_loop *acc_test_loop(unsigned long long seed, unsigned flags);

/* Moves the virtual clock on, as if something had computed for that many seconds; 0 or less:
 * nothing.  What is due then runs from the next generation on.  May be called from tasks, callbacks
 * and outside.  0; UV_EINVAL: the loop has no virtual clock. */
int acc_test_advance(acc_loop *loop, double seconds);

/* How many real seconds (rounded up to milliseconds) the loop waits for the I/O of active handles
 * before the virtual clock jumps; 0 or less: it only looks.  0; UV_EINVAL: no virtual clock. */
int acc_test_io_wait(acc_loop *loop, double seconds);

/* Called before each generation, when I/O and timers have put in what runs in it; `generation`
 * counts from 1.  What it wakes, cancels or schedules is part of that generation.  true: go on.
 * false: the loop returns now, as after acc_loop_stop, but this generation does not run; it is the
 * next one if the loop is run again, and acc_loop_close finds it as it is. */
typedef bool acc_test_hook(acc_loop *loop, unsigned long generation, void *arg);

/* Sets the hook (NULL: none) and counts generations from 1 again.  0; UV_EINVAL: the loop is not
 * under test. */
int acc_test_on_generation(acc_loop *loop, acc_test_hook *hook, void *arg);

#endif
