// Whether a former primary can come back, by pg_rewind or by a clone.
#include "view/ward.hpp"

namespace pgcm::view {
namespace {

void look_at_traces(Ward& ward, const Examination& server) {
    if (!ward.rewinds()) return;
    if (is(server, "wal_log_hints", "off") && is(server, "data_checksums", "off"))
        ward.raise(FindingCode::changes_untraced, ward.barred(RejoinMethod::rewind), server.node);
    // 13 and later keep bytes, 12 segments.
    const bool keeps_none = is(server, "wal_keep_size", "0") || is(server, "wal_keep_segments", "0");
    if (keeps_none && is(server, "restore_command", ""))
        ward.raise(FindingCode::wal_not_kept, Severity::notice, server.node,
                   {{"setting", server.setting("wal_keep_size") != nullptr ? "wal_keep_size" : "wal_keep_segments"}});
}

void look_at_archiver(Ward& ward, const Examination& server) {
    const auto* mode = server.setting("archive_mode");
    if (mode == nullptr || *mode == "off") return;
    const auto* library = server.setting("archive_library");
    if (is(server, "archive_command", "") && (library == nullptr || library->empty()))
        ward.raise(FindingCode::archiver_idle, Severity::warning, server.node, {{"archive_mode", *mode}});
    else if (server.archiver && server.archiver->failing)
        ward.raise(FindingCode::archiver_fails, Severity::warning, server.node,
                   {{"segment", server.archiver->last_failed}});
}

// An agent would start, rewind and replace what is not its server's.
void look_at_directory(Ward& ward, const HostExamination& host) {
    if (!host.works_in.empty())
        ward.raise(FindingCode::data_directory, Severity::critical, ward.view.local,
                   {{"works_in", host.works_in}, {"data_dir", ward.server.data_dir}});
}

// pg_rewind must be of the server's own version, pg_basebackup may be newer.
void look_at_programs(Ward& ward, const HostExamination& host) {
    if (!host.data_major || !ward.view.local) return;
    for (const auto& [program, major] : host.program_majors) {
        const bool newer_will_do = program == "pg_basebackup";
        if (major == *host.data_major || (newer_will_do && major > *host.data_major)) continue;
        const bool used = program == "pg_rewind" ? ward.rewinds() : program == "pg_basebackup" ? ward.clones() : true;
        if (used)
            ward.raise(
                FindingCode::program_version, Severity::critical, ward.view.local,
                {{"program", program}, {"version", std::int64_t{major}}, {"expected", std::int64_t{*host.data_major}}});
    }
}

void look_at_room(Ward& ward, const HostExamination& host) {
    if (ward.server.in_place || !ward.view.local) return;
    if (!host.clone_obstacle.empty())
        ward.raise(FindingCode::clone_hindered, ward.barred(RejoinMethod::basebackup), ward.view.local,
                   {{"message", host.clone_obstacle}});
    if (ward.primary == nullptr || !ward.primary->inventory || !ward.primary->inventory->database_bytes) return;
    // As act/rejoin reckons it: a twentieth beside the databases, and WAL.
    constexpr std::uint64_t for_wal = 64ULL << 20U;
    const auto bytes = *ward.primary->inventory->database_bytes;
    const auto wanted = bytes + bytes / 20 + for_wal;
    if (host.free_bytes && *host.free_bytes < wanted)
        ward.raise(FindingCode::clone_no_room, ward.barred(RejoinMethod::basebackup), ward.view.local,
                   {{"free_bytes", static_cast<std::int64_t>(*host.free_bytes)},
                    {"wanted_bytes", static_cast<std::int64_t>(wanted)}});
}

}  // namespace

void look_at_rejoin(Ward& ward) {
    for (const auto& server : ward.checkup.servers) {
        if (server.witness) continue;
        look_at_traces(ward, server);
        if (is(server, "full_page_writes", "off"))
            ward.raise(FindingCode::full_page_writes_off, Severity::critical, server.node);
        look_at_archiver(ward, server);
    }
    const auto* reference = ward.reference;
    const bool places = ward.server.in_place && !ward.server.commands.remove_dirs.empty();
    if (reference != nullptr && !reference->tablespaces.empty() && ward.clones() && !places) {
        std::string names;
        for (const auto& name : reference->tablespaces) names += (names.empty() ? "" : ", ") + name;
        ward.raise(FindingCode::tablespaces, ward.barred(RejoinMethod::basebackup), reference->node,
                   {{"names", names}});
    }
    if (!ward.checkup.host) return;
    look_at_directory(ward, *ward.checkup.host);
    look_at_programs(ward, *ward.checkup.host);
    if (ward.clones()) look_at_room(ward, *ward.checkup.host);
}

}  // namespace pgcm::view
