// Reads of one file above 1 GiB by pread and by a fresh mapping, page cache warm: 100 points of 240 records (the pattern of W2), and 24
// whole records turned into floats (W7). Prints medians; the figures are in docs/adr/0004-pread-by-default.md.
//   c++ -O3 -std=c++20 bench/mmap.cc -o /tmp/mmap-bench && /tmp/mmap-bench FILE
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <vector>

namespace {
constexpr std::size_t kRecord = 2'000'000;  // 1000 x 1000 points of 16 bits
constexpr std::size_t kRecords = 640;       // 1.19 GiB
constexpr int kRuns = 15;
volatile double sink = 0;

void make(const char* path) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  std::vector<std::uint16_t> record(kRecord / 2);
  std::uint32_t state = 1;
  for (std::size_t r = 0; r < kRecords; ++r) {
    for (auto& v : record) v = static_cast<std::uint16_t>((state = state * 1664525 + 1013904223) >> 16);
    if (write(fd, record.data(), kRecord) != static_cast<ssize_t>(kRecord)) std::perror("write");
  }
  close(fd);
}

double median(const std::function<double()>& work) {
  std::vector<double> ms;
  for (int run = 0; run <= kRuns; ++run) {
    const auto start = std::chrono::steady_clock::now();
    sink = sink + work();
    if (run > 0) ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(ms.begin(), ms.begin() + kRuns / 2, ms.end());
  return ms[kRuns / 2];
}

double floats(const std::uint8_t* p, std::vector<float>& out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = 0.01F * static_cast<float>(p[2 * i] << 8 | p[2 * i + 1]);
  return out[out.size() / 2];
}

std::size_t point(std::size_t n) { return (n * 7919 * 131) % (kRecord / 2) * 2; }
}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  make(argv[1]);
  std::vector<float> out(kRecord / 2);
  std::vector<std::uint8_t> buffer(kRecord);
  const auto with_file = [&](auto&& work) {
    const int fd = open(argv[1], O_RDONLY);
    const double value = work(fd);
    close(fd);
    return value;
  };
  const auto with_map = [&](auto&& work) {
    return with_file([&](int fd) {
      auto* map = static_cast<std::uint8_t*>(mmap(nullptr, kRecord * kRecords, PROT_READ, MAP_SHARED, fd, 0));
      const double value = work(map);
      munmap(map, kRecord * kRecords);
      return value;
    });
  };
  const double points_pread = median([&] {
    return with_file([&](int fd) {
      double sum = 0;
      std::uint8_t word[8];
      for (std::size_t r = 0; r < 240; ++r)
        for (std::size_t n = 0; n < 100; ++n) sum += pread(fd, word, 8, static_cast<off_t>(r * kRecord + point(n))) + word[0];
      return sum;
    });
  });
  const double points_record = median([&] {
    return with_file([&](int fd) {
      double sum = 0;
      for (std::size_t r = 0; r < 240; ++r) {
        sum += static_cast<double>(pread(fd, buffer.data(), kRecord, static_cast<off_t>(r * kRecord)));
        for (std::size_t n = 0; n < 100; ++n) sum += buffer[point(n)];
      }
      return sum;
    });
  });
  const double points_map = median([&] {
    return with_map([&](const std::uint8_t* map) {
      double sum = 0;
      for (std::size_t r = 0; r < 240; ++r)
        for (std::size_t n = 0; n < 100; ++n) sum += map[r * kRecord + point(n)];
      return sum;
    });
  });
  const double fields_pread = median([&] {
    return with_file([&](int fd) {
      double sum = 0;
      for (std::size_t r = 0; r < 24; ++r) {
        sum += static_cast<double>(pread(fd, buffer.data(), kRecord, static_cast<off_t>(r * kRecord)));
        sum += floats(buffer.data(), out);
      }
      return sum;
    });
  });
  const double fields_map = median([&] {
    return with_map([&](const std::uint8_t* map) {
      double sum = 0;
      for (std::size_t r = 0; r < 24; ++r) sum += floats(map + r * kRecord, out);
      return sum;
    });
  });
  std::printf("W2 pattern: pread of points %.2f ms, pread of records %.2f ms, fresh mapping %.2f ms\n", points_pread, points_record, points_map);
  std::printf("W7 pattern: pread %.2f ms, fresh mapping %.2f ms\n", fields_pread, fields_map);
}
