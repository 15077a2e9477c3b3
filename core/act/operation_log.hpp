#pragma once
// The long operation that is under way on this node, on disk, so that whoever comes after a kill goes on with it.
#include <optional>
#include <string>

#include "model/error.hpp"
#include "model/operation.hpp"
#include "model/time.hpp"

namespace pgcm::act {

// <state_dir>/operation.json; there while an operation runs, and after one that was killed. Schema "pgcm.operation/1".
std::string to_json(const OperationFile& file);
// Error: usage, for what is no such document.
Result<OperationFile> parse_operation(const std::string& text);

// These block on the disk of the state directory. The first is durable when it returns.
Result<void> write_operation(const std::string& state_dir, const OperationFile& file);
Result<std::optional<OperationFile>> read_operation(const std::string& state_dir);
Result<void> remove_operation(const std::string& state_dir);

// <state_dir>/progress.json, how far a step has come that copies; there while one runs, and after a kill. Whole, but
// not synced: nothing rests on it. Schema "pgcm.progress/1".
Result<void> write_progress(const std::string& state_dir, const std::string& step, const Copied& copied);
void remove_progress(const std::string& state_dir);
// Empty unless it is of this operation's step.
std::optional<Copied> read_progress(const std::string& state_dir, const OperationFile& file);

// RFC 3339 in UTC with milliseconds, and back; "20261123T161648Z" for names of files.
std::string format_time(WallTime time);
std::optional<WallTime> parse_time(const std::string& text);
std::string file_stamp(WallTime time);

}  // namespace pgcm::act
