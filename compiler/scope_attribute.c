/* SPDX-License-Identifier: MIT */
/* scope_attribute.c: what stands in attributes, which are text.
 *
 * Input: N_ATTRIBUTE nodes, or a tag whose text has some.  Output: whether one of a name is among them, and what its
 * parentheses hold.  Names are known with underscores around them and without. */
#include "acc.h"

#include <string.h>

static bool same_word(const struct name *n, const char *word)
{
    size_t len = strlen(word);
    if (n->len == len) return memcmp(n->s, word, len) == 0;
    return n->len == len + 4 && !memcmp(n->s, "__", 2) && !memcmp(n->s + 2, word, len) &&
           !memcmp(n->s + 2 + len, "__", 2);
}

/* What the parentheses after token i hold. */
static struct range paren_range(struct unit *u, unsigned i)
{
    struct token *t = &u->tok.v[i + 1];
    if (t->kind != TOK_PUNCT || t->punct != '(') return (struct range){t->start, t->start};
    struct range r = {t->end, t->end};
    for (unsigned depth = 0; t->kind != TOK_END; t++) {
        if (t->kind != TOK_PUNCT) continue;
        if (t->punct == '(') depth++;
        if (t->punct == ')' && --depth == 0) break;
    }
    r.end = t->start;
    return r;
}

bool scope_attribute(struct unit *u, struct node *attr, const char *word, struct range *args)
{
    unsigned depth = 0;
    for (unsigned i = scope_token(u, attr->range.start); u->tok.v[i].start < attr->range.end; i++) {
        struct token *t = &u->tok.v[i];
        if (t->kind == TOK_END) break;
        if (t->kind == TOK_PUNCT) depth += (t->punct == '(') - (unsigned)(t->punct == ')');
        /* An attribute's own arguments stand deeper: ((cleanup(f))), [[gnu::cleanup(f)]]. */
        if (t->kind != TOK_NAME || depth > 2 || !same_word(t->name, word)) continue;
        if (args) *args = paren_range(u, i);
        return true;
    }
    return false;
}

/* The first N_ATTRIBUTE among a node's kids that holds the word. */
static struct node *attribute_among(struct unit *u, struct node *n, const char *word)
{
    for (unsigned i = 0; n && i < n->nkids; i++)
        if (n->kid[i] && n->kid[i]->kind == N_ATTRIBUTE &&
            scope_attribute(u, n->kid[i], word, NULL))
            return n->kid[i];
    return NULL;
}

/* The attributes that hold a number. */
struct range scope_attribute_number(struct unit *u, unsigned i)
{
    static const char *const words[] = {"aligned", "vector_size", "ext_vector_type"};
    const struct token *t = &u->tok.v[i];
    for (unsigned k = 0; t->kind == TOK_NAME && k < sizeof words / sizeof *words; k++)
        if (same_word(t->name, words[k])) return paren_range(u, i);
    return (struct range){t->start, t->start};
}

static struct node *declarator_inner(struct node *d)
{
    return d && d->kind != D_NAME ? node_kid(d, 0) : NULL;
}

/* Is there a star in `d` below its own? */
bool scope_has_pointer_within(struct node *d)
{
    do d = declarator_inner(d);
    while (d && d->kind != D_POINTER);
    return d != NULL;
}

/* Attributes behind the star next to the name are of the object that is declared, or of its type. */
bool scope_has_own_attributes(struct node *d)
{
    return d->kind == D_ATTRIBUTED || (d->kind == D_POINTER && !scope_has_pointer_within(d));
}

/* An attribute of what is declared: among its specifiers, or in or around its declarator. */
struct node *scope_declared_attribute(struct unit *u, struct node *specs, struct node *d,
                                      const char *word)
{
    struct node *found = attribute_among(u, specs, word);
    for (; d && !found; d = declarator_inner(d))
        if (scope_has_own_attributes(d)) found = attribute_among(u, d, word);
    return found;
}
