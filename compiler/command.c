/* SPDX-License-Identifier: MIT */
/* command.c: runs other programs, without a shell.
 *
 * The words of a command go to the program as they are, so no character in a file name means
 * anything. Only one stream is read, so nothing can wait for anything else; what the program says
 * on its standard error goes straight to the user. Invariant: every process started here has ended
 * when the call returns. */
#include "acc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void words_add(struct arena *a, struct words *w, const char *word)
{
    vec_push(a, w, word);
}

void words_add_all(struct arena *a, struct words *w, const struct words *more)
{
    for (unsigned i = 0; i < more->n; i++)
        words_add(a, w, more->v[i]);
}

void words_split(struct arena *a, struct words *w, const char *text)
{
    while (*(text += strspn(text, " \t\r\n"))) {
        size_t len = strcspn(text, " \t\r\n");
        words_add(a, w, arena_strdup(a, text, len));
        text += len;
    }
}

void words_add_program(struct arena *a, struct words *w, const char *command)
{
    if (strchr(command, '/') && access(command, X_OK) == 0)
        words_add(a, w, command);
    else
        words_split(a, w, command);
}

/* Starts it with what `pipe_in` (-1: none) as its standard output; 0 or an errno. */
static int start(struct arena *a, const struct command *c, int pipe_in, pid_t *pid)
{
    char **argv = NEWN(a, char *, c->words.n + 1);
    for (unsigned i = 0; i < c->words.n; i++)
        argv[i] = arena_strdup(a, c->words.v[i], strlen(c->words.v[i]));
    posix_spawn_file_actions_t files;
    if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
    if (c->in >= 0) posix_spawn_file_actions_adddup2(&files, c->in, STDIN_FILENO);
    if (pipe_in >= 0) posix_spawn_file_actions_adddup2(&files, pipe_in, STDOUT_FILENO);
    if (c->quiet) posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(pid, argv[0], &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

static void drain(int fd, struct buf *out)
{
    char block[1 << 14];
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n > 0)
            buf_write(out, block, (size_t)n);
        else if (n == 0 || errno != EINTR)
            return;
    }
}

int command_run(struct arena *a, struct command *c)
{
    int ends[2] = {-1, -1};
    if (c->out && pipe2(ends, O_CLOEXEC) != 0) return -errno;
    pid_t pid = 0;
    int error = start(a, c, ends[1], &pid);
    if (c->out) close(ends[1]);
    if (!error && c->forward) temp_forward_signals((int)pid);
    if (!error && c->out) drain(ends[0], c->out);
    if (c->out) close(ends[0]);
    if (error) return -error;
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (c->forward) temp_forward_signals(0);
    return status;
}

bool command_succeeded(struct diagnostics *d, const struct command *c, const char *what, int status)
{
    const char *name = c->words.n ? c->words.v[0] : "";
    if (status < 0)
        diag_file(d, NULL, "cannot run %s '%s': %s", what, name, strerror(-status));
    else if (WIFSIGNALED(status))
        diag_file(d, NULL, "%s '%s' was ended by signal %d (%s)", what, name, WTERMSIG(status),
                  strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        diag_file(d, NULL, "%s '%s' failed with exit status %d", what, name, WEXITSTATUS(status));
    else
        return true;
    return false;
}
