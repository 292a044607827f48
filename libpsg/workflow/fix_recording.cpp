// A conformant EDF+ or BDF+ of the same samples and annotations.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix_recording.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "libpsg/io/output_file.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/fix_annotations.hpp"
#include "libpsg/workflow/fix_identity.hpp"
#include "libpsg/workflow/fix_stream.hpp"

namespace psg::workflow {

namespace {

constexpr std::size_t most_signals = 640;  // EDFlib, annotation channels included
constexpr std::size_t most_annotation_channels = 64;
constexpr std::size_t most_segments = 9999;  // files

// The part of a name before its ending ".edf", ".bdf" or the like, and the ending.
std::pair<std::string, std::string> stem_and_ending(const std::string& path) {
    const std::string ending = std::filesystem::path(path).extension().string();
    return {path.substr(0, path.size() - ending.size()), ending};
}

class Fix {
public:
    Fix(const io::EdfReader& reader, const std::string& output, const FixOptions& options)
        : reader_(reader), recording_(reader.recording()), output_(output), options_(options) {
        result_.findings = recording_.findings;
        result_.findings.insert(result_.findings.end(), options.annotation_findings.begin(),
                                options.annotation_findings.end());
        format_ = reader.layout().sample_bytes == 2 ? io::EdfOutputFormat::edf_plus : io::EdfOutputFormat::bdf_plus;
    }

    FixResult run() {
        refuse_other_format();
        if (!options_.deidentify.on) return fix();
        scrubber_ = std::make_unique<Scrubber>(recording_.identity, options_.deidentify.scrub);
        try {
            return fix();
        } catch (const UsageError& e) {  // messages quote labels and annotations
            throw UsageError(clean_message(e.what()));
        } catch (const DataError& e) {
            throw DataError("", clean_message(e.what()));
        }
    }

private:
    // A name ending in .edf promises 16 bits a sample, whoever opens the file next.
    void refuse_other_format() const {
        std::string ending = stem_and_ending(output_).second;
        for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool bdf = format_ == io::EdfOutputFormat::bdf_plus;
        if (bdf && ending == ".edf")
            throw UsageError("the recording has 24 bits a sample, and EDF+ holds 16: a BDF+ is written",
                             "name the output .bdf");
        if (!bdf && ending == ".bdf")
            throw UsageError("the recording has 16 bits a sample: an EDF+ is written", "name the output .edf");
    }

    // The name of the output is the user's own and stays.
    std::string clean_message(std::string text) const {
        const std::string stem = stem_and_ending(output_).first, mark = "\x01";
        for (std::size_t at = 0; !stem.empty() && (at = text.find(stem, at)) != std::string::npos; at += mark.size())
            text.replace(at, stem.size(), mark);
        text = scrubber_->clean(text);
        for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += stem.size())
            text.replace(at, mark.size(), stem);
        return text;
    }

    FixResult fix() {
        if (!recording_.channels.empty())
            channels_ = fix_channels(reader_, options_.channels, options_.keep_uncalibrated, result_.findings);
        segments_ = recording_.segments;
        if (segments_.empty() && !channels_.empty()) {
            if (annotations().empty())
                throw DataError(output_,
                                "the recording holds neither samples nor annotations, and of its header alone no "
                                "EDF+ can be made: EDFlib refuses files without a data record",
                                "there is nothing to write");
            say(FindingCode::FIX_CHANNEL_LEFT_OUT, "the recording holds no samples",
                "its annotations are written without channels");
            channels_.clear();
        }
        if (channels_.empty()) segments_.clear();
        if (segments_.size() > most_segments)
            throw DataError(output_,
                            "the recording has " + std::to_string(segments_.size()) +
                                " segments, each of which would become a file",
                            "at most 9999 are written");
        clean_channel_texts();
        start_ = fix_start(recording_.start, options_.deidentify, result_.findings);
        fix_identity(recording_, options_.deidentify, header_, rest_, result_.findings);
        header_.format = format_;
        plan_all();
        refuse_existing();
        write_all();
        write_elsewhere();
        tell_kept_names();
        clean_findings();
        return std::move(result_);
    }

    // What becomes of one segment.
    struct Segment {
        RecordPlan records;
        std::vector<OutputPart> parts;
    };

    void say(FindingCode code, const std::string& message, const std::string& repair) {
        result_.findings.push_back({code, message, repair, "output"});
    }

    std::vector<Annotation> annotations() {
        std::vector<Annotation> all = recording_.annotations;
        all.insert(all.end(), options_.annotations.begin(), options_.annotations.end());
        std::stable_sort(all.begin(), all.end(),
                         [](const Annotation& a, const Annotation& b) { return a.onset < b.onset; });
        return all;
    }

    void clean_channel_texts() {
        if (!scrubber_) return;
        int changed = 0;
        for (FixedChannel& c : channels_)
            for (std::string* text : {&c.output.label, &c.output.transducer, &c.output.prefilter, &c.output.unit}) {
                std::string clean = scrubber_->clean(*text);
                changed += clean != *text;
                names_kept_ += scrubber_->keeps_name(clean);
                *text = std::move(clean);
            }
        if (changed > 0)
            say(FindingCode::FIX_IDENTITY,
                std::to_string(changed) + " texts of channels held what may identify a person", "replaced by X");
    }

    void tell_kept_names() {
        if (scrubber_ && scrubber_->has_kept_name())
            say(FindingCode::FIX_IDENTITY,
                "a name in the header is a word that scorings use, too, and " + std::to_string(names_kept_) +
                    " texts of annotations and channels hold it",
                "it stays there; --scrub takes it out");
    }

    // Messages of readers quote what they read; the meaning of the code does not.
    void clean_findings() {
        if (!scrubber_) return;
        for (Finding& f : result_.findings) {
            const bool own = code_name(f.code).starts_with("FIX_");
            f.message = own ? scrubber_->clean(f.message) : std::string(code_meaning(f.code));
            f.repair = own ? scrubber_->clean(f.repair) : "";
            f.label = scrubber_->clean(f.label);
        }
    }

    std::vector<Annotation> clean_annotations() {
        std::vector<Annotation> all = annotations();
        if (!scrubber_) return all;
        int changed = 0;
        for (Annotation& a : all) {
            std::string clean = scrubber_->clean(a.text);
            changed += clean != a.text;
            names_kept_ += scrubber_->keeps_name(clean);
            a.text = std::move(clean);
        }
        if (changed > 0)
            say(FindingCode::FIX_IDENTITY, std::to_string(changed) + " annotations held what may identify a person",
                "replaced by X");
        return all;
    }

    std::string label_of(int channel) const {
        const Channel* c = recording_.channel(channel);
        return c ? c->label : "";
    }

    std::int64_t input_records(std::size_t segment) const {
        const Interval& i = segments_[segment];
        return (i.duration().count() * 1000 + reader_.layout().record_nanoseconds / 2) /
               reader_.layout().record_nanoseconds;
    }

    void plan_all() {
        std::vector<Time> starts;
        for (std::size_t s = 0; s < std::max<std::size_t>(1, segments_.size()); ++s) {
            set_start(output_, start_, segments_.empty() ? Time(0) : segments_[s].onset, header_);
            starts.push_back(header_.start_time_of_day);
        }
        AnnotationPlan annotation_plan =
            place_annotations(clean_annotations(), segments_, starts, options_.round_annotations, result_.findings);
        elsewhere_ = std::move(annotation_plan.elsewhere);
        std::int64_t total = 0;
        for (std::size_t s = 0; s < segments_.size(); ++s) total += input_records(s);
        if (!segments_.empty() && total != reader_.layout().records)
            throw DataError(output_, "the records are too short to be told apart",
                            "EDFlib writes no records below 1 ms");
        plans_.resize(std::max<std::size_t>(1, segments_.size()));
        for (std::size_t s = 0; s < plans_.size(); ++s) {
            set_start(output_, start_, segments_.empty() ? Time(0) : segments_[s].onset, header_);
            plan_segment(s, std::move(annotation_plan.segments[s].in_file));
        }
        if (segments_.size() > 1)
            say(FindingCode::FIX_SPLIT, "the recording has " + std::to_string(segments_.size() - 1) + " gaps",
                "one file per segment");
        if (plans_.front().parts.size() > 1)
            say(FindingCode::FIX_SPLIT, "EDFlib writes at most 640 signals to a file",
                "the channels are spread over " + std::to_string(plans_.front().parts.size()) + " files");
        report_records();
    }

    void report_records() {
        std::int64_t changed = 0;
        double padded = 0;
        for (const Segment& plan : plans_) {
            changed += !segments_.empty() && !plan.records.same();
            if (plan.records.padding_quanta > 0)
                padded =
                    std::max(padded, seconds(plan.records.duration) * static_cast<double>(plan.records.padding_quanta) /
                                         static_cast<double>(plan.records.out_quanta));
        }
        if (changed > 0)
            say(FindingCode::FIX_RECORDS, "EDFlib does not write records of this duration",
                "cut into records of " + format_seconds(plans_.front().records.duration) + " s; every rate is kept");
        if (padded > 0)
            say(FindingCode::FIX_SAMPLES, "the samples do not fill whole records",
                "up to " + format_seconds(from_seconds(padded)) +
                    " s at the end repeat the last sample; an annotation marks them");
    }

    void plan_segment(std::size_t s, std::vector<Annotation> in_file) {
        Segment& plan = plans_[s];
        const int number = segments_.size() > 1 ? static_cast<int>(s) + 1 : 0;
        if (channels_.empty()) {
            if (in_file.empty()) return;
            OutputPart part{fixed_file_name(output_, 0, 0), header_, 0, 0, std::move(in_file), 0};
            plan.parts.push_back(std::move(part));
            return;
        }
        // room for the samples of a record when every annotation channel is there
        const std::size_t bytes = io::max_record_bytes(format_) - most_annotation_channels * io::edf_annotation_bytes;
        const auto max_samples =
            static_cast<std::int64_t>(bytes / static_cast<std::size_t>(reader_.layout().sample_bytes));
        const std::size_t most_channels =
            channels_.size() < most_signals ? most_signals - 1 : most_signals - most_annotation_channels;
        std::vector<std::int64_t> samples;
        for (const FixedChannel& c : channels_) samples.push_back(c.slot.samples);
        plan.records =
            plan_records(output_, reader_.layout().record_nanoseconds, samples, input_records(s), max_samples);
        if (plan.records.padding_quanta > 0) {
            const Time length = segments_[s].duration();
            const Time end = plan.records.duration * plan.records.records;
            const Time tick(100), fraction = header_.start_time_of_day % std::chrono::seconds(1);
            in_file.push_back({length - (length + fraction) % tick, (end - length) / tick * tick, "Padding: no data"});
        }
        // the first part takes the annotations
        std::size_t room = static_cast<std::size_t>(plan.records.records) *
                           std::min(most_annotation_channels, most_signals - std::min(channels_.size(), most_channels));
        if (in_file.size() > room) {
            say(FindingCode::FIX_ANNOTATION,
                std::to_string(in_file.size() - room) + " annotations are more than the records have room for",
                "written to the .annot file");
            for (std::size_t i = room; i < in_file.size(); ++i) {
                in_file[i].onset += segments_[s].onset;
                elsewhere_.push_back(io::annot_row(in_file[i]));
            }
            in_file.resize(room);
        }
        header_.record_duration = plan.records.duration;
        for (std::size_t first = 0; first < channels_.size(); first += most_channels) {
            OutputPart part{fixed_file_name(output_, number, static_cast<int>(plan.parts.size())),
                            header_,
                            first,
                            std::min(most_channels, channels_.size() - first),
                            {},
                            0};
            if (first == 0) part.annotations = std::move(in_file);
            const auto records = static_cast<std::size_t>(plan.records.records);
            part.header.annotation_channels =
                static_cast<int>(std::max<std::size_t>(1, (part.annotations.size() + records - 1) / records));
            for (std::size_t i = first; i < first + part.count; ++i) {
                part.header.channels.push_back(channels_[i].output);
                part.header.channels.back().samples_per_record =
                    static_cast<int>(channels_[i].slot.samples / plan.records.in_quanta * plan.records.out_quanta);
            }
            plan.parts.push_back(std::move(part));
        }
    }

    void refuse_existing() const {
        if (options_.overwrite) return;
        std::vector<std::string> paths{annot_file_name(output_)};
        for (const Segment& plan : plans_)
            for (const OutputPart& part : plan.parts) paths.push_back(part.path);
        for (const std::string& path : paths)
            if (std::filesystem::exists(std::filesystem::symlink_status(path)))
                throw DataError(path, "exists already", "give --force to replace it");
    }

    void write_all() {
        limited_.assign(channels_.size(), {});
        if (channels_.empty()) {
            for (OutputPart& part : plans_.front().parts) {
                io::EdfWriter writer(part.path, part.header, options_.overwrite);
                for (const Annotation& a : part.annotations) writer.annotate(a.onset, a.duration, a.text);
                writer.finish();
            }
            close_segment(0);
            return;
        }
        std::unique_ptr<FixStream> stream;
        std::size_t current = 0;
        reader_.for_each_block([&](const io::RecordBlock& block) {
            if (stream && block.segment != current) finish_segment(stream, current);
            current = block.segment;
            if (!stream)
                stream = std::make_unique<FixStream>(channels_, plans_[current].records, reader_.layout(),
                                                     plans_[current].parts, options_.overwrite);
            stream->add(block, limited_);
            if (options_.progress)
                options_.progress(static_cast<double>(block.first_record + block.record_count) /
                                  static_cast<double>(reader_.layout().records));
        });
        if (stream) finish_segment(stream, current);
        for (std::size_t i = 0; i < channels_.size(); ++i)
            if (limited_[i].count > 0)
                result_.findings.push_back(io::sample_range_finding(limited_[i], channels_[i].slot.index,
                                                                    label_of(channels_[i].slot.index)));
    }

    void finish_segment(std::unique_ptr<FixStream>& stream, std::size_t s) {
        stream->finish();
        stream.reset();
        close_segment(s);
    }

    // Looks at the finished files of a segment and lists them.
    void close_segment(std::size_t s) {
        for (OutputPart& part : plans_[s].parts) {
            verify_part(part, channels_, !options_.round_annotations);
            FixedFile file{part.path,
                           format_ == io::EdfOutputFormat::edf_plus ? "EDF+C" : "BDF+C",
                           segments_.size() > 1 ? static_cast<int>(s) + 1 : 0,
                           segments_.empty() ? Time(0) : segments_[s].onset,
                           segments_.empty() ? Time(0) : segments_[s].duration(),
                           static_cast<int>(part.count),
                           plans_[s].records.records,
                           static_cast<std::int64_t>(part.annotations.size())};
            result_.files.push_back(std::move(file));
            part = {};
        }
    }

    void write_elsewhere() {
        for (const std::string& text : rest_) elsewhere_.push_back({"header_text", text, "", Time(0), Time(0), ""});
        const std::string path = annot_file_name(output_);
        if (elsewhere_.empty()) {
            if (result_.files.empty())
                throw DataError(output_, "the recording holds neither samples that can be written nor annotations",
                                "there is nothing to write");
            return;
        }
        std::stable_sort(elsewhere_.begin(), elsewhere_.end(),
                         [](const io::AnnotRow& a, const io::AnnotRow& b) { return a.start < b.start; });
        io::write_text_file(path, io::annot_text(elsewhere_), options_.overwrite);
        result_.files.push_back(
            {path, "annot", 0, Time(0), Time(0), 0, 0, static_cast<std::int64_t>(elsewhere_.size())});
    }

    const io::EdfReader& reader_;
    const Recording& recording_;
    const std::string& output_;
    const FixOptions& options_;
    io::EdfOutputFormat format_;
    std::unique_ptr<Scrubber> scrubber_;
    std::vector<FixedChannel> channels_;
    std::vector<Interval> segments_;
    StartTime start_;
    io::EdfOutputHeader header_;     // what is the same in every file, and what was set last
    std::vector<std::string> rest_;  // header texts that were cut
    std::vector<io::AnnotRow> elsewhere_;
    std::vector<Segment> plans_;
    std::vector<LimitedSamples> limited_;
    int names_kept_ = 0;
    FixResult result_;
};

}  // namespace

std::string fixed_file_name(const std::string& output, int segment, int part) {
    const auto [stem, ending] = stem_and_ending(output);
    std::string suffix;
    if (segment > 0) suffix = "-" + std::to_string(segment);
    if (part > 0) suffix += (segment > 0 ? "" : "-") + std::string(1, static_cast<char>('a' + part));
    return stem + suffix + ending;
}

std::string annot_file_name(const std::string& output) {
    return stem_and_ending(output).first + ".annot";
}

FixResult fix_recording(const io::EdfReader& reader, const std::string& output, const FixOptions& options) {
    return Fix(reader, output, options).run();
}

}  // namespace psg::workflow
