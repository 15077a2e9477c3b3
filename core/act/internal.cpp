#include "act/internal.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>

#include "act/clone_directory.hpp"
#include "act/files.hpp"
#include "act/wire.hpp"

namespace pgcm::act {
namespace {

using wire::Json;
using Answer = Result<Json>;
using Handler = std::function<Answer(const Place&, const Json&)>;

template <class T>
Answer answer(Result<T>&& result) {
    if (!result) return fail(std::move(result.error()));
    if constexpr (std::is_void_v<T>)
        return Json(nullptr);
    else
        return Json(*std::move(result));
}

Answer inspected(const Place& place, const Json&) {
    return Json{{"host", wire::from_host(inspect(place))}, {"real_data_dir", real_place(place.data_dir)}};
}

Answer surveyed(const Place& place, const Json&) {
    const auto seen = survey(place);
    if (!seen) return fail(seen.error());
    return wire::from_survey(*seen);
}

Answer postmaster(const Place& place, const Json& arguments) {
    const auto file = await_listening(place.data_dir, arguments.at("awaited"));
    if (!file) return fail(file.error());
    if (!*file) return Json(nullptr);
    return Json{{"pid", (*file)->pid}, {"status", (*file)->status}};
}

Answer standby(const Place&, const Json& arguments) {
    std::optional<Upstream> upstream;
    if (arguments.contains("primary_conninfo"))
        upstream = Upstream{arguments.at("primary_conninfo"), arguments.at("slot")};
    return answer(prepare_standby(arguments.at("directory"), upstream));
}

Result<void> make_directories(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return {};
    if (errno != ENOENT) return fail(system_error("cannot make", path, errno));
    if (auto made = make_directories(parent_of(path)); !made) return made;
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return fail(system_error("cannot make", path, errno));
    return {};
}

// The server's part of the state directory. As root it is given to the server's user, who must be able to reach it.
Answer claimed(const Place& place, const Json& arguments) {
    const auto parent = parent_of(place.state_dir);
    if (auto made = make_directories(parent); !made) return fail(made.error());
    if (::mkdir(place.state_dir.c_str(), 0700) != 0 && errno != EEXIST)
        return fail(system_error("cannot make", place.state_dir, errno));
    if (arguments.contains("user")) {
        const uid_t user = arguments.at("user");
        const gid_t group = arguments.at("group");
        if (::lchown(place.state_dir.c_str(), user, group) != 0)
            return fail(system_error("cannot give away", place.state_dir, errno));
        struct stat facts {};
        if (::stat(parent.c_str(), &facts) != 0) return fail(system_error("cannot look at", parent, errno));
        if ((facts.st_mode & S_IXOTH) == 0 && ::chmod(parent.c_str(), (facts.st_mode & 07777U) | S_IXOTH) != 0)
            return fail(system_error("cannot open for the server's user:", parent, errno));
    }
    rotate_log(arguments.at("log_file"));
    return Json(nullptr);
}

Answer operation_read(const Place&, const Json& arguments) {
    const auto file = read_operation(arguments.at("state_dir"));
    if (!file) return fail(file.error());
    return *file ? Json(to_json(**file)) : Json(nullptr);
}

Answer operation_written(const Place&, const Json& arguments) {
    const auto file = parse_operation(arguments.at("file"));
    if (!file) return fail(file.error());
    return answer(write_operation(arguments.at("state_dir"), *file));
}

const std::map<std::string, Handler, std::less<>>& handlers() {
    static const std::map<std::string, Handler, std::less<>> all{
        {"inspect", inspected},
        {"survey", surveyed},
        {"postmaster", postmaster},
        {"claim", claimed},
        {"prepare_start", [](const Place& p, const Json&) { return answer(prepare_start(p)); }},
        {"bury_postmaster", [](const Place& p, const Json&) { return answer(bury_postmaster(p.data_dir)); }},
        {"prepare_standby", standby},
        {"clear_signals", [](const Place& p, const Json&) { return answer(clear_signals(p.data_dir)); }},
        {"mark_rewinding", [](const Place& p, const Json& a) { return answer(mark_rewinding(p, a.at("why"))); }},
        {"clear_rewinding", [](const Place& p, const Json&) { return answer(clear_rewinding(p)); }},
        {"save_configuration", [](const Place& p, const Json&) { return answer(save_configuration(p)); }},
        {"restore_configuration",
         [](const Place& p, const Json&) { return answer(restore_configuration(p, p.data_dir)); }},
        {"adopt_configuration",
         [](const Place& p, const Json& a) { return answer(adopt_configuration(p, a.at("directory"))); }},
        {"discard_configuration", [](const Place& p, const Json&) { return answer(discard_configuration(p)); }},
        {"clone_path", [](const Place& p, const Json&) { return Answer{Json(clone_path(p))}; }},
        {"discard_clone", [](const Place& p, const Json&) { return answer(discard_clone(p)); }},
        {"accept_clone", [](const Place& p, const Json&) { return answer(accept_clone(p)); }},
        {"swap_in", [](const Place& p, const Json& a) { return answer(swap_in(p, a.at("stamp"))); }},
        {"finish_swap", [](const Place& p, const Json&) { return answer(finish_swap(p)); }},
        {"discard_old", [](const Place& p, const Json& a) { return answer(discard_old(p, a.at("keep_first"))); }},
        {"empty_in_place", [](const Place& p, const Json&) { return answer(empty_in_place(p)); }},
        {"write_operation", operation_written},
        {"read_operation", operation_read},
        {"remove_operation", [](const Place&, const Json& a) { return answer(remove_operation(a.at("state_dir"))); }},
        {"log_tail", [](const Place&, const Json& a) { return Answer{Json(log_tail(a.at("path")))}; }},
    };
    return all;
}

std::string read_all(int input) {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
        const auto size = ::read(input, buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

bool write_all(int output, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const auto wrote = ::write(output, text.data() + done, text.size() - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return false;
        done += static_cast<std::size_t>(wrote);
    }
    return true;
}

Answer perform(std::string_view operation, const std::string& request) {
    const auto handler = handlers().find(operation);
    if (handler == handlers().end())
        return fail(ErrorCode::usage, fmt::format("there is no operation \"{}\"", operation));
    try {
        const auto json = Json::parse(request);
        return handler->second(wire::to_place(json.at("place")), json.at("arguments"));
    } catch (const Json::exception& error) {
        return fail(ErrorCode::usage, fmt::format("not a request: {}", error.what()));
    } catch (const std::exception& error) {
        return fail(fmt::format("{}: {}", operation, error.what()));
    }
}

}  // namespace

int run_internal(std::string_view operation, int input, int output) {
    const auto result = perform(operation, read_all(input));
    const Json reply = result ? Json{{"ok", *result}} : Json{{"error", wire::from_error(result.error())}};
    return write_all(output, wire::text_of(reply) + "\n") ? 0 : 1;
}

}  // namespace pgcm::act
