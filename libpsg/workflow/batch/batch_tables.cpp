// What became of a batch, as tables and as the nights of a cohort.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/batch/batch_tables.hpp"

#include <map>
#include <optional>

#include "libpsg/workflow/batch/batch_state.hpp"

namespace psg::workflow {

Table log_table(const std::string& folder, const std::vector<BatchNight>& nights, const std::vector<Standing>& standing) {
    std::vector<std::string> id, status, seconds, host, warnings, reason, recording;
    for (std::size_t i = 0; i < nights.size(); ++i) {
        const auto done = standing[i].status == "failed" ? std::nullopt : read_done(done_path(folder, nights[i].id));
        id.push_back(nights[i].id);
        status.push_back(standing[i].status);
        seconds.push_back(done ? done->seconds : "");
        host.push_back(done ? done->host : "");
        warnings.push_back(done ? done->warnings : "");
        reason.push_back(standing[i].reason);
        recording.push_back(nights[i].inputs.recordings.front());
    }
    Table t{"log", "what became of each night"};
    t.add("id", "", "", std::move(id)).add("status", "", "done, kept (as it was) or failed", std::move(status)).add("seconds", "s", "of the run that made the result", std::move(seconds))
        .add("host", "", "that made it", std::move(host)).add("warnings", "", "codes of findings, each once", std::move(warnings))
        .add("reason", "", "why it was run, or failed", std::move(reason)).add("recording", "", "(first) file", std::move(recording));
    return t;
}

Table failed_table(const std::vector<BatchNight>& nights, const std::vector<Standing>& standing) {
    std::vector<std::string> id, recording, reason;
    for (std::size_t i = 0; i < nights.size(); ++i)
        if (standing[i].status == "failed") {
            id.push_back(nights[i].id);
            recording.push_back(nights[i].inputs.recordings.front());
            reason.push_back(standing[i].reason);
        }
    Table t{"failed", "nights without a result"};
    t.add("id", "", "", std::move(id)).add("recording", "", "(first) file", std::move(recording)).add("reason", "", "", std::move(reason));
    return t;
}

std::vector<CohortNight> cohort_nights(const std::string& folder, const std::vector<BatchNight>& nights, const std::vector<Standing>& standing,
                                       const NamePatterns& patterns, Findings& findings) {
    std::vector<std::string> paths;
    std::map<std::string, NightNames> told;
    for (std::size_t i = 0; i < nights.size(); ++i) {
        if (standing[i].status == "failed") continue;
        paths.push_back(result_path(folder, nights[i].id));
        told[nights[i].id] = {nights[i].person, nights[i].night, nights[i].visit};
    }
    if (paths.empty()) return {};
    return name_nights(paths, patterns, findings, told);
}

}  // namespace psg::workflow
