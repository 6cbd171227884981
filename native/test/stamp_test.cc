// Arithmetic of date stamps against values worked out by hand from the calendar, and the directory form.
#include "core/stamp.h"

#include "test/check.h"

using polyfst::stamp::add_seconds;
using polyfst::stamp::error_stamp;

TEST("stamps from 1980 on move in steps of 5 s, rounded to the nearest") {
  CHECK_EQ(add_seconds(493121600, 3600), 493122500);
  CHECK_EQ(add_seconds(493121600, 91), 493121622);
  CHECK_EQ(add_seconds(493121600, 3), 493121601);
  CHECK_EQ(add_seconds(493121600, 2), 493121600);
  CHECK_EQ(add_seconds(493121622, -91), 493121600);
  CHECK_EQ(add_seconds(493121600, std::int64_t{86400} * 365), 501005600);
}

TEST("the decimal form holds until 2000 for whole hours") {
  CHECK_EQ(add_seconds(123199180, 3600), 123199190);       // 1999-12-31 18 to 19 UTC
  CHECK_EQ(add_seconds(123199180, 1800), 280983050);       // 18:30 needs the other form
  CHECK_EQ(add_seconds(280983050, -1800), 123199180);
  CHECK_EQ(add_seconds(123199180, 86400), 281004200);      // 2000-01-01 18 UTC
  CHECK_EQ(add_seconds(281004200, -86400), 123199180);
}

TEST("before 1980 whole hours, halves away from zero") {
  CHECK_EQ(add_seconds(60179120, 5400), 60179140);
  CHECK_EQ(add_seconds(60179120, 91), 60179120);
  CHECK_EQ(add_seconds(60179120, 864000), 61179120);
  CHECK_EQ(add_seconds(123179230, 3600), 10180000);  // 1979-12-31 23 UTC to 1980
}

TEST("the run digit of the decimal form stays as long as the form does") {
  CHECK_EQ(add_seconds(20260101, 3600), 20260111);
  CHECK_EQ(add_seconds(20260111, -3600), 20260101);
  CHECK_EQ(add_seconds(10101006, 630), 10101006);
  CHECK_EQ(add_seconds(12398083, std::int64_t{8760} * 3600), 12399083);
  CHECK_EQ(add_seconds(12795139, 900), 242119924);
}

TEST("extended stamps move by hours") {
  CHECK_EQ(add_seconds(-1294956316, 3600), -1294956315);
  CHECK_EQ(add_seconds(-1294956316, 5400), -1294956314);
  CHECK_EQ(add_seconds(-1262091733, 864000), -1262091433);
}

TEST("no date stays no date, and what cannot be computed is told so") {
  CHECK_EQ(add_seconds(0, 0), 0);
  CHECK_EQ(add_seconds(-5, 0), -5);
  CHECK_EQ(add_seconds(0, 3600), error_stamp);
  CHECK_EQ(add_seconds(10100800, 3600), error_stamp);    // hour 80
  CHECK_EQ(add_seconds(2147483647, 3600), error_stamp);  // after 2235
  CHECK_EQ(add_seconds(-1, 3600), error_stamp);
  CHECK_EQ(add_seconds(493121600, INT64_C(1) << 45), error_stamp);
  CHECK_EQ(add_seconds(493121600, -(INT64_C(1) << 45)), error_stamp);
}

TEST("the directory form gives the stamp back") {
  CHECK_EQ(polyfst::stamp::to_directory(493121600), 0x17838D00U);
  for (const std::int32_t stamp : {0, 10180000, 123199230, 493121607, -1294956316}) {
    CHECK_EQ(polyfst::stamp::from_directory(polyfst::stamp::to_directory(stamp)), stamp);
  }
}

RUN_TESTS
