/* SPDX-License-Identifier: MIT */
/* everywhere.h: what a scenario sees of everywhere.c, which runs it plainly, cancelled everywhere,
 * destroyed everywhere, and with every allocation failing.
 *
 * A scenario's result is 0 or a negative code, or it fails.  It runs many times in one process: so
 * it leaves nothing behind in static objects. */
#ifndef EVERYWHERE_H
#define EVERYWHERE_H

#include <acc/acc.h>

/* Written by the test. */
future(int) scenario(void);

/* Like printf.  What the plain run says is printed; a run that ends well though an allocation failed
 * must have said the same. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For each take there must be a give by the end, in every run. */
void take(void);
void give(void);

/* From now on cancelling the scenario's main task need not make it fail. */
void swallows_cancellation(void);

/* Returns its argument, and -1 ends the run as failed: for what must hold in every run. */
#define must(x) ((x) ? (void)0 : must_hold(__FILE__, __LINE__, #x))
void must_hold(const char *file, int line, const char *what);

#endif
