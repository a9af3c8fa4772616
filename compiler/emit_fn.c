/* SPDX-License-Identifier: MIT */
/* emit_fn.c: what one async function becomes: prototype of the ramp, frame, description, resume function, ramp.
 *
 * In: a lowered function.  Out: text.
 * The idea: to the rest of the program the function is its ramp, which answers a future; the prototype stands at
 * the user's place, the rest where graph.c found all it needs complete.
 * The type T of future(T) is the user's text with the function part of the declarator left out: `char *f(int)`
 * gives `char *`, `int (*f(int))(double)` gives `int (*)(double)`. */
#include "emit.h"

#include <ctype.h>
#include <string.h>

/* ---- attributes: which part of the function they belong to ---- */

enum owner { OWNER_RAMP = 1, OWNER_RESUME = 2, OWNER_BOTH = 3, OWNER_NONE = 4 };

static bool is_one_of(const char *word, size_t len, const char *const *words) {
    for (; *words; words++)
        if (strlen(*words) == len && !strncmp(*words, word, len)) return true;
    return false;
}

/* What is said of a function that computes is not true of one that makes a coroutine. */
static enum owner attribute_owner(const char *word, size_t len) {
    static const char *const resume[] = {"target", "optimize", "section", "no_instrument_function", "target_clones",
                                         "no_stack_protector", "no_split_stack", NULL};
    static const char *const none[] = {"noreturn", "_Noreturn", "const", "pure", "malloc", "returns_nonnull",
                                       "alloc_size", "alloc_align", "leaf", "returns_twice", "reproducible",
                                       "unsequenced", "assume_aligned", "vector_size", "ext_vector_type", "mode",
                                       NULL}; /* the last three: see has_type_attribute */
    static const char *const both[] = {"noinline", "noclone", "noipa", "cold", "hot", "flatten", NULL};
    if (len > 4 && !strncmp(word, "__", 2) && !strncmp(word + len - 2, "__", 2)) word += 2, len -= 4;
    if (is_one_of(word, len, resume) || (len >= 11 && !strncmp(word, "no_sanitize", 11))) return OWNER_RESUME;
    if (is_one_of(word, len, both)) return OWNER_BOTH;
    return is_one_of(word, len, none) ? OWNER_NONE : OWNER_RAMP;
}

static bool is_punct(const struct unit *u, unsigned i, const char *any) {
    const struct token *t = &u->tok.v[i];
    return t->kind == TOK_PUNCT && t->punct < 128 && t->punct && strchr(any, (int)t->punct);
}

/* Where the item of an attribute's list that begins at token i ends: its ',' or the list's closing bracket. */
static unsigned item_end(const struct unit *u, unsigned i) {
    for (unsigned depth = 0; u->tok.v[i].kind != TOK_END; i++) {
        if (!depth && is_punct(u, i, ",)]")) break;
        if (is_punct(u, i, "([")) depth++;
        else if (is_punct(u, i, ")]")) depth--;
    }
    return i;
}

/* The token that names the attribute of an item: behind the last `::` in front of its arguments. */
static const struct token *item_word(const struct unit *u, unsigned i, unsigned end) {
    unsigned word = i;
    for (; i < end && !is_punct(u, i, "("); i++)
        if (u->tok.v[i].kind != TOK_PUNCT) word = i;
    return &u->tok.v[word];
}

/* Those items of `__attribute__((a, b))` or `[[a, b]]` that belong to `owner`, as a list of their own. */
static void put_attribute(struct emit *e, struct node *n, enum owner owner, const char *before, const char *after) {
    struct unit *u = e->u;
    unsigned i = scope_token(u, n->range.start), open = 0, end;
    bool brackets = is_punct(u, i, "["), any = false;
    if (u->tok.v[i].name && u->tok.v[i].name->keyword == K_ASM) { /* the name the linker knows */
        if (!(owner & OWNER_RAMP)) return;
        put(e, "%s", before);
        put_flat(e, n->range.start, n->range.end);
        put(e, "%s", after);
        return;
    }
    for (; open < 2; i++) open += is_punct(u, i, "([");
    for (;; i = end + 1) {
        const struct token *word;
        end = item_end(u, i);
        word = item_word(u, i, end);
        if (end > i && attribute_owner(u->text + word->start, word->end - word->start) & owner) {
            if (any) put(e, ", ");
            else put(e, "%s%s", before, brackets ? "[[" : "__attribute__((");
            put_flat(e, u->tok.v[i].start, u->tok.v[end - 1].end);
            any = true;
        }
        if (!is_punct(u, end, ",")) break;
    }
    if (any) put(e, "%s%s", brackets ? "]]" : "))", after);
}

/* Those inside the function's own declarator, `f [[a]] (int)`, are copied with it. */
static void put_ramp_attributes(struct emit *e, struct node *n) {
    for (; n && n->kind != D_FUNCTION; n = n->nkids ? n->kid[0] : NULL)
        for (unsigned i = 1; scope_has_own_attributes(n) && i < n->nkids; i++)
            if (n->kid[i]->kind == N_ATTRIBUTE) put_attribute(e, n->kid[i], OWNER_RAMP, " ", "");
}

static void put_resume_attributes_of(struct emit *e, struct node *n, bool brackets) {
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i] && n->kid[i]->kind == N_ATTRIBUTE &&
            is_punct(e->u, scope_token(e->u, n->kid[i]->range.start), "[") == brackets)
            put_attribute(e, n->kid[i], OWNER_RESUME, "", " ");
}

/* `[[a]]` stands in front of any `__attribute__`; in a declarator it is about a type, but for that behind the name. */
static void put_resume_attributes(struct emit *e, struct node *specs, struct node *declarator) {
    for (int brackets = 1; brackets >= 0; brackets--) {
        put_resume_attributes_of(e, specs, brackets);
        for (struct node *n = declarator; n && n->kind != D_NAME; n = node_kid(n, 0))
            if (scope_has_own_attributes(n) && (!brackets || n->kid[0]->kind == D_NAME))
                put_resume_attributes_of(e, n, brackets);
    }
}

/* ---- specifiers ---- */

static bool is_type_spec(const struct node *s, bool qualifiers) {
    if (s->kind == N_ATTRIBUTE || s->kind == N_ALIGNAS) return false;
    if (s->kind != N_KEYWORD) return true;
    switch (s->op) {
    case K_STATIC: case K_EXTERN: case K_INLINE: case K_NORETURN: case K_EXTENSION: case K_ASYNC: case K_ASYNC_ALWAYS:
    case K_REGISTER: case K_TYPEDEF: case K_AUTO: case K_THREAD_LOCAL: case K_CONSTEXPR: case K_GENERATOR:
    case K_GENERATOR_ALWAYS:
        return false;
    case K_CONST: case K_VOLATILE: case K_RESTRICT: case K_ATOMIC:
        return qualifiers;
    default:
        return true;
    }
}

static void put_tag_only(struct emit *e, struct node *s) {
    if (!s->name) diag_error(e->u, s->range, "an async function cannot return a type without a name");
    else put(e, "%s %s", s->kind == N_ENUM ? "enum" : s->op == K_UNION ? "union" : "struct", s->name->s);
}

static bool is_bare(struct node *declarator, struct node *func) {
    while (declarator != func && (declarator->kind == D_ATTRIBUTED || declarator->kind == D_PAREN))
        declarator = declarator->kid[0];
    return declarator == func;
}

/* The declarator without the part that makes it this function: what is left declares the type T.  Qualifiers of
 * a pointer that is returned mean nothing (C17 6.7.6.3 p5). */
static void put_abstract(struct emit *e, struct node *n, struct node *func) {
    uint32_t at;
    if (!n || n == func) return;
    if (n->kind == D_ATTRIBUTED) {
        put_abstract(e, n->kid[0], func);
        return;
    }
    at = n->range.start;
    if (n->kind == D_POINTER && is_bare(n->kid[0], func)) {
        put(e, "*");
        put_abstract(e, n->kid[0], func);
        return;
    }
    if (n->kid[0] && n->kid[0]->range.start >= at) {
        put_flat(e, at, n->kid[0]->range.start);
        put_abstract(e, n->kid[0], func);
        at = n->kid[0]->range.end;
    }
    put_flat(e, at, n->range.end);
}

/* Attributes that make another type of the one that the words say. */
static bool has_type_attribute(struct unit *u, struct node *specs, struct node *declarator) {
    return scope_declared_attribute(u, specs, declarator, "vector_size") || scope_declared_attribute(u, specs, declarator, "mode") ||
           scope_declared_attribute(u, specs, declarator, "ext_vector_type");
}

/* T, written as a type name; qualifiers of a plain T mean nothing on a result (C11 6.7.6.3 p5 footnote). */
static void put_result_type(struct emit *e, struct node *specs, struct node *declarator, struct node *func) {
    bool bare = is_bare(declarator, func), first = true;
    if (func->type && func->type->base && has_type_attribute(e->u, specs, declarator)) {
        put_type(e, func->type->base, "", true, specs->range);
        return;
    }
    for (unsigned i = 0; i < specs->nkids; i++) {
        struct node *s = specs->kid[i];
        if (!is_type_spec(s, !bare)) continue;
        if (!first) put(e, " ");
        first = false;
        if ((s->kind == N_STRUCT || s->kind == N_ENUM) && s->flags & NODE_DEFINES) put_tag_only(e, s);
        else put_flat(e, s->range.start, s->range.end);
    }
    if (bare) return;
    put(e, " ");
    put_abstract(e, declarator, func);
}

static bool defines(const struct node *s) {
    return (s->kind == N_STRUCT || s->kind == N_ENUM) && s->flags & NODE_DEFINES;
}

static void put_storage(struct emit *e, struct node *specs, struct fn *fn) {
    bool is_static = false, is_extern = fn && fn->decl && !fn->decl->is_static, is_inline = false;
    for (unsigned i = 0; i < specs->nkids; i++) {
        struct node *s = specs->kid[i];
        is_static |= s->kind == N_KEYWORD && s->op == K_STATIC;
        is_extern |= s->kind == N_KEYWORD && s->op == K_EXTERN;
        is_inline |= s->kind == N_KEYWORD && s->op == K_INLINE;
        if (s->kind == N_ATTRIBUTE) put_attribute(e, s, OWNER_RAMP, "", " ");
    }
    /* an inline definition may not refer to a static function (C11 6.7.4 p3): its ramp is this unit's own */
    if (is_static || (is_inline && !is_extern) || (fn && fn->is_main)) put(e, "static ");
    if (is_inline && (is_static || !is_extern)) put(e, "__inline__ ");
}

/* `future(T) `, as a specifier, or what else a call gives. */
static void put_future_type(struct emit *e, struct node *specs, struct node *declarator, struct node *func) {
    struct node *name = scope_declarator_name(func);
    put(e, "__typeof__(__typeof__(");
    put_result_type(e, specs, declarator, func);
    put(e, ") (**)(struct %s *)) ", gives_tag(name_gives(specs, name ? name->name : NULL)));
}

/* `static future(T) name(params)`, without the semicolon. */
static void put_ramp_head(struct emit *e, struct node *specs, struct node *declarator, struct node *func, struct fn *fn) {
    put_storage(e, specs, fn);
    put_future_type(e, specs, declarator, func);
    if (fn && fn->is_main) {
        put(e, "%s", fn->ramp);
        put_flat(e, func->kid[0]->range.end, func->range.end);
    } else {
        put_flat(e, func->range.start, func->range.end);
    }
}

/* `static future(T) name(params)` of what makes a coroutine and its task in one. */
static void put_launcher_head(struct emit *e, struct node *specs, struct node *declarator, struct node *func, const char *name) {
    put_line(e, specs->range.start);
    put(e, "static __inline__ ");
    put_future_type(e, specs, declarator, func);
    put(e, "%s", name);
    put_flat(e, func->kid[0]->range.end, func->range.end);
}

static void put_launcher_prototypes(struct emit *e, struct node *specs, struct node *declarator, struct node *func, struct fn *fn) {
    for (enum launch how = LAUNCH_GO; fn && how < LAUNCH_NONE; how++) {
        if (!fn->launched[how]) continue;
        put_launcher_head(e, specs, declarator, func, fn->launcher[how]);
        put(e, ";");
    }
}

void put_prototype(struct emit *e, struct node *specs, struct node *declarator, struct node *func, struct fn *fn) {
    for (unsigned i = 0; i < specs->nkids; i++) {
        if (!defines(specs->kid[i])) continue;
        put_flat(e, specs->kid[i]->range.start, specs->kid[i]->range.end);
        put(e, "; ");
    }
    if (fn && !fn->needs_ramp) return;
    put_line(e, specs->range.start);
    put_ramp_head(e, specs, declarator, func, fn);
    put_ramp_attributes(e, declarator);
    /* awaited directly it is used, though its ramp may not be */
    if (fn && fn->decl && fn->decl->is_static && fn->direct_awaits) put(e, " __attribute__((unused))");
    put(e, ";");
    if (!e->fn) put_launcher_prototypes(e, specs, declarator, func, fn);
}

static struct node *function_declarator(struct node *n) {
    struct node *func = NULL;
    for (; n && n->kind != D_NAME; n = n->kid[0])
        if (n->kind == D_FUNCTION) func = n;
    return func;
}

static struct fn *fn_named(struct unit *u, struct name *n) {
    struct decl *d = scope_file_lookup(u, n, false);
    return d ? d->fn : NULL;
}

/* `async int f(int), g(void);` */
void put_async_declaration(struct emit *e, struct node *declaration) {
    struct node *specs = declaration->kid[0];
    for (unsigned i = 1; i < declaration->nkids; i++) {
        struct node *declarator = declaration->kid[i]->kid[0], *func = function_declarator(declarator);
        if (!func) continue;
        if (i > 1) put(e, " ");
        put_prototype(e, specs, declarator, func, fn_named(e->u, scope_declarator_name(func)->name));
    }
}

/* ---- the frame ---- */

void put_frame_alignment(struct emit *e, struct type *t) {
    if (t && type_align(e->u, t) > 16) put(e, " __attribute__((packed, aligned(16)))");
}

/* What the user asked for beyond the type's own alignment. */
static void put_alignment(struct emit *e, struct decl *d) {
    unsigned long n = d->aligned && d->resident && d->specs ? type_declared_align(e->u, d->specs, d->declarator) : 0;
    if (n) put(e, " __attribute__((aligned(%lu)))", n);
}

/* An object within it that is aligned as it wants. */
static void put_room(struct emit *e, struct decl *d) {
    put(e, "char %s[sizeof(", d->slot);
    put_type(e, d->type, NULL, true, d->node->range);
    put(e, ") + %u] __attribute__((aligned(16)))", d->over_align - 16);
}

/* The slots of one cell: `at` is the first, next[i] - 1 that behind i, 0 none. */
static void put_cell(struct emit *e, struct fn *fn, unsigned at, const unsigned *next) {
    bool several = at && next[at - 1];
    put(e, several ? "    union { " : "    ");
    for (; at; at = next[at - 1]) {
        struct decl *d = fn->slots.v[at - 1].decl;
        if (d->over_align && !vla_is_kept(d)) {
            put_room(e, d);
        } else {
            put_decl_of(e, d, d->slot);
            if (!vla_is_kept(d)) put_alignment(e, d);
            if (!vla_is_kept(d)) put_frame_alignment(e, d->type);
        }
        put(e, several ? "; " : ";");
    }
    put(e, several ? "};\n" : "\n");
}

static void put_cells(struct emit *e, struct fn *fn) {
    unsigned *first = NEWN(&e->u->arena, unsigned, fn->ncells + 1), *next = NEWN(&e->u->arena, unsigned, fn->slots.n + 1);
    for (unsigned i = fn->slots.n; i-- > 0;) {
        next[i] = first[fn->slots.v[i].cell];
        first[fn->slots.v[i].cell] = i + 1;
    }
    for (unsigned i = 0; i < fn->ncells; i++) put_cell(e, fn, first[i], next);
}

static void put_children(struct emit *e, struct fn *fn) {
    if (!fn->children.n) return;
    put(e, "    union { ");
    for (unsigned i = 0; i < fn->children.n; i++) {
        struct await *a = fn->children.v[i];
        if (a->callee) put(e, "struct %s %s; ", a->callee->frame_tag, a->callee->name->s);
        else put(e, "struct %s__wait %s; ", a->leaf->s, a->leaf->s);
    }
    put(e, "} u;\n");
}

static void put_lines_table(struct emit *e, struct fn *fn, const char *lines) {
    put(e, "static const unsigned %s[] = {%u", lines, source_marked(e->u, fn->ext->range.start).line);
    for (unsigned i = 0; i < fn->awaits.n; i++)
        put(e, ", %u", source_marked(e->u, fn->awaits.v[i]->node->range.start).line);
    put(e, "};\n");
}

static void put_c_string(struct emit *e, const char *s) {
    put(e, "\"");
    for (; s && *s; s++) put(e, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
    put(e, "\"");
}

static void put_value_member(struct emit *e, struct fn *fn) {
    struct buf b = {0};
    if (fn->result && type_print(e->u, &b, fn->result, "value", true)) {
        put(e, "    %s", b.s);
        put_frame_alignment(e, fn->result);
        put(e, ";\n");
    } else {
        put(e, "    __typeof__(");
        put_result_type(e, fn->node->kid[0], fn->node->kid[1], fn->func);
        put(e, ") value;\n");
    }
    buf_free(&b);
}

/* On lines of its own. */
static void put_directive(struct emit *e, const char *s) {
    if (e->out->len && e->out->s[e->out->len - 1] != '\n') put(e, "\n");
    put(e, "%s\n", s);
}

/* With the attributes of a declaration; false: it has none, nothing was put. NULL: with none. */
static bool put_resume_prototype(struct emit *e, struct fn *fn, struct node *specs, struct node *declarator) {
    size_t len = e->out->len;
    if (specs) put_resume_attributes(e, specs, declarator);
    if (specs && e->out->len == len) return false;
    /* a ramp that is inline may be left out, and it with it */
    put(e, "static acc_coro *%s(acc_coro *%s)%s;", fn->resume, fn->self,
        fn->decl && fn->decl->is_inline ? " __attribute__((unused))" : "");
    return true;
}

/* What earlier declarations said of it the definition need not say again. */
static void put_resume_prototypes(struct emit *e, struct fn *fn) {
    bool any = false;
    for (unsigned i = 0; fn->decl && i < fn->decl->said.n; i += 2)
        if (fn->decl->said.v[i] != fn->node->kid[0])
            any |= put_resume_prototype(e, fn, fn->decl->said.v[i], fn->decl->said.v[i + 1]);
    if (!any) put_resume_prototype(e, fn, NULL, NULL);
}

void put_frame(struct emit *e, struct fn *fn) {
    struct place p = source_marked(e->u, fn->ext->range.start);
    const char *lines = unit_fresh_name(e->u, arena_printf(&e->u->arena, "%s__lines", fn->name->s));
    bool packed = type_pack_at(e->u, fn->ext->range.start) || type_pack_at(e->u, e->u->ext.v[fn->place].range.start);
    put_line(e, fn->ext->range.start);
    put_hoisted_types(e, fn);
    bind_emit(e, fn); /* a binding may hold what the block declares */
    if (packed) put_directive(e, "#pragma pack(push)\n#pragma pack()");
    put(e, "struct %s {\n    acc_coro coro;\n", fn->frame_tag);
    if (!fn->result_void) put_value_member(e, fn);
    put_cells(e, fn);
    put_children(e, fn);
    put(e, "};\n");
    if (packed) put_directive(e, "#pragma pack(pop)");
    put_lines_table(e, fn, lines);
    put(e, "static const acc_info %s = {\"%s\", ", fn->description, fn->name->s);
    put_c_string(e, p.file ? p.file : e->u->path);
    put(e, ", sizeof(struct %s), %u, %s};\n", fn->frame_tag, fn->awaits.n + 1, lines);
    put_resume_prototypes(e, fn);
}

/* ---- the resume function ---- */

static bool is_copied(const struct decl *d) { return !d->resident && d->name && d->used; }

/* Text that begins with a name: not where the name only ends another. */
static bool has_text(const char *s, const char *text) {
    for (const char *at = strstr(s, text); at; at = strstr(at + 1, text))
        if (at == s || (!isalnum((unsigned char)at[-1]) && at[-1] != '_')) return true;
    return false;
}

/* What the user did not write counts as the line the function begins at, so that a debugger stops nowhere else. */
static void join_lines(struct emit *e, size_t from) {
    struct buf *b = e->out;
    size_t to = from, i = from;
    if (e->u->opt->no_lines || b->len <= from) return;
    while (i < b->len && b->s[i] == ' ') i++;
    while (i < b->len) {
        bool ends = b->s[i] == '\n' && b->s[i + 1] != '#';
        if (b->s[i] == '\n' && !ends) {
            do b->s[to++] = b->s[i++];
            while (i < b->len && b->s[i] != '\n');
        }
        b->s[to++] = ends ? ' ' : b->s[i];
        for (e->line -= ends, i++; ends && i < b->len && b->s[i] == ' '; i++) {}
    }
    b->len = to;
    b->s[to] = 0;
}

/* Which way is taken, and what failed before: as far as no await stands where they are needed. */
static void put_own_ints(struct emit *e, struct fn *fn) {
    if (fn->leave && !fn->leave->resident) put(e, "    int %s = 0;\n", fn->leave->emitted);
    for (unsigned i = 0; i < fn->guards.n; i++) {
        const struct decl *d = fn->guards.v[i]->pending, *way = fn->guards.v[i]->way_kept;
        if (d && !d->resident) put(e, "    int %s;\n", d->emitted);
        if (way && !way->resident) put(e, "    int %s;\n", way->emitted);
    }
}

/* The output's own variables and copies of the parameters, as far as the function from `from` on needs them. */
static void insert_locals(struct emit *e, struct fn *fn, size_t from) {
    struct buf *out = e->out, head = {0}, rest = {0};
    const char *body = out->s + from;
    e->out = &head;
    if (has_text(body, arena_printf(&e->u->arena, "%s->", fn->frame)))
        put(e, "    struct %s *%s = (struct %s *)%s;\n", fn->frame_tag, fn->frame, fn->frame_tag, fn->self);
    if (has_text(body, arena_printf(&e->u->arena, "%s = ", fn->next))) put(e, "    acc_coro *%s;\n", fn->next);
    put_own_ints(e, fn);
    for (unsigned i = 0; i < fn->params.n; i++) {
        struct decl *d = fn->params.v[i];
        if (!is_copied(d)) continue;
        put(e, "    ");
        put_decl_of(e, d, d->emitted ? d->emitted : d->name->s);
        put(e, ";\n");
    }
    join_lines(e, 0);
    e->out = out;
    buf_write(&rest, body, out->len - from);
    out->len = from;
    if (head.len) buf_write(out, head.s, head.len);
    buf_write(out, rest.s, rest.len);
    buf_free(&head);
    buf_free(&rest);
}

static void put_argument_loads(struct emit *e, struct fn *fn) {
    for (unsigned i = 0; i < fn->params.n; i++) {
        struct decl *d = fn->params.v[i];
        if (!is_copied(d)) continue;
        put_assign(e, lvalue_text(e, d), d->type, NULL, arena_printf(&e->u->arena, "%s->%s", fn->frame, d->slot));
        put(e, " ");
    }
}

bool param_is_held(const struct decl *d) {
    enum gives gives;
    return d->name && type_given_result(d->type, &gives);
}

static bool is_handed_any(const struct fn *fn) {
    for (unsigned i = 0; i < fn->params.n; i++)
        if (param_is_held(fn->params.v[i])) return true;
    return false;
}

/* A coroutine dropped before it started gives back the futures and generators it was handed. */
static void put_drop(struct emit *e, struct fn *fn) {
    if (!is_handed_any(fn)) return;
    put(e, "        if (%s->state == (unsigned)acc__drop) { ", fn->self);
    for (unsigned i = 0; i < fn->params.n; i++)
        if (param_is_held(fn->params.v[i])) put(e, "acc__unref(%s->%s); ", fn->frame, fn->params.v[i]->slot);
    put(e, "}\n");
}

/* Sizes of parameters are those at the call; no block of the frame is there yet. */
static void put_kept_sizes(struct emit *e, struct fn *fn) {
    if (fn->leave && fn->leave->resident) put(e, "%s = 0; ", lvalue_text(e, fn->leave));
    for (unsigned i = 0; i < fn->slots.n; i++) {
        struct decl *d = fn->slots.v[i].decl;
        if (!vla_is_kept(d)) continue;
        if (d->kind == DECL_PARAM) vla_put_sizes(e, d);
        else if (vla_is_array(d)) put(e, "%s = 0; ", slot_text(e, d));
    }
}

/* It has one state: whatever else it is asked is odd. */
static void put_only_start(struct emit *e, struct fn *fn) {
    size_t end, loads;
    put(e, "    if (__builtin_expect(%s->state != 0, 0)) ", fn->self);
    if (is_handed_any(fn)) {
        put(e, "{\n");
        put_drop(e, fn);
        put(e, "        return acc__odd(%s, &%s);\n    }", fn->self, fn->description);
    } else {
        put(e, "return acc__odd(%s, &%s);", fn->self, fn->description);
    }
    end = e->out->len;
    put(e, "\n    ");
    loads = e->out->len;
    put_argument_loads(e, fn);
    put_kept_sizes(e, fn);
    if (e->out->len > loads) return;
    e->out->s[e->out->len = end] = 0;
    e->line--;
}

static void put_dispatch(struct emit *e, struct fn *fn) {
    if (!fn->awaits.n) {
        put_only_start(e, fn);
        return;
    }
    put(e, "    switch (%s->state) {\n    case 0: ", fn->self);
    put_argument_loads(e, fn);
    put_kept_sizes(e, fn);
    put(e, "break;\n");
    for (unsigned i = 1; i <= fn->awaits.n; i++) put(e, "    case %u: goto %s%u;\n", i, fn->label_stem, i);
    put(e, "    default:\n");
    put_drop(e, fn);
    put(e, "        return acc__odd(%s, &%s);\n    }", fn->self, fn->description);
}

static bool ends_in_return(const struct node *body) {
    return body->nkids && body->kid[body->nkids - 1]->kind == S_RETURN;
}

static void put_resume(struct emit *e, struct fn *fn) {
    struct node *body = fn->body;
    size_t from;
    put_line(e, fn->ext->range.start);
    e->leave = fn->self;
    if (fn->has_blocks) {
        vla_put_leave(e, fn);
        put_line(e, fn->ext->range.start);
        e->leave = arena_printf(&e->u->arena, "%s(%s)", fn->leaver, fn->frame);
    }
    put_resume_attributes(e, fn->node->kid[0], fn->node->kid[1]);
    put(e, "static acc_coro *%s(acc_coro *%s) {%s", fn->resume, fn->self, e->u->opt->no_lines ? "\n" : " ");
    from = e->out->len;
    put_dispatch(e, fn);
    join_lines(e, from);
    e->line = 0; /* lines are still to be inserted above: the body says where it is */
    if (must_stand_first(e->u, body)) put(e, "{");
    put_inside(e, body, body->range.start + fn->brace, block_end(e, body));
    put_line(e, body->range.end - 1);
    if (must_stand_first(e->u, body)) put(e, "}");
    if (!ends_in_return(body)) {
        if (fn->is_main && !fn->result_void) put(e, "%s->value = 0; ", fn->frame);
        if (fn->gives != GIVES_FUTURE)
            put(e, "__builtin_memset((void *)&%s->value, 0, sizeof %s->value); ", fn->frame, fn->frame);
        put(e, "return %s->awaiter;", e->leave);
        put_line(e, body->range.end - 1);
    }
    put(e, "}");
    insert_locals(e, fn, from);
}

/* ---- the ramp ---- */

static void put_parameter_stores(struct emit *e, struct fn *fn) {
    const char *frame = arena_printf(&e->u->arena, "%s->", fn->frame);
    for (unsigned i = 0; i < fn->params.n; i++) {
        struct decl *d = fn->params.v[i];
        if (!d->name) continue;
        put(e, "    ");
        if (vla_is_kept(d)) put(e, "%s->%s = (void *)%s;", fn->frame, d->slot, d->name->s);
        else put_assign(e, object_text(e, frame, d), d->type, NULL, d->name->s);
        put(e, "\n");
    }
}

static void put_ramp_body(struct emit *e, struct fn *fn) {
    static const char *const make[] = {"", "_generator", "_async_generator"};
    size_t from = e->out->len + 2;
    put(e, " {\n    struct %s *%s = (struct %s *)acc__make%s(sizeof *%s, %s);\n", fn->frame_tag, fn->frame, fn->frame_tag,
        make[fn->gives], fn->frame, fn->resume);
    put(e, "    if (!%s) {\n", fn->frame);
    for (unsigned i = 0; i < fn->params.n; i++)
        if (param_is_held(fn->params.v[i])) put(e, "        acc__unref(%s);\n", fn->params.v[i]->name->s);
    put(e, "        return acc__no_memory();\n    }\n");
    put_parameter_stores(e, fn);
    put(e, "    return (void *)%s;\n}", fn->frame);
    join_lines(e, from);
}

/* Without memory, or where no loop runs, it is the long way: the ramp, then the task. */
static void put_launcher(struct emit *e, struct fn *fn, enum launch how) {
    size_t from;
    put_launcher_head(e, fn->node->kid[0], fn->node->kid[1], fn->func, fn->launcher[how]);
    from = e->out->len + 2;
    put(e, " {\n    struct %s *%s = (struct %s *)acc__make_task(sizeof *%s, %s, %d);\n", fn->frame_tag, fn->frame, fn->frame_tag,
        fn->frame, fn->resume, how == LAUNCH_SPAWN ? 2 : 1);
    put(e, "    if (!%s) return %s(%s(", fn->frame, how == LAUNCH_SPAWN ? "acc__spawn_slow" : "acc__go_slow", fn->name->s);
    for (unsigned i = 0; i < fn->params.n; i++) put(e, i ? ", %s" : "%s", fn->params.v[i]->name->s);
    put(e, "));\n");
    put_parameter_stores(e, fn);
    put(e, "    return acc__launch(%s);\n}", fn->frame);
    join_lines(e, from);
}

static void put_main(struct emit *e, struct fn *fn) {
    bool named = true;
    for (unsigned i = 0; i < fn->params.n; i++) named &= fn->params.v[i]->name != NULL;
    put(e, "\nint main");
    if (named) put_flat(e, fn->func->kid[0]->range.end, fn->func->range.end);
    else put(e, "(void)");
    put(e, " { return acc__main((void *)%s(", fn->ramp);
    for (unsigned i = 0; i < fn->params.n; i++)
        put(e, i ? ", %s" : "%s", named ? fn->params.v[i]->name->s : "0");
    put(e, "), %d); }", !fn->result_void);
}

void put_body(struct emit *e, struct fn *fn) {
    put_resume(e, fn);
    if (!fn->needs_ramp) return;
    put_line(e, fn->ext->range.start);
    put_ramp_head(e, fn->node->kid[0], fn->node->kid[1], fn->func, fn);
    put_ramp_body(e, fn);
    for (enum launch how = LAUNCH_GO; how < LAUNCH_NONE; how++)
        if (fn->launched[how]) put_launcher(e, fn, how);
    if (fn->is_main) put_main(e, fn);
}
