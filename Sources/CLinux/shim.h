#ifndef WSTRACE_CLINUX_SHIM_H
#define WSTRACE_CLINUX_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// Calls of Linux that Swift's Glibc module leaves out, because they take variable arguments or are GNU extensions.

#ifndef CLONE_NEWNET
#define CLONE_NEWNET 0x40000000
#endif

/// Moves the calling thread into the network namespace that a descriptor names; -1 and errno on failure.
static inline int wstrace_enter_network_namespace(int descriptor) {
  return (int)syscall(SYS_setns, descriptor, CLONE_NEWNET);
}

/// Keeps this thread, and all that it starts, from ever gaining a privilege again; -1 and errno on failure.
static inline int wstrace_forbid_new_privileges(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/// Gives up every capability of the calling thread, the ambient ones too; -1 and errno on failure.
static inline int wstrace_drop_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) return -1;
  return (int)syscall(SYS_capset, &header, none);
}

/// Whether the calling thread has a capability in effect: 1 or 0; -1 and errno on failure.
static inline int wstrace_has_capability(int capability) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capget, &header, sets) != 0) return -1;
  return (sets[capability / 32].effective >> (capability % 32)) & 1;
}

/// The flags (IFF_UP and others) of an interface in a socket's network namespace; -1 and errno on failure.
static inline int wstrace_interface_flags(int socket, const char *_Nonnull name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(socket, SIOCGIFFLAGS, &request) != 0) return -1;
  return (unsigned short)request.ifr_flags;
}

/// Sets the real, effective and saved user or group at once, in every thread; -1 and errno on failure.
int wstrace_set_groups(size_t count, const gid_t *_Nullable groups) __asm__("setgroups");
int wstrace_set_group(gid_t real, gid_t effective, gid_t saved) __asm__("setresgid");
int wstrace_set_user(uid_t real, uid_t effective, uid_t saved) __asm__("setresuid");

#endif
