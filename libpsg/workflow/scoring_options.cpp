// How the names and digits in scorings are to be understood.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/scoring_options.hpp"

#include <filesystem>

#include "libpsg/events/registry.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/sha256.hpp"
#include "libpsg/model/error.hpp"

namespace psg::workflow {

io::ScoringOptions scoring_options(const std::string& event_map, const std::string& stage_digits,
                                   std::string* map_sha256) {
    io::ScoringOptions options;
    for (const events::Detector* d : events::all_detectors())
        for (const events::EventClass& c : d->classes) options.classes.insert(c.name);
    if (stage_digits == "rk")
        options.digits = io::StageDigits::rk;
    else if (stage_digits == "yasa")
        options.digits = io::StageDigits::yasa;
    else if (!stage_digits.empty())
        throw UsageError("'" + stage_digits + "' is no coding of stages in digits", "give rk or yasa");
    if (!event_map.empty()) {
        const std::string name =
            event_map == "-" ? "standard input" : std::filesystem::path(event_map).filename().string();
        const std::string text = io::read_text_file(event_map);
        if (map_sha256) *map_sha256 = io::sha256_of(text);
        options.map = io::read_event_map(text, name, options.classes);
    }
    return options;
}

}  // namespace psg::workflow
