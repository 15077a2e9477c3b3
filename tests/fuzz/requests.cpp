// libFuzzer: bytes of a client, through the parser that connections use, to an answer and to the wire. What must hold
// for every request stands below; the sanitizers watch the rest.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "../unit/serve/fixtures.hpp"
#include "serve/query.hpp"
#include "serve/router.hpp"
#include "serve/wire.hpp"

namespace pgcm::serve {
namespace {

namespace http = boost::beast::http;

void must(bool holds) {
    if (!holds) std::abort();
}

std::string_view view_of(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

void judge_answer(const Request& request, const Known& known) {
    const Response response = answer(request, known);
    const auto allowed = {200, 400, 401, 403, 404, 405, 503};
    must(std::find(allowed.begin(), allowed.end(), response.status) != allowed.end());
    if (response.content_type == "application/json") must(nlohmann::json::accept(response.body));
    must(response.body.find("secret") == std::string::npos);
    for (const auto& [name, value] : response.headers) must(value.find_first_of("\r\n") == std::string::npos);
    const std::string bytes = wire(response, request.method, After::close, WallTime{});
    must(bytes.starts_with("HTTP/1.1 ") && bytes.find("\r\n\r\n") != std::string::npos);
    // A stale snapshot is never a yes, but for what is no judgement.
    if (known.now >= BootTime(103s) && response.status == 200 && request.method == "GET")
        must(response.content_type != "application/json" || request.target.find("recent") != std::string_view::npos);
}

void judge_bytes(std::string_view text) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(8 * 1024);
    parser.body_limit(1024);
    boost::system::error_code error;
    parser.eager(true);
    (void)parser.put(boost::asio::buffer(text.data(), text.size()), error);
    if (error || !parser.is_header_done()) return;
    static const Published primary(test::sample(), test::plain_words());
    static const Published standby(test::standby_sample(), test::plain_words());
    static const Recent recent;
    const auto& message = parser.get();
    for (const Door door : {Door::open, Door::loopback, Door::elsewhere})
        for (const auto* const snapshot : {&primary, &standby})
            for (const BootTime now : {BootTime(101s), BootTime(103s)}) {
                const Request request{view_of(message.method_string()),
                                      view_of(message.target()),
                                      view_of(message[http::field::accept]),
                                      view_of(message[http::field::authorization]),
                                      door,
                                      view_of(message[http::field::host])};
                for (const auto* const token : {"secret", ""})
                    judge_answer(request, Known{snapshot, now, &recent, token, {}});
            }
}

}  // namespace
}  // namespace pgcm::serve

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    pgcm::serve::judge_bytes(text);
    (void)pgcm::serve::parse_bytes(text);
    if (const auto value = pgcm::serve::parameter(text, "lag")) (void)pgcm::serve::parse_bytes(*value);
    return 0;
}
