/* SPDX-License-Identifier: MIT */
/* warn_blocking.c: calls in async functions that block the thread, and with it every task.
 *
 * Input: a call with its names bound and its types known.  Output: a warning.  The idea: a list of
 * names of POSIX, C and libuv.  A name counts only if it is declared outside of blocks, not defined
 * by the user, and takes the parameters that the library's function takes; so a program's own
 * `accept` or `poll` is left alone.  Some calls say themselves that they do not wait (MSG_DONTWAIT,
 * WNOHANG, a timeout of 0); a callee in parentheses, `(read)(fd, p, n)`, says that it is meant. */
#include "acc.h"
#include "order.h"

#include <string.h>

enum when {
    ALWAYS,
    ON_STDIN,    /* argument `arg` is stdin */
    UNLESS_BITS, /* argument `arg` is constant and has one of `bits` */
    UNLESS_IS    /* argument `arg` is the constant `bits` */
};
/* What the runtime has for it. */
static const char sleeps[] = "acc_sleep(seconds)", reads[] = "acc_read(stream, buf, size)",
                  accepts[] = "acc_accept(listener, &stream)",
                  connects[] = "acc_tcp_connect(host, port, &stream)";

static const struct blocking {
    const char *name, *params; /* i: an integer, p: something else, ?: either; + at the end: more */
    const char *instead;       /* what to await, or NULL */
    enum when when;
    unsigned arg;
    long long bits;
} known[] = {
    {"sleep", "i", sleeps, ALWAYS, 0, 0},
    {"usleep", "i", sleeps, ALWAYS, 0, 0},
    {"nanosleep", "pp", sleeps, ALWAYS, 0, 0},
    {"clock_nanosleep", "iipp", sleeps, ALWAYS, 0, 0},
    {"thrd_sleep", "pp", sleeps, ALWAYS, 0, 0},
    {"uv_sleep", "i", sleeps, ALWAYS, 0, 0},
    {"read", "ipi", reads, ALWAYS, 0, 0},
    {"readv", "ipi", reads, ALWAYS, 0, 0},
    {"recv", "ipii", reads, UNLESS_BITS, 3, 0x40 /* MSG_DONTWAIT */},
    {"recvfrom", "ipiipp", reads, UNLESS_BITS, 3, 0x40},
    {"recvmsg", "ipi", reads, UNLESS_BITS, 2, 0x40},
    {"accept", "ipp", accepts, ALWAYS, 0, 0},
    {"accept4", "ippi", accepts, ALWAYS, 0, 0},
    {"connect", "ipi", connects, ALWAYS, 0, 0},
    {"getaddrinfo", "pppp", connects, ALWAYS, 0, 0},
    {"gethostbyname", "p", connects, ALWAYS, 0, 0},
    {"gethostbyname2", "pi", connects, ALWAYS, 0, 0},
    {"gethostbyaddr", "pii", NULL, ALWAYS, 0, 0},
    {"getnameinfo", "pipipii", NULL, ALWAYS, 0, 0},
    {"poll", "pii", NULL, UNLESS_IS, 2, 0},
    {"ppoll", "pipp", NULL, ALWAYS, 0, 0},
    {"select", "ipppp", NULL, ALWAYS, 0, 0},
    {"pselect", "ippppp", NULL, ALWAYS, 0, 0},
    {"epoll_wait", "ipii", NULL, UNLESS_IS, 3, 0},
    {"epoll_pwait", "ipiip", NULL, UNLESS_IS, 3, 0},
    {"system", "p", NULL, ALWAYS, 0, 0},
    {"pclose", "p", NULL, ALWAYS, 0, 0},
    {"wait", "p", NULL, ALWAYS, 0, 0},
    {"wait3", "pip", NULL, UNLESS_BITS, 1, 1 /* WNOHANG */},
    {"wait4", "ipip", NULL, UNLESS_BITS, 2, 1},
    {"waitpid", "ipi", NULL, UNLESS_BITS, 2, 1},
    {"waitid", "iipi", NULL, UNLESS_BITS, 3, 1},
    {"pause", "", NULL, ALWAYS, 0, 0},
    {"sigsuspend", "p", NULL, ALWAYS, 0, 0},
    {"sigwait", "pp", NULL, ALWAYS, 0, 0},
    {"sigwaitinfo", "pp", NULL, ALWAYS, 0, 0},
    {"sigtimedwait", "ppp", NULL, ALWAYS, 0, 0},
    {"flock", "ii", NULL, UNLESS_BITS, 1, 4 | 8 /* LOCK_NB, LOCK_UN */},
    {"pthread_join", "?p", NULL, ALWAYS, 0, 0},
    {"pthread_cond_wait", "pp", NULL, ALWAYS, 0, 0},
    {"pthread_cond_timedwait", "ppp", NULL, ALWAYS, 0, 0},
    {"pthread_barrier_wait", "p", NULL, ALWAYS, 0, 0},
    {"sem_wait", "p", NULL, ALWAYS, 0, 0},
    {"sem_timedwait", "pp", NULL, ALWAYS, 0, 0},
    {"thrd_join", "?p", NULL, ALWAYS, 0, 0},
    {"cnd_wait", "pp", NULL, ALWAYS, 0, 0},
    {"cnd_timedwait", "ppp", NULL, ALWAYS, 0, 0},
    {"getchar", "", NULL, ALWAYS, 0, 0},
    {"getchar_unlocked", "", NULL, ALWAYS, 0, 0},
    {"gets", "p", NULL, ALWAYS, 0, 0},
    {"getpass", "p", NULL, ALWAYS, 0, 0},
    {"scanf", "p+", NULL, ALWAYS, 0, 0},
    {"vscanf", "p?", NULL, ALWAYS, 0, 0},
    {"fgets", "pip", NULL, ON_STDIN, 2, 0},
    {"fgetc", "p", NULL, ON_STDIN, 0, 0},
    {"getc", "p", NULL, ON_STDIN, 0, 0},
    {"getc_unlocked", "p", NULL, ON_STDIN, 0, 0},
    {"getline", "ppp", NULL, ON_STDIN, 2, 0},
    {"getdelim", "ppip", NULL, ON_STDIN, 3, 0},
    {"fscanf", "pp+", NULL, ON_STDIN, 0, 0},
    {"vfscanf", "pp?", NULL, ON_STDIN, 0, 0},
    {"fread", "piip", NULL, ON_STDIN, 3, 0},
    {"uv_run", "pi", NULL, UNLESS_IS, 1, 2 /* UV_RUN_NOWAIT */},
    {"uv_thread_join", "p", NULL, ALWAYS, 0, 0},
    {"uv_sem_wait", "p", NULL, ALWAYS, 0, 0},
    {"uv_cond_wait", "pp", NULL, ALWAYS, 0, 0},
    {"uv_cond_timedwait", "ppi", NULL, ALWAYS, 0, 0},
    {"uv_barrier_wait", "p", NULL, ALWAYS, 0, 0},
};

static const struct blocking *find(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(name, known[i].name)) return &known[i];
    return NULL;
}

/* ---------------------------------------------------------------- whose function it is */

static bool is_of_kind(const struct type *t, char kind)
{
    return kind == '?' || !t || type_is_integer(t) == (kind == 'i');
}

static bool has_params(const struct type *t, const char *params)
{
    if (!t || t->kind != TY_FUNCTION || t->unprototyped) return t != NULL && t->unprototyped;
    size_t n = strcspn(params, "+");
    if (t->nparams != n || t->variadic != (params[n] == '+')) return false;
    for (size_t i = 0; i < n; i++)
        if (!is_of_kind(t->params[i], params[i])) return false;
    return true;
}

/* Headers may define the library's functions too (_FORTIFY_SOURCE). */
static bool is_users_own(struct unit *u, const struct decl *d)
{
    for (const struct mention *m = d->name->mentions; m; m = m->next) {
        const struct external *x = &u->ext.v[m->ext];
        if (x->system_header) continue;
        if (x->kind == EXT_FUNCTION || (d->is_static && m->kind == MENTION_OBJECT)) return true;
    }
    return false;
}

/* ---------------------------------------------------------------- what the arguments say */

static bool is_stdin(struct node *e)
{
    e = node_strip(e);
    return e->kind == E_IDENT && e->name &&
           (!strcmp(e->name->s, "stdin") || !strcmp(e->name->s, "__stdinp"));
}

static bool waits(struct unit *u, const struct blocking *b, struct node *call)
{
    struct node *arg = node_kid(call, b->arg + 1);
    long long value;
    if (b->when == ALWAYS || !arg) return true;
    if (b->when == ON_STDIN) return is_stdin(arg);
    if (!type_constant(u, arg, &value)) return true;
    return b->when == UNLESS_IS ? value != b->bits : !(value & b->bits);
}

void warn_blocking(struct unit *u, struct node *call)
{
    struct node *f = call->kid[0];
    if (f->kind != E_IDENT || !f->name || !f->decl || f->decl->kind != DECL_FUNCTION) return;
    if (!f->decl->ext) return; /* declared in a block: who knows whose */
    if (!strcmp(f->name->s, "acc__run") || !strcmp(f->name->s, "acc__run_until_complete")) {
        diag_warn(u, WARN_BLOCKING_CALL, call->range, "'%s' in an async function fails, for its loop runs already; 'await' waits",
                  f->name->s[8] ? "acc_run_until_complete" : "acc_run");
        return;
    }
    const struct blocking *b = find(f->name->s);
    if (!b || is_users_own(u, f->decl) || !has_params(type_of_decl(u, f->decl), b->params)) return;
    if (!waits(u, b, call)) return;
    if (b->instead)
        diag_warn(u, WARN_BLOCKING_CALL, call->range,
                  "'%s' blocks the thread and with it every task of the loop; "
                  "'await %s' waits without",
                  b->name, b->instead);
    else
        diag_warn(u, WARN_BLOCKING_CALL, call->range,
                  "'%s' blocks the thread and with it every task of the loop", b->name);
}
