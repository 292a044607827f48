// Fuzzing of everything that is read as text beside a recording.
// SPDX-License-Identifier: BSD-3-Clause
#include <string>
#include <string_view>

#include "libpsg/io/event_reader.hpp"
#include "libpsg/io/hypnogram_reader.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/staging/feature_table.hpp"
#include "libpsg/staging/model.hpp"
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

void features(Bytes bytes) {
    allow_refusal([&] { staging::read_feature_table(text_of(bytes), "fuzz.tsv"); });
}

}  // namespace psg::fuzz
