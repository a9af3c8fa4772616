// RUN: %cc %cflags -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror %s -o %t %libs && %t
// RUN: not %cc %cflags -DBAD=1 -c %s -o %t.o 2> %t.1 && FileCheck %s < %t.1
// RUN: not %cc %cflags -DBAD=2 -c %s -o %t.o 2> %t.2 && FileCheck %s < %t.2
// RUN: not %cc %cflags -DBAD=3 -c %s -o %t.o 2> %t.3 && FileCheck %s < %t.3
// RUN: not %cc %cflags -DBAD=4 -c %s -o %t.o 2> %t.4 && FileCheck %s < %t.4
// RUN: not %cc %cflags -DBAD=5 -c %s -o %t.o 2> %t.5 && FileCheck %s --check-prefix=POINTER < %t.5
// RUN: not %cc %cflags -DBAD=6 -Wall -Werror -c %s -o %t.o 2> %t.6 && FileCheck %s --check-prefix=UNUSED < %t.6
// RUN: not %cc %cflags -DBAD=7 -c %s -o %t.o 2> %t.7 && FileCheck %s --check-prefix=BARE < %t.7
// RUN: not %cc -isystem %include -DBAD=8 -c %s -o %t.o 2> %t.8 && FileCheck %s < %t.8
// RUN: not %cc -isystem %include -DBAD=9 -c %s -o %t.o 2> %t.9 && FileCheck %s < %t.9
// RUN: not %cc -isystem %include -DBAD=10 -c %s -o %t.o 2> %t.10 && FileCheck %s < %t.10
// RUN: not %cc -isystem %include -DBAD=11 -c %s -o %t.o 2> %t.11 && FileCheck %s < %t.11
// RUN: not %cc -isystem %include -DBAD=12 -c %s -o %t.o 2> %t.12 && FileCheck %s < %t.12
// RUN: not %cc -isystem %include -DBAD=13 -c %s -o %t.o 2> %t.13 && FileCheck %s < %t.13
// Where a value goes must have the type of the future: anything else does not compile. And the combinators from plain C:
// on a loop, by hand, with futures of another loop, and closed before they began.
#include "coro.h"
#include "acc/uv.h"

#ifdef BAD
void bad(void);
void bad(void)
{
    long l;
    int i, *p = &i;
    future(int) fs[2];
#if BAD == 1
    acc_close(acc_gather(acc_into(leaf(1), &l)));
#elif BAD == 2
    acc_close(acc_gather(acc_into(acc_sleep(1), &i)));
#elif BAD == 3
    acc_close(acc_gather_n(fs, 2, &l));
#elif BAD == 4
    acc_close(acc_race(acc_into(leaf(1), (char *)p)));
#elif BAD == 7
    acc_close(acc_gather(leaf(1), leaf(2), leaf(3)));
#elif BAD == 8 /* from here on also where compilers say nothing of conversions */
    acc_close(acc_gather(acc_into(leaf(1), i)));
#elif BAD == 9
    acc_submission_wait((acc_submission(int))0, 1, &l);
#elif BAD == 10
    acc_submission_wait((acc_submission(int))0, 1, i);
#elif BAD == 11
    acc_next((generator(int))0, &l);
#elif BAD == 12
    acc_send((generator(int))0, 1, &l);
#elif BAD == 13
    acc_step(fs[0], &l);
#elif BAD == 6
    acc_join(leaf(1)); /* would never begin, and never be given back */
#else
    acc_close(acc_wait(p, 2, ACC_ALL_COMPLETED, 1));
#endif
    // CHECK: error: {{.*}}not compatible with any
    // POINTER: error:
    // BARE: error: {{.*float}}
    // UNUSED: error: {{.*(ignoring return value|unused)}}
    (void)l, (void)i, (void)p, (void)fs;
}
#endif

static void on_a_loop(acc_loop *l)
{
    int a = 0, out[3] = {0};
    acc_run_until_complete(l, acc_gather(acc_into(leaf(1), &a), acc_into(acc_sleep(0), NULL)));
    CHECK(acc_loop_error(l) == 0 && a == 2);
    future(int) fs[3] = {leaf(1), leaf(2), acc_loop_spawn(l, leaf(3))};
    acc_run_until_complete(l, acc_gather_n(fs, 3, out));
    CHECK(out[0] == 2 && out[1] == 4 && out[2] == 6);
    acc_unref(fs[2]);
    fs[0] = leaf(1), fs[1] = acc_future_new(int);
    CHECK(acc_run_until_complete(l, acc_race_n(fs, 2, out)) == 0 && out[0] == 2);
    CHECK(acc_future_cancelled(fs[1]));
    acc_unref(fs[1]);
    CHECK(acc_run_until_complete(l, acc_join(fail(-7, 0))).err == -7);
    CHECK(acc_run_until_complete(l, acc_shield(leaf(4))) == 8);
    CHECK(acc_run_until_complete(l, acc_wait_for(leaf(5), 10)) == 10);
    acc_run_until_complete(l, acc_wait_for(fail(0, 100), 0.001));
    CHECK(acc_loop_error(l) == UV_ETIMEDOUT);
    trace_text[0] = 0;
}

/* What an await takes from the task that is the first to have it. */
static void by_hand(void)
{
    int a = 0;
    future(int) x = acc_future_new(int);
    future(void) g = acc_gather(acc_into(x, &a));
    CHECK(!acc_step(g, NULL) && !acc_step(g, NULL));
    acc_future_set_result(x, 7);
    acc_loop *l = acc_get_event_loop();
    acc_run_until_complete(l, acc_sleep(0)); /* the callback's turn */
    CHECK(acc_step(g, NULL) && a == 7 && acc_future_error(g) == 0);
    acc_close(g);
    g = acc_gather(acc_into(leaf(1), &a), acc_into(x, NULL));
    CHECK(!acc_step(g, NULL));
    acc_close(g); /* the child is destroyed with it */
    CHECK(acc_all_tasks(l, NULL, 0) == 0);
    acc_unref(x);
    trace_text[0] = 0;
}

static void another_loop(acc_loop *l)
{
    acc_loop *other = acc_loop_new();
    int a = 0;
    future(int) theirs = acc_loop_spawn(other, leaf(1));
    acc_run_until_complete(l, acc_gather(acc_into(theirs, &a), acc_into(fail(0, 100), NULL)));
    CHECK(acc_loop_error(l) == ACC_EOTHERLOOP);
    CHECK(acc_run_until_complete(l, acc_join(theirs)).err == ACC_EOTHERLOOP);
    acc_run_until_complete(l, acc_shield(theirs));
    CHECK(acc_loop_error(l) == ACC_EOTHERLOOP);
    acc_run_until_complete(l, acc_wait_for(theirs, 0));
    CHECK(acc_loop_error(l) == ACC_EOTHERLOOP);
    acc_run_until_complete(l, acc_wait_for(theirs, 1));
    CHECK(acc_loop_error(l) == ACC_EOTHERLOOP);
    acc_run_until_complete(l, acc_wait(&theirs, 1, ACC_ALL_COMPLETED, 1));
    CHECK(acc_loop_error(l) == ACC_EOTHERLOOP);
    CHECK(acc_run_until_complete(other, theirs) == 2);
    acc_unref(theirs);
    acc_loop_close(other);
    trace_text[0] = 0;
}

int main(void)
{
    acc_loop *l = acc_get_event_loop();
    on_a_loop(l);
    by_hand();
    another_loop(l);
    future(int) c = leaf(1);
    acc_close(acc_gather(acc_into(c, NULL), acc_into(c, NULL)));
    acc_close(acc_race(acc_into(leaf(1), NULL)));
    acc_close(acc_wait_for(leaf(1), 1));
    acc_close(acc_shield(leaf(1)));
    acc_close(acc_join(leaf(1)));
    c = acc_future_new(int);
    acc_close(acc_wait(&c, 1, ACC_ALL_COMPLETED, 1));
    acc_unref(c);
    expect("");
    return acc_loop_close(l);
}
