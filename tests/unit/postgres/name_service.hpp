#pragma once
// A name service that a test can make answer, err or fall silent. It knows the names below ".test"; what else is
// looked up goes to the system's.
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace pgcm::postgres::test {

class NameService {
  public:
    NameService();
    ~NameService();  // ends the silence, and waits for the end of every thread that looks up
    NameService(const NameService&) = delete;
    NameService& operator=(const NameService&) = delete;

    void answer(const std::string& host, const std::string& address);
    void err(const std::string& host);
    void fall_silent(const std::string& host);
    // How often it was asked for the name.
    int asked(const std::string& host);
    // Until it was asked so often: look-ups have threads of their own.
    void wait_asked(const std::string& host, int times);

    // For getaddrinfo: the address, or empty for an error; blocks in silence.
    std::string look_up(const std::string& host);

  private:
    enum class Mood { answers, errs, silent };
    struct Name {
        Mood mood = Mood::errs;
        std::string address;
        int asked = 0;
    };
    void set(const std::string& host, Mood mood, const std::string& address);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Name> names_;
    std::ptrdiff_t threads_before_;
};

}  // namespace pgcm::postgres::test
