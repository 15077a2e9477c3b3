#pragma once
// Every enumerator of the model that needs explaining, in one plain sentence, without a stop at its end. What came
// from servers and people is printable (report/units).
#include <string>

#include "model/alert.hpp"
#include "model/decision.hpp"
#include "model/operation.hpp"
#include "model/verdict.hpp"

namespace pgcm::report {

std::string words(const Reason& reason);
// What happened, to which node; after the semicolon what to do.
std::string words(const Alert& alert);
std::string words(const Action& action);
std::string words(Verdict verdict);
std::string words(const OperationFile& file, WallTime now);
// "512 MiB of 2.0 GiB, 25 %, about 30 s left", or since when nothing was told of it.
std::string words(const Copied& copied, WallTime now);
// Whether it goes on, as far as it can be told: the tools tell once a second.
bool is_fresh(const Copied& copied, WallTime now);

}  // namespace pgcm::report
