/* SPDX-License-Identifier: MIT */
/* w6.h: the loops of W6, shared by both programs so that they are the same to the letter.
 *
 * W6 carries a value from round to round; W6v is a loop that compilers vectorise; both go over an
 * array of a million numbers. A figure is the best of several rounds, in nanoseconds per number. */
#include "bench.h"

static const int ROUNDS = 8, PASSES = 8;
static const uint64_t NUMBERS = 1000000;

#define CHAIN_ROUND  (x = x * 22695477u + 1u, sum += (a[i] + x) ^ (x >> 13))
#define VECTOR_ROUND (sum32 += (a[i] ^ (a[i] >> 7)) * 5u)

static double w6_best;

/* One figure: `expression` evaluated PASSES times, ROUNDS times over. */
#define W6_MEASURE(workload, variant, expression)                                                  \
    do {                                                                                           \
        w6_best = 1e30;                                                                            \
        for (int round = 0; round < ROUNDS; round++) {                                             \
            bench_begin();                                                                         \
            for (int pass = 0; pass < PASSES; pass++) {                                            \
                bench_opaque(numbers);                                                             \
                bench_sink = (expression);                                                         \
            }                                                                                      \
            double elapsed = bench_elapsed() / PASSES / (double)n;                                 \
            if (elapsed < w6_best) w6_best = elapsed;                                              \
        }                                                                                          \
        bench_print(workload, variant, w6_best, "ns");                                             \
    } while (0)
