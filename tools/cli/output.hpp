// Data to stdout or files, words to stderr.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "libpsg/model/finding.hpp"
#include "libpsg/model/step_observer.hpp"
#include "libpsg/model/table.hpp"
#include "tools/cli/program.hpp"

namespace psg::cli {

/// Thrown when the reader of our stdout has gone.
struct ClosedPipe : std::exception {};

/// Thrown when a signal ended the work; the tool exits with 128 + signal.
struct Interrupted : std::exception {
    explicit Interrupted(int number) : signal(number) {}
    int signal;
};

/// Data to stdout. DataError if it cannot be written, ClosedPipe if nobody reads any more.
void print(const std::string& text);
void flush_output();

/// Words to stderr as they are. If nobody can read them, they are lost and nothing else is.
void print_words(const std::string& text);
/// A sentence to stderr unless --quiet.
void say(const Arguments& arguments, const std::string& sentence);
/// Every finding as one line on stderr, "warning CODE: ...", equal ones of many channels as one; nothing with --quiet.
void say_findings(const Arguments& arguments, const Findings& findings);

/// Is somebody there to see how far work is? At a terminal, without --quiet.
bool shows_progress(const Arguments& arguments);
/// How far work is, in one line that the next words on stderr, or the end of the tool, take away again.
void show_progress(const std::string& text);
void clear_progress();
/// Shows the fraction done, which it takes; empty if nobody sees it.
std::function<void(double)> progress(const Arguments& arguments);
/// Shows the steps of the main job; empty if nobody sees them.
StepObserver step_progress(const Arguments& arguments);

/// The options of everything that writes: -o/--output and --force.
void add_output_options(po::options_description& options, const std::string& what);

enum class RowFormat { tsv, csv, json, bids };

/// A table as TSV, or JSON lines with --json, to stdout or to the file of -o. `inputs` are files that must not be
/// written over.
void write_table(const Arguments& arguments, const Table& table, const std::vector<std::string>& inputs);
/// The same in a format of its own.
void write_table(const Arguments& arguments, const Table& table, const std::vector<std::string>& inputs, RowFormat format);

/// A table as TSV, or JSON lines with --json, to stdout whatever -o says.
void print_table(const Arguments& arguments, const Table& table);

/// A text of another form, to the same places.
void write_text(const Arguments& arguments, const std::string& text, const std::vector<std::string>& inputs);

/// Calls `write` with a temporary path and puts the result in place. UsageError if `path` is one of `inputs`, by inode.
void write_file(const std::string& path, bool force, const std::vector<std::string>& inputs,
                const std::function<void(const std::string& temporary)>& write);

}  // namespace psg::cli
