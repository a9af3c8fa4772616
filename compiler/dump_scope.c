/* SPDX-License-Identifier: MIT */
/* dump_scope.c: --dump=scope, what scope.c found out.
 *
 * Output, stable: for each function its parameters, its scopes with what each declares, then every
 * use of a name with the place of its declaration, all in the order of the text as line:column. */
#include "acc.h"

static void put_place(struct unit *u, struct buf *b, uint32_t offset)
{
    struct place p = source_place(u, offset);
    buf_printf(b, "%u:%u", p.line, p.col);
}

static const char *name_of(const struct decl *d)
{
    return d->name ? d->name->s : "(anonymous)";
}

static const char *tag_word(const struct decl *d)
{
    if (!d->node) return "tag";
    return d->node->kind == N_ENUM ? "enum" : d->node->op == K_UNION ? "union" : "struct";
}

static const char *kind_word(const struct decl *d)
{
    static const char *const storage[] = {"var",      "static", "extern",
                                          "register", "thread", "typedef"};
    switch (d->kind) {
    case DECL_VAR: return storage[d->storage];
    case DECL_PARAM: return "param";
    case DECL_FUNCTION: return "function";
    case DECL_TYPEDEF: return "typedef";
    case DECL_ENUMERATOR: return "enumerator";
    case DECL_TAG: return tag_word(d);
    case DECL_LABEL: return "label";
    default: return "temp";
    }
}

static bool is_local(const struct decl *d)
{
    struct fn *fn = d->fn;
    return fn && d->index < fn->locals.n && fn->locals.v[d->index] == d;
}

static void put_decl(struct unit *u, struct buf *b, const struct decl *d)
{
    buf_printf(b, "%s %s", kind_word(d), name_of(d));
    if (is_local(d)) buf_printf(b, " #%u", d->index);
    if (d->node) {
        buf_puts(b, " at ");
        put_place(u, b, d->node->range.start);
    }
    if (d->is_async) buf_puts(b, " async");
    if (d->is_inline) buf_puts(b, " inline");
    if (d->is_static && d->kind == DECL_FUNCTION) buf_puts(b, " static");
    if (d->is_weak) buf_puts(b, " weak");
    if (d->is_constexpr) buf_puts(b, " constexpr");
    if (d->cleanup) buf_puts(b, " cleanup");
    if (d->aligned) buf_puts(b, " aligned");
    buf_putc(b, '\n');
}

static void put_scope(struct unit *u, struct buf *b, const struct scope *s)
{
    buf_printf(b, "  scope %u", s->depth);
    if (s->node) {
        buf_puts(b, " at ");
        put_place(u, b, s->node->range.start);
    }
    if (s->has_vla) buf_puts(b, " vla");
    if (s->has_cleanup) buf_puts(b, " cleanup");
    if (s->has_defer) buf_puts(b, " defer");
    if (s->is_stmt_expr) buf_puts(b, " stmt-expr");
    buf_putc(b, '\n');
    for (unsigned i = 0; i < s->decls.n; i++) {
        buf_puts(b, "    ");
        put_decl(u, b, s->decls.v[i]);
    }
}

static bool is_use(const struct node *n)
{
    return n->kind == E_IDENT || n->kind == N_TYPEDEF_NAME || n->kind == S_GOTO ||
           n->kind == E_LABEL_ADDR ||
           ((n->kind == N_STRUCT || n->kind == N_ENUM) && n->name && !(n->flags & NODE_DEFINES));
}

static void put_uses(struct unit *u, struct buf *b, const struct node *n)
{
    if (!n) return;
    if (is_use(n)) {
        const struct decl *d = n->decl;
        buf_puts(b, "    ");
        put_place(u, b, n->range.start);
        buf_printf(b, " %s%s -> ", n->name ? n->name->s : "?",
                   n->flags & NODE_UNEVALUATED ? " (unevaluated)" : "");
        if (!d) {
            buf_puts(b, "unknown\n");
        } else {
            if (d->scope == u->file_scope) buf_puts(b, "file ");
            put_decl(u, b, d);
        }
    }
    for (unsigned i = 0; i < n->nkids; i++)
        put_uses(u, b, n->kid[i]);
}

void dump_scope(struct unit *u, struct fn *fn, struct buf *out)
{
    buf_printf(out, "scopes of %s%s:\n", fn->name ? fn->name->s : "?",
               fn->is_async ? " (async)" : "");
    for (unsigned i = 0; i < fn->scopes.n; i++)
        put_scope(u, out, fn->scopes.v[i]);
    for (unsigned i = 0; i < fn->types.n; i++)
        buf_printf(out, "%s%s %s%s", i ? ", " : "  types: ", kind_word(fn->types.v[i]),
                   name_of(fn->types.v[i]), i + 1 == fn->types.n ? "\n" : "");
    buf_puts(out, "  uses:\n");
    put_uses(u, out, fn->node);
}
