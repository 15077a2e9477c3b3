#include "loop/progress_file.hpp"

#include "act/operation_log.hpp"

namespace pgcm::loop {

ProgressFile::ProgressFile(DiskWriter& disk, const Clock& clock, std::string state_dir)
    : disk_(disk), clock_(clock), state_dir_(std::move(state_dir)), busy_(std::make_shared<std::atomic<bool>>(false)) {}

void ProgressFile::submit(std::function<void()> job) {
    *busy_ = true;
    const bool submitted = disk_.submit([job = std::move(job), busy = busy_] {
        job();
        *busy = false;
    });
    if (!submitted) *busy_ = false;
}

void ProgressFile::tell(const Step& step) {
    constexpr milliseconds pace = 900ms;  // the tools tell once a second
    const auto now = clock_.now();
    if (step.state != StepState::running || !step.done_bytes || !step.total_bytes) {
        began_.reset();
        written_.reset();
        if (std::exchange(there_, false)) submit([directory = state_dir_] { act::remove_progress(directory); });
        return;
    }
    if (!began_) began_ = now;
    if (*busy_ || (written_ && now - *written_ < pace)) return;
    written_ = now;
    there_ = true;
    const Copied copied{*step.done_bytes, *step.total_bytes, to_ms(now - *began_), clock_.wall()};
    submit([directory = state_dir_, name = step.name, copied] {
        (void)act::write_progress(directory, name, copied);  // nothing rests on it
    });
}

}  // namespace pgcm::loop
