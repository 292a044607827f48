// Channels derived by arithmetic of labels: "C4-M1=C4-Ref - M1-Ref", "C3-M=C3-(M1+M2)/2".
// SPDX-License-Identifier: BSD-3-Clause
//
// Grammar (blanks between its parts are free):
//   sum     = product { ("+" | "-") product }
//   product = operand { ("*" | "/") operand }
//   operand = { "+" | "-" } ( label | 'label' | "label" | #N | number | "(" sum ")" )
// The value must be a weighted sum of channels: numbers only multiply or divide, channels are only added and weighted.
//
// Labels may hold blanks, digits, dots, + and -. Where an operand begins:
//   1. A quote begins a quoted label, which ends at the same quote.
//   2. The longest label of the recording that stands there is meant, letter by letter in the same case, if an operator, a
//      bracket, a blank or the end follows it. So "A-B" is the channel A-B if there is one, also where there are channels A
//      and B; a finding then says so, and 'A'-'B' means the difference.
//   3. A number is a number, also where a channel has the same label ('2' means that channel); a finding then says so.
//   4. #N is the channel with Channel::index N.
#pragma once

#include <string>
#include <string_view>

#include "libpsg/model/recording.hpp"

namespace psg::io {

/// A channel to be made.
struct Derivation {
    std::string name;        ///< its label
    std::string expression;
};

/// Reads "NAME=EXPRESSION" (the first '=' counts). UsageError if a part is missing, is no clean text, or NAME is longer than
/// 80 bytes, the expression than 1000.
Derivation parse_derivation(std::string_view text);

/// The derived channel with this index, not yet added to the recording. Its terms are channels of the file, also where the
/// expression names channels that were derived before. All must have the same rate, the working unit uV and a calibration.
/// Its step is the sum of the steps of the terms times their factors: twice the largest error that their rounding leaves.
/// `findings` receives CHANNEL_AMBIGUOUS for text that could have been read differently. UsageError, naming the place in the
/// expression or the channels: no proper expression (more than 32 open brackets or 100 operands included), a channel that is
/// not there or called like another, different rates (both are named), a channel without calibration or not in volts,
/// channels that all cancel out, a factor outside 1e-6 to 1e6, a NAME that the recording has already.
Channel derive_channel(const Recording& recording, const Derivation& derivation, int index, Findings& findings);

}  // namespace psg::io
