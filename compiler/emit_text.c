/* SPDX-License-Identifier: MIT */
/* emit_text.c: the user's text with edits.
 *
 * In: an AST whose nodes say what became of them (subst, await, literal, decl->resident, decl->emitted).  Out: text.
 * The idea: a node is its byte range; children that changed are written in place of theirs, everything between
 * is copied, comments and line markers included.  The output keeps account of the line and file the C compiler
 * will believe it is at, and says #line where that would be wrong.
 * Invariant: what is not edited comes out byte for byte. */
#include "emit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void put(struct emit *e, const char *format, ...) {
    size_t from = e->out->len;
    va_list ap;
    va_start(ap, format);
    buf_vprintf(e->out, format, ap);
    va_end(ap);
    for (const char *s = e->out->s + from; *s; s++) e->line += *s == '\n';
    e->fresh = false;
}

/* ---- positions ---- */

static void put_escaped(struct emit *e, const char *s) {
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') buf_putc(e->out, '\\');
        buf_putc(e->out, *s);
    }
}

static void trim_line(struct emit *e) {
    while (e->out->len && (e->out->s[e->out->len - 1] == ' ' || e->out->s[e->out->len - 1] == '\t'))
        e->out->s[--e->out->len] = 0;
}

/* Past this depth it costs more than it shows. */
static void put_levels(struct emit *e) {
    for (unsigned i = 0; i < e->indent && i < 16; i++) buf_puts(e->out, "    ");
}

/* A line may be as long as the text: what was found for the place before is not looked for again. */
static uint32_t line_start(struct emit *e, uint32_t offset) {
    uint32_t start = offset;
    if (offset >= e->line_start && offset <= e->line_known) return e->line_start;
    while (start > 0 && e->u->text[start - 1] != '\n' && start != e->line_known) start--;
    if (start == e->line_known && start > 0 && e->u->text[start - 1] != '\n') start = e->line_start;
    e->line_start = start;
    e->line_known = offset;
    return start;
}

static void put_indent(struct emit *e, uint32_t offset) {
    uint32_t start = line_start(e, offset), end;
    for (end = start; end < offset && (e->u->text[end] == ' ' || e->u->text[end] == '\t'); end++) {}
    buf_write(e->out, e->u->text + start, end - start);
    put_levels(e);
}

static bool same_file(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

static bool in_step(const struct emit *e, const struct place *p) {
    return e->u->opt->no_lines || (p->line == e->line && same_file(p->file, e->file) &&
                                   p->system_header == e->system_header);
}

static void put_marker(struct emit *e, const struct place *p) {
    trim_line(e);
    const struct buf *b = e->out;
    bool spliced = b->len > 1 && b->s[b->len - 2] == '\\';
    if (b->len && (b->s[b->len - 1] != '\n' || spliced)) buf_putc(e->out, '\n');
    buf_printf(e->out, p->system_header ? "# %u" : "#line %u", p->line);
    if (!same_file(p->file, e->file) || p->system_header != e->system_header || p->system_header) {
        buf_puts(e->out, " \"");
        put_escaped(e, p->file ? p->file : "");
        buf_puts(e->out, p->system_header ? "\" 3" : "\"");
    }
    buf_putc(e->out, '\n');
    e->file = p->file;
    e->line = p->line;
    e->system_header = p->system_header;
}

void put_line(struct emit *e, uint32_t offset) { put_line_below(e, offset, offset); }

void put_line_below(struct emit *e, uint32_t offset, uint32_t above) {
    struct place p = source_marked(e->u, offset);
    if (!e->fresh) {
        trim_line(e);
        buf_putc(e->out, '\n');
        e->line++;
    }
    if (!in_step(e, &p)) {
        put_marker(e, &p);
        put_indent(e, above);
    } else if (!e->fresh) {
        put_indent(e, above);
    }
    e->fresh = true;
}

static bool is_marker(const char *s) {
    if (*s++ != '#') return false;
    while (*s == ' ') s++;
    if (!strncmp(s, "line", 4)) return true;
    return *s >= '0' && *s <= '9';
}

static unsigned token_at(struct unit *u, uint32_t offset) {
    unsigned low = 0, high = u->tok.n;
    while (low < high) {
        unsigned mid = low + (high - low) / 2;
        if (u->tok.v[mid].start < offset) low = mid + 1;
        else high = mid;
    }
    return low;
}

/* A raw string, or what goes on after a splice. */
static bool is_within_token(struct unit *u, uint32_t offset) {
    unsigned i = token_at(u, offset);
    return i > 0 && u->tok.v[i - 1].end > offset;
}

/* A line that now stands deeper is moved in, but for directives and what begins within a token. */
static void put_moved(struct emit *e, uint32_t at, uint32_t end) {
    const char *t = e->u->text;
    while (at < end) {
        const char *nl = memchr(t + at, '\n', end - at);
        uint32_t next = nl ? (uint32_t)(nl - t) + 1 : end;
        bool drop = e->u->opt->no_lines && e->fn && (at == 0 || t[at - 1] == '\n') && is_marker(t + at) &&
                    !is_within_token(e->u, at);
        if (!drop) buf_write(e->out, t + at, next - at);
        at = next;
        if (at < end && t[at] != '#' && t[at] != '\n' && e->indent && !is_within_token(e->u, at)) put_levels(e);
    }
}

static bool only_indentation(const struct buf *b) {
    size_t i = b->len;
    while (i && (b->s[i - 1] == ' ' || b->s[i - 1] == '\t')) i--;
    return i == 0 || b->s[i - 1] == '\n';
}

void put_text(struct emit *e, uint32_t start, uint32_t end) {
    struct place p;
    if (start >= end) return;
    p = source_marked(e->u, start);
    if (!in_step(e, &p)) {
        if (e->u->text[start] == '\n' && e->file) {
            /* an empty rest of a line needs no marker of its own */
            if (!only_indentation(e->out)) put(e, "\n");
            put_text(e, start + 1, end);
            return;
        }
        put_marker(e, &p);
        put_indent(e, start);
    }
    put_moved(e, start, end);
    p = source_marked(e->u, end);
    e->file = p.file;
    e->line = p.line;
    e->system_header = p.system_header;
    e->fresh = only_indentation(e->out);
}

void put_flat(struct emit *e, uint32_t start, uint32_t end) {
    struct unit *u = e->u;
    uint32_t at = start;
    for (unsigned i = token_at(u, start); i < u->tok.n && u->tok.v[i].start < end; i++) {
        struct token *t = &u->tok.v[i];
        if (t->kind == TOK_DIRECTIVE || t->kind == TOK_END) continue;
        if (t->start > at) buf_putc(e->out, ' ');
        buf_write(e->out, u->text + t->start, t->end - t->start);
        at = t->end;
    }
    e->fresh = false;
}

/* ---- names ---- */

const char *slot_text(struct emit *e, struct decl *d) {
    return arena_printf(&e->u->arena, "%s->%s%s", e->fn->frame, d->slot, d->bits ? ".v" : "");
}

const char *aligned_text(struct emit *e, const char *address, unsigned align) {
    return arena_printf(&e->u->arena, "(((__UINTPTR_TYPE__)%s + %u) & ~(__UINTPTR_TYPE__)%u)", address, align - 1, align - 1);
}

/* Frames do not move, so an address computed from theirs stays the same. */
const char *object_text(struct emit *e, const char *frame, struct decl *d) {
    const char *slot = arena_printf(&e->u->arena, "%s%s", frame, d->slot);
    struct type *t = d->type, bare;
    struct buf type = {0};
    if (!d->over_align) return slot;
    if (t->quals) {
        bare = *t;
        bare.quals &= (Q_VOLATILE | Q_ATOMIC);
        t = &bare;
    }
    if (!type_print(e->u, &type, type_pointer(e->u, t), NULL, false))
        diag_error(e->u, d->node ? d->node->range : e->fn->node->range, "the type of this has no name at file scope, where it is needed");
    slot = arena_printf(&e->u->arena, "(*(%s)%s)", type.s ? type.s : "", aligned_text(e, slot, d->over_align));
    buf_free(&type);
    return slot;
}

/* No variably modified declaration may stand where resumption jumps to: the type is said where it is used. */
static const char *held_text(struct emit *e, struct decl *d) {
    struct buf type = {0};
    const char *s;
    if (!type_print(e->u, &type, type_pointer(e->u, type_bare(e->u, d->type)), NULL, false))
        diag_error(e->u, d->node ? d->node->range : e->fn->node->range,
                   "this has a variably modified type that cannot be kept across an await");
    s = arena_printf(&e->u->arena, "(*(%s)&%s)", type.s ? type.s : "", d->emitted);
    buf_free(&type);
    return s;
}

const char *lvalue_text(struct emit *e, struct decl *d) {
    if (d->resident && d->slot) {
        if (vla_is_kept(d)) return vla_lvalue(e, d);
        return d->over_align ? object_text(e, arena_printf(&e->u->arena, "%s->", e->fn->frame), d) : slot_text(e, d);
    }
    if (d->bits) return arena_printf(&e->u->arena, "%s.v", d->emitted);
    if (vla_is_held(d)) return held_text(e, d);
    if (d->emitted) return d->emitted;
    return d->name ? d->name->s : "unnamed";
}

void put_lvalue(struct emit *e, struct decl *d) { put(e, "%s", lvalue_text(e, d)); }

bool put_type(struct emit *e, struct type *t, const char *name, bool unqualified, struct range at) {
    struct buf b = {0};
    bool ok = t && type_print(e->u, &b, t, name, unqualified);
    if (ok) put(e, "%s", b.s);
    else if (!t) diag_error(e->u, at, "the type of this, which is needed here, is not known: is it declared?");
    else diag_error(e->u, at, "the type of this has no name at file scope, where it is needed");
    buf_free(&b);
    return ok;
}

void put_decl_of(struct emit *e, struct decl *d, const char *name) {
    struct range at = d->node ? d->node->range : e->fn->node->range;
    struct type t;
    if (d->slot && vla_is_kept(d)) {
        if (d->kind == DECL_TYPEDEF) put(e, "char %s", name);
        else put(e, "void *%s", name);
        for (unsigned i = 0; i < d->vla_sizes.n; i++) put(e, "; __SIZE_TYPE__ %s", vla_size_slot(e->u, d, i));
    } else if (d->is_void_pointer || vla_is_held(d)) {
        put(e, "void *%s", name);
    } else if (d->frame_of) {
        put(e, "struct %s *%s", d->frame_of->frame_tag, name);
    } else if (d->is_truth) {
        put(e, "int %s", name);
    } else if (d->bits) {
        put(e, "struct { ");
        put_type(e, d->type, "v", true, at);
        put(e, " : %u; } %s", d->bits, name);
    } else if (d->type && d->type->quals & (Q_VOLATILE | Q_ATOMIC)) {
        t = *d->type;
        t.quals &= ~(unsigned)(Q_CONST | Q_RESTRICT);
        put_type(e, &t, name, false, at);
    } else {
        put_type(e, d->type, name, true, at);
    }
}

/* ---- assignments ---- */

void put_operand(struct emit *e, struct node *n) {
    if (n->kind == E_COMMA) put(e, "(");
    put_node(e, n);
    if (n->kind == E_COMMA) put(e, ")");
}

void put_assign(struct emit *e, const char *to, struct type *t, struct node *from, const char *from_text) {
    bool frozen = type_has_const_member(e->u, t);
    if (t && t->kind == TY_VA_LIST) {
        put(e, "__builtin_va_copy(%s, ", to);
        if (from) put_operand(e, from);
        else put(e, "%s", from_text);
        put(e, ");");
        return;
    }
    if (frozen) {
        put(e, "__builtin_memcpy((void *)&%s, (", to);
        put_type(e, t, "[1]", true, from ? from->range : e->fn->node->range);
        put(e, "){");
    } else {
        put(e, "%s = ", to);
    }
    if (from) put_operand(e, from);
    else put(e, "%s", from_text);
    if (frozen) put(e, "}, sizeof %s)", to);
    put(e, ";");
}

/* ---- nodes ---- */

/* Is n an argument of a call that looks at its arguments only? */
static bool is_looked_at(const struct node *n) {
    while (n && !(n->kind == E_CALL && ast_calls_unevaluated(n))) n = n->parent;
    return n != NULL;
}

/* Only its type counts: in sizeof, typeof and the like nothing is awaited.  In the arguments of a call clang warns of
 * null all the same, and gcc's sanitizer checks an index there: then it is the error that self does not have now. */
static void put_unevaluated(struct emit *e, struct node *n) {
    bool looked_at = is_looked_at(n);
    if (type_is_void(n->type)) {
        put(e, "((void)0)");
    } else if (looked_at && type_is_scalar(n->type) && n->type->kind != TY_NULLPTR) {
        put(e, "((");
        put_type(e, n->type, NULL, true, n->range);
        put(e, n->type->kind == TY_POINTER ? ")(__UINTPTR_TYPE__)%s->err)" : ")%s->err)", e->fn->self);
    } else {
        put(e, "(*(");
        put_type(e, n->type, "*", true, n->range);
        put(e, ")%s)", looked_at ? e->fn->self : "0");
    }
}

static void put_await_value(struct emit *e, struct node *n) {
    struct await *a = n->await;
    if (!a) {
        put_unevaluated(e, n);
        return;
    }
    if (a->is_void || !(a->callee || a->leaf) || a->how == AWAIT_FUTURE || a->how == AWAIT_FRAME) {
        put(e, "(void)0");
        return;
    }
    put(e, "%s->u.%s.value", e->fn->frame, a->callee ? a->callee->name->s : a->leaf->s);
}

/* The name is an array of const char, a literal is none: seen by _Generic, typeof, & and what infers a type. */
static void put_name_of_function(struct emit *e, const struct node *n) {
    const struct node *p = n->parent, *top = n;
    for (; p && (p->kind == E_PAREN || (p->kind == E_UNARY && p->op == K_EXTENSION)); p = p->parent) top = p;
    bool is_argument = p && p->kind == E_CALL && p->kid[0] != top;
    if (is_argument) put(e, "\"%s\"", e->fn->name->s);
    else put(e, "(*(const char (*)[%u])\"%s\")", e->fn->name->len + 1, e->fn->name->s);
}

/* (T){...} whose address outlives a suspension: its object is a slot, filled each time it is evaluated. */
static void put_literal(struct emit *e, struct node *n) {
    const char *place = lvalue_text(e, n->literal);
    put(e, "(*(__typeof__(%s) *)__builtin_memcpy(&%s, &(__typeof__(%s))", place, place, place);
    put_node(e, n->kid[1]);
    put(e, ", sizeof %s))", place);
}

/* What is left of an acc_try when its steps are done; in an unevaluated operand only its type counts. */
static void put_try_value(struct emit *e, struct node *n) {
    if (n->left_done) put(e, "(void)0");
    else put(e, "("), put_node(e, n->kid[1]), put(e, ")");
}

static void put_tag(struct emit *e, struct node *n) {
    static const char *const word[] = {"struct", "union", "enum"};
    unsigned k = n->kind == N_ENUM ? 2 : n->op == K_UNION;
    put(e, "%s %s", word[k], n->decl->emitted);
}

/* acc_go(f(x)) or acc_spawn(f(x)): what makes coroutine and task in one, if nothing of it was moved away. */
static bool put_launch(struct emit *e, struct node *n) {
    struct node *call;
    enum launch how = frame_launch(n, &call);
    if (how == LAUNCH_NONE) return false;
    put(e, "%s", node_strip(call->kid[0])->decl->fn->launcher[how]);
    put_between(e, call, call->kid[0]->range.end, call->range.end);
    return true;
}

/* A constant is the same in every call: no resumption may miss its declaration, so it has static storage (scope.c). */
static bool is_made_static(const struct emit *e, const struct node *specs) {
    const struct node *decl = specs->parent;
    if (!e->fn || !e->fn->is_async || decl->kind != S_DECL || (decl->parent && decl->parent->kind == S_FOR)) return false;
    for (unsigned i = 0; i < specs->nkids; i++)
        if (specs->kid[i]->kind == N_KEYWORD && (specs->kid[i]->op == K_STATIC || specs->kid[i]->op == K_REGISTER)) return false;
    return true;
}

static bool reads_kept_vla(const struct node *n) {
    if (n->kind == E_IDENT && n->decl && n->decl->slot && vla_is_kept(n->decl)) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i] && reads_kept_vla(n->kid[i])) return true;
    return false;
}

/* An operand's type is said with its sizes where the operand is read.  Those of the whole must not be: compilers would
 * evaluate them in that arm alone. */
static bool put_sized_cond(struct emit *e, struct node *n) {
    struct type *t = type_decay(e->u, n->type);
    if (!e->fn || !e->fn->is_async || !type_is_variably_modified(t) || !reads_kept_vla(n)) return false;
    put(e, "((");
    put_type(e, t, NULL, true, n->range);
    put(e, ")(");
    if (!n->kid[1]) put(e, "(void *)(");
    put_node(e, n->kid[0]);
    put(e, n->kid[1] ? " ? (void *)(" : ") ? ");
    if (n->kid[1]) put_node(e, n->kid[1]);
    put(e, n->kid[1] ? ") : (void *)(" : ": (void *)(");
    put_node(e, n->kid[2]);
    put(e, ")))");
    return true;
}

/* ---- qualifiers ---- */

/* What is kept in the frame is written there at run time, so it is declared without const and restrict. */
static bool loses_qualifiers(const struct decl *d) {
    const struct type *t = d && d->slot && decl_is_local(d) && !vla_is_kept(d) ? d->type : NULL;
    while (t && t->kind == TY_ARRAY) t = t->base;
    return t && t->quals & (Q_CONST | Q_RESTRICT);
}

/* Is n, an unevaluated operand's part, where its type can be told from that without qualifiers? */
static bool shows_qualifiers(const struct node *n) {
    while (n && n->kind != N_TYPEOF && n->kind != E_GENERIC && n->kind != E_SIZEOF) n = n->parent;
    return n && n->kind != E_SIZEOF && !(n->kid[0]->type && type_is_variably_modified(n->kid[0]->type));
}

/* An object with the qualifiers it was declared with; only its type counts. */
static bool put_qualified(struct emit *e, struct node *n) {
    const struct type *t = n->decl->type;
    if (!(n->flags & NODE_UNEVALUATED) || !loses_qualifiers(n->decl) || !shows_qualifiers(n)) return false;
    while (t->kind == TY_ARRAY) t = t->base;
    put(e, "(*(%s%s__typeof__(%s) *)0)", t->quals & Q_CONST ? "const " : "", t->quals & Q_RESTRICT ? "__restrict " : "",
        lvalue_text(e, n->decl));
    return true;
}

/* _Alignof an object (GNU): its place in the frame is aligned as it asked for, but what reads the place does not say so. */
static bool put_alignment(struct emit *e, struct node *n) {
    const struct node *operand = node_strip(n->kid[0]);
    const struct decl *d = operand && operand->kind == E_IDENT ? operand->decl : NULL;
    unsigned long align;
    if (n->op == K_SIZEOF || !d || !d->slot || !d->aligned || !decl_is_local(d)) return false;
    align = type_declared_align(e->u, d->specs, d->declarator);
    if (align) put(e, "((__SIZE_TYPE__)%lu)", align);
    return align != 0;
}

static bool names_stripped(const struct node *n) {
    if (!n) return false;
    if (n->kind == E_IDENT && loses_qualifiers(n->decl)) return true;
    for (unsigned i = 0; i < n->nkids; i++)
        if (names_stripped(n->kid[i])) return true;
    return false;
}

static void put_bare(struct emit *e, struct node *n);

/* The initialiser of __auto_type says the type of the object: a pointer to what lost its qualifiers is converted. */
static bool put_inferring(struct emit *e, struct node *n) {
    struct node *around = n->parent, *name;
    struct decl *d;
    struct buf type = {0};
    bool put_it;
    if (!around || around->kind != N_INIT_DECLARATOR || around->kid[1] != n) return false;
    name = scope_declarator_name(around->kid[0]);
    d = name ? name->decl : NULL;
    if (!d || !type_is_inferred(e->u, d) || !d->type || d->type->kind != TY_POINTER || !names_stripped(n)) return false;
    put_it = type_print(e->u, &type, d->type, NULL, true);
    if (put_it) {
        put(e, "(%s)(", type.s);
        put_bare(e, n);
        put(e, ")");
    }
    buf_free(&type);
    return put_it;
}

/* `main` is the program's own: the coroutine is made by another name. */
static bool put_async_main(struct emit *e, struct node *n) {
    const struct fn *fn = n->decl->kind == DECL_FUNCTION ? n->decl->fn : NULL;
    if (!fn || fn->decl != n->decl || !fn->is_main || !e->fn || !e->fn->is_async) return false;
    put(e, "%s", fn->ramp);
    return true;
}

static bool put_special(struct emit *e, struct node *n) {
    if (n->subst && n != e->plain) {
        put_lvalue(e, n->subst);
        return true;
    }
    switch (n->kind) {
    case N_TYPEDEF_NAME:
        if (n->decl && n->decl->slot) {
            put(e, "%s", vla_typedef(e, n->decl));
            return true;
        }
        if (!n->decl || !n->decl->emitted) return false;
        put_lvalue(e, n->decl);
        return true;
    case E_IDENT: case D_NAME:
        if (n->kind == E_IDENT && n->decl && (put_async_main(e, n) || put_qualified(e, n))) return true;
        if (!n->decl || !(n->decl->emitted || n->decl->resident) || n->decl->kind == DECL_FUNCTION) return false;
        put_lvalue(e, n->decl);
        return true;
    case N_ENUMERATOR:
        if (!n->decl || !n->decl->emitted) return false;
        put(e, "%s", n->decl->emitted);
        put_between(e, n, n->name_range.end, n->range.end);
        return true;
    case N_KEYWORD:
        if (n->op != K_CONSTEXPR || !is_made_static(e, n->parent)) return false;
        put(e, "static constexpr");
        return true;
    case N_STRUCT: case N_ENUM:
        if (!n->decl || !n->decl->emitted) return false;
        put_tag(e, n);
        return true;
    case E_YIELD: case E_AWAIT:
        put_await_value(e, n);
        return true;
    case E_FUNC:
        if (!e->fn || !e->fn->is_async) return false;
        put_name_of_function(e, n);
        return true;
    case E_COMPOUND:
        if (!n->literal || !n->literal->crosses) return false;
        put_literal(e, n);
        return true;
    case E_COMMA:
        if (!n->left_done) return false;
        put_node(e, n->kid[1]);
        return true;
    case E_COND: case E_STMT: case E_LOGICAL:
        if (!n->left_done) return n->kind == E_COND && put_sized_cond(e, n);
        put(e, "(void)0");
        return true;
    case E_SIZEOF:
        return put_alignment(e, n);
    case E_TRY:
        put_try_value(e, n);
        return true;
    case E_PAREN: /* left of a choice, whose text says more */
        if (!n->op) return false;
        put(e, "(");
        put_node(e, n->kid[0]);
        put(e, ")");
        return true;
    case E_BIND:
        put_bind(e, n);
        return true;
    case E_CALL:
        if (e->fn && e->fn->is_async && !strcmp(node_callee_name(n), "__builtin_FUNCTION")) {
            put(e, "((const char *)\"%s\")", e->fn->name->s);
            return true;
        }
        return n->flags & NODE_LAUNCHES && put_launch(e, n);
    default:
        return false;
    }
}

static int by_start(const void *a, const void *b) {
    const struct node *x = *(struct node *const *)a, *y = *(struct node *const *)b;
    return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

/* Kids in order of the text. */
static unsigned ordered_kids(struct emit *e, struct node *n, struct node ***out) {
    struct node **v = NEWN(&e->u->arena, struct node *, n->nkids + 1);
    unsigned count = 0;
    bool sorted = true;
    for (unsigned i = 0; i < n->nkids; i++) {
        if (!n->kid[i]) continue;
        if (count && v[count - 1]->range.start > n->kid[i]->range.start) sorted = false;
        v[count++] = n->kid[i];
    }
    if (!sorted) qsort(v, count, sizeof *v, by_start);
    *out = v;
    return count;
}

/* A hint for the loop that follows, without meaning of its own. */
static bool is_loop_hint(const struct unit *u, const struct token *t) {
    static const char *const hint[] = {"GCC unroll", "GCC ivdep", "unroll", "nounroll", "clang loop"};
    return lex_pragma_is(u, t, hint, sizeof hint / sizeof *hint);
}

/* The text in front of n.  Compilers want a loop with a condition behind a hint: before another it is left out. */
void put_before(struct emit *e, uint32_t start, const struct node *n) {
    uint32_t end = n->range.start;
    if (start < end && e->fn && e->fn->is_async && loop_changes(n))
        for (unsigned i = token_at(e->u, start); e->u->tok.v[i].start < end; i++) {
            if (!is_loop_hint(e->u, &e->u->tok.v[i])) continue;
            put_text(e, start, e->u->tok.v[i].start);
            start = e->u->tok.v[i].end;
        }
    put_text(e, start, end);
}

void put_between(struct emit *e, struct node *n, uint32_t start, uint32_t end) {
    struct node **kid;
    unsigned count = ordered_kids(e, n, &kid);
    for (unsigned i = 0; i < count; i++) {
        if (kid[i]->range.start < start || kid[i]->range.end > end) continue;
        put_before(e, start, kid[i]);
        put_node(e, kid[i]);
        start = kid[i]->range.end;
    }
    put_text(e, start, end);
}

void put_kids(struct emit *e, struct node *n) { put_between(e, n, n->range.start, n->range.end); }

static void put_bare(struct emit *e, struct node *n) {
    if (put_special(e, n)) return;
    if (n->kind >= S_COMPOUND && n->kind <= S_FOR_IN) put_stmt(e, n);
    else put_kids(e, n);
}

void put_node(struct emit *e, struct node *n) {
    if (!put_inferring(e, n)) put_bare(e, n);
}
