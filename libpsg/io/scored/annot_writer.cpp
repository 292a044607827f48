// Luna annotation files.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/io/scored/annot_writer.hpp"

#include <set>

namespace psg::io {

namespace {

std::string field(const std::string& text) {
    std::string out;
    for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    const std::size_t last = out.find_last_not_of(' ');
    out.resize(last == std::string::npos ? 0 : last + 1);
    out.erase(0, out.find_first_not_of(' ') == std::string::npos ? 0 : out.find_first_not_of(' '));
    return out.empty() ? "." : out;
}

}  // namespace

std::string annot_text(const std::vector<AnnotRow>& rows, const std::map<std::string, std::string>& descriptions) {
    std::string text;
    std::set<std::string> names;
    for (const AnnotRow& row : rows) names.insert(row.name);
    for (const std::string& name : names)
        if (const auto d = descriptions.find(name); d != descriptions.end())
            text += "# " + field(name) + " | " + field(d->second) + "\n";
    text += "class\tinstance\tchannel\tstart\tstop\tmeta\n";
    for (const AnnotRow& row : rows)
        text += field(row.name) + '\t' + field(row.instance) + '\t' + field(row.channel) + '\t' +
                format_seconds(row.start) + '\t' + format_seconds(row.stop) + '\t' + field(row.meta) + '\n';
    return text;
}

AnnotRow annot_row(const Annotation& a) {
    const bool plain = !a.text.empty() && a.text != "." && a.text != "class" && a.text[0] != '#' && a.text[0] != '%';
    return {plain ? a.text : "annotation", plain ? "" : a.text, "", a.onset, a.onset + a.duration, ""};
}

AnnotRow annot_row(const Event& e) {
    std::string meta;
    if (e.side != Side::none) meta = "side=" + std::string(side_name(e.side)) + ";";
    meta += "onset=" + format_seconds(e.extent.onset) + ";duration=" + format_seconds(e.extent.duration());
    return {e.kind, e.id, e.channel, e.extent.onset, e.extent.offset, meta};
}

}  // namespace psg::io
