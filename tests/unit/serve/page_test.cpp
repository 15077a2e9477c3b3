#include "serve/page.hpp"

#include "fixtures.hpp"

namespace pgcm::serve {
namespace {

using test::sample;

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST(Page, escapes_what_html_gives_a_meaning) {
    EXPECT_EQ(escape_html(R"(<a href="x" title='y'>&amp;</a>)"),
              "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
    EXPECT_EQ(escape_html("Zürich\tp1\n"), "Zürich\tp1\n");
    EXPECT_EQ(escape_html(std::string_view("a\0b\x1b[31m\x7f", 9)), "a\uFFFDb\uFFFD[31m\uFFFD");
    EXPECT_EQ(escape_html(""), "");
}

TEST(Page, shows_every_node_as_a_row) {
    const std::string html = page(nullptr, BootTime(0s));
    EXPECT_FALSE(holds(html, "<table>"));
    const Published snapshot = sample();
    const std::string full = page(&snapshot, BootTime(101s));
    EXPECT_TRUE(holds(full,
                      "<tr class=\"primary\"><th scope=\"row\">p1</th><td>primary</td><td>accepting</td><td>1</td>"
                      "<td>0/5000</td><td>–</td><td>–</td></tr>"));
    EXPECT_TRUE(holds(full,
                      "<tr><th scope=\"row\">p2</th><td>standby</td><td>streaming</td><td>1</td><td>0/4F00</td>"
                      "<td>256 bytes</td><td>async</td></tr>"));
    EXPECT_TRUE(holds(full, "<title>main: healthy</title>"));
    EXPECT_TRUE(holds(full, "as seen by p1"));
    EXPECT_TRUE(holds(full, "seen 1.0 s ago"));
    EXPECT_FALSE(holds(full, "Alerts"));
}

TEST(Page, no_text_from_outside_becomes_markup) {
    Published snapshot = sample();
    const std::string evil = "<script>alert('1')</script>";
    snapshot.cluster = evil;
    snapshot.local = test::name(evil);
    snapshot.nodes = {{test::name(evil), Role::unknown, evil, evil, evil, evil, evil}};
    snapshot.alerts = {{Severity::critical, evil}};
    for (const BootTime now : {BootTime(101s), BootTime(200s)}) {
        const std::string html = page(&snapshot, now);
        EXPECT_FALSE(holds(html, "<script"));
        EXPECT_FALSE(holds(html, "alert('"));
        EXPECT_TRUE(holds(html, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
    }
}

TEST(Page, alerts_come_before_the_nodes_and_say_how_grave_they_are) {
    Published snapshot = sample();
    snapshot.verdict = Verdict::degraded;
    snapshot.alerts = {{Severity::warning, "p2 lags by 3 GB"}};
    const std::string html = page(&snapshot, BootTime(101s));
    const auto alert = html.find("<li class=\"warn\">warning: p2 lags by 3 GB</li>");
    ASSERT_NE(alert, std::string::npos);
    EXPECT_LT(alert, html.find("<table>"));
}

TEST(Page, an_old_one_says_so_and_claims_no_verdict) {
    const Published snapshot = sample();
    const std::string html = page(&snapshot, BootTime(161500ms));
    EXPECT_TRUE(holds(html, "Last seen 61.5 s ago"));
    EXPECT_TRUE(holds(html, "<title>main: last seen 61.5 s ago</title>"));
    EXPECT_FALSE(holds(html, "healthy"));
}

TEST(Page, needs_nothing_from_elsewhere) {
    const Published snapshot = sample();
    const std::string html = page(&snapshot, BootTime(101s));
    for (const auto* const outside : {"src=", "href=", "url(", "@import", "http://", "https://"})
        EXPECT_FALSE(holds(html, outside)) << outside;
}

}  // namespace
}  // namespace pgcm::serve
