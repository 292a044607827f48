// Every fuzzing harness: a name and a function that feeds arbitrary bytes to one reader.
// SPDX-License-Identifier: BSD-3-Clause
//
// A new harness is one line here and one function in a file of this folder; scripts/fuzz and the replay test then know it.
#pragma once

#include <cstdint>
#include <span>

#define PSG_FUZZ_HARNESSES(X)                                    \
    X(edf, "EDF and EDF+: header, annotations, samples, roles")  \
    X(bdf, "the same bytes as BDF and BDF+")                     \
    X(joined, "two halves as the parts of one night")            \
    X(gzip, "packed texts")                                      \
    X(tables, "scorings as tables, lines of stages and exports") \
    X(luna, "Luna .annot")                                       \
    X(xml, "Profusion and NSRR XML")                             \
    X(event_map, "a laboratory's map of event names")            \
    X(model, "staging models")                                   \
    X(trees, "LightGBM text models over YASA's features")        \
    X(features, "tables of features to train from")              \
    X(channel_map, "a laboratory's map of labels")               \
    X(derivation, "NAME=EXPRESSION")

namespace psg::fuzz {

using Bytes = std::span<const std::uint8_t>;

// Each returns normally whatever the bytes are: a refusal (psg::Error) is caught inside, everything else is a fault.
#define PSG_FUZZ_DECLARE(name, text) void name(Bytes bytes);
PSG_FUZZ_HARNESSES(PSG_FUZZ_DECLARE)
#undef PSG_FUZZ_DECLARE

}  // namespace psg::fuzz
