// HDF5 and text sinks: what goes in comes out, and the same tables give the same bytes.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/export/hdf5_tables.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "libpsg/export/hdf5_writer.hpp"
#include "libpsg/export/text_rows.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/model/error.hpp"
#include "tests/edf_bytes.hpp"

using namespace psg;
using namespace psg::exports;

namespace {

Table sample() {
    Table t{"things", "some things"};
    t.add("x", "uV", "a number", std::vector<double>{1.5, std::numeric_limits<double>::quiet_NaN(), -1e-300});
    t.add("f", "", "", std::vector<float>{1, 2, 3});
    t.add("n", "", "", std::vector<std::int32_t>{1, -2, 3});
    t.add("b", "", "", std::vector<std::int8_t>{0, -1, 4});
    t.add("s", "", "", std::vector<std::string>{"a\tb", "", "\u00b5V <script>"});
    return t;
}

}  // namespace

TEST_CASE("tables come back from HDF5 as they were") {
    test::TemporaryFolder folder;
    Table empty{"nothing", "no rows"};
    empty.add("s", "", "", std::vector<std::string>{}).add("x", "s", "", std::vector<double>{});
    write_hdf5(folder.path("a.h5"), {sample(), empty}, {{"format", "test"}});
    CHECK(hdf5_table_names(folder.path("a.h5")) == std::vector<std::string>{"nothing", "things"});
    CHECK(hdf5_attribute(folder.path("a.h5"), "format") == "test");
    CHECK(hdf5_attribute(folder.path("a.h5"), "none").empty());
    const Table back = read_hdf5_table(folder.path("a.h5"), "things");
    CHECK(to_tsv(back) == to_tsv(sample()));
    CHECK(back.columns[0].unit == "uV");
    CHECK(back.columns[0].text == "a number");
    CHECK(read_hdf5_table(folder.path("a.h5"), "nothing").rows() == 0);

    write_hdf5(folder.path("b.h5"), {sample(), empty}, {{"format", "test"}});
    CHECK(io::read_text_file(folder.path("a.h5")) == io::read_text_file(folder.path("b.h5")));
}

TEST_CASE("tables written in pieces are the same as whole ones") {
    test::TemporaryFolder folder;
    Table many{"many", "rows", {}, {{"stage_codes", "0 no, 1 yes"}}};
    std::vector<double> x(10000);
    std::vector<std::string> s(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = 0.5 * static_cast<double>(i);
        s[i] = std::string(i % 300, 'x');
    }
    many.add("x", "s", "", x).add("s", "", "", s);
    write_hdf5(folder.path("whole.h5"), {many, sample()}, {{"format", "test"}});
    CHECK(read_hdf5_shape(folder.path("whole.h5"), "many").columns.attributes == many.attributes);
    CHECK(read_hdf5_shape(folder.path("whole.h5"), "many").rows == x.size());

    Hdf5Writer writer(folder.path("pieces.h5"), {{"format", "test"}});
    writer.make(read_hdf5_shape(folder.path("whole.h5"), "many"));
    writer.make(shape_of(sample()));
    for (std::size_t first = 0; first < x.size(); first += 77) {
        const auto last = static_cast<std::ptrdiff_t>(std::min(first + 77, x.size()));
        const auto begin = static_cast<std::ptrdiff_t>(first);
        Table piece{"many", ""};
        piece.add("x", "", "", std::vector<double>(x.begin() + begin, x.begin() + last));
        piece.add("s", "", "", std::vector<std::string>(s.begin() + begin, s.begin() + last));
        writer.add(piece);
    }
    CHECK_THROWS_AS(writer.add(many), std::logic_error);
    writer.add(sample());
    writer.close();
    CHECK(to_tsv(read_hdf5_table(folder.path("pieces.h5"), "many")) == to_tsv(many));
    CHECK(to_tsv(read_hdf5_table(folder.path("pieces.h5"), "things")) == to_tsv(sample()));
}

TEST_CASE("foreign and damaged files are refused") {
    test::TemporaryFolder folder;
    CHECK_THROWS_AS(read_hdf5_table(folder.write("x.h5", "not HDF5"), "things"), DataError);
    write_hdf5(folder.path("a.h5"), {sample()}, {});
    CHECK_THROWS_AS(read_hdf5_table(folder.path("a.h5"), "other"), DataError);
    CHECK_THROWS_AS(read_hdf5_table(folder.path("a.h5"), "/things"), DataError);
    CHECK_THROWS_AS(write_hdf5(folder.path("no/such/folder.h5"), {sample()}, {}), DataError);
    const std::string whole = io::read_text_file(folder.path("a.h5"));
    for (std::size_t cut = 0; cut < whole.size(); cut += 97) {
        const std::string path = folder.write("cut.h5", whole.substr(0, cut));
        CHECK_THROWS_AS(read_hdf5_table(path, "things"), DataError);
    }
}

TEST_CASE("text rows escape what would break a line") {
    const Table t = sample();
    CHECK(tsv_header(t) == "x\tf\tn\tb\ts\n");
    CHECK(tsv_row(t, 0) == "1.5\t1\t1\t0\ta\\tb\n");
    CHECK(json_row(t, 1) == "{\"x\":null,\"f\":2.0,\"n\":-2,\"b\":-1,\"s\":\"\"}\n");
    CHECK(json_row(t, 0).find("a\\tb") != std::string::npos);
}
