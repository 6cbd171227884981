// Tiny test frame: TEST("what") { CHECK(...); } in a file that ends with RUN_TESTS. A failed check is printed and counted;
// the program's exit code is 0 only when at least one check ran and none failed.
#pragma once

#include <cstdio>
#include <exception>
#include <iostream>
#include <vector>

#include "core/error.h"

namespace check {

struct Case {
  const char* name;
  void (*body)();
};

inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}
inline int& failures() {
  static int count = 0;
  return count;
}
inline long& checks() {
  static long count = 0;
  return count;
}
struct Register {
  Register(const char* name, void (*body)()) { cases().push_back({name, body}); }
};

inline void that(bool good, const char* what, const char* file, int line) {
  ++checks();
  if (good) return;
  ++failures();
  std::printf("%s:%d: failed: %s\n", file, line, what);
}

template <class A, class B>
void equal(const A& a, const B& b, const char* what, const char* file, int line) {
  ++checks();
  if (a == b) return;
  ++failures();
  std::printf("%s:%d: failed: %s: ", file, line, what);
  std::cout << a << " != " << b << std::endl;
}

template <class Body>
void throws(polyfst::Code code, Body body, const char* what, const char* file, int line) {
  ++checks();
  try {
    body();
  } catch (const polyfst::Error& error) {
    if (error.code == code) return;
    ++failures();
    std::printf("%s:%d: %s threw %s (%s)\n", file, line, what, polyfst::name_of(error.code), error.what());
    return;
  }
  ++failures();
  std::printf("%s:%d: %s did not throw\n", file, line, what);
}

inline int run() {
  for (const Case& test : cases()) {
    try {
      test.body();
    } catch (const std::exception& error) {
      ++failures();
      std::printf("%s: threw %s\n", test.name, error.what());
    }
  }
  std::printf("%zu tests, %ld checks, %d failures\n", cases().size(), checks(), failures());
  return failures() == 0 && checks() > 0 ? 0 : 1;
}

}  // namespace check

#define CHECK_JOIN2(a, b) a##b
#define CHECK_JOIN(a, b) CHECK_JOIN2(a, b)
#define TEST(name)                                                                                      \
  static void CHECK_JOIN(test_, __LINE__)();                                                            \
  static const check::Register CHECK_JOIN(register_, __LINE__)(name, CHECK_JOIN(test_, __LINE__));      \
  static void CHECK_JOIN(test_, __LINE__)()
#define CHECK(condition) check::that((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQ(a, b) check::equal((a), (b), #a " == " #b, __FILE__, __LINE__)
#define CHECK_THROWS(code, statement) check::throws((code), [&] { statement; }, #statement, __FILE__, __LINE__)
#define RUN_TESTS \
  int main() { return check::run(); }
