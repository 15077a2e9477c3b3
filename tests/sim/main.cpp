// pgcm's rules in worlds that break: see tests/sim/README in run.
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "world.hpp"

namespace pgcm::sim {
namespace {

struct Options {
    std::uint64_t seed = 1;
    std::uint64_t worlds = 1000;
    int jobs = 2;
    bool forging = false;
    bool tell = false;
    std::vector<std::string> stories;
};

// What went wrong; empty when nothing did.
std::string play(const Scenario& scenario, std::vector<std::string>* story = nullptr) {
    World world(scenario);
    world.telling = story != nullptr;
    std::string what;
    try {
        world.run();
    } catch (const Violation& violation) {
        what = violation.what;
        world.note("VIOLATION: " + what);
    }
    if (story != nullptr) *story = world.story();
    return what;
}

// Kind of violation: names and numbers taken out.
std::string kind_of(const std::string& what) {
    std::string kind;
    std::istringstream words(what);
    for (std::string word; words >> word;)
        if (word.size() > 2 && !std::isdigit(static_cast<unsigned char>(word[0]))) kind += word + " ";
    return kind;
}

// Fewer faults, as long as it goes wrong the same way.
Scenario shrink(Scenario scenario) {
    const auto kind = kind_of(play(scenario));
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
            auto fewer = scenario;
            fewer.faults.erase(fewer.faults.begin() + static_cast<std::ptrdiff_t>(i));
            if (kind_of(play(fewer)) != kind) continue;
            scenario = std::move(fewer);
            smaller = true;
            break;
        }
    }
    return scenario;
}

std::string told(const Scenario& scenario) {
    std::vector<std::string> story;
    const auto what = play(scenario, &story);
    std::string text = write(scenario) + "----\n";
    for (const auto& line : story) text += line + "\n";
    return text + (what.empty() ? "nothing went wrong\n" : "");
}

int run_worlds(const Options& options) {
    std::atomic<std::uint64_t> next{0};
    std::atomic<bool> found{false};
    std::mutex door;
    std::optional<std::uint64_t> worst;
    const auto work = [&] {
        for (;;) {
            const auto i = next++;
            if (i >= options.worlds || found) return;
            const auto seed = options.seed + i;
            if (play(draw(seed, options.forging)).empty()) continue;
            const std::lock_guard lock(door);
            found = true;
            if (!worst || seed < *worst) worst = seed;
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < options.jobs; ++i) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
    if (!worst) {
        std::cout << options.worlds << " worlds, seeds " << options.seed << " to " << options.seed + options.worlds - 1
                  << ": nothing went wrong\n";
        return 0;
    }
    const auto scenario = draw(*worst, options.forging);
    std::cout << "seed " << *worst << " (after " << *worst - options.seed + 1 << " worlds): " << play(scenario)
              << "\n\nshrunk:\n"
              << told(shrink(scenario));
    return 1;
}

int run_stories(const Options& options) {
    int bad = 0;
    for (const auto& path : options.stories) {
        std::ifstream file(path);
        std::stringstream text;
        text << file.rdbuf();
        if (!file) {
            std::cerr << "cannot read " << path << "\n";
            return 2;
        }
        const auto scenario = read(text.str());
        if (options.tell) std::cout << told(scenario);
        const auto what = play(scenario);
        if (!what.empty()) ++bad, std::cout << path << ": " << what << "\n";
    }
    if (bad == 0) std::cout << options.stories.size() << " stories: nothing went wrong\n";
    return bad == 0 ? 0 : 1;
}

int main(int argc, char** argv) {
    Options options;
    const auto value = [&](int& i) {
        if (i + 1 >= argc) throw std::runtime_error(std::string(argv[i]) + " needs a value");
        return std::string(argv[++i]);
    };
    for (int i = 1; i < argc; ++i) {
        const std::string flag = argv[i];
        if (flag == "--worlds")
            options.worlds = std::stoull(value(i));
        else if (flag == "--seed")
            options.seed = std::stoull(value(i));
        else if (flag == "--jobs")
            options.jobs = std::stoi(value(i));
        else if (flag == "--forging")
            options.forging = true;
        else if (flag == "--tell")
            options.tell = true;
        else if (flag.rfind("--", 0) == 0)
            throw std::runtime_error("unknown flag " + flag);
        else
            options.stories.push_back(flag);
    }
    if (!options.stories.empty()) return run_stories(options);
    if (options.tell && options.worlds == 1) {
        std::cout << told(draw(options.seed, options.forging));
        return 0;
    }
    return run_worlds(options);
}

}  // namespace
}  // namespace pgcm::sim

int main(int argc, char** argv) try { return pgcm::sim::main(argc, argv); } catch (const std::exception& error) {
    std::cerr << "sim: " << error.what() << "\n";
    return 2;
}
