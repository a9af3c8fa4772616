/* SPDX-License-Identifier: MIT */
/* life.h: how a program begins, is interrupted, and ends.  acc.h includes it. */
#ifndef ACC_LIFE_H
#define ACC_LIFE_H

#include "acc.h"

/* ---- the ending of acc_run ----
 *
 * When what acc_run runs is done, every task that is left is cancelled and waited for; so are those
 * that their cleanups spawn meanwhile, again until none is left.  Failures among them go to the
 * exception handler.  Then the loop is closed.  A task that goes on in spite of its cancellation is
 * waited for no longer than the grace period, which begins with the ending: then it is destroyed
 * where it is suspended and the exception handler is told.  (A function that never returns to the
 * loop cannot be ended by it.)  acc_loop_stop does not stop the ending. */

/* How long the ending of acc_run on this loop waits for cancelled tasks, in seconds: 10 unless this
 * is called.  0: destroys at once what has not ended by the first look at it; INFINITY or any
 * negative number: waits for ever.  From callbacks and tasks too; takes effect if the ending has not
 * begun. */
void acc_loop_set_grace(acc_loop *loop, double seconds);

/* How the last acc_run of this thread ended: 0, or the code it failed with: that of what it ran,
 * ACC_EINTERRUPTED, ACC_EDEADLOCK, ACC_ESTOPPED, UV_EBUSY, UV_EINVAL, ACC_ENOMEM. */
int acc_run_error(void);

/* ---- SIGINT ----
 *
 * While acc_run (and so an `async main`) runs on the main thread, the first SIGINT cancels what it
 * runs, and the second ends the process, as any SIGINT without a handler does, whatever the program
 * is doing then, also in a callback that never returns.  What was cancelled may clean up, and may
 * go on (acc_task_uncancel).  If it ends by this cancellation, acc_run prints nothing, gives a zeroed
 * T, and acc_run_error says ACC_EINTERRUPTED; an `async main` exits with status 130.  By then the
 * remaining tasks were ended as always; a SIGINT during that ending ends the process.
 *
 * Nothing of this happens when SIGINT is ignored or the program has a handler of its own as acc_run
 * begins, and on other threads; a handler installed meanwhile is left alone.  Afterwards SIGINT does
 * what it did before.  acc_run_until_complete and acc_run_forever do not touch signals. */

#endif
