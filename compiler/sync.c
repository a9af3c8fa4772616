/* SPDX-License-Identifier: MIT */
/* sync.c: --sync, the plain sequential program of the same source.
 *
 * In: a unit with <acc/sync.h> in front.  Out: its text with the dialect's words gone: `async` and
 * `await` deleted, future(T) as the T that its function returns, acc_run(e) as e. The idea: in a
 * program of one task that awaits each coroutine where it calls it, an await is a call and what
 * suspends blocks.  All else would need a second task or a coroutine that waits to be started, and
 * is refused by name: a program that is not refused does what the translated one does. Invariant:
 * only text of the dialect is changed, and no line is added or taken. */
#include "acc.h"

#include <stdlib.h>
#include <string.h>

/* What is done at a name: name->seen. */
enum word { WORD_NONE, WORD_REFUSED, WORD_TYPE, WORD_FUTURE, WORD_MARK, WORD_RUN, WORD_RUN_UNTIL };

struct edit {
    struct range range;
    const char *text;
};
struct sync {
    struct unit *u;
    VEC(struct edit) edits;
};

static void edit(struct sync *s, uint32_t start, uint32_t end, const char *text)
{
    struct edit e = {{start, end}, text};
    vec_push(&s->u->arena, &s->edits, e);
}

/* With the blanks behind it. */
static void delete_word(struct sync *s, uint32_t start, uint32_t end)
{
    const char *text = s->u->text;
    while (text[end] == ' ' || text[end] == '\t')
        end++;
    edit(s, start, end, "");
}

static void delete_token(struct sync *s, unsigned i)
{
    delete_word(s, s->u->tok.v[i].start, s->u->tok.v[i].end);
}

/* ---- what the AST tells ---- */

static bool is_async_name(struct unit *u, struct name *n)
{
    for (const struct mention *m = n ? n->mentions : NULL; m; m = m->next)
        if (m->kind == MENTION_OBJECT && u->ext.v[m->ext].is_async) return true;
    return false;
}

static const struct node *awaiter_of(const struct node *n)
{
    const struct node *p = n->parent;
    for (; p; n = p, p = p->parent) {
        bool through = p->kind == E_PAREN || (p->kind == E_COND && p->kid[0] != n) ||
                       (p->kind == E_COMMA && p->kid[1] == n);
        if (!through) break;
    }
    return p && p->kind == E_AWAIT ? p : NULL;
}

static struct node *callee_of(const struct node *n)
{
    struct node *callee = n->kid[0];
    while (callee->kind == E_PAREN)
        callee = callee->kid[0];
    return callee;
}

/* acc_spawn(f()) was refused by its name. */
static bool is_in_refused(const struct node *n)
{
    const struct node *p = n->parent;
    return p && p->kind == E_CALL && callee_of(p)->kind == E_IDENT &&
           callee_of(p)->name->seen == WORD_REFUSED;
}

static void check_call(struct sync *s, struct node *n)
{
    struct node *callee = callee_of(n);
    if (callee->kind != E_IDENT || !is_async_name(s->u, callee->name) || awaiter_of(n) ||
        is_in_refused(n))
        return;
    diag_error(s->u, n->range,
               "a call of '%s' that is not awaited at once: the program of '--sync' cannot keep a "
               "coroutine",
               callee->name->s);
}

/* `throw e;` ends the program, as it does where nobody handles it. */
static void put_throw(struct sync *s, struct node *n)
{
    unsigned word = scope_token(s->u, n->range.start);
    if (!n->kid[0]) {
        diag_error(s->u, n->range,
                   "'throw' without a code is not possible in the program of '--sync'");
        return;
    }
    bool comma = n->kid[0]->kind == E_COMMA;
    edit(s, s->u->tok.v[word].start, n->kid[0]->range.start, comma ? "acc__sync_throw((" : "acc__sync_throw(");
    edit(s, n->kid[0]->range.end, n->kid[0]->range.end, comma ? "))" : ")");
}

static void refuse(struct sync *s, struct node *n, const char *what)
{
    unsigned word = scope_token(s->u, n->range.start);
    struct range r = {s->u->tok.v[word].start, s->u->tok.v[word].end};
    diag_error(s->u, r, "'%s' is not possible in the program of '--sync'", what);
}

static void visit(struct sync *s, struct node *n)
{
    struct unit *u = s->u;
    unsigned first;
    switch (n->kind) {
    case E_AWAIT:
        first = scope_token(u, n->range.start);
        delete_token(s, first);
        if (n->op == K_FROM) delete_token(s, first + 1);
        break;
    case N_KEYWORD:
        if (n->op == K_ASYNC || n->op == K_ASYNC_ALWAYS)
            delete_word(s, n->range.start, n->range.end);
        if (n->op == K_GENERATOR || n->op == K_GENERATOR_ALWAYS) refuse(s, n, "generator");
        break;
    case E_CALL: check_call(s, n); break;
    case S_THROW: put_throw(s, n); break;
    case E_YIELD: refuse(s, n, "yield"); break;
    case E_BIND: refuse(s, n, "acc_bind"); break;
    case E_TRY: refuse(s, n, "acc_try"); break;
    case S_DEFER: refuse(s, n, "defer"); break;
    case S_TRY: refuse(s, n, "try"); break;
    case S_WITH: refuse(s, n, "with"); break;
    case S_FOR_IN: refuse(s, n, "for (... : ...)"); break;
    default: break;
    }
    for (unsigned i = 0; i < n->nkids; i++)
        if (n->kid[i]) visit(s, n->kid[i]);
}

/* ---- what tokens tell ---- */

/* What needs the loop, a second task, or a coroutine or future as a value; sync.h declares the
 * rest.  These stand before a parenthesis. */
static const char refused_calls[] =
    "acc_all_tasks acc_as_completed acc_backtrace acc_backtrace_text acc_barrier_abort acc_barrier_broken "
    "acc_barrier_destroy acc_barrier_init acc_barrier_parties acc_barrier_reset acc_barrier_wait "
    "acc_barrier_waiting acc_bind acc_bounded_semaphore_init acc_call_at acc_call_later acc_call_soon "
    "acc_call_soon_threadsafe acc_close acc_completed_free acc_completed_next acc_condition_destroy "
    "acc_condition_init acc_condition_notify acc_condition_notify_all acc_condition_wait acc_current_task "
    "acc_detach acc_dump_tasks acc_event_clear acc_event_destroy acc_event_init acc_event_is_set "
    "acc_event_set acc_event_wait acc_future_add_done_callback acc_future_cancel acc_future_cancelled "
    "acc_future_done acc_future_error acc_future_new acc_future_on_cancel acc_future_remove_done_callback "
    "acc_future_result acc_future_set_done acc_future_set_error acc_future_set_result acc_gather "
    "acc_gather_loose acc_gather_loose_n acc_gather_n acc_gather_outcomes acc_gather_outcomes_n "
    "acc_generator_done acc_generator_error acc_generator_result acc_go acc_group_cancel acc_group_go "
    "acc_group_init acc_group_spawn acc_handle_cancel acc_handle_cancelled acc_handle_when acc_into "
    "acc_join acc_lifo_queue_new acc_local acc_local_clear acc_local_default acc_local_get acc_local_set "
    "acc_locked acc_loop_attach acc_loop_call_exception_handler acc_loop_debug acc_loop_detach "
    "acc_loop_dump_on_signal acc_loop_hold acc_loop_release acc_loop_set_debug "
    "acc_loop_set_exception_handler acc_loop_set_grace acc_loop_set_slow acc_loop_spawn acc_loop_stop "
    "acc_mutex_destroy acc_mutex_init acc_mutex_lock acc_mutex_locked acc_mutex_try_lock acc_mutex_unlock "
    "acc_next acc_permit acc_priority_queue_new acc_queue acc_queue_empty acc_queue_free acc_queue_full "
    "acc_queue_get acc_queue_get_nowait acc_queue_join acc_queue_new acc_queue_on_drop acc_queue_put "
    "acc_queue_put_nowait acc_queue_shutdown acc_queue_shutdown_now acc_queue_size acc_queue_task_done "
    "acc_queue_unfinished acc_race acc_race_n acc_ref acc_run_error acc_run_forever acc_semaphore_acquire "
    "acc_semaphore_destroy acc_semaphore_init acc_semaphore_locked acc_semaphore_release "
    "acc_semaphore_try_acquire acc_semaphore_value acc_send acc_shield acc_spawn acc_spawn_eager acc_step "
    "acc_submission acc_submission_cancel acc_submission_done acc_submission_on_done "
    "acc_submission_release acc_submission_wait acc_submit acc_task_cancel acc_task_cancelling "
    "acc_task_name acc_task_set_name acc_task_uncancel acc_test_advance acc_test_begin acc_test_io_wait "
    "acc_test_loop acc_test_on_generation acc_timeout_at acc_timeout_in acc_timeout_reschedule "
    "acc_timeout_when acc_unref acc_uv_loop acc_wait_begin acc_wait_end acc_wait_for acc_wait_hand "
    "acc_wait_loop acc_wait_undo acc_wakeup_close acc_wakeup_new acc_wakeup_send generator "
    "async_generator";
/* These are types, and some stand there as well. */
static const char refused_types[] =
    "acc_barrier acc_completed acc_condition acc_event acc_exception_handler acc_failure acc_group "
    "acc_handle acc_mutex acc_operation acc_outcome acc_part acc_scope acc_scope_ops acc_semaphore "
    "acc_test_hook acc_timeout acc_wait acc_wakeup";

/* The names of a list, with a blank between them. */
static void set_words(struct sync *s, const char *list, enum word word)
{
    for (size_t n; *list; list += n + (list[n] == ' ')) {
        n = strcspn(list, " ");
        name_intern(&s->u->names, list, n)->seen = word;
    }
}

static bool is_punct(const struct unit *u, unsigned i, unsigned punct)
{
    return u->tok.v[i].kind == TOK_PUNCT && u->tok.v[i].punct == punct;
}

/* 1 + the parenthesis that closes token i, or 0. */
static unsigned closing(const struct unit *u, unsigned i)
{
    unsigned depth = 0;
    if (!is_punct(u, i, '(')) return 0;
    for (; u->tok.v[i].kind != TOK_END; i++) {
        depth += is_punct(u, i, '(');
        if (is_punct(u, i, ')') && !--depth) return i + 1;
    }
    return 0;
}

/* future(T) may stand where it is what a function returns: future(T) f(...), future(T) (*p)(...).
 * `next` is the token behind it. */
static bool future_returned(struct sync *s, struct range r, unsigned next)
{
    struct unit *u = s->u;
    if (u->tok.v[next].kind == TOK_NAME && is_punct(u, next + 1, '(')) return true;
    if (is_punct(u, next, '(') && is_punct(u, next + 1, '*')) return true;
    diag_error(u, r, "a future as a value is not possible in the program of '--sync'");
    return false;
}

static void future_word(struct sync *s, unsigned i)
{
    struct range r = {s->u->tok.v[i].start, s->u->tok.v[i].end};
    unsigned next = closing(s->u, i + 1);
    if (next && future_returned(s, r, next)) edit(s, r.start, r.end, "__typeof__");
}

/* sync.h has made it __typeof__(T) __attribute__((acc__future)). */
static void future_mark(struct sync *s, unsigned i)
{
    struct unit *u = s->u;
    struct range r = {u->tok.v[i].start, u->tok.v[i].end};
    if (i < 4 || i + 3 >= u->tok.n || !future_returned(s, r, i + 3)) return;
    edit(s, u->tok.v[i - 4].end, u->tok.v[i + 2].end, "");
}

/* acc_run(e) is e, acc_run_until_complete(loop, e) too. */
static void run_word(struct sync *s, unsigned i, bool until)
{
    struct unit *u = s->u;
    unsigned end = closing(u, i + 1), comma = i + 2, depth = 0;
    if (!end) return;
    if (!until) {
        edit(s, u->tok.v[i].start, u->tok.v[i].end, "");
        return;
    }
    for (; comma < end; comma++) {
        if (is_punct(u, comma, '('))
            depth++;
        else if (is_punct(u, comma, ')'))
            depth--;
        else if (!depth && is_punct(u, comma, ','))
            break;
    }
    if (comma == end) return;
    edit(s, u->tok.v[i].start, u->tok.v[i].end, "((void)");
    edit(s, u->tok.v[comma].start, u->tok.v[comma].start, ")");
}

static bool is_declared(const struct token *t)
{
    return t->name->mentions && strcmp(t->name->s, "acc_uv_loop") != 0;
}

static void word_at(struct sync *s, unsigned i)
{
    struct unit *u = s->u;
    const struct token *t = &u->tok.v[i];
    bool member = i && (is_punct(u, i - 1, '.') || is_punct(u, i - 1, P_ARROW));
    if (t->kind != TOK_NAME || t->name->seen == WORD_NONE || member || is_declared(t)) return;
    switch ((enum word)t->name->seen) {
    case WORD_REFUSED:
        if (!is_punct(u, i + 1, '(')) return; /* some member's own name */
        /* fallthrough */
    case WORD_TYPE:
        if (source_marked(u, t->start).system_header) return;
        diag_error(u, (struct range){t->start, t->end},
                   "'%s' needs the event loop, which the program of '--sync' does not have",
                   t->name->s);
        return;
    case WORD_FUTURE: future_word(s, i); return;
    case WORD_MARK: future_mark(s, i); return;
    case WORD_RUN: run_word(s, i, false); return;
    case WORD_RUN_UNTIL: run_word(s, i, true); return;
    case WORD_NONE: return;
    }
}

/* In a plain function a coroutine may only be made to be run. */
static void plain_function(struct sync *s, const struct external *x)
{
    struct unit *u = s->u;
    unsigned allowed = 0, refused_to = 0;
    for (unsigned i = x->body; i < x->last; i++) {
        const struct token *t = &u->tok.v[i];
        if (t->kind != TOK_NAME || !is_punct(u, i + 1, '(')) continue;
        if (t->name->seen >= WORD_RUN && !t->name->mentions) allowed = closing(u, i + 1);
        if (t->name->seen == WORD_REFUSED && !is_declared(t)) refused_to = closing(u, i + 1);
        if (i < allowed || i < refused_to || !is_async_name(u, t->name)) continue;
        diag_error(
            u, (struct range){t->start, t->end},
            "a call of '%s' outside acc_run: the program of '--sync' cannot keep a coroutine",
            t->name->s);
    }
}

/* ---- the unit ---- */

static bool is_of_dialect(const struct external *x)
{
    return x->kind == EXT_DECLARATION ? x->is_async : external_has_dialect(x);
}

static int by_place(const void *a, const void *b)
{
    const struct edit *x = a, *y = b;
    if (x->range.start != y->range.start) return x->range.start < y->range.start ? -1 : 1;
    return (x->range.end > y->range.end) - (x->range.end < y->range.end);
}

static void put_text(struct sync *s, struct buf *out)
{
    uint32_t at = 0;
    if (s->edits.n) qsort(s->edits.v, s->edits.n, sizeof *s->edits.v, by_place);
    for (unsigned i = 0; i < s->edits.n; i++) {
        const struct edit *e = &s->edits.v[i];
        if (e->range.start < at) continue;
        buf_write(out, s->u->text + at, e->range.start - at);
        buf_puts(out, e->text);
        at = e->range.end;
    }
    buf_write(out, s->u->text + at, s->u->len - at);
}

void sync_unit(struct unit *u, struct buf *out)
{
    struct sync s = {.u = u};
    set_words(&s, refused_calls, WORD_REFUSED);
    set_words(&s, refused_types, WORD_TYPE);
    set_words(&s, "future", WORD_FUTURE);
    set_words(&s, "acc__future", WORD_MARK);
    set_words(&s, "acc_run", WORD_RUN);
    set_words(&s, "acc_run_until_complete", WORD_RUN_UNTIL);
    for (unsigned i = 0; i < u->tok.n; i++)
        word_at(&s, i);
    for (unsigned i = 0; i < u->ext.n; i++) {
        struct external *x = &u->ext.v[i];
        /* what was refused may not be C */
        struct node *n = is_of_dialect(x) ? parse_external(u, x, u->diag->errors == 0) : NULL;
        if (n && !x->head_only)
            visit(&s, n);
        else if (x->kind == EXT_FUNCTION && !x->is_async)
            plain_function(&s, x);
    }
    if (!u->diag->errors) put_text(&s, out);
}
