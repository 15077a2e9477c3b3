#pragma once
// Who may read more than health checks.
#include <string>
#include <string_view>

namespace pgcm::serve {

// What a client has shown before it asks.
enum class Door {
    open,       // a Unix socket, whose file's mode says who may come; or a verified client certificate
    loopback,   // any process of this host
    elsewhere,  // any other address
};

enum class Access { granted, wants_token, closed };

// With a token, everybody but an open door has to show it, as "Bearer TOKEN" or as the password of "Basic" (which
// browsers ask for). Without one, the loopback may read all, and elsewhere is closed.
Access judge(Door door, std::string_view token, std::string_view authorization);

// In a time that depends on the given text alone.
bool same_secret(std::string_view secret, std::string_view given);

}  // namespace pgcm::serve
