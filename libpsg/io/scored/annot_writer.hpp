// Writes Luna annotation files (.annot).
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

#include "libpsg/model/event.hpp"
#include "libpsg/model/recording.hpp"

namespace psg::io {

/// One row of an .annot file; empty texts are written as ".".
struct AnnotRow {
    std::string name;  ///< class
    std::string instance;
    std::string channel;
    Time start{0}, stop{0};
    std::string meta;  ///< "key=value;key=value"
};

/// The file: "# class | description" lines for the classes that `descriptions` has, the heading
/// class instance channel start stop meta, and the rows, tab-separated. Times are seconds since the first sample of the
/// recording as exact decimals. Tabs and control characters in texts become spaces.
std::string annot_text(const std::vector<AnnotRow>& rows, const std::map<std::string, std::string>& descriptions = {});

/// A free text at a moment: the text is the class, so that every reader of names understands it, or, where the text
/// would be taken for a heading or a comment, the instance of the class "annotation".
AnnotRow annot_row(const Annotation& annotation);

/// An event: class, id, channel, times, and its extent and side once more as meta data
/// "side=L;onset=12.345;duration=1.2", by which a reader can tell later whether somebody moved it.
AnnotRow annot_row(const Event& event);

}  // namespace psg::io
