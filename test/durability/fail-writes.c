/*
 * Preloaded into a process: while the file named by FAIL_WHEN exists, writes to regular files below the folder FAIL_BELOW
 * fail with the error number FAIL_WITH, as on a disk that is full (28) or broken (5), and files below FAIL_OPEN_BELOW cannot
 * be opened, as where no descriptor is left (24 in the process, 23 in the system). With FAIL_IN=children only processes that
 * node forked do so.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_child;

/* Node takes the variable out of the environment once it has read it. */
__attribute__((constructor)) static void look(void) { is_child = getenv("NODE_CHANNEL_FD") != NULL; }

static int fails_at(const char *path, const char *below) {
  const char *when = getenv("FAIL_WHEN"), *in = getenv("FAIL_IN");
  if (when == NULL || below == NULL) return 0;
  if (in != NULL && strcmp(in, "children") == 0 && !is_child) return 0;
  if (strncmp(path, below, strlen(below)) != 0 || access(when, F_OK) != 0) return 0;
  const char *with = getenv("FAIL_WITH");
  errno = with == NULL ? ENOSPC : atoi(with);
  return 1;
}

static int fails(int fd) {
  const char *below = getenv("FAIL_BELOW");
  if (below == NULL) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return fails_at(path, below);
}

static int open_as(const char *name, const char *path, int flags, mode_t mode) {
  if (fails_at(path, getenv("FAIL_OPEN_BELOW"))) return -1;
  int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);
  return real(path, flags, mode);
}

static mode_t mode_of(int flags, va_list rest) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_as("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_as("open64", path, flags, mode);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  static ssize_t (*real)(int, const void *, size_t);
  if (real == NULL) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  return fails(fd) ? -1 : real(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (real == NULL) real = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  return fails(fd) ? -1 : real(fd, bytes, count, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return pwrite64(fd, bytes, count, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  static ssize_t (*real)(int, const struct iovec *, int);
  if (real == NULL) real = (ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
  return fails(fd) ? -1 : real(fd, parts, count);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  static ssize_t (*real)(int, const struct iovec *, int, off64_t);
  if (real == NULL) real = (ssize_t(*)(int, const struct iovec *, int, off64_t))dlsym(RTLD_NEXT, "pwritev64");
  return fails(fd) ? -1 : real(fd, parts, count, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return pwritev64(fd, parts, count, at); }
