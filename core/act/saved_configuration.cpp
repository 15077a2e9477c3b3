#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "act/data_directory.hpp"
#include "act/files.hpp"

namespace pgcm::act {
namespace {

constexpr const char* subdirectory = "conf.d";

std::string saved_set(const Place& place) {
    return place.state_dir + "/configuration";
}

bool is_configuration(const std::string& name) {
    for (const auto* ending : {".conf", ".crt", ".key", ".crl", ".pem"})
        if (name.ends_with(ending) && name.size() > std::string{ending}.size()) return true;
    return false;
}

struct Kept {
    std::string name;  // relative to the data directory
    std::string text;
    Ownership ownership;
};

// Symbolic links are left out: what they point to lies elsewhere and is nobody's to replace.
Result<void> collect(const std::string& directory, const std::string& prefix, std::vector<Kept>& kept) {
    const auto names = names_in(directory + "/" + prefix);
    if (!names) return fail(names.error());
    for (const auto& name : *names) {
        const auto path = directory + "/" + prefix + name;
        struct stat facts {};
        if (!is_configuration(name) || ::lstat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
        const auto text = read_file(path);
        if (!text) return fail(text.error());
        if (*text) kept.push_back({prefix + name, **text, Ownership::of(facts)});
    }
    return {};
}

Result<std::vector<Kept>> configuration_in(const std::string& directory) {
    std::vector<Kept> kept;
    if (auto done = collect(directory, "", kept); !done) return fail(done.error());
    struct stat facts {};
    if (::lstat((directory + "/" + subdirectory).c_str(), &facts) == 0 && S_ISDIR(facts.st_mode))
        if (auto done = collect(directory, std::string{subdirectory} + "/", kept); !done) return fail(done.error());
    return kept;
}

Result<void> make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fail(system_error("cannot make", path, errno));
    return {};
}

Result<void> write_all(const std::vector<Kept>& kept, const std::string& directory) {
    for (const auto& file : kept) {
        if (file.name.find('/') != std::string::npos)
            if (auto made = make_directory(directory + "/" + subdirectory); !made) return made;
        const auto path = directory + "/" + file.name;
        if (auto written = write_file(path, file.text, file.ownership); !written) return written;
    }
    return {};
}

Result<void> remove_tree(const std::string& path) {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) return fail(system_error("cannot remove", path, error.value()));
    return {};
}

}  // namespace

Result<void> save_configuration(const Place& place) {
    const auto marked = is_marked_rewinding(place);
    if (!marked) return fail(marked.error());
    const auto target = saved_set(place);
    const auto there = exists(target);
    if (!there) return fail(there.error());
    if (*marked && *there) return {};
    const auto kept = configuration_in(place.data_dir);
    if (!kept) return fail(kept.error());
    const auto temporary = target + ".tmp";
    if (auto removed = remove_tree(temporary); !removed) return removed;
    if (auto made = make_directory(temporary); !made) return made;
    if (auto written = write_all(*kept, temporary); !written) return written;
    if (auto removed = remove_tree(target); !removed) return removed;
    if (::rename(temporary.c_str(), target.c_str()) != 0) return fail(system_error("cannot replace", target, errno));
    return sync_directory(place.state_dir);
}

Result<void> restore_configuration(const Place& place, const std::string& directory) {
    const auto kept = configuration_in(saved_set(place));
    if (!kept) return fail(kept.error());
    return write_all(*kept, directory);
}

Result<void> discard_configuration(const Place& place) {
    return remove_tree(saved_set(place));
}

Result<void> adopt_configuration(const Place& place, const std::string& directory) {
    const auto marked = is_marked_rewinding(place);
    if (!marked) return fail(marked.error());
    const auto there = exists(saved_set(place));
    if (*marked && there && *there) return restore_configuration(place, directory);
    const auto present = exists(place.data_dir + "/PG_VERSION");
    if (!present) return fail(present.error());
    if (!*present) return {};  // nothing stood there before
    const auto kept = configuration_in(place.data_dir);
    if (!kept) return fail(kept.error());
    return write_all(*kept, directory);
}

}  // namespace pgcm::act
