/* SPDX-License-Identifier: MIT */
/* places.c: shows where source.c says that text came from, as diag.c prints it.
 *
 *   places [-W... or another option of diag_option]... FILE
 *
 * FILE is preprocessed text, - is standard input. Each word `bad` is an error, each `odd` a warning
 * and each `hint` a note to what came before; the range goes on to the closing parenthesis if one
 * opens right behind the word. --place prints file:line:col of each `bad` instead. */
#include "acc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void text_read(const char *path, struct buf *b)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(2);
    }
    char part[1 << 16];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        buf_write(b, part, n);
    buf_puts(b, "");
    fclose(f);
}

static uint32_t range_end(const char *s, uint32_t end)
{
    uint32_t p = end;
    while (s[p] == ' ')
        p++;
    if (s[p] != '(') return end;
    unsigned depth = 0;
    for (; s[p]; p++) {
        depth += s[p] == '(';
        if (s[p] == ')' && --depth == 0) return p + 1;
    }
    return p;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_word(const struct unit *u, uint32_t start, uint32_t end, const char *word)
{
    return end - start == strlen(word) && memcmp(u->text + start, word, end - start) == 0;
}

static void say(struct unit *u, uint32_t start, uint32_t end, bool place)
{
    struct range r = {start, range_end(u->text, end)};
    if (is_word(u, start, end, "bad") && place) {
        struct place at = source_place(u, start);
        printf("%s:%u:%u%s\n", at.file, at.line, at.col, at.system_header ? " system" : "");
    } else if (is_word(u, start, end, "bad")) {
        diag_error(u, r, "'%.*s' is bad", (int)(r.end - r.start), u->text + r.start);
    } else if (is_word(u, start, end, "odd")) {
        diag_warn(u, WARN_UNAWAITED, r, "this is odd");
    } else if (is_word(u, start, end, "hint")) {
        diag_note(u, r, "see here");
    }
}

static void say_all(struct unit *u, bool place)
{
    for (uint32_t p = 0; p < u->len;) {
        if (!is_letter(u->text[p])) {
            p++;
            continue;
        }
        uint32_t start = p;
        while (is_letter(u->text[p]))
            p++;
        say(u, start, p, place);
    }
}

int main(int argc, char **argv)
{
    struct options opt = {0};
    struct diagnostics diag = {0};
    struct unit u = {.opt = &opt, .diag = &diag, .path = argv[argc - 1]};
    struct buf text = {0};
    bool place = false;
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--place") == 0)
            place = true;
        else if (diag_option(&diag, argv[i]) == OPTION_UNKNOWN)
            return 2;
    }
    text_read(u.path, &text);
    u.text = text.s;
    u.len = (uint32_t)text.len;
    source_markers(&u);
    say_all(&u, place);
    diag_end(&diag);
    fputs(diag.out.s ? diag.out.s : "", stdout);
    buf_free(&text);
    buf_free(&diag.out);
    arena_free(&u.arena);
    return diag.errors != 0;
}
