// Tables as JSON lines, as psg-stage, psg-detect and pandas write them.
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cstdint>
#include <map>

#include "libpsg/io/scored/scored_formats.hpp"
#include "libpsg/io/text/text_encoding.hpp"
#include "libpsg/model/error.hpp"

namespace psg::io {

namespace {

// One object without objects or lists in it: nothing calls itself, whatever the input nests.
class JsonLine {
public:
    JsonLine(const TextLine& line, const std::string& name) : line_(line), name_(name), rest_(line.text) {}

    // Names and texts of the values.
    std::vector<std::pair<std::string, std::string>> read() {
        std::vector<std::pair<std::string, std::string>> pairs;
        expect('{');
        if (peek() == '}') fail("an object without values");
        for (;;) {
            std::string key = text();
            expect(':');
            pairs.emplace_back(std::move(key), value());
            if (peek() != ',') break;
            rest_.remove_prefix(1);
        }
        expect('}');
        if (peek() != '\0') fail("text follows the object");
        return pairs;
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw DataError(name_ + " line " + std::to_string(line_.number), "no JSON object that is a row of a table: " + what,
                        "each line is {\"onset\": 12.5, \"event\": \"...\", ...}");
    }
    char peek() {
        rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(" \t")));
        return rest_.empty() ? '\0' : rest_[0];
    }
    void expect(char c) {
        if (peek() != c) fail(std::string("'") + c + "' is missing");
        rest_.remove_prefix(1);
    }

    std::string value() {
        const char c = peek();
        if (c == '"') return text();
        if (c == '{' || c == '[') fail("values inside values");
        const std::string_view word = rest_.substr(0, rest_.find_first_of(",} \t"));
        rest_.remove_prefix(word.size());
        if (word == "null") return {};
        if (word == "true" || word == "false" || word == "NaN") return std::string(word);
        if (word.empty() || word.find_first_not_of("0123456789+-.eE") != word.npos)
            fail("'" + std::string(word.substr(0, 40)) + "' is no value");
        return std::string(word);
    }

    std::string text() {
        expect('"');
        std::string out;
        for (;;) {
            if (rest_.empty()) fail("a text is not closed");
            const char c = rest_[0];
            rest_.remove_prefix(1);
            if (c == '"') return clean_text(out).text;
            if (c != '\\') {
                out += c;
                continue;
            }
            if (rest_.empty()) fail("a text is not closed");
            const char escape = rest_[0];
            rest_.remove_prefix(1);
            const std::string_view escapes = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
            if (escape == 'u')
                add_utf8(code_point(), out);
            else if (const std::size_t at = escapes.find(escape); at != escapes.npos)
                out += meant[at];
            else
                fail("an unknown escape");
        }
    }

    std::uint32_t hex() {
        std::uint32_t code = 0;
        for (int i = 0; i < 4; ++i) {
            const std::size_t digit = rest_.empty() ? std::string_view::npos
                                                    : std::string_view("0123456789abcdefABCDEF").find(rest_[0]);
            if (digit == std::string_view::npos) fail("\\u without four digits");
            code = code * 16 + static_cast<std::uint32_t>(digit < 16 ? digit : digit - 6);
            rest_.remove_prefix(1);
        }
        return code;
    }
    std::uint32_t code_point() {
        const std::uint32_t first = hex();
        if (first < 0xD800 || first > 0xDFFF) return first;
        if (first > 0xDBFF || !rest_.starts_with("\\u")) fail("half a surrogate pair");
        rest_.remove_prefix(2);
        const std::uint32_t second = hex();
        if (second < 0xDC00 || second > 0xDFFF) fail("half a surrogate pair");
        return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    }
    static void add_utf8(std::uint32_t c, std::string& out) {
        const auto put = [&](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
        if (c < 0x80) return put(c);
        if (c < 0x800) {
            put(0xC0 | (c >> 6));
        } else if (c < 0x10000) {
            put(0xE0 | (c >> 12));
            put(0x80 | ((c >> 6) & 0x3F));
        } else {
            put(0xF0 | (c >> 18));
            put(0x80 | ((c >> 12) & 0x3F));
            put(0x80 | ((c >> 6) & 0x3F));
        }
        put(0x80 | (c & 0x3F));
    }

    const TextLine& line_;
    const std::string& name_;
    std::string_view rest_;
};

}  // namespace

TextTable read_json_lines(const std::vector<TextLine>& lines, const std::string& name) {
    std::vector<std::string> columns;
    std::map<std::string, std::size_t> places;
    std::vector<TableRow> rows;
    for (const TextLine& line : lines) {
        auto pairs = JsonLine(line, name).read();
        const bool first = columns.empty();
        TableRow row{line.number, std::vector<std::string>(pairs.size())};
        std::size_t found = 0;
        std::vector<bool> seen(pairs.size());
        for (auto& [key, value] : pairs) {
            if (first && places.emplace(key, columns.size()).second) columns.push_back(key);
            const auto at = places.find(key);
            if (at == places.end() || at->second >= seen.size() || seen[at->second]) break;
            seen[at->second] = true;
            row.fields[at->second] = std::move(value);
            ++found;
        }
        if (found != pairs.size() || found != columns.size())
            throw DataError(name + " line " + std::to_string(line.number),
                            first ? "a name stands twice" : "its names are not those of the first line",
                            "give every object the same names, each once");
        rows.push_back(std::move(row));
    }
    return {columns, std::move(rows), '{', name};
}

}  // namespace psg::io
