// libuv closes descriptors by syscall(SYS_close), which the thread sanitizer does not see: a descriptor that one
// thread closed and another got again looks like a race. Linked in, this tells it (sanitizer/linux_syscall_hooks.h).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <sys/syscall.h>

void __sanitizer_syscall_pre_impl_close(long fd);
void __sanitizer_syscall_post_impl_close(long result, long fd);

long syscall(long number, ...)
{
    long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall"), a[6];
    va_list arguments;
    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(arguments, long);
    va_end(arguments);
    if (number == SYS_close) __sanitizer_syscall_pre_impl_close(a[0]);
    long result = next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (number == SYS_close) __sanitizer_syscall_post_impl_close(result, a[0]);
    return result;
}
