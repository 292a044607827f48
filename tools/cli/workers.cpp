// Independent jobs in processes of their own.
// SPDX-License-Identifier: BSD-3-Clause
#include "tools/cli/workers.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <map>
#include <new>

#include "libpsg/model/error.hpp"
#include "tools/cli/output.hpp"

namespace psg::cli {

namespace {

constexpr int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

// While it lives, these signals and SIGCHLD wait to be asked for.
class AskedSignals {
public:
    AskedSignals() {
        ::sigemptyset(&asked_);
        for (const int s : ending_signals) {
            struct sigaction now {};
            ::sigaction(s, nullptr, &now);
            if (now.sa_handler != SIG_IGN) ::sigaddset(&asked_, s);  // under nohup, or behind a shell's &, it ends nothing
        }
        ::sigaddset(&asked_, SIGCHLD);
        ::sigprocmask(SIG_BLOCK, &asked_, &before_);
    }
    ~AskedSignals() { restore(); }
    AskedSignals(const AskedSignals&) = delete;
    AskedSignals& operator=(const AskedSignals&) = delete;

    void restore() const { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
    int wait() const { return ::sigwaitinfo(&asked_, nullptr); }

private:
    sigset_t asked_{}, before_{};
};

struct Job {
    std::size_t index = 0;
    int words = -1;  // end of a pipe
};

[[noreturn]] void be_the_job(std::size_t index, const std::function<std::string(std::size_t)>& work, const AskedSignals& signals, pid_t parent, int words) {
    ::signal(SIGINT, SIG_IGN);  // a terminal sends it to all: the parent ends its jobs in order
    signals.restore();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(exit_data);  // it died before
    std::string text;
    int code = exit_data;
    try {
        text = work(index);
        code = exit_fine;
    } catch (const std::bad_alloc&) {
        text = "there is not enough memory for this input";
    } catch (const std::exception& e) {
        text = e.what();
    }
    text.resize(std::min(text.size(), std::size_t(32768)));  // a pipe holds 64 KiB, so that nobody needs to read meanwhile
    if (::write(words, text.data(), text.size()) < 0) code = exit_data;
    ::_exit(code);
}

void start(std::size_t index, const std::function<std::string(std::size_t)>& work, const AskedSignals& signals, std::map<pid_t, Job>& running) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw DataError("a job", std::string("cannot be started: ") + std::strerror(errno));
    const pid_t parent = ::getpid();
    std::fflush(nullptr);  // or the child would write it again
    const pid_t child = ::fork();
    if (child < 0) {
        const int error = errno;
        ::close(ends[0]);
        ::close(ends[1]);
        throw DataError("a job", std::string("cannot be started: ") + std::strerror(error));
    }
    if (child == 0) {
        ::close(ends[0]);
        be_the_job(index, work, signals, parent, ends[1]);
    }
    ::close(ends[1]);
    running[child] = {index, ends[0]};
}

std::string read_all(int descriptor) {
    std::string text;
    char bytes[4096];
    for (ssize_t n = 0; (n = ::read(descriptor, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR);)
        if (n > 0) text.append(bytes, static_cast<std::size_t>(n));
    ::close(descriptor);
    return text;
}

JobEnd end_of(int status, std::string words) {
    if (WIFSIGNALED(status)) return {false, "ended by signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")"};
    const bool fine = WEXITSTATUS(status) == exit_fine;
    return {fine, !fine && words.empty() ? "ended with code " + std::to_string(WEXITSTATUS(status)) : std::move(words)};
}

void end_all(std::map<pid_t, Job>& running) {
    for (const auto& [child, job] : running) ::kill(child, SIGKILL);
    for (const auto& [child, job] : running) {
        while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {}
        ::close(job.words);
    }
    running.clear();
}

}  // namespace

int processors() {
    cpu_set_t set;
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return std::max(1, CPU_COUNT(&set));
}

void run_jobs(std::size_t count, int jobs, const std::function<std::string(std::size_t)>& work,
              const std::function<void(std::size_t, const JobEnd&)>& ended, const std::function<void()>& swept) {
    const AskedSignals signals;
    std::map<pid_t, Job> running;
    try {
        for (std::size_t next = 0; next < count || !running.empty();) {
            while (next < count && running.size() < static_cast<std::size_t>(jobs)) start(next++, work, signals, running);
            int status = 0;
            if (const auto found = running.find(::waitpid(-1, &status, WNOHANG)); found != running.end()) {
                const Job job = found->second;
                running.erase(found);
                ended(job.index, end_of(status, read_all(job.words)));
            } else if (const int signal = signals.wait(); std::find(std::begin(ending_signals), std::end(ending_signals), signal) != std::end(ending_signals)) {
                end_all(running);
                swept();
                throw Interrupted(signal);
            }
        }
    } catch (...) {
        end_all(running);
        throw;
    }
}

}  // namespace psg::cli
