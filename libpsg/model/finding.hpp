// Findings: what was odd about the data and what was done about it, each with a code that never changes.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psg {

// The complete list. The text is the meaning in general; a finding's own message gives the case at hand.
#define PSG_FINDING_CODES(X)                                                                                          \
    X(EDF_VERSION, "the version field is not that of EDF or BDF")                                                     \
    X(EDF_HEADER_BYTES, "the header byte count is wrong or blank")                                                    \
    X(EDF_RECORD_COUNT, "the number of data records does not fit the file size")                                      \
    X(EDF_TRAILING_BYTES, "bytes follow the last complete data record")                                               \
    X(EDF_TEXT_ENCODING, "a header text is not printable ASCII")                                                      \
    X(EDF_NUMBER_FORMAT, "a header number is written unusually")                                                      \
    X(EDF_START_DATE, "the start date cannot be read")                                                                \
    X(EDF_START_TIME, "the start time cannot be read")                                                                \
    X(EDF_UNIT_UNKNOWN, "a channel's unit is blank or unknown")                                                       \
    X(EDF_UNCALIBRATED, "a channel has no usable calibration and is left out")                                        \
    X(EDF_RANGE_REVERSED, "a digital or physical range is reversed or out of the format's limits")                    \
    X(EDF_SAMPLE_RANGE, "samples lie outside the digital range that the header declares")                             \
    X(EDF_LABEL_EMPTY, "a channel has no label")                                                                      \
    X(EDF_LABEL_DUPLICATE, "several channels have the same label")                                                    \
    X(EDF_GAP_IN_CONTINUOUS, "a file declared continuous has a gap in its timekeeping")                               \
    X(EDF_TIMEKEEPING, "a data record has no readable timekeeping annotation")                                        \
    X(EDF_ANNOTATION, "an annotation list cannot be read in full")                                                    \
    X(EDF_ANNOTATION_CHANNEL, "the annotation channel is missing, misspelt or not expected")                          \
    X(EDF_RESERVED, "the reserved field holds an unknown text")                                                       \
    X(EDF_RATE, "a sampling rate is unusual")                                                                         \
    X(EDF_START_OFFSET, "the first data record does not begin within the first second")                               \
    X(EDF_EMPTY_CHANNEL, "a channel has no samples")                                                                  \
    X(EDF_PATIENT_FIELD, "the EDF+ patient field does not follow the standard")                                       \
    X(EDF_RECORDING_FIELD, "the EDF+ recording field does not follow the standard")                                   \
    X(RESOLUTION_COARSE, "one digital step is too coarse for the channel's use")                                      \
    X(AMPLITUDE_IMPLAUSIBLE, "a channel's amplitude is implausible for its use")                                      \
    X(CHANNEL_NOT_FOUND, "no channel was found for a role")                                                           \
    X(CHANNEL_AMBIGUOUS, "a channel label can mean several things and was not guessed")                               \
    X(CHANNEL_UNUSABLE, "a channel cannot be used for its role")                                                      \
    X(DETECTOR_NOT_RUN, "a detector could not run")                                                                   \
    X(DETECTOR_REDUCED, "a detector ran with less than it would like to have")                                        \
    X(STAGING_NOT_RUN, "sleep could not be staged")                                                                   \
    X(EPOCH_UNSCORABLE, "epochs could not be staged")                                                                 \
    X(HYPNOGRAM_LENGTH, "the hypnogram does not cover the recording exactly")                                         \
    X(EVENTS_UNKNOWN, "scored events have names that are not understood")                                             \
    X(EVENTS_OUTSIDE, "scored events lie outside the recording")                                                      \
    X(RECORDING_JOINED, "the recording was joined from several files")                                               \
    X(RECORDING_PLACE_ASSUMED, "when a part of the recording began is not told in full")                              \
    X(RECORDING_PARTS_DIFFER, "the parts of the recording are not alike")                                             \
    X(HYPNOGRAM_GAP, "scored epochs lie in a gap of the recording")                                                   \
    X(FIX_CHANNEL_LEFT_OUT, "psg-fix did not write a channel")                                                        \
    X(FIX_CALIBRATION, "psg-fix wrote a channel's limits in another way, for the same values")                        \
    X(FIX_SAMPLES, "psg-fix changed or added samples")                                                                \
    X(FIX_TEXT, "psg-fix changed a text that EDF+ or EDFlib cannot hold")                                             \
    X(FIX_RECORDS, "psg-fix cut the samples into data records of another duration")                                   \
    X(FIX_SPLIT, "psg-fix wrote several files")                                                                       \
    X(FIX_ANNOTATION, "psg-fix wrote annotations to an .annot file or noted something about them")                    \
    X(FIX_START, "psg-fix wrote another start date or time")                                                          \
    X(FIX_IDENTITY, "psg-fix removed what may identify a person")                                                     \
    X(SIMULATED, "the recording is simulated")                                                                        \
    X(HYPNOGRAM_EPOCHS, "the epochs of a hypnogram were not the recording's 30-s epochs")                             \
    X(EVENTS_DATE, "dates or start times in a scoring disagree with the recording")                                   \
    X(EVENTS_LIGHTS, "lights-off or lights-on marks contradict each other or the recording")                          \
    X(EVENTS_CHANGED, "events written by libpsg were changed before they were read back")                             \
    X(COMPANION_NOT_USED, "a file of scorings beside the recording was not used")                                     \
    X(RECORDING_LONG_GAP, "the gap between two parts of a recording is long for one night")                            \
    X(COHORT_MIXED, "nights of a cohort were not made alike")                                                          \
    X(COHORT_UNMATCHED, "nights and rows of a sheet do not belong together")                                           \
    X(CHANNEL_NO_EEG, "a channel for the EEG does not look like one and did not take part in staging")                 \
    X(CHANNELS_DISAGREE, "EEG channels show different stages, each with confidence")                                   \
    X(EEG_BAND_MISSING, "an EEG channel went through filters that take away what stages are told by")                  \
    X(EEG_NOISY, "noise, muscle or bursts lie over an EEG channel, or its epochs are unlike what was learned")         \
    X(EEG_GAIN_CHANGES, "the gain or the power of an EEG channel changes within the recording")                        \
    X(EEG_UNTESTED, "a recording is too short to test whether a channel holds an EEG")                                 \
    X(EEG_HEART_BEATS, "heart beats lie over an EEG channel")                                                          \
    X(STAGES_IMPLAUSIBLE, "hours of a recording, or its sleep, were staged as one and the same")                       \
    X(MODEL_UNKNOWN, "a staging model has the form of YASA's models and is none of the known ones")                    \
    X(AGREEMENT_LENGTHS, "scorings that are compared are of different lengths")                                        \
    X(AGREEMENT_INTERVAL, "an interval of agreement could not be computed")

enum class FindingCode {
#define PSG_FINDING_ENUM(code, meaning) code,
    PSG_FINDING_CODES(PSG_FINDING_ENUM)
#undef PSG_FINDING_ENUM
};

std::string_view code_name(FindingCode code);
std::string_view code_meaning(FindingCode code);
/// Every code in the order of the list.
const std::vector<FindingCode>& all_finding_codes();

/// One oddity. Never names a path, a person or a date.
struct Finding {
    FindingCode code{};
    std::string message;                         ///< the case at hand, one sentence without a full stop
    std::string repair = {};                     ///< what was done in memory; empty if nothing was
    std::string field = {};                      ///< header field or kind of input; may be empty
    int channel = -1;                            ///< channel index or -1
    std::string label = {};                      ///< the channel's label
    std::optional<std::int64_t> byte_offset = {};  ///< where in the file
};

using Findings = std::vector<Finding>;

}  // namespace psg
