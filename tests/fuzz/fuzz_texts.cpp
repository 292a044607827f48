// Fuzzing of everything that is read as text beside a recording.
// SPDX-License-Identifier: BSD-3-Clause
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/io/channel_map.hpp"
#include "libpsg/io/derivation.hpp"
#include "libpsg/io/event_reader.hpp"
#include "libpsg/io/hypnogram_reader.hpp"
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

void hypnogram(Bytes bytes) {
    Recording recording;
    recording.segments = {{Time(0), std::chrono::minutes(30)}};
    Findings findings;
    allow_refusal([&] { io::read_hypnogram(text_of(bytes), "fuzz.tsv", recording, findings); });
}

void respiratory(Bytes bytes) {
    Findings findings;
    allow_refusal([&] { io::read_events(text_of(bytes), "fuzz.tsv", io::EventUse::respiratory, findings); });
}

void movements(Bytes bytes) {
    Findings findings;
    allow_refusal([&] { io::read_events(text_of(bytes), "fuzz.tsv", io::EventUse::movements, findings); });
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
