/* SPDX-License-Identifier: MIT */
/* warn_return.c: returns that do not fit the function.
 *
 * Input: an async function with its names bound and its types known.  Output: warnings.  In the output the value
 * lies in the frame, so the C compiler sees neither that a `return` has none or one too many, nor that the end is
 * reached without one (C11 6.8.6.4, 6.9.1p12), nor whose address it is.  In doubt nothing is said. */
#include "acc.h"
#include "order.h"

/* A local whose address the expression is. */
static struct decl *addressed(struct node *e)
{
    e = node_strip(e);
    while (e->kind == E_CAST)
        e = node_strip(e->kid[1]);
    if (e->kind == E_UNARY && e->op == '&') return check_local_of(e->kid[0]);
    return e->type && e->type->kind == TY_ARRAY ? check_local_of(e) : NULL;
}

static bool gives_nothing(const struct fn *fn)
{
    return fn->result && type_is_void(fn->result);
}

void warn_return(struct unit *u, struct fn *fn, struct node *n)
{
    struct node *e = node_kid(n, 0);
    if (!fn->is_async || fn->gives != GIVES_FUTURE) return;
    if (!e && fn->result && !gives_nothing(fn)) {
        diag_warn(u, WARN_RETURN_VALUE, n->range, "'return' without a value in '%s', which gives '%s'", fn->name->s,
                  check_type_text(u, fn->result));
        return;
    }
    struct type *t = e ? type_value(u, e) : NULL;
    if (t && gives_nothing(fn) && !type_is_void(t))
        diag_warn(u, WARN_RETURN_VALUE, e->range, "'return' with a value in '%s', which gives none", fn->name->s);
    struct decl *d = e && fn->result && fn->result->kind == TY_POINTER ? addressed(e) : NULL;
    if (d)
        diag_warn(u, WARN_ESCAPING_LOCAL, e->range, "this is the address of '%s', which ends with the function",
                  d->name->s);
}

void warn_end(struct unit *u, struct fn *fn)
{
    uint32_t end = fn->body->range.end;
    if (!fn->is_async || fn->is_main || fn->gives != GIVES_FUTURE || !fn->result || gives_nothing(fn)) return;
    if ((fn->decl && fn->decl->is_noreturn) || !reach_end_likely(u, fn->body)) return;
    diag_warn(u, WARN_RETURN_VALUE, (struct range){end - 1, end},
              "the end of '%s' is reached without 'return', and it gives '%s'", fn->name->s, check_type_text(u, fn->result));
}
