/* SPDX-License-Identifier: MIT */
/* generator.h: generators, which give one value after another.  acc.h includes it.
 *
 *     generator int range(int n) { for (int i = 0; i < n; i++) yield i; }
 *     ...
 *     generator(int) g = range(3);
 *     int x;
 *     while (acc_next(g, &x)) printf("%d\n", x);
 *     acc_close(g);
 *
 * `generator T f(...)` is, to the rest of the program, `generator(T) f(...)`: a call makes a generator
 * that has not started, of which its maker holds one reference.  T is what it yields, what `yield` gives
 * back and what it returns; never void.  A plain generator needs no loop and no task; an asynchronous one
 * (`async generator T f(...)`, or an `async` function that yields) awaits, and only `for await` in an
 * async function drives it.  A call never gives NULL: without memory it gives one that has failed with
 * ACC_ENOMEM.
 *
 * `for (T x : g)` and `for await (T x : g)` take g and close it on every way out.  One thread. */
#ifndef ACC_GENERATOR_H
#define ACC_GENERATOR_H

#include "acc.h"

struct acc__generator;
struct acc__async_generator;

/* The types, as future(T): structural, compatible wherever T is, never called. */
#define generator(...)       __typeof__(__typeof__(__VA_ARGS__)(**)(struct acc__generator *))
#define async_generator(...) __typeof__(__typeof__(__VA_ARGS__)(**)(struct acc__async_generator *))

/* bool acc_next(generator(T) g, T *out): runs it up to its next `yield`, which gets a zero of type T back.
 * True: *out has what it gave.  False: it has ended or failed, *out is untouched; also when it is running
 * already.  out may be NULL.  Never suspends; callable from anywhere. */
#define acc_next(g, out)                                                                           \
    acc__next((void *)(acc__is_generator(g)), acc__out(g, out), sizeof(acc__T(g)))

/* bool acc_send(generator(T) g, T value, T *out): the same, but the `yield` at which it stands gets
 * `value` back.  One that has not started gets nothing. */
#define acc_send(g, value, out)                                                                    \
    acc__send((void *)(acc__is_generator(g)), (acc__T(g)[1]){value}, acc__out(g, out),             \
              sizeof(acc__T(g)))

/* bool acc_generator_done(g): it has returned, failed or was never made. */
#define acc_generator_done(g)   acc__generator_done((void *)(g))
/* int acc_generator_error(g): the code it failed with, else 0.  Counts as having looked. */
#define acc_generator_error(g)  acc__generator_error((void *)(g))
/* T acc_generator_result(g): what it returned; a zero while it has not. */
#define acc_generator_result(g) acc__load(g, acc__generator_result((void *)(g), acc__zero(g)))

/* acc_close(g) gives the reference back; with the last one a generator that stands at a `yield` is
 * destroyed there (what it deferred runs), one that never started gives back its arguments.  A failure of
 * it that nobody saw reaches the exception handler. */

#define acc__is_generator(g) _Generic(*(g), acc__T(g) (*)(struct acc__generator *) : (g))
bool acc__next(void *g, void *out, size_t size);
bool acc__send(void *g, const void *value, void *out, size_t size);
bool acc__generator_done(const void *g);
int acc__generator_error(void *g);
const void *acc__generator_result(void *g, const void *zero);

#endif
