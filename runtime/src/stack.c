/* SPDX-License-Identifier: MIT */
/* stack.c: how deep direct calls of awaited coroutines may go.
 *
 * Below the limit an await answers the child instead of calling it, and the trampoline starts it
 * with the stack unwound.  The limit leaves a quarter of the thread's real stack, at least 64 KiB,
 * to the bodies themselves and to libc, and takes no more than 256 KiB below the loop however large
 * the stack is: deeper gains nothing. */
#include "internal.h"
#include <pthread.h>

enum { RESERVE = 64 * 1024, DEPTH = 256 * 1024 };

static ACC__THREAD acc__uintptr lowest; /* of this thread, with the reserve; 0: not looked up yet */
static ACC__THREAD acc__uintptr lower, middle; /* its end, and half of it */

static void lowest_find(void)
{
    pthread_attr_t attr;
    void *addr = NULL;
    size_t size = 0;
    lowest = middle = 1;
    if (pthread_getattr_np(pthread_self(), &attr) != 0) return;
    int rc = pthread_attr_getstack(&attr, &addr, &size);
    pthread_attr_destroy(&attr);
    if (rc != 0) return;
    lowest = (acc__uintptr)addr + (size / 4 > RESERVE ? size / 4 : RESERVE);
    lower = (acc__uintptr)addr;
    middle = lower + size / 2;
}

bool stack_is_deep(void)
{
    if (lowest == 0) lowest_find();
    acc__uintptr here = (acc__uintptr)__builtin_frame_address(0);
    return here >= lower && here < middle; /* else it is a stack of the program's own */
}

acc__uintptr stack_limit_from(void *frame)
{
    if (lowest == 0) lowest_find();
    acc__uintptr here = (acc__uintptr)frame, by_depth = here > DEPTH ? here - DEPTH : 1;
    return lowest > by_depth ? lowest : by_depth;
}
