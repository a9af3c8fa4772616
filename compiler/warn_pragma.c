/* SPDX-License-Identifier: MIT */
/* warn_pragma.c: `#pragma omp parallel for reduction(+ : sum)` and their kin, which name objects.
 *
 * Input: an async function whose frame is known.  Output: warnings.  The text of a pragma stays as it is, and what
 * lives in the frame has no name any more (OpenMP 5.2, 3.2.1: clauses list variables, no members): a compiler that
 * obeys the pragma does not find it, or finds another object of that name. */
#include "acc.h"

#include <string.h>

/* What a name of the function's own means at a place: the innermost that is declared in front of it. */
static const struct decl *local_at(const struct fn *fn, const char *name, size_t len, uint32_t at)
{
    const struct decl *found = NULL;
    for (unsigned i = 0; i < fn->locals.n; i++) {
        const struct decl *d = fn->locals.v[i];
        if (d->kind == DECL_TEMP || !d->name || strlen(d->name->s) != len || memcmp(d->name->s, name, len) != 0) continue;
        const struct node *block = d->kind == DECL_PARAM || !d->scope ? fn->body : d->scope->node;
        if (at < block->range.start || at >= block->range.end || (d->kind != DECL_PARAM && d->node->range.start > at)) continue;
        if (!found || d->node->range.start > found->node->range.start) found = d;
    }
    return found;
}

static size_t word_length(const char *s, const char *end)
{
    size_t n = 0;
    while (s + n < end && ((s[n] >= '0' && s[n] <= '9') || s[n] == '_' || s[n] == '$' || s[n] & 0x80 ||
                           ((s[n] | 32) >= 'a' && (s[n] | 32) <= 'z')))
        n++;
    return n;
}

static void check_words(struct unit *u, const struct fn *fn, const struct token *t, const char *s)
{
    const char *end = u->text + t->end;
    unsigned depth = 0;
    while (s < end) {
        size_t n = word_length(s, end);
        const struct decl *d = n && depth ? local_at(fn, s, n, t->start) : NULL;
        if (d && (d->resident || d->emitted)) {
            diag_warn(u, WARN_PRAGMA_NAME, (struct range){t->start, t->end},
                      "'%s' lives in the coroutine's frame, where a pragma cannot name it", d->name->s);
            diag_note(u, d->node->range, "declared here; a plain function may do what the pragma is about");
        }
        depth += *s == '(';
        depth -= *s == ')' && depth;
        s += n ? n : 1;
    }
}

void warn_pragmas(struct unit *u, struct fn *fn)
{
    static const char *const naming[] = {"omp ", "acc ", "unused"};
    if (!fn->is_async || fn->refused) return;
    for (unsigned i = scope_token(u, fn->body->range.start); u->tok.v[i].start < fn->body->range.end; i++) {
        const struct token *t = &u->tok.v[i];
        if (lex_pragma_is(u, t, naming, sizeof naming / sizeof *naming)) check_words(u, fn, t, lex_pragma(u, t));
    }
}
