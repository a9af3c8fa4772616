/* SPDX-License-Identifier: MIT */
/* given.c: what a call of an async function or of a generator gives.
 *
 * In: declarations.  Out: the types future(T), generator(T) and async_generator(T), which are pointers of one shape and
 * differ in the structure they name, and which of them a function gives.
 * The rule: `generator` says so; `async` gives a future, but where the function's definition yields (`yield` without
 * `from`) it is an asynchronous generator, which `async generator` says in a header. */
#include "acc.h"

#include <string.h>

static const char *const tags[] = {"acc_coro", "acc__generator", "acc__async_generator"};

const char *gives_tag(enum gives gives)
{
    return tags[gives];
}

struct type *type_given_result(struct type *t, enum gives *gives)
{
    if (!t || t->kind != TY_POINTER || !t->base || t->base->kind != TY_POINTER) return NULL;
    struct type *f = t->base->base;
    if (!f || f->kind != TY_FUNCTION || f->nparams != 1 || f->variadic) return NULL;
    struct type *p = f->params[0];
    if (!p || p->kind != TY_POINTER || !p->base || p->base->kind != TY_STRUCT) return NULL;
    const struct name *n = p->base->tag->name;
    for (*gives = GIVES_FUTURE; n && *gives <= GIVES_ASYNC_GENERATOR; ++*gives)
        if (!strcmp(n->s, tags[*gives])) return f->base;
    return NULL;
}

struct type *type_future_result(struct type *t)
{
    enum gives gives;
    struct type *result = type_given_result(t, &gives);
    return result && gives == GIVES_FUTURE ? result : NULL;
}

static bool says(const struct node *specs, unsigned word, unsigned always)
{
    for (unsigned i = 0; specs && i < specs->nkids; i++)
        if (specs->kid[i]->kind == N_KEYWORD && (specs->kid[i]->op == word || specs->kid[i]->op == always)) return true;
    return false;
}

bool specs_say_async(const struct node *specs)
{
    return says(specs, K_ASYNC, K_ASYNC_ALWAYS) || says(specs, K_GENERATOR, K_GENERATOR_ALWAYS);
}

enum gives name_gives(const struct node *specs, const struct name *n)
{
    if (says(specs, K_GENERATOR, K_GENERATOR_ALWAYS))
        return says(specs, K_ASYNC, K_ASYNC_ALWAYS) ? GIVES_ASYNC_GENERATOR : GIVES_GENERATOR;
    return n && n->yields ? GIVES_ASYNC_GENERATOR : GIVES_FUTURE;
}
