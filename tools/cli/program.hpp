// The porch of every tool: options, help, versions, errors to exit codes.
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <boost/program_options.hpp>
#include <functional>
#include <string>
#include <vector>

#include "tools/cli/exit_codes.hpp"

namespace psg::cli {

namespace po = boost::program_options;

/// Parsed command line of a tool.
class Arguments {
public:
    explicit Arguments(po::variables_map map) : map_(std::move(map)) {}
    bool has(const std::string& name) const { return map_.count(name) > 0; }
    /// Text of an option; empty if it was not given.
    std::string text(const std::string& name) const { return has(name) ? map_[name].as<std::string>() : std::string(); }
    /// Texts of an option that may be given several times.
    std::vector<std::string> texts(const std::string& name) const {
        return has(name) ? map_[name].as<std::vector<std::string>>() : std::vector<std::string>();
    }
    /// A number, or UsageError naming the option.
    double number(const std::string& name, double fallback) const;
    bool quiet() const { return has("quiet"); }
    bool json() const { return has("json"); }

private:
    po::variables_map map_;
};

/// What a tool is: its words, its options, and what it does.
struct Tool {
    std::string name;      ///< "psg-info"
    std::string summary;   ///< one sentence
    std::string usage;     ///< "psg-info [OPTIONS] RECORDING"
    std::string notes;     ///< paragraphs for --help; may be empty
    std::string example;   ///< one line that runs
    po::options_description options{"Options"};
    std::string positional;          ///< name of the option that takes the positional arguments; empty: none
    int positional_limit = 1;        ///< how many; -1: any number
    std::function<int(const Arguments&)> run;
};

/// Parses, runs, turns exceptions into one sentence on stderr and an exit code. --help, --version, --json and --quiet are
/// added to every tool.
int main_of(Tool tool, int argc, char** argv);

}  // namespace psg::cli
