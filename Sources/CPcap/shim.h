#ifndef WSTRACE_CPCAP_SHIM_H
#define WSTRACE_CPCAP_SHIM_H

#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/types.h>

// fopencookie(3) is a GNU extension, which Swift's Glibc module leaves out: the declarations of <stdio.h>, under names of
// our own that cannot clash with it.

typedef ssize_t (*wstrace_read_function)(void *_Nullable cookie, char *_Nullable buffer, size_t size);
typedef int (*wstrace_close_function)(void *_Nullable cookie);

struct wstrace_stream_functions {
  wstrace_read_function _Nullable read;
  void *_Nullable write;
  void *_Nullable seek;
  wstrace_close_function _Nullable close;
};

// A stream for libpcap that reads through `functions`; the C library closes the cookie with the stream.
FILE *_Nullable wstrace_open_stream(void *_Nullable cookie, const char *_Nonnull mode,
                                    struct wstrace_stream_functions functions) __asm__("fopencookie");

// Another of the C library's own: forgets what a stream has not written yet.
void wstrace_discard_buffer(FILE *_Nullable stream) __asm__("__fpurge");

#endif
