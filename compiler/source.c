/* SPDX-License-Identifier: MIT */
/* source.c: where a byte of the text came from.
 *
 * Input: the unit's text, with the line markers of a preprocessor (`# 12 "file" 1 3`) or #line
 * lines. Output: unit->markers, and for any offset the file, line and column the user knows.
 *
 * The markers give file and line; they say nothing of columns, and macros have been expanded.  So
 * the user's file is read again and the tokens of the text's line are matched with those of the
 * user's line by a longest common subsequence.  A token without a partner came out of a macro: its
 * place is that of the macro's name, the user's last unmatched identifier before it.
 *
 * Invariant: nothing here fails.  A file that cannot be read, or that changed since, leaves the
 * column and the line of the text. */
#include "acc.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FILE_MAX = 64 << 20,      /* bytes of a user's file that is read again */
    LINE_MAX_BYTES = 1 << 16, /* of a line that is matched */
    MATCH_MAX = 1 << 20,      /* cells of the table that matches two lines */
    REGION_MAX = 64           /* user's lines that one line of the text may come from */
};

/* Text and where its lines start. */
struct lines {
    const char *text;
    uint32_t len;
    uint32_t *start; /* n elements */
    uint32_t n;
};
struct user_file {
    const char *name;
    struct lines lines; /* text NULL: could not be read */
    struct user_file *next;
};
struct source {
    struct lines text;
    struct user_file *files;
    struct matched *matched; /* the line asked for last: errors come in crowds */
};

/* ---------------------------------------------------------------- lines */

static void lines_index(struct arena *a, struct lines *l)
{
    uint32_t n = 1;
    for (uint32_t i = 0; i < l->len; i++)
        n += l->text[i] == '\n';
    l->start = NEWN(a, uint32_t, n);
    l->n = 1;
    for (uint32_t i = 0; i < l->len; i++)
        if (l->text[i] == '\n') l->start[l->n++] = i + 1;
}

/* Index of the line that holds the offset. */
static uint32_t line_of(const struct lines *l, uint32_t offset)
{
    uint32_t low = 0, high = l->n;
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (l->start[mid] <= offset)
            low = mid;
        else
            high = mid;
    }
    return low;
}

/* End of a line, without its newline and carriage return. */
static uint32_t line_end(const struct lines *l, uint32_t line)
{
    uint32_t end = line + 1 < l->n ? l->start[line + 1] - 1 : l->len;
    if (end > l->start[line] && l->text[end - 1] == '\r') end--;
    return end;
}

static struct source *source_of(struct unit *u)
{
    if (!u->source) {
        u->source = NEW(&u->arena, struct source);
        u->source->text.text = u->text ? u->text : "";
        u->source->text.len = u->text ? u->len : 0;
        lines_index(&u->arena, &u->source->text);
    }
    return u->source;
}

static void user_file_read(struct arena *a, struct lines *l, const char *name)
{
    int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_MAX) {
        size_t size = (size_t)st.st_size, n = 0;
        char *text = arena_alloc(a, size + 1);
        while (n < size) {
            ssize_t got = read(fd, text + n, size - n);
            if (got <= 0) break;
            n += (size_t)got;
        }
        l->text = text;
        l->len = (uint32_t)n;
        lines_index(a, l);
    }
    close(fd);
}

/* The user's file as it was written, read once. */
static const struct lines *file_lines(struct unit *u, const char *name)
{
    struct source *s = source_of(u);
    for (struct user_file *f = s->files; f; f = f->next)
        if (strcmp(f->name, name) == 0) return &f->lines;
    struct user_file *f = NEW(&u->arena, struct user_file);
    f->name = name;
    f->next = s->files;
    s->files = f;
    if (u->opt && u->opt->stdin_text && strcmp(name, "<stdin>") == 0) {
        f->lines.text = u->opt->stdin_text;
        f->lines.len = u->opt->stdin_len > FILE_MAX ? FILE_MAX : (uint32_t)u->opt->stdin_len;
        lines_index(&u->arena, &f->lines);
    } else {
        user_file_read(&u->arena, &f->lines, name);
    }
    return &f->lines;
}

/* ---------------------------------------------------------------- line markers */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r';
}
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
/* Bytes above 127 are letters here: identifiers may hold them, and they have no other use. */
static bool is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

/* The file name of a marker, its quotes and escapes undone. `*at` stands on the opening quote; NULL
 * if the closing one is missing. */
static const char *marker_file(struct arena *a, const char *s, uint32_t *at, uint32_t end)
{
    uint32_t p = *at + 1, n = 0;
    char *name = arena_alloc(a, end - *at + 1);
    while (p < end && s[p] != '"') {
        unsigned value = (unsigned char)s[p++];
        if (value == '\\' && p < end) {
            value = (unsigned char)s[p++];
            if (value >= '0' && value <= '7') {
                value -= '0';
                for (int i = 0; i < 2 && p < end && s[p] >= '0' && s[p] <= '7'; i++)
                    value = value * 8 + (unsigned)(s[p++] - '0');
            }
        }
        name[n++] = (char)value;
    }
    if (p >= end) return NULL;
    *at = p + 1;
    return name;
}

/* Reads the directive whose '#' stands at `hash`; adds a marker if it is one. */
static void marker_read(struct unit *u, const struct lines *l, uint32_t hash)
{
    const char *s = l->text;
    uint32_t line = line_of(l, hash), end = line_end(l, line), p = hash + 1;
    while (p < end && is_blank(s[p]))
        p++;
    if (end - p > 4 && memcmp(s + p, "line", 4) == 0 && is_blank(s[p + 4])) p += 4;
    while (p < end && is_blank(s[p]))
        p++;
    if (p >= end || !is_digit(s[p])) return;
    unsigned number = 0;
    for (; p < end && is_digit(s[p]); p++)
        number = number > 99999999 ? number : number * 10 + (unsigned)(s[p] - '0');
    if (p < end && !is_blank(s[p])) return;
    while (p < end && is_blank(s[p]))
        p++;

    unsigned n = u->markers.n;
    struct marker m = {.line = number, .file = n ? u->markers.v[n - 1].file : u->path};
    m.system_header = n && u->markers.v[n - 1].system_header;
    m.offset = line + 1 < l->n ? l->start[line + 1] : l->len;
    if (p < end && s[p] == '"') {
        m.file = marker_file(&u->arena, s, &p, end);
        if (!m.file) return;
        m.system_header = false;
        for (; p < end; p++)
            m.system_header |= s[p] == '3' && is_blank(s[p - 1]);
    }
    vec_push(&u->arena, &u->markers, m);
}

/* First byte after the string or character constant that starts at p; a newline ends it too. */
static uint32_t skip_quoted(const char *s, uint32_t p, uint32_t end)
{
    char quote = s[p++];
    while (p < end && s[p] != quote && s[p] != '\n')
        p += s[p] == '\\' && p + 1 < end ? 2 : 1;
    return p < end && s[p] == quote ? p + 1 : p < end ? p : end;
}

/* First byte after the comment at p, or p if there is none. The newline of a // comment stays. */
static uint32_t skip_comment(const char *s, uint32_t p, uint32_t end)
{
    if (p + 1 >= end || s[p] != '/') return p;
    if (s[p + 1] == '/') {
        for (; p < end && s[p] != '\n'; p++)
            if (s[p] == '\\' && p + 1 < end) p++;
        return p;
    }
    if (s[p + 1] != '*') return p;
    for (p += 2; p + 1 < end; p++)
        if (s[p] == '*' && s[p + 1] == '/') return p + 2;
    return end;
}

/* First byte after the word or number at p, or after the raw string that it begins. An apostrophe
 * inside a number separates digits (C23). */
static uint32_t skip_word(const char *s, uint32_t p, uint32_t end)
{
    bool number = is_digit(s[p]);
    uint32_t start = p;
    while (p < end &&
           (is_word(s[p]) ||
            (number && (s[p] == '.' || (s[p] == '\'' && p + 1 < end && is_word(s[p + 1]))))))
        p++;
    bool raw = p < end && s[p] == '"' && s[p - 1] == 'R' && p - start <= 3;
    const char *raw_end = raw ? lex_raw_end(s + p, s + end) : NULL;
    return raw_end ? (uint32_t)(raw_end - s) : p;
}

void source_markers(struct unit *u)
{
    const struct lines *l = &source_of(u)->text;
    const char *s = l->text;
    uint32_t p = 0, end = l->len;
    bool line_start = true;
    while (p < end) {
        uint32_t after = skip_comment(s, p, end);
        if (after > p) {
            p = after;
        } else if (s[p] == '\n') {
            line_start = true;
            p++;
        } else if (is_blank(s[p])) {
            p++;
        } else {
            if (s[p] == '#' && line_start) marker_read(u, l, p);
            line_start = false;
            if (s[p] == '"' || s[p] == '\'')
                p = skip_quoted(s, p, end);
            else
                p = is_word(s[p]) ? skip_word(s, p, end) : p + 1;
        }
    }
}

/* The marker in force at the offset, or NULL. */
static const struct marker *marker_at(const struct unit *u, uint32_t offset)
{
    if (!u->markers.n || u->markers.v[0].offset > offset) return NULL;
    unsigned low = 0, high = u->markers.n;
    while (high - low > 1) {
        unsigned mid = low + (high - low) / 2;
        if (u->markers.v[mid].offset <= offset)
            low = mid;
        else
            high = mid;
    }
    return &u->markers.v[low];
}

struct place source_marked(struct unit *u, uint32_t offset)
{
    const struct lines *l = &source_of(u)->text;
    if (offset > l->len) offset = l->len;
    uint32_t line = line_of(l, offset);
    struct place at = {.file = u->path ? u->path : "<input>", .line = line + 1};
    at.col = offset - l->start[line] + 1;
    const struct marker *m = marker_at(u, offset);
    if (m) {
        at.file = m->file ? m->file : at.file;
        at.line = m->line + (line - line_of(l, m->offset));
        at.system_header = m->system_header;
    }
    return at;
}

/* ---------------------------------------------------------------- the user's line */

struct piece { /* a token, as far as matching needs it */
    uint32_t start, end;
    uint32_t partner; /* index in the other line, or NONE */
};
#define NONE UINT32_MAX
struct pieces {
    const char *text;
    VEC(struct piece) list;
};
/* A line of the text and the user's lines it comes from. */
struct matched {
    uint32_t line;            /* index in the text */
    const struct lines *user; /* NULL: nothing is known of them */
    bool expands; /* the line is of a macro that gcc broke the user's line at, whose name is the first of theirs */
    struct pieces text, theirs;
};

static void pieces_split(struct arena *a, struct pieces *to, const char *s, uint32_t p,
                         uint32_t end)
{
    to->text = s;
    while (p < end) {
        uint32_t after = skip_comment(s, p, end);
        bool splice = s[p] == '\\' && p + 1 < end && (s[p + 1] == '\n' || s[p + 1] == '\r');
        if (after > p) {
            p = after;
        } else if (is_blank(s[p]) || s[p] == '\n' || splice) {
            p++;
        } else {
            struct piece piece = {.start = p, .partner = NONE};
            if (s[p] == '"' || s[p] == '\'')
                p = skip_quoted(s, p, end);
            else
                p = is_word(s[p]) ? skip_word(s, p, end) : p + 1;
            piece.end = p;
            vec_push(a, &to->list, piece);
        }
    }
}

static bool same(const struct pieces *a, uint32_t i, const struct pieces *b, uint32_t k)
{
    const struct piece *x = &a->list.v[i], *y = &b->list.v[k];
    return x->end - x->start == y->end - y->start &&
           memcmp(a->text + x->start, b->text + y->start, x->end - x->start) == 0;
}

static void pair(struct pieces *a, uint32_t i, struct pieces *b, uint32_t k)
{
    a->list.v[i].partner = k;
    b->list.v[k].partner = i;
}

/* Pairs what [i, n) of a and [k, m) of b have in common, the longest common subsequence; of several
 * the one whose pairs come first. */
static void match_between(struct arena *scratch, struct pieces *a, uint32_t i, uint32_t n,
                          struct pieces *b, uint32_t k, uint32_t m)
{
    uint32_t rows = n - i, cols = m - k, wide = cols + 1;
    if (!rows || !cols || (uint64_t)rows * cols > MATCH_MAX) return;
    uint32_t *common = NEWN(scratch, uint32_t, (size_t)(rows + 1) * wide);
    for (uint32_t r = rows; r-- > 0;) {
        for (uint32_t c = cols; c-- > 0;) {
            uint32_t *cell = &common[r * wide + c], below = cell[wide], right = cell[1];
            if (same(a, i + r, b, k + c))
                *cell = cell[wide + 1] + 1;
            else
                *cell = below > right ? below : right;
        }
    }
    for (uint32_t r = 0, c = 0; r < rows && c < cols;) {
        const uint32_t *cell = &common[r * wide + c];
        if (same(a, i + r, b, k + c))
            pair(a, i + r++, b, k + c++);
        else if (cell[wide] == *cell)
            r++;
        else
            c++;
    }
}

static void match(struct arena *scratch, struct pieces *a, struct pieces *b)
{
    uint32_t i = 0, n = a->list.n, m = b->list.n;
    while (i < n && i < m && same(a, i, b, i)) {
        pair(a, i, b, i);
        i++;
    }
    uint32_t k = i;
    while (n > i && m > k && same(a, n - 1, b, m - 1))
        pair(a, --n, b, --m);
    match_between(scratch, a, i, n, b, k, m);
}

/* How many of the user's lines the text's line comes from: a macro call's arguments are all put on
 * the call's first line, and empty lines or a marker make up for it. */
static uint32_t lines_covered(struct unit *u, uint32_t line)
{
    const struct lines *l = &source_of(u)->text;
    struct place here = source_marked(u, l->start[line]);
    for (uint32_t next = line + 1; next < l->n && next - line <= REGION_MAX; next++) {
        uint32_t p = l->start[next], end = line_end(l, next);
        while (p < end && is_blank(l->text[p]))
            p++;
        if (p == end || l->text[p] == '#') continue;
        struct place there = source_marked(u, l->start[next]);
        bool ahead = there.line > here.line && there.line - here.line <= REGION_MAX;
        return ahead && strcmp(there.file, here.file) == 0 ? there.line - here.line : 1;
    }
    return 1;
}

/* gcc breaks the user's line at a macro of a system header, and begins each part with blanks to one column before where its
 * first token, or the macro that it comes from, stands. How much of the user's line is not of the part. */
static uint32_t length_before(struct unit *u, uint32_t line)
{
    const struct lines *l = &source_of(u)->text;
    uint32_t before = line, p = l->start[line], end = line_end(l, line);
    while (before > 0 && l->text[l->start[--before]] == '#')
        ;
    while (p < end && l->text[p] == ' ')
        p++;
    uint32_t blanks = p - l->start[line];
    if (!blanks || before + 1 >= line) return 0;
    struct place here = source_marked(u, l->start[line]), there = source_marked(u, l->start[before]);
    return here.line == there.line && !strcmp(here.file, there.file) ? blanks + 1 : 0;
}

/* The user's bytes the text's line comes from; false if they are not to be had. */
static bool user_region(struct unit *u, const struct lines *user, uint32_t line, struct range *to)
{
    struct place here = source_marked(u, source_of(u)->text.start[line]);
    if (!user->text || here.line == 0 || here.line > user->n) return false;
    uint32_t first = here.line - 1, last = first, covered = lines_covered(u, line);
    for (uint32_t i = first + 1;
         i < first + covered && i < user->n && user->text[user->start[i]] != '#'; i++)
        last = i;
    uint32_t before = length_before(u, line);
    *to = (struct range){user->start[first], line_end(user, last)};
    if (before < line_end(user, first) - user->start[first]) to->start += before;
    return true;
}

/* The last piece of the list that starts at or before the offset. */
static uint32_t piece_at(const struct pieces *p, uint32_t offset)
{
    uint32_t found = NONE;
    for (uint32_t i = 0; i < p->list.n && p->list.v[i].start <= offset; i++)
        found = i;
    return found;
}

/* The first user's piece that comes after those that text's piece `at`, which has no partner, may
 * come from. */
static uint32_t gap_end(const struct pieces *text, uint32_t at, const struct pieces *user)
{
    for (uint32_t i = at + 1; i < text->list.n; i++)
        if (text->list.v[i].partner != NONE) return text->list.v[i].partner;
    return user->list.n;
}

/* The one piece among the arguments of user's macro call `name` that text's piece `at` repeats, or
 * NONE. */
static uint32_t piece_argument(const struct pieces *text, uint32_t at, const struct pieces *user,
                               uint32_t name)
{
    uint32_t found = NONE, depth = 0;
    for (uint32_t i = name + 1; i < user->list.n; i++) {
        char c = user->text[user->list.v[i].start];
        depth += c == '(';
        if (depth == 0 || (c == ')' && --depth == 0)) break;
        if (!is_word(c) || !same(text, at, user, i)) continue;
        if (found != NONE) return NONE;
        found = i;
    }
    return found;
}

/* The user's piece that text's piece `at` comes from. Without a partner that is a macro's argument
 * which the macro names twice; else the macro's name, the last user's identifier in the gap without
 * a partner: `*macro`. */
static uint32_t piece_origin(const struct pieces *text, uint32_t at, const struct pieces *user,
                             bool *macro)
{
    *macro = false;
    if (text->list.v[at].partner != NONE) return text->list.v[at].partner;
    for (uint32_t i = gap_end(text, at, user); i-- > 0;) {
        char c = user->text[user->list.v[i].start];
        if (user->list.v[i].partner != NONE || !is_word(c) || is_digit(c)) continue;
        uint32_t argument = piece_argument(text, at, user, i);
        *macro = argument == NONE;
        return *macro ? i : argument;
    }
    return NONE;
}

/* Shows the range as the text has it. */
static struct spot spot_in_text(struct unit *u, struct range r)
{
    const struct lines *l = &source_of(u)->text;
    uint32_t start = r.start > l->len ? l->len : r.start, line = line_of(l, start);
    uint32_t first = l->start[line], end = line_end(l, line);
    struct spot s = {.place = source_marked(u, start), .line = l->text + first, .len = end - first};
    uint32_t stop = r.end < end ? r.end : end;
    s.end_col = (stop > start ? stop : start + 1) - first + 1;
    return s;
}

/* Replaces what spot_in_text said by what the user's line says. */
static void spot_in_user(struct unit *u, struct spot *s, const struct matched *m, struct range r)
{
    const struct lines *user = m->user;
    const struct pieces *text = &m->text, *theirs = &m->theirs;
    uint32_t first = piece_at(text, r.start),
             last = piece_at(text, r.end > r.start ? r.end - 1 : r.start);
    if (first == NONE) return;
    bool macro = m->expands, last_macro = false;
    uint32_t from = macro ? 0 : piece_origin(text, first, theirs, &macro);
    if (from == NONE) return;
    const struct piece *piece = &theirs->list.v[from];
    uint32_t start = piece->start, end = piece->end;
    if (macro) {
        s->macro = arena_strdup(&u->arena, user->text + start, end - start);
        s->expanded = text->text + r.start;
        s->expanded_len = r.end > r.start ? r.end - r.start : 0;
    } else {
        uint32_t inside = r.start - text->list.v[first].start; /* into a string, say */
        if (inside < end - start) start += inside;
        uint32_t to = last == NONE ? NONE : piece_origin(text, last, theirs, &last_macro);
        if (to != NONE && to > from) end = theirs->list.v[to].end;
    }
    uint32_t line = line_of(user, start), line_first = user->start[line],
             line_stop = line_end(user, line);
    s->place.line = line + 1;
    s->place.col = start - line_first + 1;
    s->line = user->text + line_first;
    s->len = line_stop - line_first;
    s->end_col = (end < line_stop ? end : line_stop) - line_first + 1;
}

static const struct matched *matched_line(struct unit *u, uint32_t line)
{
    struct source *s = source_of(u);
    const struct lines *l = &s->text;
    if (s->matched && s->matched->line == line) return s->matched;
    struct matched *m = s->matched = NEW(&u->arena, struct matched);
    m->line = line;
    if (line_end(l, line) - l->start[line] > LINE_MAX_BYTES) return m;
    const struct lines *user = file_lines(u, source_marked(u, l->start[line]).file);
    struct range region;
    if (!user_region(u, user, line, &region) || region.end - region.start > LINE_MAX_BYTES)
        return m;
    m->user = user;
    pieces_split(&u->arena, &m->text, l->text, l->start[line], line_end(l, line));
    pieces_split(&u->arena, &m->theirs, user->text, region.start, region.end);
    m->expands = length_before(u, line) && source_marked(u, l->start[line]).system_header && m->theirs.list.n &&
                 m->theirs.list.v[0].start == region.start && is_word(user->text[region.start]);
    struct arena scratch = {0};
    match(&scratch, &m->text, &m->theirs);
    arena_free(&scratch);
    return m;
}

struct spot source_spot(struct unit *u, struct range r)
{
    const struct lines *l = &source_of(u)->text;
    struct spot s = spot_in_text(u, r);
    if (r.start >= l->len || !marker_at(u, r.start)) return s;
    uint32_t line = line_of(l, r.start);
    const struct matched *m = matched_line(u, line);
    if (r.end > line_end(l, line)) r.end = line_end(l, line);
    if (m->user) spot_in_user(u, &s, m, r);
    return s;
}

struct place source_place(struct unit *u, uint32_t offset)
{
    return source_spot(u, (struct range){offset, offset}).place;
}
