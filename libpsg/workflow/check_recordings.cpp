// The check of files.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/check_recordings.hpp"

#include <cmath>
#include <filesystem>
#include <limits>
#include <new>

#include "libpsg/io/edf/edf_reader.hpp"
#include "libpsg/io/edf/edf_verdict.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/channel_quality.hpp"

namespace psg::workflow {

CheckedFile check_recording(const std::string& path, bool strict) {
    CheckedFile out;
    out.file = std::filesystem::path(path).filename().string();
    const auto add = [&](const Findings& findings) {
        for (const Finding& f : findings) out.rows.push_back({std::string(code_name(f.code)), f});
    };
    const auto refuse = [&](const std::string& reason, const Finding& place) {
        out.readable = false;
        out.reason = reason;
        out.rows.push_back({"REFUSED", place});
    };
    std::size_t annotations = 0;
    try {
        const io::EdfReader reader(path);
        annotations = reader.recording().annotations.size();
        const Findings samples = reader.check_samples(), quality = quality_findings(reader);
        out.readable = true;
        add(reader.recording().findings);
        add(samples);
        add(quality);
    } catch (const io::EdfRefusal& e) {
        refuse(e.what(), e.place());
    } catch (const Error& e) {
        refuse(e.what(), Finding{{}, e.what()});
    } catch (const std::bad_alloc&) {
        refuse(out.file + ": there is not enough memory for this input", Finding{{}, out.file + ": there is not enough memory for this input"});
    }
    out.edflib = io::edflib_verdict(path, annotations <= io::max_edflib_annotations);
    if (!out.readable || !strict) return out;
    for (const CheckRow& r : out.rows)
        if (r.finding.code != FindingCode::SIMULATED) {
            refuse(out.file + ": " + r.code + " (" + r.finding.message + "), and --strict refuses every finding",
                   Finding{{}, "--strict refuses every finding"});
            break;
        }
    return out;
}

Table check_table(const std::vector<CheckedFile>& files) {
    std::vector<std::string> file, verdict, edflib, code, field, label, message, repair;
    std::vector<std::int32_t> channel;
    std::vector<double> byte;
    for (const CheckedFile& c : files) {
        const auto row = [&](const CheckRow& r) {
            const Finding& f = r.finding;
            file.push_back(c.file);
            verdict.push_back(c.readable ? "readable" : "refused");
            edflib.push_back(c.edflib);
            code.push_back(r.code);
            field.push_back(f.field);
            channel.push_back(f.channel);
            label.push_back(f.label);
            byte.push_back(f.byte_offset ? static_cast<double>(*f.byte_offset) : std::nan(""));
            message.push_back(f.message);
            repair.push_back(f.repair);
        };
        for (const CheckRow& r : c.rows) row(r);
        if (c.rows.empty()) row({});
    }
    Table t{"check", "what is odd about each file"};
    t.add("file", "", "without its folder", std::move(file))
        .add("verdict", "", "readable or refused, by libpsg", std::move(verdict))
        .add("edflib", "", "accepted or refused, by EDFlib; empty for tables", std::move(edflib))
        .add("code", "", "never changes; REFUSED: the reason of a refusal; empty: nothing is odd", std::move(code))
        .add("field", "", "header field, part of the file, or TABLE.COLUMN", std::move(field))
        .add("channel", "", "index; -1: none", std::move(channel))
        .add("label", "", "of the channel", std::move(label))
        .add("byte", "", "offset in the file; NaN: none", std::move(byte))
        .add("message", "", "", std::move(message))
        .add("repair", "", "what was done in memory; of a refused file what to do", std::move(repair));
    return t;
}

}  // namespace psg::workflow
