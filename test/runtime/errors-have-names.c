// RUN: %cc %cflags %s -o %t %libs && %t
// Every code has one name and a text, libuv's and ours alike.
#include "coro.h"
#include "acc/uv.h"

int main(void)
{
    CHECK(strcmp(acc_err_name(ACC_ECANCELED), "ACC_ECANCELED") == 0);
    CHECK(strcmp(acc_strerror(ACC_ECANCELED), "cancelled") == 0);
    CHECK(strcmp(acc_err_name(UV_ECONNRESET), "UV_ECONNRESET") == 0);
    CHECK(strcmp(acc_strerror(UV_ECONNRESET), uv_strerror(UV_ECONNRESET)) == 0);
    CHECK(strcmp(acc_err_name(ACC_ENOMEM), "UV_ENOMEM") == 0 && (int)ACC_ENOMEM == (int)UV_ENOMEM);
    CHECK(strcmp(acc_err_name(-9999), "UNKNOWN") == 0 && strcmp(acc_err_name(0), "0") == 0);
    CHECK(strcmp(acc_strerror(-9999), "unknown error") == 0 &&
          strcmp(acc_strerror(0), "success") == 0);
    return 0;
}
