/* sandbox.c - see sandbox.h
 *
 * 1. Files: the folder of the store (index, and the shared memory of its WAL) may be
 *    read and written; what libraries read (character sets, time zones) may be read.
 * 2. Calls: no new programs and processes, only local sockets, nothing that changes the
 *    machine. They fail with EPERM instead of ending the process, because libraries try
 *    some of them and can do without.
 * 3. Memory: 1 GB of address space, including the threads' stacks; a mail of 50 MB
 * fits.
 */
#include "web/sandbox.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/attr.h"

enum {
    MEMORY_MAX_MB = 1024,
    FAMILY_UNIX = 1, /* AF_UNIX */
};

void
sandbox_limit(void)
{
    struct rlimit limit = {(rlim_t)MEMORY_MAX_MB << 20, (rlim_t)MEMORY_MAX_MB << 20};
    struct rlimit files;

#ifndef POSTERN_SANITIZED
    (void)setrlimit(RLIMIT_AS, &limit);
#else
    (void)limit; /* the sanitizer reserves far more address space than it uses */
#endif
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    limit = (struct rlimit){0, 0};
    (void)setrlimit(RLIMIT_CORE, &limit); /* a core dump would contain mail */
}

/* ---- files -------------------------------------------------------------------------
 */

enum {
    READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    WRITE = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
            LANDLOCK_ACCESS_FS_MAKE_REG,
    HANDLED = READ | WRITE | LANDLOCK_ACCESS_FS_EXECUTE |
              LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_CHAR |
              LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK |
              LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
              LANDLOCK_ACCESS_FS_MAKE_SYM,
};

static void
allow(int rules, const char *path, unsigned long long access)
{
    struct landlock_path_beneath_attr beneath = {
        .allowed_access = access,
        .parent_fd = open(path, O_PATH | O_CLOEXEC),
    };

    if (beneath.parent_fd < 0)
        return; /* not there: nothing to allow */
    (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath,
                  0);
    close(beneath.parent_fd);
}

static bool
restrict_files(const char *folder)
{
    static const char *const readable[] = {"/usr", "/lib", "/lib64", "/etc",
                                           "/proc/self"};
    struct landlock_ruleset_attr attributes = {.handled_access_fs = HANDLED};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes,
                             sizeof(attributes.handled_access_fs), 0);
    bool is_done;

    if (rules < 0)
        return false;
    for (size_t i = 0; i < sizeof(readable) / sizeof(*readable); i++)
        allow(rules, readable[i], READ);
    allow(rules, folder, READ | WRITE);
    is_done = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return is_done;
}

/* ---- calls ---- */

static const int forbidden[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(kexec_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(sethostname),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(personality),
    SCMP_SYS(listen),
};

static bool
restrict_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool is_done = filter != NULL;

    for (size_t i = 0; is_done && i < sizeof(forbidden) / sizeof(*forbidden); i++)
        is_done = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), forbidden[i], 0) == 0;
    /* only local sockets, to reach the mail role: nothing leaves this machine */
    is_done =
        is_done &&
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
                         SCMP_A0(SCMP_CMP_NE, FAMILY_UNIX)) == 0 &&
        /* a thread is a clone with CLONE_THREAD; anything else is a process */
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                         SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0 &&
        /* its flags are in memory, which a filter cannot read: libc falls back to clone
         */
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
        seccomp_load(filter) == 0;
    if (filter != NULL)
        seccomp_release(filter);
    return is_done;
}

void
sandbox_enter(const char *folder)
{
    bool has_files, has_calls;

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    has_files = restrict_files(folder);
    has_calls = restrict_calls();
    log_event(has_files && has_calls ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, NULL,
              "web.sandbox", " landlock=%s seccomp=%s", has_files ? "on" : "off",
              has_calls ? "on" : "off");
}
