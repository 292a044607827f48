// Independent jobs in processes of their own, several at a time.
// SPDX-License-Identifier: BSD-3-Clause
//
// Processes and not threads: a job that crashes or is killed is one failed job, and its memory is given back when it ends.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace psg::cli {

/// How a job ended.
struct JobEnd {
    bool fine = false;
    std::string words;  ///< what `work` returned, or why it failed
};

/// Number of processors that this process may use.
int processors();

/// Calls `work(i)` for every i below `count` in a process of its own, at most `jobs` at a time, and `ended(i, how)` here as each
/// ends, in any order. Exceptions of `work` are its failure. SIGINT, SIGTERM, SIGHUP and SIGPIPE (unless ignored) end all jobs, then `swept()` is called, and
/// Interrupted is thrown. When this process is killed, its jobs are, too.
void run_jobs(std::size_t count, int jobs, const std::function<std::string(std::size_t)>& work,
              const std::function<void(std::size_t, const JobEnd&)>& ended, const std::function<void()>& swept);

}  // namespace psg::cli
