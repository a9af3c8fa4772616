/* SPDX-License-Identifier: MIT */
/* dump_dot.c: --dump=cfg --emit=dot, the state machine of an async function as a picture for
 * Graphviz.
 *
 * In: the blocks of cfg.c with their deeds.  Out: one digraph a function: a box for each block with
 * the lines of source that it does, a rounded box for each suspend point with its state, edges,
 * dashed where a resumption goes on.  What was put into temporaries stands under their names, an
 * await's value as <state>. Invariant: every text is one quoted string that Graphviz shows as it
 * stands, whatever the user's source holds. */
#include "acc.h"

#include <string.h>

enum { LABEL_WIDTH = 72, LABEL_LINES = 40 };

struct picture {
    struct unit *u;
    struct fn *fn;
    struct buf *out;
    struct block **target; /* by index: where an edge to that block ends */
};

/* ---- text ---- */

/* Bytes of the comment, the line marker or the white space at s, 0: none is there. */
static size_t gap_length(const char *s, const char *end, bool at_line_start)
{
    const char *p = s;
    if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r' || *p == '\f' || *p == '\v') return 1;
    if (end - p > 1 && p[0] == '/' && p[1] == '*') {
        for (p += 2; p < end && !(p[-1] == '*' && p[0] == '/' && p - s > 2); p++) {
        }
        return (size_t)((p < end ? p + 1 : end) - s);
    }
    if ((end - p > 1 && p[0] == '/' && p[1] == '/') || (at_line_start && *p == '#')) {
        while (p < end && *p != '\n')
            p++;
        return (size_t)(p - s);
    }
    return 0;
}

/* Bytes of the string or character constant at s, or 1. */
static size_t piece_length(const char *s, const char *end)
{
    const char *p = s;
    if (*p != '"' && *p != '\'') return 1;
    for (p++; p < end && *p != *s; p++)
        if (*p == '\\' && p + 1 < end) p++;
    return (size_t)((p < end ? p + 1 : end) - s);
}

/* Appends text on one line. */
static void put_flattened(struct buf *out, const char *s, size_t len)
{
    const char *end = s + len;
    bool gap = false, line_start = false, any = false;
    while (s < end) {
        size_t n = gap_length(s, end, line_start);
        if (n) {
            line_start = *s == '\n' || (line_start && (*s == ' ' || *s == '\t'));
            gap = true;
            s += n;
            continue;
        }
        n = piece_length(s, end);
        if (gap && any) buf_putc(out, ' ');
        buf_write(out, s, n);
        gap = line_start = false;
        any = true;
        s += n;
    }
}

/* Appends text for the inside of a quoted label: in one, Graphviz knows escapes and HTML's
 * entities. */
static void put_label(struct buf *out, const struct buf *text)
{
    struct buf shown = {0};
    size_t len = text->len, kept = 0;
    if (len > LABEL_WIDTH) {
        len = LABEL_WIDTH - 3;
        while (len && ((unsigned char)text->s[len] & 0xc0) == 0x80)
            len--;
    }
    diag_put_shown(&shown, text->s ? text->s : "", len);
    for (; kept < shown.len; kept++) {
        char c = shown.s[kept];
        if (c == '"' || c == '\\') buf_putc(out, '\\');
        buf_puts(out, c == '&' ? "&amp;" : c == '\n' ? "\\\\n" /* in a raw string */ : (char[]){c, 0});
    }
    if (text->len > LABEL_WIDTH) buf_puts(out, "...");
    buf_free(&shown);
}

static void put_expression(struct unit *u, struct node *n, struct node *plain, struct buf *out)
{
    struct buf raw = {0};
    dump_put_rest(u, n, plain, &raw);
    put_flattened(out, raw.s ? raw.s : "", raw.len);
    buf_free(&raw);
}

static void put_range(struct unit *u, uint32_t start, uint32_t end, struct buf *out)
{
    put_flattened(out, u->text + start, end - start);
}

/* ---- what a block does ---- */

static const char *word_before(const struct node *n)
{
    const struct node *p = n->parent;
    if (!p || n->kind >= N_ASSOC) return "";
    switch (p->kind) {
    case S_IF: return "if ";
    case S_WHILE:
    case S_DO: return "while ";
    case S_SWITCH: return "switch ";
    case S_RETURN: return "return ";
    case S_THROW: return "throw ";
    case S_GOTO_COMPUTED: return "goto *";
    case S_FOR: return p->kid[1] == n ? "while " : "";
    default: return "";
    }
}

/* Where the text of a label ends that stands before a statement. */
static uint32_t label_end(struct unit *u, const struct node *n)
{
    uint32_t end = n->nkids && n->kid[n->nkids - 1] && n->kind != S_CASE
                       ? n->kid[n->nkids - 1]->range.start
                       : n->range.end;
    if (n->kind == S_CASE && n->kid[2]) end = n->kid[2]->range.start;
    for (unsigned i = scope_token(u, n->range.start); n->kind == S_LABEL && i < u->tok.n; i++)
        if (u->tok.v[i].punct == ':') return u->tok.v[i].end;
    return end;
}

static void put_node_text(struct unit *u, struct node *n, struct buf *out)
{
    switch (n->kind) {
    case N_INIT_DECLARATOR:
        put_range(u, n->parent->kid[0]->range.start, n->parent->kid[0]->range.end, out);
        buf_putc(out, ' ');
        put_expression(u, n, NULL, out);
        return;
    case S_LABEL:
    case S_CASE:
    case S_DEFAULT: put_range(u, n->range.start, label_end(u, n), out); return;
    default:
        buf_puts(out, word_before(n));
        if (n->kind < N_ASSOC)
            put_expression(u, n, NULL, out);
        else
            put_range(u, n->range.start, n->range.end, out);
    }
}

/* Its node, for the place in the source. */
static struct node *put_step_text(struct unit *u, const struct step *s, struct buf *out)
{
    struct node *plain = s->expr && s->temp && s->expr->subst == s->temp ? s->expr : NULL;
    if (s->kind == STEP_IF || s->kind == STEP_IF_NOT) buf_puts(out, "if ");
    if (s->temp) buf_printf(out, "%s = ", s->temp->emitted);
    if (s->kind == STEP_AWAIT) {
        buf_printf(out, "%s = <%u>", s->await->value->emitted, s->await->state);
        return s->await->node;
    }
    if (s->expr)
        put_expression(u, s->expr, plain, out);
    else
        buf_printf(out, "%d", s->value);
    return s->expr;
}

/* The value of an await that stands alone is not looked at. */
static bool is_shown(const struct deed *d)
{
    const struct node *n = d->node;
    return d->step || (n->kind != E_AWAIT && n->kind != E_YIELD) || !n->await || n->subst || !n->parent ||
           n->parent->kind != S_EXPR;
}

static void put_deed(struct picture *p, const struct deed *d)
{
    struct buf text = {0};
    struct node *at = d->node;
    if (at)
        put_node_text(p->u, at, &text);
    else
        at = put_step_text(p->u, d->step, &text);
    if (at) buf_printf(p->out, "%u: ", source_place(p->u, at->range.start).line);
    put_label(p->out, &text);
    buf_puts(p->out, d->asks ? " ?\\l" : "\\l");
    buf_free(&text);
}

static bool has_deeds(const struct block *b)
{
    for (unsigned i = 0; i < b->deeds.n; i++)
        if (is_shown(&b->deeds.v[i])) return true;
    return false;
}

/* ---- edges ---- */

static bool is_passed(const struct picture *p, const struct block *b)
{
    return b != p->fn->entry && b != p->fn->exit && !b->await && b->succ.n == 1 && !has_deeds(b);
}

/* Blocks that do nothing are left out, but for one of each circle of such blocks. */
static void find_targets(struct picture *p)
{
    unsigned n = p->fn->blocks.n;
    unsigned *seen = NEWN(&p->u->arena, unsigned, n + 1);
    p->target = NEWN(&p->u->arena, struct block *, n + 1);
    for (unsigned i = 0; i < n; i++) {
        struct block *b = p->fn->blocks.v[i], *end = b, *next;
        while (!p->target[end->index] && is_passed(p, end) && seen[end->index] != i + 1) {
            seen[end->index] = i + 1;
            end = end->succ.v[0];
        }
        if (p->target[end->index]) end = p->target[end->index];
        for (; b != end && !p->target[b->index]; b = next) {
            next = b->succ.v[0];
            p->target[b->index] = end;
        }
        p->target[end->index] = end;
    }
}

/* The last thing it does that decides how it is left. */
static int question(const struct block *b)
{
    return b->succ.n == 2 && b->deeds.n ? b->deeds.v[b->deeds.n - 1].asks : 0;
}

static void put_id(struct picture *p, const struct block *b)
{
    if (b == p->fn->exit)
        buf_puts(p->out, "end");
    else if (b->await && !has_deeds(b))
        buf_printf(p->out, "s%u", b->await->state);
    else
        buf_printf(p->out, "b%u", b->index);
}

static void put_edges(struct picture *p, const struct block *b)
{
    int asks = question(b);
    if (b->await && has_deeds(b))
        buf_printf(p->out, "    b%u -> s%u;\n", b->index, b->await->state);
    for (unsigned i = 0; i < b->succ.n; i++) {
        buf_puts(p->out, "    ");
        if (b->await)
            buf_printf(p->out, "s%u", b->await->state);
        else
            put_id(p, b);
        buf_puts(p->out, " -> ");
        put_id(p, p->target[b->succ.v[i]->index]);
        if (b->await)
            buf_puts(p->out, " [style=dashed]");
        else if (asks)
            buf_printf(p->out, " [label=\"%s\"]", (asks > 0) == (i == 0) ? "yes" : "no");
        buf_puts(p->out, ";\n");
    }
}

/* ---- nodes ---- */

static void put_suspend_point(struct picture *p, struct await *a)
{
    static const char *const words[] = {
        [AWAIT_EMBED] = "await ", [AWAIT_FRAME] = "await ", [AWAIT_LEAF] = "await ", [AWAIT_TAIL] = "await ",
        [AWAIT_FUTURE] = "await ", [AWAIT_ENTER] = "with ", [AWAIT_EXIT] = "end of with ", [AWAIT_NEXT] = "next of ",
        [AWAIT_CLOSE] = "close ", [AWAIT_YIELD] = "yield ", [AWAIT_FROM] = "yield from "};
    struct buf text = {0};
    buf_printf(p->out,
               "    s%u [style=\"rounded,filled\", fillcolor=lightyellow, label=\"state %u\\n%u: ",
               a->state, a->state, source_place(p->u, a->node->range.start).line);
    buf_puts(&text, words[a->how]);
    put_expression(p->u, a->how == AWAIT_ENTER || a->how == AWAIT_EXIT   ? a->call->kid[0]
                         : a->how == AWAIT_NEXT || a->how == AWAIT_CLOSE ? a->call->kid[1]
                                                                         : a->node->kid[0], NULL, &text);
    put_label(p->out, &text);
    buf_puts(p->out, "\\n\"];\n");
    buf_free(&text);
}

static void put_block(struct picture *p, struct block *b)
{
    unsigned lines = 0;
    if (has_deeds(b) || !b->await) {
        buf_printf(p->out, "    b%u [label=\"", b->index);
        for (unsigned i = 0; i < b->deeds.n; i++) {
            if (!is_shown(&b->deeds.v[i]) || ++lines > LABEL_LINES) continue;
            put_deed(p, &b->deeds.v[i]);
        }
        if (lines > LABEL_LINES) buf_printf(p->out, "and %u more\\l", lines - LABEL_LINES);
        buf_puts(p->out, "\"];\n");
    }
    if (b->await) put_suspend_point(p, b->await);
}

void dump_dot(struct unit *u, struct fn *fn, struct buf *out)
{
    struct picture p = {.u = u, .fn = fn, .out = out};
    struct place at = source_place(u, fn->decl->node->range.start);
    struct buf title = {0};
    find_targets(&p);
    buf_printf(&title, "%s at %s:%u", fn->name->s, at.file ? at.file : u->path, at.line);
    buf_printf(out, "digraph \"%s\" {\n    label=\"", fn->name->s);
    put_label(out, &title);
    buf_puts(out,
             "\";\n    labelloc=t;\n    node [shape=box, fontname=\"monospace\", fontsize=10];\n"
             "    edge [fontname=\"monospace\", fontsize=9];\n"
             "    start [shape=oval, label=\"state 0\"];\n    end [shape=oval, label=\"end\"];\n   "
             " start -> ");
    put_id(&p, p.target[fn->entry->index]);
    buf_puts(out, ";\n");
    for (unsigned i = 0; i < fn->blocks.n; i++) {
        struct block *b = fn->blocks.v[i];
        if (!b->reachable || b == fn->exit || p.target[i] != b) continue;
        put_block(&p, b);
        put_edges(&p, b);
    }
    buf_puts(out, "}\n");
    buf_free(&title);
}
