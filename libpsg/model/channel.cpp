// Names of the roles, and what was changed about a channel, in words.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/model/channel.hpp"

namespace psg {

std::string changes_text(const Channel& channel) {
    std::string text;
    for (const ChannelChange& c : channel.changes) {
        text += (text.empty() ? "" : "; ") + c.kind;
        if (!c.value.empty()) text += ": " + c.value;
        if (c.kind != "derived") text += " (" + c.source + ")";
    }
    return text;
}

std::string_view role_name(Role role) {
    switch (role) {
#define PSG_ROLE_NAME(id, name, meaning) \
    case Role::id: return name;
        PSG_ROLES(PSG_ROLE_NAME)
#undef PSG_ROLE_NAME
    }
    return {};
}

std::string_view role_meaning(Role role) {
    switch (role) {
#define PSG_ROLE_MEANING(id, name, meaning) \
    case Role::id: return meaning;
        PSG_ROLES(PSG_ROLE_MEANING)
#undef PSG_ROLE_MEANING
    }
    return {};
}

const std::vector<Role>& all_roles() {
    static const std::vector<Role> roles{
#define PSG_ROLE_VALUE(id, name, meaning) Role::id,
        PSG_ROLES(PSG_ROLE_VALUE)
#undef PSG_ROLE_VALUE
    };
    return roles;
}

std::optional<Role> role_from_name(std::string_view name) {
    for (Role role : all_roles())
        if (role_name(role) == name) return role;
    return std::nullopt;
}

}  // namespace psg
