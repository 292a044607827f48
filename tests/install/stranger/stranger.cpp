// A stranger's program: opens a recording, stages it from its EEG and prints the stages.
// SPDX-License-Identifier: BSD-3-Clause
#include <cstdio>
#include <vector>

#include "libpsg/io/channels/channel_roles.hpp"
#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/staging/stager.hpp"

int main(int, char** argv) try {
    const psg::io::EdfReader reader(argv[1]);
    psg::Findings findings;
    std::vector<int> eeg;
    for (const psg::RoleAssignment& a : psg::io::assign_roles(reader.recording(), {}, findings))
        if (a.chosen && a.role == psg::Role::eeg) eeg.push_back(a.channel);
    const std::vector<psg::Signal> signals = reader.read(eeg);
    std::vector<const psg::Signal*> views;
    for (const psg::Signal& s : signals) views.push_back(&s);
    const auto night = psg::staging::stage_night(views, reader.recording().duration(), psg::staging::embedded_model());
    for (const psg::Stage stage : night.hypnogram.stages) std::printf("%s\n", std::string(psg::stage_name(stage)).c_str());
    return 0;
} catch (const psg::DataError& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
