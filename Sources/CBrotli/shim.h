#ifndef WSTRACE_CBROTLI_SHIM_H
#define WSTRACE_CBROTLI_SHIM_H

#include <brotli/decode.h>

#endif
