/* SPDX-License-Identifier: MIT */
/* dump_type.c: --dump=type, what type.c found out.
 *
 * Output, stable: for each function its result, each declaration with its type, and each
 * expression, outer before inner, as `line:column kind 'text': type`; "as" gives the type of its
 * value where that differs (decayed, unqualified, promoted).  `?` is an unknown type,
 * `(unprintable)` one without a name at file scope. */
#include "acc.h"

static void put_place(struct unit *u, struct buf *b, uint32_t offset)
{
    struct place p = source_place(u, offset);
    buf_printf(b, "%u:%u", p.line, p.col);
}

/* The text of a range on one line: a blank for each run of space, comments and line markers. */
static void put_text(struct unit *u, struct buf *b, struct range r)
{
    uint32_t end = r.start;
    for (unsigned i = scope_token(u, r.start);
         u->tok.v[i].kind != TOK_END && u->tok.v[i].start < r.end; i++) {
        struct token *t = &u->tok.v[i];
        if (t->kind == TOK_DIRECTIVE) continue;
        if (t->start > end) buf_putc(b, ' ');
        buf_write(b, u->text + t->start, t->end - t->start);
        end = t->end;
    }
}

static void put_type(struct unit *u, struct buf *b, struct type *t)
{
    if (!t)
        buf_putc(b, '?');
    else if (!type_print(u, b, t, NULL, false))
        buf_puts(b, "(unprintable)");
}

static void put_value_type(struct unit *u, struct buf *b, struct node *n)
{
    struct buf own = {0}, value = {0};
    put_type(u, &own, n->type);
    put_type(u, &value, type_promoted(u, n));
    buf_write(b, own.s, own.len);
    bool same = own.len == value.len;
    for (size_t i = 0; same && i < own.len; i++)
        same = own.s[i] == value.s[i];
    if (!same) buf_printf(b, " as %s", value.s);
    buf_free(&own);
    buf_free(&value);
}

static void put_expr(struct unit *u, struct buf *b, struct node *n)
{
    long long v;
    buf_puts(b, "  ");
    put_place(u, b, n->range.start);
    buf_printf(b, " %s '", node_kind_name[n->kind]);
    put_text(u, b, n->range);
    buf_puts(b, "': ");
    put_value_type(u, b, n);
    if (n->flags & NODE_LVALUE) buf_puts(b, " lvalue");
    if (n->flags & NODE_BITFIELD) buf_puts(b, " bit-field");
    if (n->flags & NODE_CONSTANT) buf_puts(b, " constant");
    if (n->flags & NODE_NULL_CONSTANT) buf_puts(b, " null");
    if (n->kind != E_NUMBER && (n->flags & NODE_CONSTANT) && type_constant(u, n, &v))
        buf_printf(b, " = %lld", v);
    buf_putc(b, '\n');
}

static void put_tree(struct unit *u, struct buf *b, struct node *n)
{
    if (!n) return;
    if (n->kind == D_NAME && n->decl) {
        buf_puts(b, "  ");
        put_place(u, b, n->range.start);
        buf_printf(b, " declare %s: ", n->name->s);
        put_type(u, b, type_of_decl(u, n->decl));
        buf_putc(b, '\n');
    }
    if (n->kind <= E_BIND && n->kind != E_PAREN) put_expr(u, b, n);
    for (unsigned i = 0; i < n->nkids; i++)
        put_tree(u, b, n->kid[i]);
}

void dump_type(struct unit *u, struct fn *fn, struct buf *out)
{
    buf_printf(out, "types of %s: result ", fn->name ? fn->name->s : "?");
    put_type(u, out, fn->result);
    buf_putc(out, '\n');
    put_tree(u, out, fn->node);
}
