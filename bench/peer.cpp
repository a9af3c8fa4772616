// SPDX-License-Identifier: MIT
// peer.cpp: the same workloads with C++20 coroutines: what the best compiler-made coroutines reach.
//
// A lazy task with symmetric transfer, frames from free lists by size (without them each await is a
// malloc). Compiled once for all workloads: peer W1 [operations].
#include "bench.h"
#include "w6.h"

#include <coroutine>
#include <cstddef>
#include <cstring>
#include <exception>
#include <utility>

namespace
{

struct pool {
    static inline void *free_lists[64];
    static void *get(std::size_t size)
    {
        std::size_t c = (size + 15) / 16;
        if (c < 64 && free_lists[c]) {
            void *p = free_lists[c];
            free_lists[c] = *static_cast<void **>(p);
            return p;
        }
        return std::malloc(c * 16);
    }
    static void put(void *p, std::size_t size)
    {
        std::size_t c = (size + 15) / 16;
        if (c >= 64) return std::free(p);
        *static_cast<void **>(p) = free_lists[c];
        free_lists[c] = p;
    }
};

struct pooled {
    void *operator new(std::size_t size) { return pool::get(size); }
    void operator delete(void *p, std::size_t size) { pool::put(p, size); }
};

// The ready queue: nodes lie in the awaiting coroutines' frames.
struct turn {
    turn *next = nullptr;
    std::coroutine_handle<> who;
    static inline turn *head = nullptr, **tail = &head;
    bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) noexcept
    {
        who = h;
        next = nullptr;
        *tail = this;
        tail = &next;
    }
    void await_resume() noexcept {}
    static void run()
    {
        while (turn *t = head) {
            if (!(head = t->next)) tail = &head;
            t->who.resume();
        }
    }
};

struct promise_base : pooled {
    std::coroutine_handle<> awaiter = std::noop_coroutine();
    struct last {
        bool await_ready() noexcept { return false; }
        template <class P>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<P> h) noexcept
        {
            return h.promise().awaiter;
        }
        void await_resume() noexcept {}
    };
    std::suspend_always initial_suspend() noexcept { return {}; }
    last final_suspend() noexcept { return {}; }
    void unhandled_exception() { std::terminate(); }
};

template <class T> struct valued : promise_base {
    T value;
    void return_value(T v) { value = v; }
};
template <> struct valued<void> : promise_base {
    void return_void() {}
};

template <class T> struct task {
    struct promise_type : valued<T> {
        task get_return_object()
        {
            return task(std::coroutine_handle<promise_type>::from_promise(*this));
        }
    };
    std::coroutine_handle<promise_type> h;
    explicit task(std::coroutine_handle<promise_type> c) : h(c) {}
    task(task &&other) noexcept : h(std::exchange(other.h, nullptr)) {}
    task(const task &) = delete;
    ~task()
    {
        if (h) h.destroy();
    }
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> c) noexcept
    {
        h.promise().awaiter = c;
        return h;
    }
    T await_resume()
    {
        if constexpr (!std::is_void_v<T>) return h.promise().value;
    }
};

// Runs on its own; the frame goes when the body ends.
struct detached {
    struct promise_type : pooled {
        detached get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

detached drive(task<uint64_t> t, uint64_t *result)
{
    *result = co_await t;
}
detached drive(task<void> t)
{
    co_await t;
}
uint64_t run(task<uint64_t> t)
{
    uint64_t result = 0;
    drive(std::move(t), &result);
    turn::run();
    return result;
}

NOINLINE task<uint64_t> leaf(uint64_t i)
{
    if (i == bench_never) co_await turn{};
    co_return i * 3 + 1;
}
NOINLINE task<uint64_t> leaf_suspending(uint64_t i)
{
    co_await turn{};
    co_return i * 3 + 1;
}
task<uint64_t> outer(uint64_t n, task<uint64_t> (*f)(uint64_t))
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < n; i++)
        sum += co_await f(i);
    co_return sum;
}
task<uint64_t> outer_ready(uint64_t n)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < n; i++)
        sum += co_await leaf(i);
    co_return sum;
}
void w1(uint64_t n)
{
    bench_begin();
    uint64_t sum = run(outer_ready(n));
    bench_end("W1", "c++", double(n));
    bench_check(sum, 3 * (n * (n - 1) / 2) + n);
}
void w1s(uint64_t n)
{
    bench_begin();
    uint64_t sum = run(outer(n, leaf_suspending));
    bench_end("W1s", "c++", double(n));
    bench_check(sum, 3 * (n * (n - 1) / 2) + n);
}

task<uint64_t> fib(int n)
{
    if (n < 2) co_return uint64_t(n);
    uint64_t first = co_await fib(n - 1);
    co_return first + co_await fib(n - 2);
}
void w2(uint64_t n)
{
    uint64_t a = 0, b = 1;
    for (uint64_t i = 0; i <= n; i++)
        b = std::exchange(a, b) + b;
    // a is now fib(n + 1)
    bench_begin();
    run(fib(int(n)));
    bench_end("W2", "c++", 2.0 * double(a) - 1);
}

task<void> turns(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        co_await turn{};
}
void w3(uint64_t n)
{
    drive(turns(n));
    drive(turns(n));
    bench_begin();
    turn::run();
    bench_end("W3", "c++", 2.0 * double(n));
}

uint64_t total;
task<void> once(uint64_t amount)
{
    total += amount;
    co_return;
}
detached spawned(uint64_t amount)
{
    co_await turn{};
    co_await once(amount);
}
void w4(uint64_t n)
{
    n /= 1000;
    bench_begin();
    for (uint64_t i = 0; i < n; i++) {
        for (uint64_t k = 0; k < 1000; k++)
            spawned(k);
        turn::run();
    }
    bench_end("W4", "c++", double(n) * 1000);
    bench_check(total, n * 499500);
}

NOINLINE task<uint64_t> chain(uint32_t *a, uint64_t n)
{
    uint64_t sum = co_await leaf(0) - 1;
    uint32_t x = 1;
    for (uint64_t i = 0; i < n; i++)
        CHAIN_ROUND;
    co_return sum + co_await leaf(0) - 1;
}
NOINLINE task<uint64_t> vector(uint32_t *a, uint64_t n)
{
    uint32_t sum32 = uint32_t(co_await leaf(0));
    for (uint64_t i = 0; i < n; i++)
        VECTOR_ROUND;
    co_return sum32 - co_await leaf(0);
}
NOINLINE task<uint64_t> awaiting(uint32_t *a, uint64_t n)
{
    uint64_t sum = 0;
    uint32_t x = 1;
    for (uint64_t i = 0; i < n; i++) {
        CHAIN_ROUND;
        if ((i & 1023) == 0) sum += co_await leaf(i);
    }
    co_return sum;
}
void w6(uint64_t n)
{
    uint32_t *numbers = bench_numbers(n);
    W6_MEASURE("W6", "c++", run(chain(numbers, n)));
    W6_MEASURE("W6v", "c++", run(vector(numbers, n)));
    W6_MEASURE("W6a", "c++", run(awaiting(numbers, n)));
    std::free(numbers);
}

task<void> deep(int depth, uint64_t n)
{
    if (depth > 1)
        co_await deep(depth - 1, n);
    else
        for (uint64_t i = 0; i < n; i++)
            co_await turn{};
}
void w7(uint64_t n)
{
    const struct {
        const char *name;
        int depth;
    } rows[] = {{"W7/1", 1}, {"W7/10", 10}, {"W7/100", 100}};
    for (auto &row : rows) {
        drive(deep(row.depth, n));
        bench_begin();
        turn::run();
        bench_end(row.name, "c++", double(n));
    }
}

const struct {
    const char *name;
    void (*run)(uint64_t);
    uint64_t operations;
} workloads[] = {{"W1", w1, 40000000}, {"W1s", w1s, 20000000}, {"W2", w2, 30},
                 {"W3", w3, 30000000}, {"W4", w4, 10000000},   {"W6", w6, NUMBERS},
                 {"W7", w7, 15000000}};

} // namespace

int main(int argc, char **argv)
{
    for (auto &w : workloads) {
        if (argc < 2 || std::strcmp(argv[1], w.name)) continue;
        w.run(bench_operations(argc - 1, argv + 1, w.operations));
        return 0;
    }
    return 2;
}
