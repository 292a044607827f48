// Texts into pages: nothing that a file holds may become markup or end a script.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/report/page_text.hpp"

#include <cmath>
#include <limits>

using namespace psg::report;

TEST_CASE("page text: escaping") {
    CHECK(escape_html("a<b>&\"c\"'") == "a&lt;b&gt;&amp;&quot;c&quot;&#39;");
    CHECK(escape_html("µV Entsättigung 睡") == "µV Entsättigung 睡");
    CHECK(json_text("</script><!--&\"\\\n") == "\"\\u003c/script\\u003e\\u003c!--\\u0026\\\"\\\\\\u000a\"");
    CHECK(json_text("a\xE2\x80\xA8" "b\xE2\x80\xA9") == "\"a\\u2028b\\u2029\"");
    CHECK(escape_url("a b/../<\"ä") == "a%20b%2F..%2F%3C%22%C3%A4");
}

TEST_CASE("page text: bytes that are no text become the replacement character") {
    const std::string r = "\xEF\xBF\xBD";
    CHECK(valid_text("a\xFFz") == "a" + r + "z");
    CHECK(valid_text("\xC0\x80") == r + r);                  // overlong
    CHECK(valid_text("\xED\xA0\x80") == r + r + r);          // surrogate
    CHECK(valid_text("\xF4\x90\x80\x80") == r + r + r + r);  // beyond U+10FFFF
    CHECK(valid_text("\xE2\x82") == r + r);                  // cut
    CHECK(valid_text(std::string("a\0b\x1b\x7f", 5)) == "a" + r + "b" + r + r);
    CHECK(valid_text("\xF0\x9F\x98\xB4\t\n") == "\xF0\x9F\x98\xB4\t\n");
}

TEST_CASE("page text: numbers") {
    const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
    CHECK(json_number(1.23456, 2) == "1.23");
    CHECK(json_number(-0.001, 2) == "0");
    CHECK(json_number(100, 0) == "100");
    CHECK(json_number(nan, 2) == "null");
    CHECK(json_number(inf, 2) == "null");
    CHECK(number_text(0) == "0");
    CHECK(number_text(12.3456) == "12.35");
    CHECK(number_text(0.123456) == "0.123");
    CHECK(number_text(82800) == "82800");
    CHECK(number_text(123456.7) == "123457");
    CHECK(number_text(-3276.7) == "-3277");
    CHECK(number_text(0.0001234) == "0.000123");
    CHECK(number_text(1e12) == "1e+12");
    CHECK(number_text(nan) == "–");
    CHECK(number_text(-inf) == "−∞");
    CHECK(rate_text(9.124) == "9.1");
    CHECK(rate_text(0.276) == "0.28");
    CHECK(rate_text(1348.1) == "1348");
    CHECK(rate_text(nan) == "–");
}

TEST_CASE("page text: base64 of RFC 4648") {
    CHECK(base64("") == "");
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64("\xFF\xFE\xFD") == "//79");
}
