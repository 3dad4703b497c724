#ifndef WSTRACE_CZLIB_SHIM_H
#define WSTRACE_CZLIB_SHIM_H

#include <zlib.h>

#endif
