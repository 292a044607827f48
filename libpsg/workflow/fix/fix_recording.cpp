// A conformant EDF+ or BDF+ of the same samples and annotations.
// SPDX-License-Identifier: BSD-3-Clause
#include "libpsg/workflow/fix/fix_recording.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>

#include "libpsg/io/output_file.hpp"
#include "libpsg/io/text/ascii_text.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/workflow/fix/fix_annotations.hpp"
#include "libpsg/workflow/fix/fix_identity.hpp"
#include "libpsg/workflow/fix/fix_plan.hpp"
#include "libpsg/workflow/fix/fix_stream.hpp"
#include "libpsg/workflow/fix/fix_texts.hpp"

namespace psg::workflow {

namespace {

constexpr std::size_t most_segments = 9999;  // files

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
        texts_ = std::make_unique<FixTexts>(recording_.identity, options_.deidentify.scrub);
        try {
            return fix();
        } catch (const UsageError& e) {  // messages quote labels and annotations
            throw UsageError(texts_->clean_message(e.what(), stem_and_ending(output_).first));
        } catch (const DataError& e) {
            throw DataError("", texts_->clean_message(e.what(), stem_and_ending(output_).first));
        }
    }

private:
    // A name ending in .edf promises 16 bits a sample, whoever opens the file next.
    void refuse_other_format() const {
        const std::string ending = io::lower_case(stem_and_ending(output_).second);
        const bool bdf = format_ == io::EdfOutputFormat::bdf_plus;
        if (bdf && ending == ".edf")
            throw UsageError("the recording has 24 bits a sample, and EDF+ holds 16: a BDF+ is written",
                             "name the output .bdf");
        if (!bdf && ending == ".bdf")
            throw UsageError("the recording has 16 bits a sample: an EDF+ is written", "name the output .edf");
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
        if (texts_) texts_->clean(channels_, result_.findings);
        start_ = fix_start(recording_.start, options_.deidentify, result_.findings);
        fix_identity(recording_, options_.deidentify, header_, rest_, result_.findings);
        header_.format = format_;
        plan_all();
        refuse_existing();
        write_all();
        write_elsewhere();
        if (texts_) texts_->clean(result_.findings);
        return std::move(result_);
    }

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

    std::string label_of(int channel) const {
        const Channel* c = recording_.channel(channel);
        return c ? c->label : "";
    }

    bool has_uncalibrated() const {
        return !options_.keep_uncalibrated &&
               std::any_of(recording_.channels.begin(), recording_.channels.end(),
                           [](const Channel& c) { return !c.calibration; });
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
        std::vector<Annotation> all = annotations();
        if (texts_) texts_->clean(all, result_.findings);
        AnnotationPlan annotation_plan = place_annotations(std::move(all), segments_, starts, options_.round_annotations, result_.findings);
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
        for (const SegmentPlan& plan : plans_) {
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
        if (channels_.empty()) {
            if (in_file.empty()) return;
            plans_[s].parts.push_back({fixed_file_name(output_, 0, 0), header_, 0, 0, std::move(in_file), {}});
            return;
        }
        const int number = segments_.size() > 1 ? static_cast<int>(s) + 1 : 0;
        SegmentPlan plan = plan_segment_files({output_, number, segments_[s], input_records(s), std::move(in_file)},
                                              channels_, reader_.layout(), header_);
        if (!plan.elsewhere.empty())
            say(FindingCode::FIX_ANNOTATION,
                std::to_string(plan.elsewhere.size()) + " annotations are more than the records have room for",
                "written to the .annot file");
        elsewhere_.insert(elsewhere_.end(), plan.elsewhere.begin(), plan.elsewhere.end());
        plans_[s] = std::move(plan);
    }

    void refuse_existing() const {
        if (options_.overwrite) return;
        std::vector<std::string> paths{annot_file_name(output_)};
        for (const SegmentPlan& plan : plans_)
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
        std::vector<int> indices;
        for (const FixedChannel& c : channels_) indices.push_back(c.slot.index);
        reader_.for_each_block(indices, [&](const io::SlotBlock& block) {
            if (stream && block.segment != current) finish_segment(stream, current);
            current = block.segment;
            if (!stream)
                stream = std::make_unique<FixStream>(channels_, plans_[current].records, reader_.layout(),
                                                     plans_[current].parts, options_.overwrite);
            stream->add(block, limited_);
            if (!options_.progress) return;
            const io::SlotBlock::Slot& s = block.slots.front();
            const double of_last = static_cast<double>(s.first + s.samples) / static_cast<double>(channels_.front().slot.samples);
            options_.progress((static_cast<double>(block.first_record + block.record_count - 1) + of_last) / static_cast<double>(reader_.layout().records));
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
                                has_uncalibrated() ? "--keep-uncalibrated writes channels without a calibration, too"
                                                   : "there is nothing to write");
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
    std::unique_ptr<FixTexts> texts_;  // with --deidentify
    std::vector<FixedChannel> channels_;
    std::vector<Interval> segments_;
    StartTime start_;
    io::EdfOutputHeader header_;     // what is the same in every file, and what was set last
    std::vector<std::string> rest_;  // header texts that were cut
    std::vector<io::AnnotRow> elsewhere_;
    std::vector<SegmentPlan> plans_;
    std::vector<LimitedSamples> limited_;
    FixResult result_;
};

}  // namespace

FixResult fix_recording(const io::EdfReader& reader, const std::string& output, const FixOptions& options) {
    return Fix(reader, output, options).run();
}

}  // namespace psg::workflow
