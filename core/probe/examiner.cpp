#include "probe/examiner.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probe/examination.hpp"

namespace pgcm::probe {
namespace {

using postgres::Conninfo;
using postgres::Session;

constexpr std::string_view too_many_connections = "53300";
constexpr std::string_view insufficient_privilege = "42501";

asio::awaitable<postgres::Answer<void>> open(Session& session, const Patient& patient, milliseconds timeout) {
    auto opened = co_await session.connect(patient.conninfo, timeout);
    if (opened || patient.witness || opened.error().sqlstate != too_many_connections) co_return opened;
    auto conninfo = patient.conninfo;
    conninfo.set("replication", "database");
    co_return co_await session.connect(std::move(conninfo), timeout);
}

asio::awaitable<Trial> try_replication(Conninfo conninfo, postgres::Resolver& resolver, milliseconds timeout) {
    Trial trial;
    trial.user = conninfo.get("user").value_or("");
    conninfo.set("replication", "true").set("application_name", "pgcm/check");
    Session session(co_await asio::this_coro::executor, resolver);
    const auto opened = co_await session.connect(std::move(conninfo), timeout);
    if (!opened) {
        trial.reach = opened.error().reach;
        trial.sqlstate = opened.error().sqlstate;
        trial.message = opened.error().message;
        co_return trial;
    }
    const auto identified = co_await session.query("IDENTIFY_SYSTEM", timeout);
    trial.reach = Reach::accepting;
    if (!identified) {
        trial.reach = identified.error().reach == Reach::accepting ? Reach::rejecting : identified.error().reach;
        trial.message = identified.error().message;
    }
    co_return trial;
}

asio::awaitable<void> ask(Session& session, Examination& seen, milliseconds timeout) {
    const auto answer = co_await session.query(examination_sql(session.server_version(), seen.witness), timeout);
    if (!answer) {
        seen.trouble = answer.error().message;
        co_return;
    }
    const auto text = answer->empty() ? std::string{} : answer->back().single().value_or("");
    if (const auto read = read_examination(text, seen); !read) seen.trouble = read.error().what;
    if (seen.witness || !session.connected()) co_return;
    const auto hba = co_await session.query(hba_sql(), timeout);
    if (!hba) {
        if (hba.error().sqlstate != insufficient_privilege) seen.trouble = hba.error().message;
        co_return;
    }
    const auto rules = read_hba(hba->empty() ? std::string{} : hba->back().single().value_or(""));
    if (rules)
        seen.hba = *rules;
    else
        seen.trouble = rules.error().what;
}

asio::awaitable<void> examine_one(const Patient& patient, postgres::Resolver& resolver, milliseconds timeout,
                                  Examination& seen) {
    seen.node = patient.node;
    seen.witness = patient.witness;
    Session session(co_await asio::this_coro::executor, resolver);
    const auto opened = co_await open(session, patient, timeout);
    if (opened)
        co_await ask(session, seen, timeout);
    else
        seen.trouble = opened.error().message;
    session.close();
    if (patient.replication) seen.trial = co_await try_replication(*patient.replication, resolver, timeout);
}

}  // namespace

asio::awaitable<std::vector<Examination>> examine(std::vector<Patient> patients, postgres::Resolver& resolver,
                                                  milliseconds timeout) {
    const auto executor = co_await asio::this_coro::executor;
    std::vector<Examination> seen(patients.size());
    std::size_t open = patients.size();
    asio::steady_timer all_done(executor, asio::steady_timer::time_point::max());
    for (std::size_t i = 0; i < patients.size(); ++i)
        asio::co_spawn(executor, examine_one(patients[i], resolver, timeout, seen[i]),
                       [&](const std::exception_ptr& bug) {
                           if (bug) std::rethrow_exception(bug);
                           if (--open == 0) all_done.cancel();
                       });
    while (open > 0) {
        boost::system::error_code ignored;
        co_await all_done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return seen;
}

}  // namespace pgcm::probe
