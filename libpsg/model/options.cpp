// Parameters described once: reading values and saying what is wrong with them.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/options.hpp"

#include <charconv>
#include <cmath>

#include "libpsg/model/error.hpp"

namespace psg {

std::string option_text(double value) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return std::string(buffer, end);
}

double parse_number(const OptionInfo& info, const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        throw UsageError("'" + text + "' is not a number for " + info.name);
    if ((info.min != 0 || info.max != 0) && (value < info.min || value > info.max))
        throw UsageError(info.name + " = " + text + " is out of range",
                         "give a value from " + option_text(info.min) + " to " + option_text(info.max));
    return value;
}

int parse_whole_number(const OptionInfo& info, const std::string& text) {
    const double value = parse_number(info, text);
    if (value != std::floor(value) || std::abs(value) > 1e9) throw UsageError("'" + text + "' is no whole number for " + info.name);
    return static_cast<int>(value);
}

static std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& w : words) text += (text.empty() ? "" : ", ") + w;
    return text;
}

void check_choice(const OptionInfo& info, const std::string& text) {
    if (info.choices.empty()) return;
    for (const std::string& choice : info.choices)
        if (choice == text) return;
    throw UsageError("'" + text + "' is no value of " + info.name, "choose one of " + joined(info.choices));
}

bool parse_flag(const OptionInfo& info, const std::string& text) {
    if (text == "1" || text == "yes" || text == "true" || text == "on") return true;
    if (text == "0" || text == "no" || text == "false" || text == "off") return false;
    throw UsageError("'" + text + "' is no value of " + info.name, "give yes or no");
}

void throw_unknown_option(const std::string& name, const std::vector<std::string>& known) {
    throw UsageError("there is no parameter '" + name + "'", "known are " + joined(known));
}

}  // namespace psg
