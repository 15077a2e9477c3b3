#include "serve/page.hpp"

#include "fixtures.hpp"
#include "serve/page_files.hpp"

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
    EXPECT_FALSE(holds(page(nullptr, BootTime(0s)), "<tr class"));
    const Published snapshot = test::published();
    const std::string full = page(&snapshot, BootTime(101s));
    EXPECT_TRUE(holds(full,
                      "<tr class=\"primary\"><th scope=\"row\">p1</th><td data-label=\"Role\">primary</td>"
                      "<td data-label=\"State\">accepting</td><td data-label=\"Timeline\">1</td>"
                      "<td data-label=\"LSN\">0/5000</td><td data-label=\"Lag\">–</td>"));
    EXPECT_TRUE(holds(full, "<tr class=\"standby\"><th scope=\"row\">p2</th><td data-label=\"Role\">standby</td>"));
    EXPECT_TRUE(holds(full, "<td data-label=\"Lag\">256 B</td>"));
    EXPECT_TRUE(holds(full, "<title>main: healthy</title>"));
    EXPECT_TRUE(holds(full, "as seen by p1"));
    EXPECT_TRUE(holds(full, "seen 1.0 s ago"));
    EXPECT_TRUE(holds(full, "<section id=\"alerts\" aria-labelledby=\"alerts-title\" hidden>"));
    EXPECT_FALSE(holds(full, "{{"));
}

TEST(Page, tells_the_decision_and_its_reasons) {
    Seen seen = sample();
    seen.decision.actions = {{ActionKind::promote, std::nullopt, ""}};
    seen.decision.reasons = {{Rule::primary_healthy, std::nullopt, {}}};
    const Published snapshot = test::published(seen);
    const std::string html = page(&snapshot, BootTime(101s));
    EXPECT_TRUE(holds(html, "<strong>action promote</strong>"));
    EXPECT_TRUE(holds(html, "<li>reason primary_healthy</li>"));
}

TEST(Page, no_text_from_outside_becomes_markup) {
    static const std::string evil = "<script>alert('1')</script>{{rows}}";
    class EvilWords : public test::PlainWords {
      public:
        std::string words(const Alert&) const override { return evil; }
        std::string words(const Reason&) const override { return evil; }
        std::string words(const Action&) const override { return evil; }
        std::vector<NodeRow> rows(const View& view) const override {
            NodeRow row{view.nodes[0].node, Role::unknown, evil, evil, evil, evil, evil, evil, {}, false};
            return {row};
        }
    } const words;
    Seen seen = sample();
    seen.view.cluster = evil;
    seen.view.local = seen.view.nodes[0].node = test::name("<script>alert('1')</script>");
    seen.alerts = {{AlertCode::lag, Severity::critical, std::nullopt, {}}};
    seen.decision.actions = {{ActionKind::promote, std::nullopt, evil}};
    seen.decision.reasons = {{Rule::primary_healthy, std::nullopt, {}}};
    const Published snapshot(seen, words);
    for (const BootTime now : {BootTime(101s), BootTime(200s)}) {
        const std::string html = page(&snapshot, now);
        EXPECT_FALSE(holds(html, "<script>"));
        EXPECT_FALSE(holds(html, "alert('"));
        EXPECT_TRUE(holds(html, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;{{rows}}"));
    }
}

TEST(Page, alerts_come_before_the_nodes_and_say_how_grave_they_are) {
    Seen seen = sample();
    seen.verdict = Verdict::degraded;
    seen.alerts = {{AlertCode::lag, Severity::warning, std::nullopt, {}}};
    const Published snapshot = test::published(seen);
    const std::string html = page(&snapshot, BootTime(101s));
    const auto alert = html.find("<li class=\"warn\"><strong>warning</strong> alert lag</li>");
    ASSERT_NE(alert, std::string::npos);
    EXPECT_LT(alert, html.find("<table>"));
}

TEST(Page, an_old_one_says_so_and_claims_no_verdict) {
    const Published snapshot = test::published();
    const std::string html = page(&snapshot, BootTime(161500ms));
    EXPECT_TRUE(holds(html, "Last seen 61.5 s ago"));
    EXPECT_TRUE(holds(html, "<title>main: last seen 61.5 s ago</title>"));
    EXPECT_FALSE(holds(html, "healthy"));
}

TEST(Page, consists_of_this_servers_files_and_nothing_else) {
    const Published snapshot = test::published();
    std::string all = page(&snapshot, BootTime(101s));
    for (const std::string name : {"main.js", "topology.js", "curves.js", "words.js", "style.css", "icon.svg"}) {
        const auto* const file = page_file("/page/" + name);
        ASSERT_NE(file, nullptr) << name;
        EXPECT_FALSE(file->content.empty()) << name;
        all += file->content;
    }
    EXPECT_EQ(page_file("/page/index.html"), nullptr);
    EXPECT_EQ(page_file("/page/"), nullptr);
    // Names of namespaces are no resources.
    for (std::size_t at = 0; (at = all.find("http", at)) != std::string::npos; ++at) {
        const bool harmless =
            all.compare(at, 21, "http://www.w3.org/200") == 0 || all.compare(at, 10, "http-equiv") == 0;
        EXPECT_TRUE(harmless) << all.substr(at, 40);
    }
    for (const auto* const outside :
         {"src=\"/", "href=\"/", "url(", "@import", "//cdn", "style=", "onclick", "innerHTML"})
        EXPECT_FALSE(holds(all, outside)) << outside;
}

}  // namespace
}  // namespace pgcm::serve
