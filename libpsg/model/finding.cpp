// Findings: names and meanings of the codes.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/finding.hpp"

namespace psg {

std::string_view code_name(FindingCode code) {
    switch (code) {
#define PSG_FINDING_NAME(code, meaning) \
    case FindingCode::code: return #code;
        PSG_FINDING_CODES(PSG_FINDING_NAME)
#undef PSG_FINDING_NAME
    }
    return {};
}

std::string_view code_meaning(FindingCode code) {
    switch (code) {
#define PSG_FINDING_MEANING(code, meaning) \
    case FindingCode::code: return meaning;
        PSG_FINDING_CODES(PSG_FINDING_MEANING)
#undef PSG_FINDING_MEANING
    }
    return {};
}

const std::vector<FindingCode>& all_finding_codes() {
    static const std::vector<FindingCode> codes{
#define PSG_FINDING_VALUE(code, meaning) FindingCode::code,
        PSG_FINDING_CODES(PSG_FINDING_VALUE)
#undef PSG_FINDING_VALUE
    };
    return codes;
}

}  // namespace psg
