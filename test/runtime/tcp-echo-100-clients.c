// RUN: %cc %cflags %s -o %t %libs && %t
// A hundred clients at once get back what they send, and closing everything leaves nothing behind.
#include "echo.h"

enum { CLIENTS = 100, ROUNDS = 50, SIZE = 700 };

int main(void)
{
    acc_loop *l = acc_get_event_loop();
    acc_listener *listener = NULL;
    static future(long) clients[CLIENTS];
    CHECK(acc_tcp_listen("127.0.0.1", 0, 128, &listener) == 0);
    int port = acc_listener_port(listener);
    CHECK(port > 0);
    future(void) s = acc_spawn(server(listener));
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = acc_spawn(client("127.0.0.1", port, ROUNDS, SIZE));
    for (int i = 0; i < CLIENTS; i++) {
        CHECK(acc_run_until_complete(l, clients[i]) == ROUNDS * SIZE);
        acc_unref(clients[i]);
    }
    acc_listener_close(listener);
    acc_run_until_complete(l, s);
    CHECK(acc_loop_error(l) == 0);
    acc_unref(s);
    CHECK(acc_loop_close(l) == 0);
    return 0;
}
