#include "loop/disk_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace pgcm::loop {

struct DiskWriter::Queue {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> jobs;
    bool closing = false;
    bool finished = false;
};

namespace {

constexpr std::size_t most_jobs = 1000;

Error system_error(const std::string& what, const std::string& path) {
    return {ErrorCode::failed, what + " " + path + ": " + std::strerror(errno), {}};
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// Or is empty. A crash, or a disk that was full, may have cut the last line short.
bool ends_in_a_line(int file) {
    const auto size = ::lseek(file, 0, SEEK_END);
    char last = '\n';
    return size <= 0 || ::pread(file, &last, 1, size - 1) != 1 || last == '\n';
}

bool sync_directory(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path().string();
    const int directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return false;
    const bool synced = ::fsync(directory) == 0;
    ::close(directory);
    return synced;
}

}  // namespace

DiskWriter::DiskWriter() : queue_(std::make_shared<Queue>()) {
    thread_ = std::thread([queue = queue_] {
        std::unique_lock lock(queue->mutex);
        for (;;) {
            queue->changed.wait(lock, [&] { return queue->closing || !queue->jobs.empty(); });
            if (queue->jobs.empty()) break;
            const auto job = std::move(queue->jobs.front());
            queue->jobs.pop_front();
            lock.unlock();
            job();
            lock.lock();
        }
        queue->finished = true;
        queue->changed.notify_all();
    });
}

DiskWriter::~DiskWriter() {
    std::unique_lock lock(queue_->mutex);
    queue_->closing = true;
    queue_->changed.notify_all();
    const bool done = queue_->changed.wait_for(lock, std::chrono::seconds{1}, [&] { return queue_->finished; });
    lock.unlock();
    if (done)
        thread_.join();
    else
        thread_.detach();
}

bool DiskWriter::submit(std::function<void()> job) {
    const std::lock_guard lock(queue_->mutex);
    if (queue_->jobs.size() >= most_jobs) return false;
    queue_->jobs.push_back(std::move(job));
    queue_->changed.notify_one();
    return true;
}

Result<void> write_durably(const std::string& path, const std::string& text) {
    const std::string temporary = path + ".new";
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (file < 0) return fail(system_error("could not create", temporary));
    const bool written = write_all(file, text) && ::fsync(file) == 0;
    const auto problem = system_error("could not write", temporary);
    ::close(file);
    if (!written) return fail(problem);
    if (::rename(temporary.c_str(), path.c_str()) != 0) return fail(system_error("could not rename to", path));
    if (!sync_directory(path)) return fail(system_error("could not sync the directory of", path));
    return {};
}

Result<void> append_line(const std::string& path, const std::string& line) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (file < 0) return fail(system_error("could not open", path));
    const bool written = write_all(file, (ends_in_a_line(file) ? "" : "\n") + line + "\n");
    const auto problem = system_error("could not write", path);
    ::close(file);
    if (!written) return fail(problem);
    return {};
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(system_error("could not read", path));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace pgcm::loop
