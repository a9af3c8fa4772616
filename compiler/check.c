/* SPDX-License-Identifier: MIT */
/* check.c: the language's rules. */
#include "acc.h"

bool check_function(struct unit *u, struct fn *fn)
{
    (void)u;
    return !fn->refused;
}

void check_unit(struct unit *u) { (void)u; }
