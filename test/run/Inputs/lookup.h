/* `await lookup(host, service, &found)`: 0 and addresses that are the caller's to free, or a code. */
#ifndef LOOKUP_H
#define LOOKUP_H
#include <acc/uv.h>

struct lookup_request;
struct lookup__wait {
    acc_wait wait;
    struct lookup_request *request;
    struct addrinfo **found;
    int value;
};
acc_coro *lookup__await(acc_coro *self, struct lookup__wait *w, const char *host, const char *service,
                        struct addrinfo **found);
future(int) lookup(const char *host, const char *service, struct addrinfo **found);

#endif
