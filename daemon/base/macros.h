/*
 * macros.h - the few words of C that every room uses.  Includes nothing of ours.
 */
#ifndef PREFORKD_BASE_MACROS_H
#define PREFORKD_BASE_MACROS_H

/* Number of elements of an array (not of a pointer). */
#define countof(array) (sizeof(array) / sizeof((array)[0]))

/* Runs `function(&variable)` when the variable leaves its scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* Lets the compiler check a printf-like format against its arguments. */
#define PRINTF_LIKE(string, first) __attribute__((format(printf, string, first)))

#define UNUSED __attribute__((unused))

/* A variable that every worker writes: they lie side by side, for each page that one
 * writes in is a page of memory more for each of thousands. */
#define OF_WORKERS __attribute__((section(".data.of_workers")))

#define USEC_PER_MSEC UINT64_C(1000)
#define USEC_PER_SEC UINT64_C(1000000)

/* A time that never comes. */
#define USEC_NEVER UINT64_MAX

#endif
