#include "act/data_directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/auto_conf.hpp"
#include "act/clone_directory.hpp"
#include "act/control_data.hpp"
#include "act/files.hpp"
#include "support.hpp"

namespace pgcm::act {
namespace {

using test::get;
using test::put;
using test::there;

// A directory that looks like a server's, with a name that a careless program would trip over.
class DataDirectoryTest : public ::testing::Test {
  protected:
    DataDirectoryTest() {
        place.data_dir = directory / "it's \"main\" ü";
        place.state_dir = directory / "state";
        ::mkdir(place.data_dir.c_str(), 0700);
        ::mkdir(place.state_dir.c_str(), 0700);
        put(in("PG_VERSION"), "15\n");
        put(in("postgresql.conf"), "port = 1111\n");
        put(in("postgresql.auto.conf"), "# header\nwork_mem = '4MB'\nprimary_conninfo = 'old'\n");
    }
    std::string in(const std::string& name) const { return place.data_dir + "/" + name; }
    std::string beside(const std::string& suffix) const { return place.data_dir + suffix; }
    void make_clone(const std::string& content) {
        ::mkdir(clone_path(place).c_str(), 0700);
        put(clone_path(place) + "/PG_VERSION", content);
    }

    test::TemporaryDirectory directory{"a dir with 'quotes' ö"};
    Place place;
};

TEST_F(DataDirectoryTest, TellsALineupFromItsSignals) {
    EXPECT_EQ(inspect(place).lineup, Lineup::primary);
    put(in("standby.signal"), "");
    EXPECT_EQ(inspect(place).lineup, Lineup::standby);
    ::unlink(in("standby.signal").c_str());
    put(in("recovery.signal"), "");
    EXPECT_EQ(inspect(place).lineup, Lineup::standby);
    ::unlink(in("PG_VERSION").c_str());
    EXPECT_EQ(inspect(place).lineup, Lineup::empty);
    place.data_dir += "/nowhere";
    EXPECT_EQ(inspect(place).lineup, Lineup::empty);
    EXPECT_EQ(inspect(place).process, Process::stopped);
}

TEST_F(DataDirectoryTest, ALivingProcessOfThatNumberIsNoPostmaster) {
    // kill(pid, 0) would call our own test a server (LESSONS 24).
    put(in("postmaster.pid"),
        std::to_string(::getpid()) + "\n" + place.data_dir + "\n1700000000\n5432\n/tmp\n\n1 2\nready   \n");
    const auto host = inspect(place);
    EXPECT_EQ(host.process, Process::stopped);
    EXPECT_FALSE(host.postmaster_pid);
    const auto file = read_postmaster_file(place.data_dir);
    ASSERT_TRUE(file && *file);
    EXPECT_EQ((*file)->pid, ::getpid());
    EXPECT_EQ((*file)->status, "ready");
    EXPECT_EQ((*file)->started, 1700000000);
}

TEST_F(DataDirectoryTest, ReadsAPostmasterFileThatIsHalfWritten) {
    put(in("postmaster.pid"), "");
    EXPECT_FALSE(*read_postmaster_file(place.data_dir));
    put(in("postmaster.pid"), "-4711\n");
    const auto file = read_postmaster_file(place.data_dir);
    ASSERT_TRUE(file && *file);
    EXPECT_EQ((*file)->pid, 4711);
    EXPECT_EQ((*file)->status, "");
}

TEST_F(DataDirectoryTest, PreparesAStandby) {
    for (const auto* name : {"recovery.signal", "promote", "promote.signal"}) put(in(name), "");
    ::chmod(in("postgresql.auto.conf").c_str(), 0640);
    const std::string conninfo = "host='a b' password='it''s \\\\ ü'";
    ASSERT_TRUE(prepare_standby(place.data_dir, Upstream{conninfo, "slot_1"}));
    EXPECT_TRUE(there(in("standby.signal")));
    for (const auto* name : {"recovery.signal", "promote", "promote.signal"}) EXPECT_FALSE(there(in(name))) << name;
    const auto text = get(in("postgresql.auto.conf"));
    EXPECT_EQ(parameter_in(text, "primary_conninfo"), conninfo);
    EXPECT_EQ(parameter_in(text, "primary_slot_name"), "slot_1");
    EXPECT_EQ(parameter_in(text, "recovery_target_timeline"), "latest");
    EXPECT_EQ(parameter_in(text, "wal_retrieve_retry_interval"), "100ms");
    EXPECT_EQ(parameter_in(text, "work_mem"), "4MB");
    EXPECT_EQ(text.find("'old'"), std::string::npos);
    struct stat facts {};
    ASSERT_EQ(::stat(in("postgresql.auto.conf").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0640U);
}

TEST_F(DataDirectoryTest, WithoutUpstreamTheConninfoStays) {
    ASSERT_TRUE(prepare_standby(place.data_dir, std::nullopt));
    EXPECT_EQ(parameter_in(get(in("postgresql.auto.conf")), "primary_conninfo"), "old");
    EXPECT_TRUE(there(in("standby.signal")));
}

TEST_F(DataDirectoryTest, ReplacesWhatALinkPointsTo) {
    put(directory / "elsewhere", "primary_conninfo = 'old'\n");
    ::unlink(in("postgresql.auto.conf").c_str());
    ASSERT_EQ(::symlink((directory / "elsewhere").c_str(), in("postgresql.auto.conf").c_str()), 0);
    ASSERT_TRUE(prepare_standby(place.data_dir, Upstream{"host=new", ""}));
    struct stat facts {};
    ASSERT_EQ(::lstat(in("postgresql.auto.conf").c_str(), &facts), 0);
    EXPECT_TRUE(S_ISLNK(facts.st_mode));
    EXPECT_EQ(parameter_in(get(directory / "elsewhere"), "primary_conninfo"), "host=new");
}

TEST_F(DataDirectoryTest, AStartClearsPromoteFiles) {
    put(in("promote"), "");
    put(in("promote.signal"), "");
    ASSERT_TRUE(prepare_start(place));
    EXPECT_FALSE(there(in("promote")));
    EXPECT_FALSE(there(in("promote.signal")));
}

TEST_F(DataDirectoryTest, NeverStartsWhileTheMarkStands) {
    ASSERT_TRUE(mark_rewinding(place, "test"));
    EXPECT_TRUE(inspect(place).rewinding);
    const auto refused = prepare_start(place);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::refused);
    // Either of the two marks is enough.
    ::unlink(beside(".pgcm-rewinding").c_str());
    EXPECT_FALSE(prepare_start(place));
    ASSERT_TRUE(mark_rewinding(place, "test"));
    ::unlink((place.state_dir + "/rewinding").c_str());
    EXPECT_FALSE(prepare_start(place));
    ASSERT_TRUE(clear_rewinding(place));
    EXPECT_TRUE(prepare_start(place));
    EXPECT_FALSE(inspect(place).rewinding);
    EXPECT_TRUE(clear_rewinding(place));
}

TEST_F(DataDirectoryTest, AMarkThatCannotBeReadStopsTheStart) {
    place.state_dir = in("PG_VERSION") + "/" + std::string(300, 'x');  // ENOTDIR: surely no mark
    EXPECT_TRUE(prepare_start(place));
    place.state_dir = directory / std::string(300, 'x');  // ENAMETOOLONG: who knows
    EXPECT_FALSE(prepare_start(place));
}

TEST_F(DataDirectoryTest, SavesAndRestoresTheConfiguration) {
    ::chmod(in("postgresql.conf").c_str(), 0640);
    ::mkdir(in("conf.d").c_str(), 0700);
    put(in("conf.d/own.conf"), "a = 1\n");
    put(in("server.key"), "secret");
    ::chmod(in("server.key").c_str(), 0600);
    put(in("notes.txt"), "not ours");
    ASSERT_TRUE(save_configuration(place));
    put(in("postgresql.conf"), "port = 2222\n");
    put(in("postgresql.auto.conf"), "theirs\n");
    put(in("conf.d/own.conf"), "theirs\n");
    put(in("server.key"), "theirs");
    put(in("notes.txt"), "theirs");
    ASSERT_TRUE(restore_configuration(place, place.data_dir));
    EXPECT_EQ(get(in("postgresql.conf")), "port = 1111\n");
    EXPECT_EQ(get(in("conf.d/own.conf")), "a = 1\n");
    EXPECT_EQ(get(in("server.key")), "secret");
    EXPECT_EQ(get(in("notes.txt")), "theirs");
    struct stat facts {};
    ASSERT_EQ(::stat(in("postgresql.conf").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0640U);
}

TEST_F(DataDirectoryTest, ASavedSetOutlivesAKilledRewind) {
    ASSERT_TRUE(save_configuration(place));
    ASSERT_TRUE(mark_rewinding(place, "pg_rewind"));
    put(in("postgresql.conf"), "port = 2222\n");  // pg_rewind got this far
    ASSERT_TRUE(save_configuration(place));       // the next attempt
    ASSERT_TRUE(restore_configuration(place, place.data_dir));
    EXPECT_EQ(get(in("postgresql.conf")), "port = 1111\n");
    ASSERT_TRUE(clear_rewinding(place));
    put(in("postgresql.conf"), "port = 3333\n");  // the operator's change, later
    ASSERT_TRUE(save_configuration(place));
    put(in("postgresql.conf"), "port = 2222\n");
    ASSERT_TRUE(restore_configuration(place, place.data_dir));
    EXPECT_EQ(get(in("postgresql.conf")), "port = 3333\n");
}

TEST_F(DataDirectoryTest, ACloneGetsTheConfigurationOfTheNode) {
    make_clone("15\n");
    put(clone_path(place) + "/postgresql.conf", "port = 2222\n");
    ASSERT_TRUE(adopt_configuration(place, clone_path(place)));
    EXPECT_EQ(get(clone_path(place) + "/postgresql.conf"), "port = 1111\n");
    // With the mark standing, what is in the data directory may be the primary's.
    ASSERT_TRUE(save_configuration(place));
    ASSERT_TRUE(mark_rewinding(place, "pg_rewind"));
    put(in("postgresql.conf"), "port = 2222\n");
    ASSERT_TRUE(adopt_configuration(place, clone_path(place)));
    EXPECT_EQ(get(clone_path(place) + "/postgresql.conf"), "port = 1111\n");
}

TEST_F(DataDirectoryTest, SwapsACloneIn) {
    make_clone("new\n");
    ASSERT_FALSE(swap_in(place, "20260101T000000Z")) << "a clone that nobody declared complete";
    ASSERT_TRUE(accept_clone(place));
    ASSERT_TRUE(swap_in(place, "20260101T000000Z"));
    EXPECT_EQ(get(in("PG_VERSION")), "new\n");
    EXPECT_EQ(get(beside(".pgcm-old-20260101T000000Z/PG_VERSION")), "15\n");
    EXPECT_FALSE(there(beside(".pgcm-new")));
    EXPECT_FALSE(there(beside(".pgcm-ready")));
    make_clone("newer\n");
    ASSERT_TRUE(accept_clone(place));
    ASSERT_TRUE(swap_in(place, "20260101T000000Z")) << "the same second";
    const auto removed = discard_old(place, true);
    ASSERT_TRUE(removed);
    EXPECT_EQ(*removed, 1);
    EXPECT_EQ(get(beside(".pgcm-old-20260101T000000Z/PG_VERSION")), "15\n");
    EXPECT_EQ(*discard_old(place, false), 1);
    EXPECT_EQ(get(in("PG_VERSION")), "newer\n");
}

TEST_F(DataDirectoryTest, AHalfSwapIsFinished) {
    make_clone("new\n");
    ASSERT_TRUE(accept_clone(place));
    EXPECT_EQ(finish_swap(place), false) << "the data directory stands: nothing was begun";
    ASSERT_EQ(::rename(place.data_dir.c_str(), beside(".pgcm-old-20260101T000000Z").c_str()), 0);  // and killed here
    ASSERT_TRUE(discard_clone(place));
    ASSERT_TRUE(prepare_start(place));
    EXPECT_EQ(get(in("PG_VERSION")), "new\n");
    EXPECT_EQ(finish_swap(place), false);
}

TEST_F(DataDirectoryTest, HalfClonesAreThrownAway) {
    make_clone("half\n");
    ASSERT_TRUE(discard_clone(place));
    EXPECT_FALSE(there(clone_path(place)));
    make_clone("whole\n");
    ASSERT_TRUE(accept_clone(place));
    ASSERT_TRUE(discard_clone(place));
    EXPECT_FALSE(there(beside(".pgcm-ready")));
    EXPECT_TRUE(there(in("PG_VERSION")));
}

TEST_F(DataDirectoryTest, DiscardsOnlyItsOwn) {
    for (const auto* suffix : {".pgcm-old-20260101T000000Z", ".pgcm-old-mine", ".old", "2.pgcm-old-20260101T000000Z"})
        ::mkdir(beside(suffix).c_str(), 0700);
    EXPECT_EQ(*discard_old(place, false), 1);
    EXPECT_TRUE(there(beside(".pgcm-old-mine")));
    EXPECT_TRUE(there(beside(".old")));
    EXPECT_TRUE(there(beside("2.pgcm-old-20260101T000000Z")));
}

TEST_F(DataDirectoryTest, WorksBesideTheRealPlaceOfALink) {
    ::mkdir((directory / "disk").c_str(), 0700);
    const auto real = directory / "disk/main";
    ASSERT_EQ(::rename(place.data_dir.c_str(), real.c_str()), 0);
    ASSERT_EQ(::symlink("disk/main", (directory / "link").c_str()), 0);
    place.data_dir = directory / "link";
    EXPECT_EQ(clone_path(place), real_place(real) + ".pgcm-new");
    make_clone("new\n");
    ASSERT_TRUE(accept_clone(place));
    ASSERT_EQ(::rename(real.c_str(), (real + ".pgcm-old-20260101T000000Z").c_str()), 0);  // the link dangles
    EXPECT_EQ(finish_swap(place), true);
    EXPECT_EQ(get(real + "/PG_VERSION"), "new\n");
}

TEST_F(DataDirectoryTest, EmptiesInPlace) {
    ::mkdir((directory / "wal").c_str(), 0700);
    put(directory / "wal/segment", "x");
    put(directory / "precious", "x");
    ASSERT_EQ(::symlink((directory / "wal").c_str(), in("pg_wal").c_str()), 0);
    ASSERT_EQ(::symlink((directory / "precious").c_str(), in("link").c_str()), 0);
    EXPECT_NE(clone_obstacle(place), "") << "pg_wal lies elsewhere";
    ASSERT_TRUE(empty_in_place(place));
    EXPECT_TRUE(names_in(place.data_dir)->empty());
    EXPECT_TRUE(names_in(directory / "wal")->empty());
    EXPECT_TRUE(there(directory / "precious"));
}

TEST_F(DataDirectoryTest, KnowsWhereNoCloneCanBeMade) {
    EXPECT_EQ(clone_obstacle(place), "");
    place.data_dir = "/proc";
    EXPECT_NE(clone_obstacle(place).find("mount point"), std::string::npos);
}

TEST(ControlData, ParsesWhatPgControldataPrints) {
    const auto data = parse_control_data(
        "pg_control version number:            1300\n"
        "Database system identifier:           7300000000000000001\n"
        "Database cluster state:               shut down in recovery\n"
        "Latest checkpoint location:           0/3000098\n"
        "Latest checkpoint's TimeLineID:       2\n"
        "Latest checkpoint's full_page_writes: on\n"
        "Min recovery ending loc's timeline:   3\n"
        "wal_log_hints setting:                off\n"
        "Data page checksum version:           1\n");
    EXPECT_EQ(data.system_identifier, 7300000000000000001U);
    EXPECT_EQ(data.timeline, Timeline{2});
    EXPECT_EQ(data.recovery_timeline, Timeline{3});
    EXPECT_EQ(data.checkpoint, (Lsn{0x3000098}));
    EXPECT_TRUE(data.shut_down());
    EXPECT_TRUE(data.full_page_writes);
    EXPECT_TRUE(data.checksums);
    EXPECT_FALSE(data.wal_log_hints);
    EXPECT_FALSE(parse_control_data("garbage\n: \n").system_identifier);
}

TEST(Files, PathsArePutTogetherRight) {
    EXPECT_EQ(parent_of("/a/b/"), "/a");
    EXPECT_EQ(parent_of("/a"), "/");
    EXPECT_EQ(parent_of("a"), ".");
    EXPECT_EQ(base_name("/a/b/"), "b");
    EXPECT_EQ(base_name("/a"), "a");
    EXPECT_EQ(base_name("a"), "a");
}

}  // namespace
}  // namespace pgcm::act
