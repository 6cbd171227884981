// Floors of the machine: reading 8 bytes at one place of many files, opened for it or held open; and dropping files from the
// page cache. Usage: floor read N OFFSET FILE... | floor held N OFFSET FILE... | floor drop FILE...; prints median and least ms.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

double elapsed_ms(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

int drop(int count, char** files) {
  for (int f = 0; f < count; ++f) {
    const int fd = ::open(files[f], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) return 1;
    ::close(fd);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::strcmp(argv[1], "drop") == 0) return drop(argc - 2, argv + 2);
  if (argc < 5) return 2;
  const bool held = std::strcmp(argv[1], "held") == 0;
  const int n = std::atoi(argv[2]);
  const off_t offset = std::atol(argv[3]);
  std::vector<const char*> files(argv + 4, argv + argc);
  std::vector<int> open_files;
  if (held) {
    for (const char* file : files) open_files.push_back(::open(file, O_RDONLY | O_CLOEXEC));
  }
  std::vector<double> times;
  char bytes[8];
  long sum = 0;
  for (int run = 0; run <= n; ++run) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t f = 0; f < files.size(); ++f) {
      const int fd = held ? open_files[f] : ::open(files[f], O_RDONLY | O_CLOEXEC);
      if (::pread(fd, bytes, sizeof bytes, offset) == sizeof bytes) sum += bytes[0];
      if (!held) ::close(fd);
    }
    if (run > 0) times.push_back(elapsed_ms(start));
  }
  std::sort(times.begin(), times.end());
  std::printf("%.6f %.6f %ld\n", times[times.size() / 2], times.front(), sum);
}
