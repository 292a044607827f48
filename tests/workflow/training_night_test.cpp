// Recordings with scorings as nights to learn from: the scorer's epochs, also where they begin later.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/training_night.hpp"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "libpsg/model/error.hpp"
#include "libpsg/simulate/options.hpp"
#include "libpsg/staging/stager.hpp"
#include "libpsg/workflow/write_simulation.hpp"

using namespace psg;
using namespace std::chrono_literals;

namespace {

struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "psg_training_XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no folder for the test");
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
    std::string scoring(int epochs, double shift_s) const {
        std::ofstream out(path / "scored.tsv");
        out << "onset\tduration\tstage\n";
        for (int i = 0; i < epochs; ++i) out << shift_s + 30 * i << "\t30\t" << (i < 10 ? "W" : "N2") << "\n";
        return file("scored.tsv");
    }
};

}  // namespace

TEST_CASE("a recording is measured in the scorer's epochs", "[workflow]") {
    const Folder folder;
    simulate::SimulationOptions options;
    options.hours = 0.75;
    workflow::write_simulation(options, folder.file("a.edf"), true, {});
    workflow::NightInputs inputs;
    inputs.recordings = {folder.file("a.edf")};
    inputs.hypnogram = folder.scoring(80, 0);
    const auto night = workflow::training_night(inputs);
    CHECK(night.simulated);
    CHECK(night.patient.empty());
    CHECK(night.recording_sha256.size() == 64);
    CHECK(night.scoring_sha256 != night.recording_sha256);
    REQUIRE(night.scored.channels.size() == 2);
    REQUIRE(night.scored.stages.size() == 90);  // of the recording
    CHECK(night.scored.stages[9] == Stage::W);
    CHECK(night.scored.stages[10] == Stage::N2);
    CHECK(night.scored.stages[80] == Stage::unknown);

    // the features are those that the stager makes
    const auto opened = workflow::open_night(inputs, {Role::eeg});
    const WholeSignal whole(opened.night.signals[0].signal);
    const Signal& signal = *whole;
    const auto same = staging::epoch_features(signal, opened.recording.duration());
    CHECK(night.scored.channels[0].label == signal.label);
    for (std::size_t t = 0; t < 90; ++t) CHECK(night.scored.channels[0].epochs[t].delta == same.epochs[t].delta);

    // ten seconds later: those of the recording without its first ten seconds
    inputs.hypnogram = folder.scoring(80, 10);
    const auto later = workflow::training_night(inputs);
    Signal cut = signal;
    auto& samples = cut.stretches[0].samples;
    samples.erase(samples.begin(), samples.begin() + std::ptrdiff_t(10 * signal.rate.hz()));
    const auto expected = staging::epoch_features(cut, opened.recording.duration() - 10s);
    REQUIRE(later.scored.stages.size() == 89);
    CHECK(later.scored.stages[10] == Stage::N2);
    for (std::size_t t = 1; t < 89; ++t) {  // the resampling filter sees what lies before the first epoch
        CHECK(later.scored.channels[0].epochs[t].delta == Approx(expected.epochs[t].delta).epsilon(1e-4));
        CHECK(later.scored.channels[0].epochs[t].mobility == Approx(expected.epochs[t].mobility).epsilon(1e-4));
    }
}

TEST_CASE("what cannot be learned from is told", "[workflow]") {
    const Folder folder;
    simulate::SimulationOptions options;
    options.hours = 0.75;
    workflow::write_simulation(options, folder.file("a.edf"), true, {});
    workflow::NightInputs inputs;
    inputs.recordings = {folder.file("a.edf")};
    CHECK_THROWS_WITH(workflow::training_night(inputs), Catch::Contains("a.edf: no scoring"));
    inputs.hypnogram = folder.scoring(40, 0);
    CHECK_THROWS_WITH(workflow::training_night(inputs), Catch::Contains("only 40 of its scored epochs"));
    inputs.hypnogram = folder.scoring(10, 0);
    CHECK_THROWS_WITH(workflow::training_night(inputs), Catch::Contains("nobody slept"));
    inputs.hypnogram = folder.scoring(80, 0);
    CHECK_NOTHROW(workflow::training_night(inputs));
}
