// Fuzzing of everything that is read as text beside a recording.
// SPDX-License-Identifier: BSD-3-Clause
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/io/channels/channel_map.hpp"
#include "libpsg/io/channels/derivation.hpp"
#include "libpsg/io/scored/event_names.hpp"
#include "libpsg/io/scored/scoring.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/staging/feature_table.hpp"
#include "libpsg/staging/model.hpp"
#include "libpsg/staging/yasa_stager.hpp"
#include "tests/fuzz/harnesses.hpp"

namespace psg::fuzz {

namespace {

std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

template <class Read>
void allow_refusal(Read read) {
    try {
        read();
    } catch (const Error&) {
    }
}

}  // namespace

namespace {

// A scoring of half an hour that begins at 23:50, read and understood for every use.
void read_scoring(std::string_view text, const std::string& name) {
    static const Recording recording = [] {
        Recording r;
        r.segments = {{Time(0), std::chrono::minutes(10)}, {std::chrono::minutes(11), std::chrono::minutes(30)}};
        r.start = {Date{2024, 3, 1}, std::chrono::hours(23) + std::chrono::minutes(50)};
        return r;
    }();
    io::ScoringOptions options;
    options.classes = {"leg_movement", "hypnic_jerk", "periodic_leg_movement"};
    for (auto use : {io::ScoringUse::everything, io::ScoringUse::hypnogram, io::ScoringUse::respiratory, io::ScoringUse::movements}) {
        options.use = use;
        allow_refusal([&] {
            Findings findings;
            const auto s = io::understand(io::read_scored_text(text, name, recording, use), recording, options, findings);
            // what every consumer relies on
            if (s.hypnogram && s.hypnogram->epoch <= Time(0)) std::abort();
            for (const EventList* list : {&s.respiratory, &s.arousals, &s.movements})
                for (const Event& e : *list)
                    if (e.extent.duration() < Time(0) || e.id.empty()) std::abort();
        });
    }
}

}  // namespace

void tables(Bytes bytes) { read_scoring(text_of(bytes), "fuzz.tsv"); }

void luna(Bytes bytes) { read_scoring(text_of(bytes), "fuzz.annot"); }

void xml(Bytes bytes) { read_scoring("<?xml version=\"1.0\"?>" + std::string(text_of(bytes)), "fuzz.xml"); }

void event_map(Bytes bytes) {
    allow_refusal([&] { io::read_event_map(text_of(bytes), "fuzz.map", {"leg_movement", "hypnic_jerk"}); });
}

void model(Bytes bytes) {
    allow_refusal([&] { staging::read_model(text_of(bytes), "fuzz.model.txt"); });
}

void trees(Bytes bytes) {
    allow_refusal([&] {
        const staging::YasaModel model = staging::read_yasa_model(text_of(bytes), "fuzz.txt");
        staging::class_probabilities(model.trees, std::vector<float>(model.features.size()));
    });
}

void features(Bytes bytes) {
    allow_refusal([&] { staging::read_feature_table(text_of(bytes), "fuzz.tsv"); });
}

void channel_map(Bytes bytes) {
    allow_refusal([&] {
        const io::ChannelMap map(text_of(bytes), "fuzz.tsv");
        for (const io::ChannelMapLine& line : map.lines())
            if (!map.find(line.label)) std::abort();
    });
}

void derivation(Bytes bytes) {
    static const Recording recording = [] {
        Recording r;
        for (const char* label : {"C4", "M1", "C4-M1", "EMG +", "2", "A1 (ref)"}) {
            Channel c;
            c.index = static_cast<int>(r.channels.size());
            c.label = label;
            c.unit = "uV";
            c.calibration = Calibration{0.1, 0};
            r.channels.push_back(c);
        }
        return r;
    }();
    Findings findings;
    allow_refusal([&] { io::derive_channel(recording, io::parse_derivation(text_of(bytes)), 6, findings); });
}

}  // namespace psg::fuzz
