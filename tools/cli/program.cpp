// The porch of every tool.
// SPDX-License-Identifier: BSD-3-Clause
#include "tools/cli/program.hpp"

#include <fcntl.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <new>
#include <sstream>

#include "libpsg/export/hdf5_tables.hpp"
#include "libpsg/model/error.hpp"
#include "libpsg/model/options.hpp"
#include "libpsg/model/version.hpp"
#include "tools/cli/output.hpp"

namespace psg::cli {

double Arguments::number(const std::string& name, double fallback) const {
    if (!has(name)) return fallback;
    return parse_number(OptionInfo{"--" + name, "", "", "", ""}, text(name));
}

namespace {

std::string help(const Tool& tool, const po::options_description& all) {
    std::ostringstream options;
    options.imbue(std::locale::classic());
    options << all;
    return tool.name + ": " + tool.summary + "\n\nUsage: " + tool.usage + "\n\n" + options.str() +
           (tool.notes.empty() ? "" : "\n" + tool.notes + "\n") + "\nExample:\n  " + tool.example +
           "\n\nExit codes: 0 fine (warnings included), 1 data or input/output, 2 usage, 3 partial.\n";
}

int complain(const Tool& tool, int exit_code, const std::string& message) {
    print_words(tool.name + ": " + message + "\n");
    if (exit_code == exit_usage) print_words("Try '" + tool.name + " --help'.\n");
    return exit_code;
}

int parse_and_run(Tool& tool, int argc, char** argv) {
    po::options_description common("Common options");
    common.add_options()("json", "JSON lines instead of tab-separated text")("quiet,q", "no words on stderr but errors")(
        "version", "print the version and end")("help,h", "print this help and end");
    po::options_description visible(100);
    visible.add(tool.options).add(common);
    po::positional_options_description positional;
    if (!tool.positional.empty()) positional.add(tool.positional.c_str(), tool.positional_limit);
    po::options_description all;
    all.add(visible);
    if (!tool.positional.empty())
        all.add_options()(tool.positional.c_str(), po::value<std::vector<std::string>>()->composing());

    po::variables_map map;
    const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).style(style).run(), map);
    if (map.count("help")) {
        print(help(tool, visible));
        return exit_fine;
    }
    if (map.count("version")) {
        print(tool.name + " " + std::string(version()) + "\n");
        return exit_fine;
    }
    po::notify(map);
    return tool.run(Arguments(std::move(map)));
}

// A file must never get the number of a standard stream that was closed: words would go into it. What is then read is empty,
// what is then printed is an error.
void open_standard_streams() {
    for (const int descriptor : {0, 1, 2})
        if (::fcntl(descriptor, F_GETFD) == -1 && ::open("/dev/null", descriptor == 2 ? O_WRONLY : O_RDONLY) != descriptor)
            std::_Exit(exit_data);
}

// Memory that was given back is used again: by default what is larger than 128 KiB is mapped, zeroed by the kernel page by page, and
// unmapped. Series that last for the night are mapped, so that they leave no holes behind.
void keep_freed_memory() {
#if defined(__GLIBC__)
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
    ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

}  // namespace

int main_of(Tool tool, int argc, char** argv) {
    open_standard_streams();
    keep_freed_memory();
    exports::no_hdf5_exit_handler();
    try {
        const int code = parse_and_run(tool, argc, argv);
        clear_progress();
        flush_output();
        return code;
    } catch (const ClosedPipe&) {
        return 128 + 13;  // the reader has gone, as after SIGPIPE: no words
    } catch (const Interrupted& e) {
        return 128 + e.signal;
    } catch (const UsageError& e) {
        return complain(tool, exit_usage, e.what());
    } catch (const po::error& e) {
        return complain(tool, exit_usage, e.what());
    } catch (const std::bad_alloc&) {
        return complain(tool, exit_data, "there is not enough memory for this input");
    } catch (const std::exception& e) {
        return complain(tool, exit_data, e.what());
    }
}

}  // namespace psg::cli
