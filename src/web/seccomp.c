/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls beyond Kore's own list, each with who needs it. Sanitizers
 * need many more, so their builds allow all.
 */
#include <stddef.h>

#include "web/kore_api.h"

#include <seccomp.h>

#if defined(__SANITIZE_ADDRESS__)
KORE_SECCOMP_FILTER("kontor", KORE_BPF_RET(SECCOMP_RET_ALLOW))
#else
KORE_SECCOMP_FILTER("kontor",
    KORE_SYSCALL_ALLOW(newfstatat),        /* libc: localtime, opendir */
    KORE_SYSCALL_ALLOW(mremap),            /* libc: realloc of large buffers */
    KORE_SYSCALL_ALLOW(faccessat2),        /* libc: access */
    KORE_SYSCALL_ALLOW(getppid),           /* our check that the parent lives */
    KORE_SYSCALL_ALLOW(clone3),            /* Kore: task threads */
    KORE_SYSCALL_ALLOW(sched_getaffinity), /* libc: heaps of threads */
    KORE_SYSCALL_ALLOW(rseq),              /* libc: task threads */
    KORE_SYSCALL_ALLOW(set_robust_list), KORE_SYSCALL_ALLOW(gettid),
    KORE_SYSCALL_ALLOW(socket), /* libpq, libldap */
    KORE_SYSCALL_ALLOW(connect), KORE_SYSCALL_ALLOW(getsockopt),
    KORE_SYSCALL_ALLOW(getsockname),
    KORE_SYSCALL_ALLOW(getpeername), /* libldap */
    KORE_SYSCALL_ALLOW(shutdown), KORE_SYSCALL_ALLOW(sendmsg),
    KORE_SYSCALL_ALLOW(recvmsg),
    KORE_SYSCALL_ALLOW(getdents64), /* auth/jwt: the folder of keys */
    KORE_SYSCALL_ALLOW(uname))      /* libldap: own host name */
#endif
