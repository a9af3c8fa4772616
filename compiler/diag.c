/* SPDX-License-Identifier: MIT */
/* diag.c: errors, warnings and notes, as text or JSON, collected in diag->out.
 *
 *   x.ac:3:13: error: message
 *       int x = await f();
 *               ^~~~~~~~~
 *
 * Every message is lower case without a full stop; the line is the user's own where it can be read.
 * Errors beyond the limit are counted, not shown.  Warnings are silent in system headers.  A macro
 * used twice on a line would say the same thing twice: a repetition is left out. Invariant: nothing
 * here ends the process, and no byte of the user's file reaches a terminal raw. */
#include "acc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIMIT = 20,
    WIDTH = 160, /* columns of a source line that are shown */
    EXPANSION_WIDTH = 72
};

static const char *const warning_name[WARN_COUNT] = {
#define X(id, name) [id] = name,
    WARNINGS(X)
#undef X
};

enum severity { ERROR, WARNING, NOTE };
static const char *const severity_name[] = {"error", "warning", "note"};
static const char *const severity_color[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};
static const char bold[] = "\033[1m", plain[] = "\033[0m";

/* ---------------------------------------------------------------- pieces of text */

/* Length of the UTF-8 sequence at s, 0 if it is none. */
static unsigned utf8_length(const char *s, size_t left)
{
    unsigned char c = (unsigned char)s[0];
    unsigned n = c < 0x80                ? 1
                 : c >= 0xc2 && c < 0xe0 ? 2
                 : c >= 0xe0 && c < 0xf0 ? 3
                 : c >= 0xf0 && c < 0xf5 ? 4
                                         : 0;
    if (n > left) return 0;
    for (unsigned i = 1; i < n; i++)
        if (((unsigned char)s[i] & 0xc0) != 0x80) return 0;
    unsigned char second = n > 2 ? (unsigned char)s[1] : 0x90;
    bool surrogate_or_long = (c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) ||
                             (c == 0xf0 && second < 0x90) || (c == 0xf4 && second > 0x8f);
    return surrogate_or_long ? 0 : n;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Writes text for a terminal: what is not UTF-8 and control bytes become '?'. */
void diag_put_shown(struct buf *b, const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        unsigned n = utf8_length(s + i, len - i);
        if (n == 0 || (n == 1 && is_control(s[i]) && s[i] != '\t' && s[i] != '\n'))
            buf_putc(b, '?');
        else
            buf_write(b, s + i, n);
        i += n ? n : 1;
    }
}

void diag_put_json(struct buf *b, const char *s, size_t len)
{
    buf_putc(b, '"');
    for (size_t i = 0; i < len;) {
        unsigned n = utf8_length(s + i, len - i);
        if (n == 0)
            buf_puts(b, "\\ufffd");
        else if (n == 1 && is_control(s[i]))
            buf_printf(b, "\\u%04x", (unsigned)s[i]);
        else if (s[i] == '"' || s[i] == '\\')
            buf_printf(b, "\\%c", s[i]);
        else
            buf_write(b, s + i, n);
        i += n ? n : 1;
    }
    buf_putc(b, '"');
}

static void put_color(struct diagnostics *d, const char *color)
{
    if (d->color) buf_puts(&d->out, color);
}

/* ---------------------------------------------------------------- one message */

/* The part [from, to) of a long line that is shown, around the caret. */
static void window(const struct spot *s, uint32_t *from, uint32_t *to)
{
    *from = 0;
    *to = s->len;
    if (s->len <= WIDTH) return;
    uint32_t caret = s->place.col - 1;
    if (caret > WIDTH / 2) *from = caret - WIDTH / 2;
    if (*from > s->len - WIDTH) *from = s->len - WIDTH;
    *to = *from + WIDTH;
    /* Never inside a character. */
    while (*from < *to && ((unsigned char)s->line[*from] & 0xc0) == 0x80)
        ++*from;
    while (*to > *from && ((unsigned char)s->line[*to - 1] & 0xc0) == 0x80)
        --*to;
}

static void put_source(struct diagnostics *d, const struct spot *s)
{
    uint32_t from, to, caret = s->place.col - 1;
    window(s, &from, &to);
    struct buf *b = &d->out;
    const char *dots = from > 0 ? "..." : "";
    buf_puts(b, dots);
    diag_put_shown(b, s->line + from, to - from);
    buf_puts(b, to < s->len ? "...\n" : "\n");
    buf_printf(b, "%*s", (int)strlen(dots), "");
    for (uint32_t i = from; i < caret && i < to;) {
        unsigned n = utf8_length(s->line + i, to - i);
        buf_putc(b, s->line[i] == '\t' ? '\t' : ' ');
        i += n ? n : 1;
    }
    put_color(d, "\033[1;32m");
    buf_putc(b, '^');
    for (uint32_t i = caret + 1; i + 1 < s->end_col && i < to; i++)
        if (((unsigned char)s->line[i] & 0xc0) != 0x80) buf_putc(b, '~');
    put_color(d, plain);
    buf_putc(b, '\n');
}

static void put_head(struct diagnostics *d, enum severity kind, const char *file,
                     const struct place *at)
{
    put_color(d, bold);
    diag_put_shown(&d->out, file ? file : "acc", strlen(file ? file : "acc"));
    if (at) buf_printf(&d->out, ":%u:%u", at->line, at->col);
    buf_puts(&d->out, ": ");
    put_color(d, severity_color[kind]);
    buf_printf(&d->out, "%s: ", severity_name[kind]);
    put_color(d, plain);
}

static void json_open(struct diagnostics *d, enum severity kind, const char *file,
                      const struct buf *message, const char *option)
{
    struct buf *b = &d->out;
    buf_puts(b, b->len ? ",\n" : "[\n");
    buf_printf(b, "{\"severity\": \"%s\", \"message\": ", severity_name[kind]);
    diag_put_json(b, message->s ? message->s : "", message->len);
    if (option) buf_printf(b, ", \"option\": \"%s\"", option);
    if (!file) return;
    buf_puts(b, ", \"file\": ");
    diag_put_json(b, file, strlen(file));
}

static void json_spot(struct buf *b, const struct spot *s)
{
    buf_printf(b, ", \"line\": %u, \"column\": %u, \"end_column\": %u", s->place.line, s->place.col,
               s->end_col);
    if (s->line) {
        buf_puts(b, ", \"source\": ");
        diag_put_json(b, s->line, s->len);
    }
    buf_putc(b, '}');
}

static void put_message(struct diagnostics *d, enum severity kind, const struct spot *s,
                        const struct buf *message, const char *option)
{
    if (d->json) {
        json_open(d, kind, s->place.file, message, option);
        json_spot(&d->out, s);
        return;
    }
    put_head(d, kind, s->place.file, &s->place);
    diag_put_shown(&d->out, message->s ? message->s : "", message->len);
    if (option) buf_printf(&d->out, " [%s]", option);
    buf_putc(&d->out, '\n');
    if (s->line) put_source(d, s);
}

/* The note that says what the macro's name stands for where the error is. */
static void put_expansion(struct diagnostics *d, struct spot s)
{
    struct buf message = {0};
    buf_printf(&message, "in the expansion of macro '%s'", s.macro);
    if (s.expanded_len) {
        bool cut = s.expanded_len > EXPANSION_WIDTH;
        buf_puts(&message, ": '");
        buf_write(&message, s.expanded, cut ? EXPANSION_WIDTH : s.expanded_len);
        buf_puts(&message, cut ? "...'" : "'");
    }
    s.line = NULL; /* shown just before */
    put_message(d, NOTE, &s, &message, NULL);
    buf_free(&message);
}

/* Takes back what was written since `start` if it says the same of the same place as what stands
 * just before it; how far the range reaches may differ. */
static void drop_repetition(struct diagnostics *d, size_t start)
{
    size_t skip = d->json ? strlen(",\n") : 0;
    const char *now = d->out.s + start + skip, *before = d->out.s + d->last + skip;
    const char *end = strstr(now, d->json ? "\"end_column\"" : "\n");
    d->muted = start > d->last && end && memcmp(before, now, (size_t)(end + 1 - now)) == 0;
    if (d->muted) {
        d->out.len = start;
        d->out.s[start] = '\0';
    } else {
        d->last = start;
    }
}

static unsigned limit_of(const struct diagnostics *d)
{
    return d->limit ? d->limit : LIMIT;
}

bool diag_is_full(const struct diagnostics *d)
{
    return d->errors >= limit_of(d);
}

/* Counts an error; false if it is beyond the limit and shall not be shown. */
static bool count_error(struct diagnostics *d)
{
    d->errors++;
    d->muted = d->errors > limit_of(d);
    if (d->errors == limit_of(d) + 1 && !d->json)
        buf_printf(&d->out, "acc: too many errors, only %u are shown [-fmax-errors=%u]\n",
                   limit_of(d), limit_of(d));
    return !d->muted;
}

/* What these expand to is nothing to the user; and the user has written them, though it be a system header's text. */
static bool is_librarys(const char *macro)
{
    return !strncmp(macro, "acc_", 4);
}

__attribute__((format(printf, 5, 0))) static void
put_primary(struct diagnostics *d, enum severity kind, const struct spot *s, const char *option,
            const char *format, va_list ap)
{
    struct buf message = {0};
    buf_vprintf(&message, format, ap);
    size_t start = d->out.len;
    put_message(d, kind, s, &message, option);
    if (s->macro && !is_librarys(s->macro)) put_expansion(d, *s);
    drop_repetition(d, start);
    buf_free(&message);
}

/* ---------------------------------------------------------------- the calls of the passes */

void diag_error(struct unit *u, struct range r, const char *format, ...)
{
    if (!count_error(u->diag)) return;
    struct spot s = source_spot(u, r);
    va_list ap;
    va_start(ap, format);
    put_primary(u->diag, ERROR, &s, NULL, format, ap);
    va_end(ap);
}

void diag_warn(struct unit *u, enum warning w, struct range r, const char *format, ...)
{
    struct diagnostics *d = u->diag;
    d->muted = true;
    if (d->silent || d->off[w]) return;
    struct spot s = source_spot(u, r);
    if (source_marked(u, r.start).system_header && !(s.macro && is_librarys(s.macro))) return;
    bool fatal = d->fatal[w] > 0 || (d->werror && d->fatal[w] == 0);
    if (fatal && !count_error(d)) return;
    if (!fatal) d->warnings++;
    char option[64];
    snprintf(option, sizeof option, fatal ? "-Werror=%s" : "-W%s", warning_name[w]);
    va_list ap;
    va_start(ap, format);
    put_primary(d, fatal ? ERROR : WARNING, &s, option, format, ap);
    va_end(ap);
}

void diag_note(struct unit *u, struct range r, const char *format, ...)
{
    if (u->diag->muted) return;
    struct spot s = source_spot(u, r);
    struct buf message = {0};
    va_list ap;
    va_start(ap, format);
    buf_vprintf(&message, format, ap);
    va_end(ap);
    put_message(u->diag, NOTE, &s, &message, NULL);
    buf_free(&message);
}

void diag_file(struct diagnostics *d, const char *file, const char *format, ...)
{
    d->errors++;
    d->muted = false;
    d->last = d->out.len;
    struct buf message = {0};
    va_list ap;
    va_start(ap, format);
    buf_vprintf(&message, format, ap);
    va_end(ap);
    if (d->json) {
        json_open(d, ERROR, file, &message, NULL);
        buf_putc(&d->out, '}');
    } else {
        put_head(d, ERROR, file, NULL);
        diag_put_shown(&d->out, message.s ? message.s : "", message.len);
        buf_putc(&d->out, '\n');
    }
    buf_free(&message);
}

void diag_end(struct diagnostics *d)
{
    if (d->json) buf_puts(&d->out, d->out.len ? "\n]\n" : "[]\n");
}

/* ---------------------------------------------------------------- options */

static int warning_find(const char *name)
{
    for (int w = 0; w < WARN_COUNT; w++)
        if (strcmp(name, warning_name[w]) == 0) return w;
    return -1;
}

static const char *nearest_warning(const char *name)
{
    struct suggestion s = {.word = name, .len = strcspn(name, "=")};
    for (int w = 0; w < WARN_COUNT; w++)
        suggest_try(&s, warning_name[w]);
    return s.nearest;
}

/* -Wframe-size=N, and -Werror=frame-size=N. */
static enum option_owner frame_size_option(struct diagnostics *d, const char *number, bool error)
{
    char *end;
    unsigned long n = strtoul(number, &end, 10);
    if (*number < '0' || *number > '9' || *end) return OPTION_WRONG;
    d->frame_limit = n;
    d->off[WARN_FRAME_SIZE] = false;
    if (error) d->fatal[WARN_FRAME_SIZE] = 1;
    return OPTION_OURS;
}

/* `word` after -W. Names that are not ours are the C compiler's: whole CFLAGS may be passed. */
static enum option_owner warning_option(struct diagnostics *d, const char *word)
{
    bool no = strncmp(word, "no-", 3) == 0;
    if (no) word += 3;
    bool error = strncmp(word, "error=", 6) == 0;
    if (error) word += 6;
    if (!no && strncmp(word, "frame-size=", 11) == 0)
        return frame_size_option(d, word + 11, error);
    int w = warning_find(word);
    if (w == WARN_FRAME_SIZE && !no && !error) return OPTION_WRONG;
    if (strcmp(word, "error") == 0) {
        d->werror = !no;
    } else if (strcmp(word, "all") == 0 && !no) {
        d->silent = false;
    } else if (w >= 0 && error) {
        d->fatal[w] = no ? -1 : 1;
        if (!no) d->off[w] = false;
    } else if (w >= 0) {
        d->off[w] = no;
    } else if (nearest_warning(word)) {
        return OPTION_WRONG;
    }
    return w >= 0 ? OPTION_OURS : OPTION_SHARED;
}

const char *diag_nearest(const char *word)
{
    static const char *const prefix[] = {"-Wno-error=", "-Werror=", "-Wno-", "-W"};
    for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++) {
        size_t len = strlen(prefix[i]);
        if (strncmp(word, prefix[i], len) == 0) return nearest_warning(word + len);
    }
    return NULL;
}

/* What follows `prefix` in word, or NULL. */
static const char *after(const char *word, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(word, prefix, len) == 0 ? word + len : NULL;
}

static enum option_owner limit_option(struct diagnostics *d, const char *number)
{
    unsigned long n = strtoul(number, NULL, 10);
    d->limit = n == 0 || n > 1000000 ? 1000000 : (unsigned)n; /* 0: no limit, as gcc has it */
    return OPTION_OURS;
}

enum option_owner diag_option(struct diagnostics *d, const char *word)
{
    static const struct {
        const char *name;
        bool on;
    } color[] = {{"-fdiagnostics-color=always", true}, {"-fdiagnostics-color", true},
                 {"-fcolor-diagnostics", true},        {"-fdiagnostics-color=never", false},
                 {"-fno-diagnostics-color", false},    {"-fno-color-diagnostics", false}};
    for (size_t i = 0; i < sizeof color / sizeof *color; i++) {
        if (strcmp(word, color[i].name) != 0) continue;
        d->color = color[i].on;
        return OPTION_SHARED;
    }
    const char *rest;
    if ((rest = after(word, "-fmax-errors=")) || (rest = after(word, "-ferror-limit=")))
        return limit_option(d, rest);
    if (strcmp(word, "-w") == 0) {
        d->silent = true;
        return OPTION_SHARED;
    }
    if ((rest = after(word, "--diagnostics-format="))) {
        d->json = strcmp(rest, "json") == 0;
        return d->json || strcmp(rest, "text") == 0 ? OPTION_OURS : OPTION_UNKNOWN;
    }
    if (after(word, "-Wp,") || after(word, "-Wl,") || after(word, "-Wa,")) return OPTION_UNKNOWN;
    return (rest = after(word, "-W")) && *rest ? warning_option(d, rest) : OPTION_UNKNOWN;
}
