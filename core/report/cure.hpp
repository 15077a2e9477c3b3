#pragma once
// What mends a symptom, to the letter. Private to report/symptoms.
#include <string>
#include <vector>

#include "model/finding.hpp"

namespace pgcm::report {

struct Cure {
    std::vector<std::string> sql;  // on the symptom's node, as a superuser, one after the other
    std::string words;             // what SQL does not do, or what else would help
};

Cure cure_of(const Symptom& symptom);

}  // namespace pgcm::report
