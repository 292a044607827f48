// A simulated night as files: valid by EDFlib, read back by the project's reader with every role, and reproducible.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/write_simulation.hpp"

#include <edflib.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>

#include "libpsg/io/channels/channel_roles.hpp"
#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/io/edf/edflib_lock.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/simulate/plan.hpp"

using namespace psg;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path;
    Folder() {
        std::string name = (fs::temp_directory_path() / "psg-simulation-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
};

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

simulate::SimulationOptions short_night(std::uint64_t seed) {
    simulate::SimulationOptions options;
    options.seed = seed;
    options.hours = 0.1;
    return options;
}

}  // namespace

TEST_CASE("A simulated recording is valid by EDFlib and says that it is simulated", "[simulate]") {
    Folder folder;
    const auto files = workflow::write_simulation(short_night(1), folder.file("n.edf"), false);
    CHECK(files.truth == folder.file("n.truth.tsv"));
    CHECK(files.hypnogram == folder.file("n.hypnogram.tsv"));

    const auto header = std::make_unique<edf_hdr_struct>();
    {
        const std::lock_guard guard(io::edflib_table_lock());
        REQUIRE(edfopen_file_readonly(files.recording.c_str(), header.get(), EDFLIB_READ_ALL_ANNOTATIONS) == 0);
        edfclose_file(header->handle);
    }
    CHECK(header->filetype == EDFLIB_FILETYPE_EDFPLUS);
    CHECK(header->edfsignals == 10);
    CHECK(header->datarecords_in_file == 360);
    CHECK(std::string(header->equipment) == "psg-simulate");

    const io::EdfReader reader(files.recording);
    CHECK(reader.recording().simulated);
    Findings findings;
    const auto roles = io::assign_roles(reader.recording(), {}, findings);
    CHECK(findings.empty());
    for (const Role role : {Role::eeg, Role::eog_left, Role::eog_right, Role::chin, Role::arm_left, Role::arm_right,
                            Role::leg_left, Role::leg_right, Role::ecg})
        CHECK(std::any_of(roles.begin(), roles.end(),
                          [&](const RoleAssignment& a) { return a.role == role && a.chosen; }));
}

TEST_CASE("Simulated files are the same for the same seed", "[simulate]") {
    Folder folder;
    workflow::write_simulation(short_night(1), folder.file("a.edf"), false);
    workflow::write_simulation(short_night(1), folder.file("b.edf"), false);
    workflow::write_simulation(short_night(2), folder.file("c.edf"), false);
    for (const char* end : {".edf", ".truth.tsv", ".hypnogram.tsv"}) {
        const std::string a = bytes_of(folder.file(std::string("a") + end));
        CHECK_FALSE(a.empty());
        CHECK(a == bytes_of(folder.file(std::string("b") + end)));
    }
    CHECK(bytes_of(folder.file("a.edf")) != bytes_of(folder.file("c.edf")));
    CHECK(bytes_of(folder.file("a.truth.tsv")).rfind("id\tclass\tonset\tduration\tstage\tchannel\tside\t", 0) == 0);
}

TEST_CASE("Gaps, lights and the truth as annotations are read back", "[simulate]") {
    Folder folder;
    simulate::SimulationOptions options;
    options.seed = 9;
    options.hours = 1;
    options.emg_rate_hz = options.eeg_rate_hz = options.ecg_rate_hz = 64;
    options.gaps = 4;
    options.lights = options.annotate = true;
    const auto files = workflow::write_simulation(options, folder.file("g.edf"), false);
    const simulate::Plan plan = simulate::make_plan(options);
    REQUIRE(plan.gaps.intervals().size() == 4);
    const io::EdfReader reader(files.recording);
    const Recording& r = reader.recording();
    IntervalSet recorded;
    for (const auto& segment : r.segments) recorded.add(segment);
    CHECK(recorded == IntervalSet({{Time(0), plan.duration}}).without(plan.gaps));
    std::size_t planted = 0, lights = 0;
    for (const auto& a : r.annotations) {
        lights += a.text == "Lights off" || a.text == "Lights on";
        planted += std::any_of(plan.truth.begin(), plan.truth.end(), [&](const Event& e) {
            return e.kind == a.text && std::chrono::abs(e.extent.onset - a.onset) <= std::chrono::microseconds(50);
        });
    }
    CHECK(lights == 2);
    CHECK(planted == plan.truth.size());
    for (const Event& e : plan.truth)
        if (e.kind != "gap") CHECK_FALSE(plan.gaps.overlaps(e.extent));
}

TEST_CASE("None of the three files is overwritten unasked", "[simulate]") {
    Folder folder;
    std::ofstream(folder.file("n.truth.tsv")) << "precious";
    CHECK_THROWS_AS(workflow::write_simulation(short_night(1), folder.file("n.edf"), false), DataError);
    CHECK(bytes_of(folder.file("n.truth.tsv")) == "precious");
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
    workflow::write_simulation(short_night(1), folder.file("n.edf"), true);
    CHECK(bytes_of(folder.file("n.truth.tsv")) != "precious");
}
