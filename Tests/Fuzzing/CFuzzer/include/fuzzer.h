#include <stddef.h>
#include <stdint.h>

/// libFuzzer's driver, for programs with a main function of their own (FuzzerInterface.h of compiler-rt).
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
