#pragma once
// Plain columns for a terminal: no boxes, two spaces between columns, colour only where it tells something.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgcm::report {

struct Style {
    bool color = false;
    int width = 0;  // columns of the terminal, beyond which the last column is wrapped; 0: never
};

enum class Paint { plain, dim, bold, good, warn, bad };
std::string painted(std::string_view text, Paint paint, const Style& style);

struct Cell {
    std::string text;  // printable; an empty one is shown as a dim dash. In the last column, "\n" begins a new line
    Paint paint = Paint::plain;
};

// "  label     text" in lines, the text wrapped beside the label.
std::string labelled(std::string_view label, Paint paint, std::string_view text, const Style& style);

enum class Align { left, right };
struct Column {
    std::string title;
    Align align = Align::left;
};

class Table {
  public:
    explicit Table(std::vector<Column> columns_of_table);
    // As many cells as there are columns. A marked row begins with "*".
    void add(std::vector<Cell> row, bool marked = false);
    bool empty() const { return rows_.empty(); }
    // Ends with a newline.
    std::string str(const Style& style) const;

  private:
    struct Row {
        std::vector<Cell> cells;
        bool marked;
    };
    std::vector<std::size_t> widths() const;

    std::vector<Column> columns_;
    std::vector<Row> rows_;
};

// Words in lines of at most `width` columns (0: any); a word that is longer stays whole, "\n" always ends a line.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace pgcm::report
