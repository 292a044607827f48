// Data to stdout or files, words to stderr.
// SPDX-License-Identifier: BSD-3-Clause
#include "tools/cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <utility>

#include "libpsg/export/text_rows.hpp"
#include "libpsg/io/input_file.hpp"
#include "libpsg/io/output_file.hpp"
#include "libpsg/model/error.hpp"

namespace psg::cli {

static void check_stdout(bool fine) {
    if (fine) return;
    if (errno == EPIPE) throw ClosedPipe();
    throw DataError("standard output", std::string("cannot be written: ") + std::strerror(errno));
}

void print(const std::string& text) { check_stdout(std::fwrite(text.data(), 1, text.size(), stdout) == text.size()); }

void flush_output() { check_stdout(std::fflush(stdout) == 0); }

static bool progress_shown = false;  // a line without an end stands at the terminal

void clear_progress() {
    if (std::exchange(progress_shown, false)) std::fputs("\r\033[K", stderr);
}

void print_words(const std::string& text) {
    clear_progress();
    std::fwrite(text.data(), 1, text.size(), stderr);
}

bool shows_progress(const Arguments& arguments) { return !arguments.quiet() && ::isatty(STDERR_FILENO); }

void show_progress(const std::string& text) {
    print_words(text);
    progress_shown = true;
}

void say(const Arguments& arguments, const std::string& sentence) {
    if (!arguments.quiet()) print_words(sentence + "\n");
}

std::function<void(double)> progress(const Arguments& arguments) {
    if (!shows_progress(arguments)) return {};
    return [](double done) { show_progress(fmt::format("{:3.0f} %", 100 * done)); };
}

StepObserver step_progress(const Arguments& arguments) {
    if (!shows_progress(arguments)) return {};
    return {[steps = 0](std::string_view step) mutable { show_progress(fmt::format("step {} done: {}", ++steps, step)); }, {}};
}

void say_findings(const Arguments& arguments, const Findings& findings) {
    // the same oddity on ninety channels is one line
    std::map<std::pair<FindingCode, std::string>, std::vector<std::string>> labels;
    std::vector<const Finding*> firsts;
    for (const Finding& f : findings) {
        auto& list = labels[{f.code, f.message}];
        if (list.empty()) firsts.push_back(&f);
        list.push_back(f.channel < 0    ? ""
                       : f.byte_offset ? fmt::format("'{}' (byte {})", f.label, *f.byte_offset)
                                       : "'" + f.label + "'");
    }
    for (const Finding* f : firsts) {
        const auto& list = labels[{f->code, f->message}];
        std::string line = fmt::format("warning {}: {}", code_name(f->code), f->message);
        if (!f->field.empty())
            line += f->channel < 0 && f->byte_offset ? fmt::format(" [{}, byte {}]", f->field, *f->byte_offset)
                                                     : " [" + f->field + "]";
        if (!list.front().empty()) {
            line += list.size() == 1 ? " in channel " : " in channels ";
            for (std::size_t i = 0; i < list.size() && i < 5; ++i) line += (i ? ", " : "") + list[i];
            if (list.size() > 5) line += fmt::format(" and {} more", list.size() - 5);
        } else if (list.size() > 1) {
            line += fmt::format(" ({} times)", list.size());
        }
        if (!f->repair.empty()) line += "; " + f->repair;
        say(arguments, line);
    }
}

void add_output_options(po::options_description& options, const std::string& what) {
    options.add_options()("output,o", po::value<std::string>()->value_name("FILE"), what.c_str())(
        "force", "replace an existing output file");
}

void write_file(const std::string& path, bool force, const std::vector<std::string>& inputs,
                const std::function<void(const std::string&)>& write) {
    for (const std::string& input : inputs)
        if (!input.empty() && input != "-" && io::same_file(input, path))
            throw UsageError("the output " + path + " is the input " + input, "give another name");
    io::OutputFile file(path, force);
    write(file.temporary_path());
    file.commit();
}

// Pieces of text to stdout or to the file of -o.
static void write_pieces(const Arguments& arguments, const std::vector<std::string>& inputs,
                         const std::function<void(const std::function<void(const std::string&)>&)>& pieces) {
    const std::string path = arguments.text("output");
    if (path.empty() || path == "-") {
        pieces(print);
        return;
    }
    write_file(path, arguments.has("force"), inputs, [&](const std::string& temporary) {
        std::FILE* out = std::fopen(temporary.c_str(), "wb");
        bool fine = out != nullptr;
        pieces([&](const std::string& line) { fine = fine && std::fwrite(line.data(), 1, line.size(), out) == line.size(); });
        if (out && std::fclose(out) != 0) fine = false;
        if (!fine) throw DataError(path, std::string("cannot be written: ") + std::strerror(errno));
    });
}

// A table piece by piece.
static void put_table(const Table& table, RowFormat format, const std::function<void(const std::string&)>& put) {
    const auto row_text = format == RowFormat::json  ? exports::json_row
                          : format == RowFormat::csv ? exports::csv_row
                          : format == RowFormat::bids ? exports::bids_row
                                                      : exports::tsv_row;
    if (format != RowFormat::json) put(format == RowFormat::csv ? exports::csv_header(table) : exports::tsv_header(table));
    for (std::size_t row = 0; row < table.rows(); ++row) put(row_text(table, row));
}

static RowFormat usual_format(const Arguments& arguments) { return arguments.json() ? RowFormat::json : RowFormat::tsv; }

void write_table(const Arguments& arguments, const Table& table, const std::vector<std::string>& inputs) {
    write_table(arguments, table, inputs, usual_format(arguments));
}

void write_table(const Arguments& arguments, const Table& table, const std::vector<std::string>& inputs, RowFormat format) {
    write_pieces(arguments, inputs, [&](const std::function<void(const std::string&)>& put) { put_table(table, format, put); });
}

void print_table(const Arguments& arguments, const Table& table) { put_table(table, usual_format(arguments), print); }

void write_text(const Arguments& arguments, const std::string& text, const std::vector<std::string>& inputs) {
    write_pieces(arguments, inputs, [&](const std::function<void(const std::string&)>& put) { put(text); });
}

}  // namespace psg::cli
