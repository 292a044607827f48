// The readers behind read_scored_text(), one a family of formats.
// SPDX-License-Identifier: BSD-3-Clause
//
// Every one gives entries in the order of the file and throws DataError with line and reason.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpsg/io/scored/scored_clock.hpp"
#include "libpsg/io/scored/scored_entries.hpp"
#include "libpsg/io/text/text_table.hpp"

namespace psg::io {

/// Profusion and NSRR XML, as the root element tells. Takes the bytes: the document names its own encoding,
/// unless they are known to be UTF-8.
ScoredFile read_scored_xml(std::string_view bytes, const std::string& name, const Recording& recording, bool is_utf8);

/// Luna .annot. `text` is UTF-8.
ScoredFile read_luna_annotations(std::string_view text, const std::string& name, const Recording& recording);
/// True if the text is one by its heading (class, instance, ... or "# class | description"), or by its ending ".annot".
bool is_luna_annotations(std::string_view text, const std::vector<TextLine>& lines, const std::string& name);

/// One stage per line; Luna .eannot is the same.
ScoredFile read_stage_lines(const std::vector<TextLine>& lines, const std::string& name);

/// A table with a line of column names.
ScoredFile read_scored_table(TextTable table, const Recording& recording, ScoringUse use);

/// JSON lines as a table: an object of texts, numbers, true, false and null a line; the first names the columns, the others
/// have the same names in any order. null is an empty text. DataError with the line for anything else.
TextTable read_json_lines(const std::vector<TextLine>& lines, const std::string& name);

/// Cuts the text of an annotation, "Limb movement #12@@EMG LAT", into name, number ("#12" as the id) and channel.
void cut_annotation(const std::string& text, ScoredEntry& e);

/// Exports of RemLogic, Noxturnal and SOMNOmedics by the map of columns export_columns.tsv; nothing if the text is
/// none.
std::optional<ScoredFile> read_scored_export(const std::vector<TextLine>& lines, const std::string& name,
                                             const Recording& recording);

}  // namespace psg::io
