#pragma once
// The words between pgcm and its child that looks after the data directory.
#include <nlohmann/json.hpp>

#include "act/data_directory.hpp"
#include "model/error.hpp"

namespace pgcm::act::wire {

using Json = nlohmann::json;

Json from_place(const Place& place);
Place to_place(const Json& json);
Json from_host(const LocalHost& host);
LocalHost to_host(const Json& json);
Json from_survey(const Survey& survey);
Survey to_survey(const Json& json);
Json from_error(const Error& error);
Error to_error(const Json& json);

// The text of a document; bytes that are not UTF-8 are replaced.
std::string text_of(const Json& json);

}  // namespace pgcm::act::wire
