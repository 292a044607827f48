// Lines and numbers of a LightGBM text; every complaint names the line.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/error.hpp"

namespace psg::staging {

/// One "key=value" line; of a line without '=' the key is all of it.
struct LightgbmLine {
    std::string_view key, value;
    int number = 0;          ///< from 1
    std::size_t offset = 0;  ///< of its first byte
};

class LightgbmLines {
public:
    LightgbmLines(std::string_view text, std::string where) : text_(text), where_(std::move(where)) {}

    [[noreturn]] void fail(int line, std::string what) const {
        for (char& c : what)  // of the file; a message ends at a NUL
            if (static_cast<unsigned char>(c) < ' ') c = '?';
        throw DataError(where_ + ", line " + std::to_string(line), what,
                        "export the model anew (scripts/export_yasa_model) and do not edit the file");
    }

    bool at_end() const { return place_ == text_.size(); }
    int number() const { return number_; }

    /// The next line, which must be whole.
    LightgbmLine next() {
        ++number_;
        const std::size_t end = text_.find('\n', place_);
        if (end == std::string_view::npos) fail(number_, "the model file ends here and is not complete");
        LightgbmLine line{text_.substr(place_, end - place_), {}, number_, place_};
        place_ = end + 1;
        if (const std::size_t equals = line.key.find('='); equals != std::string_view::npos) {
            line.value = line.key.substr(equals + 1);
            line.key = line.key.substr(0, equals);
        }
        return line;
    }

    /// The next line that is not empty.
    LightgbmLine next_filled() {
        LightgbmLine line = next();
        while (line.key.empty() && line.value.empty()) line = next();
        return line;
    }

    /// `count` numbers separated by single blanks and nothing else.
    template <class Number>
    std::vector<Number> numbers(const LightgbmLine& line, std::size_t count) const {
        std::vector<Number> all;
        all.reserve(std::min(count, line.value.size()));  // a number takes a byte at least
        const char* from = line.value.data();
        const char* const end = from + line.value.size();
        while (from != end) {
            if (all.size() == count)
                fail(line.number, std::string(line.key) + " has more than " + std::to_string(count) + " values");
            Number value{};
            const auto [behind, error] = std::from_chars(from, end, value);
            bool fine = error == std::errc{} && (behind == end || *behind == ' ');
            if constexpr (std::is_floating_point_v<Number>) fine = fine && std::isfinite(value);
            if (!fine)
                fail(line.number,
                     "value " + std::to_string(all.size() + 1) + " of " + std::string(line.key) + " cannot be read");
            all.push_back(value);
            from = behind == end ? end : behind + 1;
        }
        if (all.size() != count)
            fail(line.number, std::string(line.key) + " has " + std::to_string(all.size()) + " values and not " +
                                  std::to_string(count));
        return all;
    }

    /// Whether a line that nothing is computed from holds `count` numbers, or could.
    void check_numbers(const LightgbmLine& line, std::size_t count) const {
        std::size_t words = 0;
        bool inside = false;
        for (const char c : line.value) {
            if (!(c >= '0' && c <= '9') && std::string_view("+-.e naif").find(c) == std::string_view::npos)
                fail(line.number, std::string(line.key) + " holds something else than numbers");
            if (c != ' ' && !inside) ++words;
            inside = c != ' ';
        }
        if (words != count)
            fail(line.number, std::string(line.key) + " has " + std::to_string(words) + " values and not " +
                                  std::to_string(count));
    }

    template <class Number>
    Number single(const LightgbmLine& line) const {
        return numbers<Number>(line, 1).front();
    }

private:
    std::string_view text_;
    std::string where_;
    std::size_t place_ = 0;
    int number_ = 0;
};

}  // namespace psg::staging
