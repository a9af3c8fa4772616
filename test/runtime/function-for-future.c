// A function where a future is wanted, acc_run(f) for acc_run(f()), does not compile: its code would be taken for a coroutine.
// RUN: %cc %cflags -c %s -o %t.o
// RUN: for n in 1 2 3 4 5 6; do not %cc %cflags -DCASE=$n -c %s -o %t.o 2> %t.log || exit 1; grep -q subscript %t.log || exit 1; done
#include <acc/acc.h>

future(int) f(void);
future(void) quiet(void);

int main(void)
{
#if !defined CASE
    acc_run(quiet());
    acc_unref(acc_spawn(quiet()));
    acc_unref(acc_shield(f()));
    return acc_run(f()) + acc_run_until_complete(acc_get_event_loop(), acc_spawn(f()));
#elif CASE == 1
    return acc_run(f);
#elif CASE == 2
    acc_run(quiet);
#elif CASE == 3
    return acc_run_until_complete(acc_get_event_loop(), f);
#elif CASE == 4
    return acc_spawn(f) != 0;
#elif CASE == 5
    return acc_loop_spawn(acc_get_event_loop(), quiet) != 0;
#else
    return acc_wait_for(&f, 1) != 0;
#endif
}
