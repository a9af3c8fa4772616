/* SPDX-License-Identifier: MIT */
/* bench.c: the stopwatch of the benchmark programs (see bench.h).
 *
 * CPU time of the process, not wall time: the machine is shared. Allocations are counted by a
 * library that is preloaded in a run of its own, found by name, so that the measured programs are
 * the same bytes. */
#define _GNU_SOURCE
#include "bench.h"

#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

volatile uint64_t bench_never = UINT64_MAX, bench_sink;

static uint64_t begin_time, begin_allocations;

static uint64_t cpu_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* NULL when allocations.c is not preloaded. */
static uint64_t *allocations(void)
{
    return (uint64_t *)dlsym(RTLD_DEFAULT, "bench_allocations");
}

void bench_opaque(void *block)
{
    (void)block;
}

uint64_t bench_operations(int argc, char **argv, uint64_t usual)
{
    return argc > 1 ? strtoull(argv[1], NULL, 10) : usual;
}

void bench_begin(void)
{
    begin_allocations = allocations() ? *allocations() : 0;
    begin_time = cpu_time();
}

double bench_elapsed(void)
{
    return (double)(cpu_time() - begin_time);
}

void bench_print(const char *workload, const char *variant, double value, const char *unit)
{
    printf("%s %s %.4f %s\n", workload, variant, value, unit);
    fflush(stdout);
}

void bench_end(const char *workload, const char *variant, double operations)
{
    double elapsed = bench_elapsed();
    if (allocations()) {
        double made = (double)(*allocations() - begin_allocations);
        bench_print(workload, variant, made / operations, "allocs/op");
    }
    bench_print(workload, variant, elapsed / operations, "ns");
}

void bench_check(uint64_t found, uint64_t expected)
{
    if (found == expected) return;
    fprintf(stderr, "wrong result: %llu expected, %llu found\n", (unsigned long long)expected,
            (unsigned long long)found);
    exit(1);
}

uint32_t *bench_numbers(uint64_t count)
{
    uint32_t *numbers = (uint32_t *)malloc(count * sizeof *numbers);
    uint64_t x = 0x9e3779b97f4a7c15u;
    if (!numbers) exit(1);
    for (uint64_t i = 0; i < count; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        numbers[i] = (uint32_t)(x >> 33);
    }
    return numbers;
}
