/* A library that knows nothing of acc or libuv: somebody who calls back, when it is polled or on a
 * thread of its own. */
#ifndef RADIO_H
#define RADIO_H
struct radio;
typedef void radio_heard(int message, void *arg);
struct radio *radio_listen(radio_heard *heard, void *arg);          /* calls once, from radio_poll */
void radio_ignore(struct radio *r);                                 /* instead: never calls */
void radio_poll(int message);                                       /* the oldest listener hears it */
struct radio *radio_tune(double seconds, radio_heard *heard, void *arg); /* calls once, on its thread */
void radio_off(struct radio *r); /* ends it; waits for a call that is under way */
#endif
