/* SPDX-License-Identifier: MIT */
/* suggest.c: which word was meant.
 *
 * Input: a word that nothing knows, and candidates one after the other.  Output: the nearest of
 * them, if it is near enough to be worth saying.  Distance counts letters changed, put in, taken
 * out, and neighbours swapped (Damerau, CACM 7(3), 1964; the restricted form that edits no place
 * twice). Of two equally near the first stays, so callers try them in an order of their own. */
#include "acc.h"

#include <string.h>

enum { LONGEST = 40, NEAR = 2, SHORT = 4 };

static unsigned least_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned distance_of(const char *a, size_t n, const char *b)
{
    unsigned rows[3][LONGEST + 1];
    size_t m = strlen(b);
    if (n > LONGEST || m > LONGEST) return LONGEST;
    for (unsigned k = 0; k <= m; k++)
        rows[0][k] = k;
    for (size_t i = 1; i <= n; i++) {
        unsigned *row = rows[i % 3], *before = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t k = 1; k <= m; k++) {
            unsigned changed = before[k - 1] + (a[i - 1] != b[k - 1]);
            row[k] = least_of(changed, least_of(before[k], row[k - 1]) + 1);
            bool swapped = i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
            if (swapped) row[k] = least_of(row[k], second[k - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

bool suggest_try(struct suggestion *s, const char *candidate)
{
    size_t n = strlen(candidate);
    unsigned limit = s->len < SHORT || n < SHORT ? 1 : NEAR;
    if (s->len < 2 || n < 2) return false; /* any letter is near any other */
    if (n + limit < s->len || s->len + limit < n) return false;
    unsigned far = distance_of(s->word, s->len, candidate);
    if (far > limit || (s->nearest && far >= s->distance)) return false;
    s->nearest = candidate;
    s->distance = far;
    return true;
}
