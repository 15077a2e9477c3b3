#include "name_service.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <filesystem>
#include <iterator>
#include <string_view>
#include <thread>

namespace pgcm::postgres::test {
namespace {

NameService* present = nullptr;

std::ptrdiff_t threads() {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, {});
}

}  // namespace

NameService::NameService() : threads_before_(threads()) {
    present = this;
}

NameService::~NameService() {
    {
        const std::lock_guard lock(mutex_);
        for (auto& [host, name] : names_)
            if (name.mood == Mood::silent) name.mood = Mood::errs;
    }
    changed_.notify_all();
    while (threads() > threads_before_) std::this_thread::yield();
    present = nullptr;
}

void NameService::set(const std::string& host, Mood mood, const std::string& address) {
    {
        const std::lock_guard lock(mutex_);
        names_[host].mood = mood;
        names_[host].address = address;
    }
    changed_.notify_all();
}

void NameService::answer(const std::string& host, const std::string& address) {
    set(host, Mood::answers, address);
}
void NameService::err(const std::string& host) {
    set(host, Mood::errs, {});
}
void NameService::fall_silent(const std::string& host) {
    set(host, Mood::silent, {});
}

int NameService::asked(const std::string& host) {
    const std::lock_guard lock(mutex_);
    return names_[host].asked;
}

void NameService::wait_asked(const std::string& host, int times) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return names_[host].asked >= times; });
}

std::string NameService::look_up(const std::string& host) {
    std::unique_lock lock(mutex_);
    auto& name = names_[host];
    ++name.asked;
    changed_.notify_all();
    changed_.wait(lock, [&] { return name.mood != Mood::silent; });
    return name.mood == Mood::answers ? name.address : std::string{};
}

}  // namespace pgcm::postgres::test

// The program's own definition comes before the C library's.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
    static const auto real = reinterpret_cast<decltype(&::getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    if (node == nullptr || !std::string_view{node}.ends_with(".test")) return real(node, service, hints, found);
    const auto address = pgcm::postgres::test::present->look_up(node);
    return address.empty() ? EAI_AGAIN : real(address.c_str(), service, hints, found);
}
