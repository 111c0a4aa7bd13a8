/*
 * process.h - what /proc says of one process, with the rights of who asks.
 *
 * What may not be seen is an error beside the field it would be in, never a failure of
 * the whole: -EACCES and -EPERM become "needs root for ..." further up.
 */
#ifndef PREFORKD_CTL_PROCESS_H
#define PREFORKD_CTL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_COMMAND_MAX 128
#define PROCESS_WCHAN_MAX 64
#define PROCESS_STACK_MAX 2048
#define SYSCALL_ARGS 6

/* What /proc/PID/stat says, as far as it is needed. */
struct process_stat {
	char name[32];
	char state; /* R, S, D, T, t, Z, ... */
	pid_t parent;
	uint64_t cpu_ticks; /* user and system, of all threads */
	unsigned threads;
};

/* /proc/PID/syscall. */
struct process_call {
	bool running; /* in none */
	long number;  /* -1: in none, and not running either */
	uint64_t args[SYSCALL_ARGS];
};

struct process {
	pid_t pid;
	struct process_stat stat;
	char command[PROCESS_COMMAND_MAX]; /* its arguments; its name if it has none */
	pid_t tracer;                      /* 0: none */
	char wchan[PROCESS_WCHAN_MAX];     /* "" unknown, or it does not wait */
	struct process_call call;
	int call_error;                /* 0 or -errno */
	char stack[PROCESS_STACK_MAX]; /* names of functions, the innermost first */
	int stack_error;
};

/* False if it is no such text. */
bool process_parse_stat(const char *text, struct process_stat *ret);
bool process_parse_call(const char *text, struct process_call *ret);

/* "[<0>] tcp_recvmsg+0x4/0x10\n..." to "tcp_recvmsg\n...". */
void process_parse_stack(const char *text, char *buf, size_t size);

/* 0, or -errno: there is no such process. */
int process_read(pid_t pid, struct process *ret);
int process_read_stat(pid_t pid, struct process_stat *ret);

/* A file of its folder in /proc: its length, at most size - 1, or -errno.  The text
 * ends in a NUL, always. */
ssize_t process_read_file(pid_t pid, const char *name, char *buf, size_t size);

/* How long it has run on the processor so far, in microseconds; -errno. */
int process_read_cpu(pid_t pid, uint64_t *ret_usec);

#endif
