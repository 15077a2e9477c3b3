#include "config/adopt.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/toml_text.hpp"

namespace pgcm::config {
namespace {

std::string or_gap(const std::string& text) {
    return text.empty() ? std::string(edit_me) : text;
}

std::string conninfo_of(const FoundNode& node) {
    if (node.host.empty() || node.port.empty())
        return fmt::format("host={} port={} user=pgcm", or_gap(node.host), or_gap(node.port));
    auto conninfo = Conninfo::parse("");
    return conninfo->set("host", node.host).set("port", node.port).set("user", "pgcm").str();
}

std::string node_text(const FoundNode& node, const Found& found) {
    std::string text = fmt::format("\n# {}{}\n[[node]]\nname = {}\nconninfo = {}\n", node.from,
                                   node.local || node.proven ? "" : "; nothing proves yet that it answers there",
                                   toml_readable(or_gap(node.name)), toml_readable(conninfo_of(node)));
    if (node.local && !found.socket_dir.empty())
        text += fmt::format("local_conninfo = {}   # how its own agent reaches it with the network down\n",
                            toml_readable("host=" + found.socket_dir));
    return text;
}

std::string key(std::string_view name, const std::string& value, std::string_view comment) {
    const auto line = fmt::format("{} = {}", name, toml_readable(value));
    return comment.empty() ? line + "\n" : fmt::format("{:<50} # {}\n", line, comment);
}

std::string postgres_text(const Found& found) {
    std::string text = "\n# Of this host; where the others differ, so does this section of theirs.\n[postgres]\n";
    text += key("data_dir", or_gap(found.data_dir), "");
    text += key("bin_dir", or_gap(found.bin_dir), "where pg_ctl and pg_rewind are");
    if (!found.config_file.empty()) text += key("config_file", found.config_file, "it is not in data_dir");
    if (!found.owner.empty()) text += key("run_as", found.owner, "when the agent runs as root");
    text += key("replication_conninfo", "user=" + or_gap(found.replication_user), "the role that standbys stream as");
    std::string slots;
    for (const auto& slot : found.slots) slots += (slots.empty() ? "" : ", ") + slot;
    text += key("slot", "pgcm_{node}",
                slots.empty() ? "made where missing; \"\" for none" : "made where missing; there are: " + slots);
    return text;
}

std::string sync_text(const Found& found) {
    const auto now = found.sync_names.empty() ? std::string("empty") : "'" + found.sync_names + "'";
    return fmt::format(
        "\n# synchronous_standby_names of the primary is {}. \"off\" leaves it alone; \"quorum\" keeps it "
        "at ANY k of the\n# standbys, without which a commit may be lost with the primary.\n[sync]\n"
        "mode = \"off\"\n",
        now);
}

}  // namespace

std::string adoption(const Found& found) {
    std::string text = fmt::format(
        "# Made by pgcm config init from the cluster that runs: PostgreSQL {}.{}. The same file on "
        "every host.\n",
        found.version / 10000, found.version % 10000);
    if (!found.gaps.empty()) {
        text += fmt::format("# {} stands for what could not be found; pgcm refuses the file until it is put in:\n",
                            edit_me);
        for (const auto& gap : found.gaps) text += "#  - " + gap + "\n";
    }
    text += "# Then: pgcm config check. pgcm.toml(5) has the other keys.\n\n[cluster]\n";
    text += key("name", or_gap(found.cluster), "only a name; the lease is known by it");
    for (const auto& node : found.nodes) text += node_text(node, found);
    if (found.nodes.size() == 2)
        text +=
            "\n# Two nodes cannot tell a dead primary from a cut cable. A witness is any other PostgreSQL database in "
            "a "
            "third place:\n# [[witness]]\n# name = \"w\"\n# conninfo = \"host=... user=pgcm\"\n";
    text += postgres_text(found) + sync_text(found);
    return text +
           "\n[failover]\nmode = \"manual\"   # decides and reports, never promotes; \"auto\" once you trust what it "
           "says\n";
}

}  // namespace pgcm::config
