// A part of a file's name, found by a pattern.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/cohort/name_pattern.hpp"

#include <regex.h>

#include "libpsg/model/error.hpp"

namespace psg::workflow {

struct NamePattern::Compiled {
    explicit Compiled(const std::string& expression) : fine(regcomp(&regex, expression.c_str(), REG_EXTENDED) == 0) {}
    ~Compiled() {
        if (fine) regfree(&regex);
    }
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;
    regex_t regex{};
    bool fine;
};

NamePattern::NamePattern(std::string option, const std::string& expression, std::string other_way)
    : option_(std::move(option)), other_way_(std::move(other_way)) {
    if (expression.empty()) return;
    compiled_ = std::make_shared<const Compiled>(expression);
    if (!compiled_->fine) throw UsageError("--" + option_ + " '" + expression + "' is no regular expression");
}

std::string NamePattern::in(const std::string& name) const {
    if (!compiled_) return {};
    regmatch_t match[2] = {};
    if (regexec(&compiled_->regex, name.c_str(), 2, match, 0) != 0)
        throw UsageError("--" + option_ + " does not fit the name '" + name + "'", other_way_);
    const regmatch_t& m = compiled_->regex.re_nsub > 0 && match[1].rm_so >= 0 ? match[1] : match[0];
    if (m.rm_so == m.rm_eo) throw UsageError("--" + option_ + " finds nothing in the name '" + name + "'", other_way_);
    return name.substr(static_cast<std::size_t>(m.rm_so), static_cast<std::size_t>(m.rm_eo - m.rm_so));
}

}  // namespace psg::workflow
