#include "postgres/lock_keys.hpp"

#include <gtest/gtest.h>

using namespace pgcm;
using namespace pgcm::postgres;

namespace {

NodeName name(std::string_view text) {
    return NodeName::make(text).value();
}

// Agents of different versions must agree on these.
TEST(LockKeys, AreTheSameForEver) {
    EXPECT_EQ(lock_keys("orders"), (LockKeys{1243332127, -303281045, -490587666}));
    EXPECT_EQ(lock_keys("").lease_class, -45703330);
    EXPECT_EQ(favour_key(name("p1")), -1250563398);
    EXPECT_EQ(favour_key(name("ä")), -661476132);
}

TEST(LockKeys, ClustersAreToldApart) {
    EXPECT_NE(lock_keys("orders").lease_class, lock_keys("order").lease_class);
    EXPECT_NE(favour_key(name("p1")), favour_key(name("p2")));
}

TEST(SessionName, IsCutAsTheServerCutsIt) {
    EXPECT_EQ(session_name(name("p1")), "pgcm/p1");
    EXPECT_EQ(session_name(name("ä 1")), "pgcm/%C3%A4 1");
    EXPECT_EQ(session_name(name(std::string(63, 'x'))), "pgcm/" + std::string(58, 'x'));
}

}  // namespace
