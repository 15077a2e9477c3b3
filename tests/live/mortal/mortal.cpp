// pgcm itself, whose agents can be told to die at a step. It is linked with --wrap: the operations that an agent calls
// come by here first, and go on with a site that tells of each step to a folder before it is taken.
//
//   $PGCM_MORTAL/<node>.told   a line a step that began or ended: "switchover stop running"
//   $PGCM_MORTAL/<node>.dies   such a line: there the agent kills itself with -9, and not again in its next life;
//                              "switchover stop amid": some milliseconds after that step began
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>

#include "act/operations.hpp"

#define PGCM_REAL(mangled) __asm__("__real_" mangled)
#define PGCM_WRAP(mangled) __asm__("__wrap_" mangled)
#define PGCM_HAND_OVER "_ZN4pgcm3act9hand_overERNS0_4SiteENS0_15HandOverRequestE"
#define PGCM_PROMOTE "_ZN4pgcm3act7promoteERNS0_4SiteENS0_14PromoteRequestE"
#define PGCM_FOLLOW "_ZN4pgcm3act6followERNS0_4SiteENS0_13FollowRequestE"
#define PGCM_REJOIN "_ZN4pgcm3act6rejoinERNS0_4SiteENS0_13RejoinRequestE"

namespace pgcm::mortal {

using Report = act::asio::awaitable<Result<OperationReport>>;

Report really_hand_over(act::Site& site, act::HandOverRequest request) PGCM_REAL(PGCM_HAND_OVER);
Report really_promote(act::Site& site, act::PromoteRequest request) PGCM_REAL(PGCM_PROMOTE);
Report really_follow(act::Site& site, act::FollowRequest request) PGCM_REAL(PGCM_FOLLOW);
Report really_rejoin(act::Site& site, act::RejoinRequest request) PGCM_REAL(PGCM_REJOIN);
Report hand_over(act::Site& site, act::HandOverRequest request) PGCM_WRAP(PGCM_HAND_OVER);
Report promote(act::Site& site, act::PromoteRequest request) PGCM_WRAP(PGCM_PROMOTE);
Report follow(act::Site& site, act::FollowRequest request) PGCM_WRAP(PGCM_FOLLOW);
Report rejoin(act::Site& site, act::RejoinRequest request) PGCM_WRAP(PGCM_REJOIN);

namespace {

void tell(const std::string& operation, const std::string& node, const Step& step) {
    const char* folder = std::getenv("PGCM_MORTAL");
    if (folder == nullptr) return;
    const auto mine = std::string(folder) + "/" + node;
    const auto line = operation + " " + step.name + " " + std::string(name_of(step.state));
    std::ofstream(mine + ".told", std::ios::app) << line << std::endl;
    std::string dies;
    if (!std::getline(std::ifstream(mine + ".dies"), dies)) return;
    const bool amid = step.state == StepState::running && dies == operation + " " + step.name + " amid";
    if (dies != line && !amid) return;
    std::rename((mine + ".dies").c_str(), (mine + ".died").c_str());
    std::thread([amid] {
        if (amid) std::this_thread::sleep_for(4ms);
        ::kill(::getpid(), SIGKILL);
    }).detach();
    if (!amid) ::pause();
}

act::Site& mortal(act::Site& site, const std::string& operation) {
    site.progress = [operation, node = site.node.str(), before = std::move(site.progress)](const Step& step) {
        if (before) before(step);
        if (!step.done_bytes) tell(operation, node, step);
    };
    return site;
}

}  // namespace

Report hand_over(act::Site& site, act::HandOverRequest request) {
    return really_hand_over(mortal(site, "switchover"), std::move(request));
}
Report promote(act::Site& site, act::PromoteRequest request) {
    return really_promote(mortal(site, "promote"), std::move(request));
}
Report follow(act::Site& site, act::FollowRequest request) {
    return really_follow(mortal(site, "follow"), std::move(request));
}
Report rejoin(act::Site& site, act::RejoinRequest request) {
    return really_rejoin(mortal(site, "rejoin"), std::move(request));
}

}  // namespace pgcm::mortal
