#include "serve/health.hpp"

#include <algorithm>
#include <array>

#include "serve/query.hpp"

namespace pgcm::serve {
namespace {

int status_of(bool well) {
    return well ? 200 : 503;
}

struct Check {
    std::string_view target;
    const Truth& truth;

    // Within `most` bytes of the primary; without a limit, anywhere.
    int near_enough(std::optional<std::uint64_t> most, Truth::Mark mark) const {
        if (const auto lag = parameter(target, "lag")) {
            most = parse_bytes(*lag);
            if (!most) return 400;
        }
        if (!most) return 200;
        const auto behind = truth.lag(mark);
        return status_of(behind && *behind <= *most);
    }

    int replica() const {
        if (const int near = near_enough({}, Truth::Mark::replayed); near != 200 && (near == 400 || truth.is_standby()))
            return near;
        const auto wanted = parameter(target, "replication_state");
        if (wanted && (*wanted != "streaming" || !truth.streams())) return 503;
        return status_of(truth.is_standby());
    }

    int readiness() const {
        const auto mode = parameter(target, "mode").value_or("apply");
        if (mode != "apply" && mode != "write") return 400;
        if (truth.leads()) return 200;
        const auto most = truth.fresh() ? truth.snapshot()->seen().max_lag_bytes : std::nullopt;
        const int near = near_enough(most, mode == "write" ? Truth::Mark::received : Truth::Mark::replayed);
        return near != 200 ? near : status_of(truth.is_standby());
    }
};

int primary(const Check& check) {
    return status_of(check.truth.leads());
}
int replica(const Check& check) {
    return check.replica();
}
int read_only(const Check& check) {
    return check.truth.leads() ? 200 : check.replica();
}
int synchronous(const Check& check) {
    const int well = check.replica();
    return well != 200 ? well : status_of(check.truth.is_synchronous());
}
int asynchronous(const Check& check) {
    const int well = check.replica();
    return well != 200 ? well : status_of(!check.truth.is_synchronous());
}
int read_only_sync(const Check& check) {
    return check.truth.leads() ? 200 : synchronous(check);
}
int health(const Check& check) {
    return status_of(check.truth.local() != nullptr);
}
int liveness(const Check& check) {
    return status_of(check.truth.fresh());
}
int readiness(const Check& check) {
    return check.readiness();
}

struct Named {
    std::string_view path;
    int (*answer)(const Check&);
};
constexpr std::array checks{
    Named{"/primary", primary},
    Named{"/read-write", primary},
    Named{"/master", primary},
    Named{"/leader", primary},
    Named{"/replica", replica},
    Named{"/standby", replica},
    Named{"/read-only", read_only},
    Named{"/synchronous", synchronous},
    Named{"/sync", synchronous},
    Named{"/read-only-sync", read_only_sync},
    Named{"/read-only-synchronous", read_only_sync},
    Named{"/asynchronous", asynchronous},
    Named{"/async", asynchronous},
    Named{"/health", health},
    Named{"/liveness", liveness},
    Named{"/readiness", readiness},
};

}  // namespace

int health_status(std::string_view path, std::string_view target, const Truth& truth) {
    const auto* const found = std::ranges::find(checks, path, &Named::path);
    return found == checks.end() ? 0 : found->answer({target, truth});
}

}  // namespace pgcm::serve
