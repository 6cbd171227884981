// Floors of the machine: reading given spans of files, each file opened for it once and closed again; and dropping files from
// the page cache. Usage: floor spans N LIST | floor drop FILE... LIST: lines "f PATH", each followed by lines "OFFSET BYTES".
// `spans` prints median and least ms.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
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

struct Span {
  off_t offset;
  std::size_t bytes;
};

struct File {
  std::string path;
  std::vector<Span> spans;
};

std::vector<File> listed(const char* list) {
  std::vector<File> files;
  std::ifstream in(list);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("f ", 0) == 0) {
      files.push_back({line.substr(2), {}});
    } else if (!files.empty()) {
      char* rest = nullptr;
      const off_t offset = std::strtoll(line.c_str(), &rest, 10);
      files.back().spans.push_back({offset, static_cast<std::size_t>(std::strtoull(rest, nullptr, 10))});
    }
  }
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::strcmp(argv[1], "drop") == 0) return drop(argc - 2, argv + 2);
  if (argc < 4 || std::strcmp(argv[1], "spans") != 0) return 2;
  const int n = std::atoi(argv[2]);
  const std::vector<File> files = listed(argv[3]);
  std::size_t most = 8;
  for (const File& file : files) {
    for (const Span& span : file.spans) most = std::max(most, span.bytes);
  }
  std::vector<char> bytes(most);
  std::vector<double> times;
  long sum = 0;
  for (int run = 0; run <= n; ++run) {
    const auto start = std::chrono::steady_clock::now();
    for (const File& file : files) {
      const int fd = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
      if (fd < 0) return 1;
      for (const Span& span : file.spans) {
        if (::pread(fd, bytes.data(), span.bytes, span.offset) > 0) sum += bytes[0];
      }
      ::close(fd);
    }
    if (run > 0 || n == 0) times.push_back(elapsed_ms(start));
  }
  std::sort(times.begin(), times.end());
  std::printf("%.6f %.6f %ld\n", times[times.size() / 2], times.front(), sum);
}
