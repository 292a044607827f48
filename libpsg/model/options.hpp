// Parameters described once: help text, parsing, defaults and provenance all come from the same list.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace psg {

/// One parameter as users see it.
struct OptionInfo {
    std::string name;      ///< snake_case; on the command line "--CLASS.NAME=VALUE" is "--set CLASS.NAME=VALUE"
    std::string unit;      ///< "" if none
    std::string fallback;  ///< default value as text
    std::string source;    ///< paper, standard, or "proposed"
    std::string text;      ///< one sentence
    std::vector<std::string> choices = {};  ///< allowed texts; empty if any
    double min = 0, max = 0;           ///< inclusive range of numbers; both 0 if none
};

/// Values given by the user, by option name; what is absent keeps its default.
using OptionValues = std::map<std::string, std::string>;

/// Text of a number as it goes into help and provenance: the shortest that reads back to the same value.
std::string option_text(double value);
/// Whole text as a finite number, or UsageError naming the option.
double parse_number(const OptionInfo& info, const std::string& text);
int parse_whole_number(const OptionInfo& info, const std::string& text);
/// Throws UsageError if `text` is none of `info.choices`.
void check_choice(const OptionInfo& info, const std::string& text);

/// Ties one description to one member of an options struct `T`, whose member initialisers are the only place where the
/// defaults stand.
template <class T>
struct OptionSpec {
    OptionInfo info;
    std::variant<double T::*, int T::*, bool T::*, std::string T::*> member;
};

/// The descriptions with the default values filled in from `T{}`.
template <class T>
std::vector<OptionInfo> describe(const std::vector<OptionSpec<T>>& specs);

/// `base` with the given values put in. Unknown names, malformed values and values out of range are UsageErrors.
template <class T>
T parse_options(const std::vector<OptionSpec<T>>& specs, const OptionValues& values, T base = T{});

/// The values of `options` as texts, by name: what provenance records.
template <class T>
OptionValues option_values(const std::vector<OptionSpec<T>>& specs, const T& options);

// ---- implementation of the templates ----

[[noreturn]] void throw_unknown_option(const std::string& name, const std::vector<std::string>& known);
bool parse_flag(const OptionInfo& info, const std::string& text);

/// Not inlined: g++ 12 would warn of the text branch for structs that have no text member.
template <class T>
[[gnu::noinline]] std::string member_text(const T& options, const OptionSpec<T>& spec) {
    return std::visit(
        [&](auto member) -> std::string {
            const auto& value = options.*member;
            using V = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<V, std::string>)
                return value;
            else
                return option_text(static_cast<double>(value));
        },
        spec.member);
}

template <class T>
std::vector<OptionInfo> describe(const std::vector<OptionSpec<T>>& specs) {
    std::vector<OptionInfo> infos;
    static const T defaults{};  // static, or g++ 12 -O3 sees uninitialised strings in a T that has none
    for (const OptionSpec<T>& spec : specs) {
        infos.push_back(spec.info);
        infos.back().fallback = member_text(defaults, spec);
    }
    return infos;
}

template <class T>
OptionValues option_values(const std::vector<OptionSpec<T>>& specs, const T& options) {
    OptionValues values;
    for (const OptionSpec<T>& spec : specs) values[spec.info.name] = member_text(options, spec);
    return values;
}

template <class T>
T parse_options(const std::vector<OptionSpec<T>>& specs, const OptionValues& values, T base) {
    T options = std::move(base);
    std::vector<std::string> known;
    for (const OptionSpec<T>& spec : specs) known.push_back(spec.info.name);
    for (const auto& given : values) {
        const std::string &name = given.first, &text = given.second;  // no binding: clang 14 cannot capture those
        bool found = false;
        for (const OptionSpec<T>& spec : specs) {
            if (spec.info.name != name) continue;
            found = true;
            std::visit(
                [&](auto member) {
                    auto& value = options.*member;
                    using V = std::decay_t<decltype(value)>;
                    if constexpr (sizeof(V) > sizeof(T)) {
                        // no T has such a member; g++ 12 would warn of writing beyond options of a few numbers
                    } else if constexpr (std::is_same_v<V, std::string>) {
                        check_choice(spec.info, text);
                        value = text;
                    } else if constexpr (std::is_same_v<V, bool>) {
                        value = parse_flag(spec.info, text);
                    } else if constexpr (std::is_same_v<V, int>) {
                        value = parse_whole_number(spec.info, text);
                    } else {
                        value = parse_number(spec.info, text);
                    }
                },
                spec.member);
        }
        if (!found) throw_unknown_option(name, known);
    }
    return options;
}

}  // namespace psg
