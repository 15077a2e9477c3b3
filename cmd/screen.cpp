#include "screen.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "exit.hpp"
#include "loop/chronicle.hpp"
#include "loop/observer.hpp"
#include "report/human.hpp"
#include "report/screen.hpp"
#include "view/assess.hpp"
#include "view/history.hpp"

namespace pgcm::cmd {
namespace {

namespace asio = boost::asio;

// The other screen, without cursor and without wrapping; and a keyboard that sends each key at once.
class Terminal {
  public:
    Terminal() { enter(); }
    ~Terminal() { leave(); }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    void enter() {
        reads_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
        if (reads_) {
            auto raw = before_;
            raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
            ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
        }
        (void)print_raw("\033[?1049h\033[?25l\033[?7l\033[2J");
    }

    void leave() {
        (void)print_raw("\033[?7h\033[?25h\033[?1049l");
        if (reads_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
    }

    // Over the last one, so that nothing flickers. A line is cleared before it is written: behind one that fills the
    // terminal the cursor stands on its last character.
    static Result<void> draw(const std::string& text) {
        std::string out = "\033[H\033[K";
        for (const char c : text) out += c == '\n' ? "\r\n\033[K" : std::string(1, c);
        return print_raw(out);
    }

    static int rows() {
        winsize size{};
        return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
    }

    bool reads() const { return reads_; }

  private:
    static Result<void> print_raw(const std::string& text) {
        if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return {};
        return fail("could not write to standard output");
    }

    termios before_{};
    bool reads_ = false;
};

class Show {
  public:
    Show(const config::Config& config, bool inventory, const Options& options, asio::io_context& io)
        : config_(config), inventory_(inventory), options_(options), io_(io), keyboard_(io), signals_(io) {
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP}) signals_.add(signal);
        // A description of its own: Asio makes it non-blocking, which the terminal must not be for whoever comes after.
        const int own = terminal_.reads() ? ::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC) : -1;
        if (own >= 0) keyboard_.assign(own);
    }

    void begin() {
        await_signal();
        await_key();
        asio::co_spawn(io_, look(), [](const std::exception_ptr& bug) {
            if (bug) std::rethrow_exception(bug);
        });
    }

    const report::Screen& screen() const { return screen_; }
    bool looked() const { return looked_; }
    const std::optional<Error>& trouble() const { return trouble_; }

  private:
    asio::awaitable<void> look() {
        loop::Observer observer(io_.get_executor(), config_, options_.clock);
        asio::steady_timer pause(io_);
        for (;;) {
            co_await observer.prober().look_once(inventory_);
            screen_.view = observer.view();
            screen_.alerts = view::assess(screen_.view, config_.policy);
            screen_.verdict = view::verdict(screen_.view, screen_.alerts);
            looked_ = true;
            read_journal();
            draw();
            pause.expires_after(config_.policy.scan_period);
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    // The end of it, where it has grown.
    void read_journal() {
        constexpr std::uintmax_t enough = 512 << 10;
        if (!config_.local) {
            screen_.without_agent = "this host has no node of the cluster";
            return;
        }
        const auto path = loop::journal_path(config_.state_dir);
        std::error_code error;
        const auto size = std::filesystem::file_size(path, error);
        std::ifstream file(path, std::ios::binary);
        if (error || !file) {
            screen_.without_agent = "the journal of the agent on this host cannot be read: " + path;
            return;
        }
        screen_.without_agent.clear();
        if (size == read_size_) return;
        read_size_ = size;
        view::HistoryReader reader;
        std::string line;
        if (size > enough) {
            file.seekg(static_cast<std::streamoff>(size - enough));
            std::getline(file, line);  // the rest of one
        }
        while (std::getline(file, line))
            if (!file.eof()) reader.take(line);
        screen_.history = reader.history();
    }

    void draw() {
        if (!looked_) return;
        const auto drawn =
            Terminal::draw(report::screen_text(screen_, config_.policy, options_.style(), Terminal::rows()));
        if (drawn) return;
        trouble_ = drawn.error();
        io_.stop();
    }

    void await_signal() {
        signals_.async_wait([this](const boost::system::error_code& error, int signal) {
            if (error) return;
            if (signal == SIGTSTP) {
                terminal_.leave();
                ::raise(SIGSTOP);
                terminal_.enter();
            }
            if (signal != SIGTSTP && signal != SIGWINCH) return io_.stop();
            draw();
            await_signal();
        });
    }

    void await_key() {
        if (!keyboard_.is_open()) return;
        keyboard_.async_wait(asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code& error) {
            char keys[64];
            const auto read = error ? 0 : ::read(keyboard_.native_handle(), keys, sizeof keys);
            if (read <= 0) return;
            for (ssize_t i = 0; i < read; ++i)
                if (!take_key(keys[i])) return io_.stop();
            draw();
            await_key();
        });
    }

    // False for the one that ends it.
    bool take_key(char key) {
        const auto sort = [this](report::SortBy by) {
            screen_.reversed = screen_.sort == by && !screen_.reversed;
            screen_.sort = by;
        };
        switch (key) {
            case 'q':
            case 'Q': return false;
            case 'f': sort(report::SortBy::file); break;
            case 'n': sort(report::SortBy::name); break;
            case 'r': sort(report::SortBy::role); break;
            case 'l': sort(report::SortBy::lag); break;
            default: break;
        }
        return true;
    }

    const config::Config& config_;
    bool inventory_;
    const Options& options_;
    asio::io_context& io_;
    Terminal terminal_;
    asio::posix::stream_descriptor keyboard_;
    asio::signal_set signals_;
    report::Screen screen_;
    std::uintmax_t read_size_ = 0;
    bool looked_ = false;
    std::optional<Error> trouble_;
};

}  // namespace

Result<int> show_screen(const config::Config& config, bool inventory, const Options& options) {
    asio::io_context io{1};
    std::string last;
    Result<int> code = done;
    {
        Show show(config, inventory, options, io);
        show.begin();
        io.run();
        const auto& seen = show.screen();
        if (show.trouble()) return fail(*show.trouble());
        if (!show.looked()) return code;
        last = report::status_table(seen.view, seen.alerts, seen.verdict, config.policy, options.style());
        code = exit_of(seen.verdict);
    }
    if (auto printed = print(last); !printed) return fail(printed.error());
    return code;
}

}  // namespace pgcm::cmd
