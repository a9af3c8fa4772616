/* SPDX-License-Identifier: MIT */
/* file.c: whole files in and out, and the temporary ones.
 *
 * A file is written beside its final name and renamed, so that a failure leaves either the old file
 * or none, never a part.  Devices and pipes cannot be renamed over: they are written in place.
 *
 * Temporary files are listed as long as they exist; the list is worked off at the end, and by the
 * handler of the signals that end the process.  The handler calls only what a handler may.
 * Invariant: every failure is reported with the file's name and the system's reason. */
#include "acc.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SOURCE_MAX = 1 << 30 }; /* bytes: offsets have 32 bits, and the output is larger */

/* ---------------------------------------------------------------- temporary files */

struct temp {
    char *path; /* a file, or an empty folder; NULL: renamed, gone */
    struct temp *older;
};
static struct temp *volatile temps;
static volatile sig_atomic_t forward_to; /* process id of the user's program, 0: none */
static bool catching;

static void temp_unlink_all(void)
{
    for (struct temp *t = temps; t; t = t->older)
        if (t->path && unlink(t->path) != 0) rmdir(t->path);
}

/* The terminal sends its signals to the program too; what was sent to acc alone is passed on. */
static void on_signal(int number, siginfo_t *from, void *unused)
{
    (void)unused;
    int saved = errno;
    if (forward_to) {
        if (from->si_code <= 0) kill((pid_t)forward_to, number);
    } else {
        temp_unlink_all();
        signal(number, SIG_DFL);
        raise(number);
    }
    errno = saved;
}

static void catch_signals(void)
{
    static const int fatal[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU};
    if (catching) return;
    catching = true;
    struct sigaction catch = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigfillset(&catch.sa_mask);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        struct sigaction old;
        bool ignored = sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN;
        if (!ignored) sigaction(fatal[i], &catch, NULL);
    }
}

void temp_forward_signals(int pid)
{
    forward_to = pid;
}

/* Lists a file that must go. The path is the list's. */
static struct temp *temp_add(char *path)
{
    struct temp *t = xmalloc(sizeof *t);
    t->path = path;
    t->older = temps;
    temps = t;
    catch_signals();
    return t;
}

void temp_keep(void)
{
    for (struct temp *t = temps; t;) {
        struct temp *older = t->older;
        temps = older;
        free(t->path);
        free(t);
        t = older;
    }
}

void temp_remove(void)
{
    temp_unlink_all();
    temp_keep();
}

static const char *temp_parent(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

static char *path_join(const char *folder, const char *name)
{
    struct buf b = {0};
    buf_printf(&b, "%s/%s", folder, name);
    return b.s;
}

char *temp_folder(struct diagnostics *d, struct arena *a)
{
    char *path = path_join(temp_parent(), "acc-XXXXXX");
    if (!mkdtemp(path)) {
        diag_file(d, NULL, "cannot make a folder in '%s': %s", temp_parent(), strerror(errno));
        free(path);
        return NULL;
    }
    temp_add(path);
    return arena_strdup(a, path, strlen(path));
}

char *temp_file(struct arena *a, const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    temp_add(path);
    return arena_strdup(a, path, strlen(path));
}

/* ---------------------------------------------------------------- reading */

/* Stops at a zero byte too: no source text, and it may have no end. */
static bool read_all(int fd, struct buf *to)
{
    static char block[1 << 16];
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        if (to->len > SOURCE_MAX) return errno = EFBIG, false;
        buf_write(to, block, (size_t)n);
        if (n == 0 || memchr(block, '\0', (size_t)n)) return true;
    }
}

static bool check_text(struct diagnostics *d, const char *path, const struct buf *b)
{
    const char *nul = b->len ? memchr(b->s, '\0', b->len) : NULL;
    if (nul)
        diag_file(d, strcmp(path, "-") == 0 ? "<stdin>" : path,
                  "source text expected, but this is a binary file: byte %zu is zero",
                  (size_t)(nul - b->s));
    return !nul;
}

bool file_read(struct diagnostics *d, const char *path, struct buf *to)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        diag_file(d, NULL, "cannot open '%s': %s", path, strerror(errno));
        return false;
    }
    errno = 0;
    bool ok = read_all(fd, to);
    if (!ok) {
        const char *name = is_stdin ? "standard input" : path;
        const char *quote = is_stdin ? "" : "'";
        if (errno == EISDIR)
            diag_file(d, NULL, "%s%s%s is a directory, a file expected", quote, name, quote);
        else
            diag_file(d, NULL, "cannot read %s%s%s: %s", quote, name, quote, strerror(errno));
    }
    if (!is_stdin) close(fd);
    return ok && check_text(d, path, to);
}

/* ---------------------------------------------------------------- writing */

static bool write_all(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t n = write(fd, text, len < 1 << 20 ? len : 1 << 20);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

static bool cannot_write(struct diagnostics *d, const char *path)
{
    diag_file(d, NULL, "cannot write '%s': %s", path, strerror(errno));
    return false;
}

static bool write_in_place(struct diagnostics *d, const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return cannot_write(d, path);
    bool ok = write_all(fd, text, len) || cannot_write(d, path);
    if (close(fd) != 0 && ok) ok = cannot_write(d, path);
    return ok;
}

/* As a new file would have it. */
static mode_t new_file_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* Writes to a file beside `target`, then renames. `path` is how the user calls it. */
static bool write_beside(struct diagnostics *d, const char *path, const char *target, mode_t mode,
                         const char *text, size_t len)
{
    struct buf beside = {0};
    buf_printf(&beside, "%s.XXXXXX", target);
    int fd = mkstemp(beside.s);
    if (fd < 0) {
        buf_free(&beside);
        if (access(path, W_OK) == 0) return write_in_place(d, path, text, len);
        return cannot_write(d, path);
    }
    struct temp *t = temp_add(beside.s);
    bool ok = write_all(fd, text, len) && fchmod(fd, mode) == 0;
    ok = close(fd) == 0 && ok;
    ok = ok && rename(t->path, target) == 0;
    if (!ok) {
        cannot_write(d, path);
        unlink(t->path);
    }
    t->path = NULL;
    buf_free(&beside);
    return ok;
}

bool file_write(struct diagnostics *d, const char *path, const char *text, size_t len)
{
    if (strcmp(path, "-") == 0) {
        if (write_all(STDOUT_FILENO, text, len)) return true;
        diag_file(d, NULL, "cannot write to standard output: %s", strerror(errno));
        return false;
    }
    struct stat st;
    bool exists = stat(path, &st) == 0;
    if (exists && S_ISDIR(st.st_mode)) {
        diag_file(d, NULL, "cannot write '%s': it is a directory", path);
        return false;
    }
    if (exists && !S_ISREG(st.st_mode)) return write_in_place(d, path, text, len);
    if (exists && access(path, W_OK) != 0) return cannot_write(d, path);
    char *real = exists ? realpath(path, NULL) : NULL; /* not over a symbolic link */
    bool ok = write_beside(d, path, real ? real : path,
                           exists ? st.st_mode & 07777 : new_file_mode(), text, len);
    free(real);
    return ok;
}

int temp_fd(struct diagnostics *d, const char *text, size_t len)
{
    char *path = path_join(temp_parent(), "acc-XXXXXX");
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) {
        unlink(path);
        if (!write_all(fd, text, len) || lseek(fd, 0, SEEK_SET) != 0) {
            close(fd);
            fd = -1;
        }
    }
    if (fd < 0)
        diag_file(d, NULL, "cannot write to a temporary file in '%s': %s", temp_parent(),
                  strerror(errno));
    free(path);
    return fd;
}
