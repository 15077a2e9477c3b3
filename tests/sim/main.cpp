// pgcm's rules in worlds that break: draws worlds from seeds, or plays them again from files (tests/sim/run --help).
#include <atomic>
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
    bool tally = false;
    bool shrink = true;
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

// The seed of the first world of each kind of violation, and how many there were.
using Tally = std::map<std::string, std::pair<std::uint64_t, int>>;

int print_tally(const Tally& tally, const Options& options) {
    for (const auto& [kind, found] : tally)
        std::cout << found.second << " of " << options.worlds << ": " << kind << "(first with seed " << found.first
                  << ")\n";
    return tally.empty() ? 0 : 1;
}

// All worlds, or those up to the first that goes wrong: seeds are begun in order, so that it is the first indeed.
Tally play_worlds(const Options& options) {
    std::atomic<std::uint64_t> next{0};
    std::atomic<bool> enough{false};
    std::mutex door;
    Tally tally;
    const auto work = [&] {
        for (;;) {
            const auto i = next++;
            if (i >= options.worlds || enough) return;
            const auto seed = options.seed + i;
            const auto what = play(draw(seed, options.forging));
            if (what.empty()) continue;
            const std::lock_guard lock(door);
            enough = !options.tally;
            auto& [first, count] = tally.try_emplace(kind_of(what), seed, 0).first->second;
            first = std::min(first, seed);
            ++count;
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < options.jobs; ++i) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
    return tally;
}

int run_worlds(const Options& options) {
    const auto tally = play_worlds(options);
    if (tally.empty()) {
        std::cout << options.worlds << " worlds, seeds " << options.seed << " to " << options.seed + options.worlds - 1
                  << ": nothing went wrong\n";
        return 0;
    }
    if (options.tally) return print_tally(tally, options);
    auto first = tally.begin()->second.first;
    for (const auto& [kind, found] : tally) first = std::min(first, found.first);
    const auto scenario = draw(first, options.forging);
    std::cout << "seed " << first << " (after " << first - options.seed + 1 << " worlds): " << play(scenario) << "\n";
    if (options.shrink) std::cout << "\nshrunk:\n" << told(shrink(scenario));
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

Options parse(const std::vector<std::string>& words) {
    Options options;
    for (auto word = words.begin(); word != words.end(); ++word) {
        const auto value = [&] {
            if (word + 1 == words.end()) throw std::runtime_error(*word + " needs a value");
            return std::stoull(*++word);
        };
        if (*word == "--worlds")
            options.worlds = value();
        else if (*word == "--seed")
            options.seed = value();
        else if (*word == "--jobs")
            options.jobs = static_cast<int>(value());
        else if (*word == "--forging")
            options.forging = true;
        else if (*word == "--tell")
            options.tell = true;
        else if (*word == "--tally")
            options.tally = true;
        else if (*word == "--no-shrink")
            options.shrink = false;
        else if (word->rfind("--", 0) == 0)
            throw std::runtime_error("unknown flag " + *word);
        else
            options.stories.push_back(*word);
    }
    return options;
}

int main(const std::vector<std::string>& words) {
    const auto options = parse(words);
    if (!options.stories.empty()) return run_stories(options);
    if (!options.tell || options.worlds != 1) return run_worlds(options);
    std::cout << told(draw(options.seed, options.forging));
    return 0;
}

}  // namespace
}  // namespace pgcm::sim

int main(int argc, char** argv) try {
    return pgcm::sim::main({argv + 1, argv + argc});
} catch (const std::exception& error) {
    std::cerr << "sim: " << error.what() << "\n";
    return 2;
}
