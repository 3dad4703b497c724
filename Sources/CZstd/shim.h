#ifndef WSTRACE_CZSTD_SHIM_H
#define WSTRACE_CZSTD_SHIM_H

#include <zstd.h>

#endif
