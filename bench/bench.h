/* SPDX-License-Identifier: MIT */
/* bench.h: what every benchmark program uses: a stopwatch that prints, and values the optimiser
 * cannot see.
 *
 * A program is `wN [operations]`. It prints one line a figure, `WORKLOAD variant value unit`:
 * nanoseconds of the process's CPU time per operation, and, when allocations.c is preloaded,
 * allocations per operation. */
#ifndef BENCH_H
#define BENCH_H
#include <stdint.h>
#include <stdlib.h>

#define NOINLINE  __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
/* The value may have changed, for all the optimiser knows. */
#define OPAQUE(x) __asm__ volatile("" : "+r"(x))

#ifdef __cplusplus
extern "C" {
#endif

extern volatile uint64_t
    bench_never; /* a value that no argument takes: keeps "may suspend" alive */

extern volatile uint64_t bench_sink; /* takes results that nobody reads */

/* What `block` points to may have changed, for all the optimiser knows. */
void bench_opaque(void *block);
/* The number of operations: the first argument of the program, or `usual`. */
uint64_t bench_operations(int argc, char **argv, uint64_t usual);
void bench_begin(void);
/* Prints what passed since bench_begin, for each of `operations`. */
void bench_end(const char *workload, const char *variant, double operations);
/* A wrong result makes a measurement worthless: says so and exits with status 1. */
void bench_check(uint64_t found, uint64_t expected);
/* `count` numbers that are not to be guessed, the same in each run. */
uint32_t *bench_numbers(uint64_t count);
/* For figures that are the best of several rounds, since the last bench_begin: CPU nanoseconds. */
double bench_elapsed(void);
void bench_print(const char *workload, const char *variant, double value, const char *unit);

#ifdef __cplusplus
}
#endif
#endif
