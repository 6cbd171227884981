/*
 * Preloaded into a process: notes what it has made durable, so that a test can take away everything else afterwards, as
 * a power cut would. Lines of the file named by SYNC_LOG: "F inode size" after a sync of a file, "E folder-inode inode
 * name" for every entry after a sync of a folder. The syncs themselves are carried out.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *line, int length) {
  const char *path = getenv("SYNC_LOG");
  if (path == NULL || length <= 0) return;
  int log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (log < 0) return;
  if (write(log, line, (size_t)length) < 0) abort();
  close(log);
}

static void note(int fd) {
  struct stat found;
  if (fstat(fd, &found) != 0) return;
  char line[512];
  if (S_ISREG(found.st_mode)) {
    put(line, snprintf(line, sizeof line, "F %llu %lld\n", (unsigned long long)found.st_ino, (long long)found.st_size));
    return;
  }
  if (!S_ISDIR(found.st_mode)) return;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  DIR *folder = opendir(path);
  if (folder == NULL) return;
  for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
    put(line, snprintf(line, sizeof line, "E %llu %llu %s\n", (unsigned long long)found.st_ino,
                       (unsigned long long)entry->d_ino, entry->d_name));
  }
  closedir(folder);
}

int fsync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  if (result == 0) note(fd);
  return result;
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  if (result == 0) note(fd);
  return result;
}
