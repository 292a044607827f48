// A part of a file's name, found by a pattern.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>

namespace psg::workflow {

/// A POSIX extended expression that is searched in names. (POSIX's matcher: std::regex recurses once for each character.)
class NamePattern {
public:
    /// `option` is where the user gave it, without its dashes, and `other_way` what to do where it does not fit. An empty expression
    /// finds nothing anywhere. UsageError if it is no expression.
    NamePattern(std::string option, const std::string& expression, std::string other_way);
    /// Its first group in the name, or the whole match. UsageError if it does not fit or finds no letter.
    std::string in(const std::string& name) const;

private:
    struct Compiled;
    std::string option_, other_way_;
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace psg::workflow
