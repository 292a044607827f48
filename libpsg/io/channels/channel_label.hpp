// What one channel label says by itself: a role, several possible roles, or nothing known.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/model/channel.hpp"

namespace psg::io {

/// Lower case, accents of Latin-1 letters dropped, only letters and digits kept (other non-ASCII bytes stay):
/// "EMG_Chin 1-2" -> "emgchin12", "Impédance" -> "impedance".
std::string fold_label(std::string_view label);

/// The folded words of a label, cut at everything that is no letter or digit: "LEG/L" -> "leg", "l".
std::vector<std::string> label_words(std::string_view label);

/// Against what a channel was recorded, as far as the label tells; a greater value is better for scoring sleep.
enum class Reference {
    none,           ///< one electrode, reference unknown ("C3"), or a sensor
    common,         ///< a named common reference ("C3-Ref", "EEG C3-LE", "C3-AVG")
    bipolar,        ///< two electrodes of the same kind ("Fpz-Cz", "Chin1-Chin2")
    inverted,       ///< mastoid first ("A2-C3"): the usual derivation upside down
    mastoid,        ///< the mastoid of the same side, or both linked ("C3-A1", "C3-M1M2", "Cz-A2")
    contralateral,  ///< the mastoid of the other side ("C3-A2"), as the AASM manual recommends
};

struct LabelReading {
    std::optional<Role> role;
    std::string site;  ///< EEG electrode ("C3"), muscle or kind of sensor; may be empty
    std::string rule;  ///< "alias", "derivation" or "token"
    Reference reference = Reference::none;
    std::string ambiguity;  ///< if not empty: what the label could mean; then there is no role
};

/// Reads a label in this order: a spelling of the table channel_labels.tsv ("alias"), a derivation of electrodes with
/// names of the 10-20 and 10-10 systems, A1 and A2 being M1 and M2 ("derivation"), or words of the table that agree on
/// one body part and, where there are two, on one side, with no unknown word beside them ("token"). Whole words only:
/// "RAT" is not found in "Pulse Rate". A label with an unknown word has no role; a label whose words contradict each
/// other or leave the side open is ambiguous.
LabelReading read_label(std::string_view label);

}  // namespace psg::io
