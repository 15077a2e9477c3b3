#pragma once
// Who may read more than health checks.
#include <span>
#include <string>
#include <string_view>

namespace pgcm::serve {

// What a client has shown before it asks.
enum class Door {
    open,       // a Unix socket, whose file's mode says who may come; or a verified client certificate
    loopback,   // any process of this host
    elsewhere,  // any other address
};

enum class Access { granted, wants_token, wrong_name, closed };

struct Visitor {
    Door door = Door::elsewhere;
    std::string_view authorization = {};  // the fields of its request
    std::string_view host = {};
};

// With a token, everybody but an open door has to show it, as "Bearer TOKEN" or as the password of "Basic" (which
// browsers ask for). Without one, the loopback may read all that it asks for by a name of this host, and elsewhere is
// closed. `names`: of this host, beside addresses and localhost.
Access judge(const Visitor& visitor, std::string_view token, std::span<const std::string> names = {});

// Whether a Host field may stand for this host: none at all, an address, localhost, or one of `names`, with or without
// a port. Else a page of a foreign site may have led a browser here by a name of its own (DNS rebinding), and would
// read what the loopback may read.
bool names_this_host(std::string_view host, std::span<const std::string> names);

// In a time that depends on the given text alone.
bool same_secret(std::string_view secret, std::string_view given);

}  // namespace pgcm::serve
