// The check of recordings.
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

CheckedRecording check_recording(const std::string& path, bool strict) {
    CheckedRecording out;
    out.file = std::filesystem::path(path).filename().string();
    std::size_t annotations = 0;
    try {
        const io::EdfReader reader(path);
        out.readable = true;
        out.findings = reader.recording().findings;
        annotations = reader.recording().annotations.size();
        const Findings samples = reader.check_samples();
        out.findings.insert(out.findings.end(), samples.begin(), samples.end());
        const Findings quality = quality_findings(reader);
        out.findings.insert(out.findings.end(), quality.begin(), quality.end());
    } catch (const io::EdfRefusal& e) {
        out.readable = false;
        out.reason = e.what();
        out.findings = {e.place()};
    } catch (const Error& e) {
        out.readable = false;
        out.reason = e.what();
        out.findings = {Finding{{}, e.what()}};
    } catch (const std::bad_alloc&) {
        out.readable = false;
        out.reason = out.file + ": there is not enough memory for this input";
        out.findings = {Finding{{}, out.reason}};
    }
    out.edflib = io::edflib_verdict(path, annotations <= io::max_edflib_annotations);
    if (!out.readable || !strict) return out;
    for (const Finding& f : out.findings)
        if (f.code != FindingCode::SIMULATED) {
            out.readable = false;
            out.reason = out.file + ": " + std::string(code_name(f.code)) + " (" + f.message +
                         "), and --strict refuses every finding";
            out.findings.push_back(Finding{{}, "--strict refuses every finding"});
            break;
        }
    return out;
}

Table check_table(const std::vector<CheckedRecording>& recordings) {
    std::vector<std::string> file, verdict, edflib, code, field, label, message, repair;
    std::vector<std::int32_t> channel;
    std::vector<double> byte;
    for (const CheckedRecording& r : recordings) {
        const auto row = [&](const std::string& name, const Finding& f) {
            file.push_back(r.file);
            verdict.push_back(r.readable ? "readable" : "refused");
            edflib.push_back(r.edflib);
            code.push_back(name);
            field.push_back(f.field);
            channel.push_back(f.channel);
            label.push_back(f.label);
            byte.push_back(f.byte_offset ? static_cast<double>(*f.byte_offset) : std::nan(""));
            message.push_back(f.message);
            repair.push_back(f.repair);
        };
        for (std::size_t i = 0; i < r.findings.size(); ++i) {
            const bool refusal = !r.readable && i + 1 == r.findings.size();
            row(refusal ? "REFUSED" : std::string(code_name(r.findings[i].code)), r.findings[i]);
        }
        if (r.findings.empty()) row("", {});
    }
    Table t{"check", "what is odd about each file"};
    t.add("file", "", "without its folder", std::move(file))
        .add("verdict", "", "readable or refused, by libpsg", std::move(verdict))
        .add("edflib", "", "accepted or refused, by EDFlib", std::move(edflib))
        .add("code", "", "never changes; REFUSED: the reason of a refusal; empty: nothing is odd", std::move(code))
        .add("field", "", "header field or part of the file", std::move(field))
        .add("channel", "", "index; -1: none", std::move(channel))
        .add("label", "", "of the channel", std::move(label))
        .add("byte", "", "offset in the file; NaN: none", std::move(byte))
        .add("message", "", "", std::move(message))
        .add("repair", "", "what was done in memory; of a refused file what to do", std::move(repair));
    return t;
}

}  // namespace psg::workflow
