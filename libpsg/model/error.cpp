// Failures that end a call: composing the one-line message.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/error.hpp"

namespace psg {

static std::string compose(const std::string& where, const std::string& what, const std::string& remedy) {
    std::string text = where.empty() ? what : where + ": " + what;
    if (!remedy.empty()) text += "; " + remedy;
    return text;
}

Error::Error(const std::string& where, const std::string& what, const std::string& remedy)
    : std::runtime_error(compose(where, what, remedy)) {}

}  // namespace psg
