// The tables of a catalogue, schema 5, and how a catalogue file is opened. The file is a plain SQLite database with a
// rollback journal (not WAL: a catalogue lies on shares and read-only media, and is one file that can be copied) and
// synchronous=FULL: what was committed survives a killed writer and a power cut.
//
//   engines      what traced: engine version, digest of the table of functions, program version
//   drivers      one row per distinct content (SHA-256): size, machine, identity, the engine that traced it
//   uses         tag uses of a driver, in the order of the engine; via, names, listing are JSON arrays along the chain
//                of a pattern (qcc?) tag_value is number_of() in records.hpp, beyond 32 bits
//   sites        every call site of a driver with its bucket; site_counts: how many of each kind, bucket and reason
//   gaps         what a driver's trace is known to lack: functions of API sets that were not resolved, notes (JSON
//   array) images       what checks want to know of a driver's headers; none for drivers that an earlier version
//   surveyed places       what symbols tell of places in a driver's code beyond uses.names: functions, source lines
//   files        which machine has (had) which content under which absolute path; state present, changed or vanished
//   runs, roots  who surveyed what and when; what a walk passed over below a root
//   tags         the tags whose bytes were searched for: those that databases list and those that any driver uses
//   held         the bytes of a tag stand in a driver; occurrences: where, when no use explains them
//   totals, total_sites, unresolved   what questions say about drivers that they need not look at (totals.hpp)
//
// drivers.context stands for what other drivers export to this one, as the trace saw it; 'none' when it imports from
// modules that are not there or give nothing, empty when it imports from no such module; '+N' behind it counts
// functions of API sets that were not resolved. drivers.searched is the greatest tags.seq that the driver's bytes were
// searched for.
#pragma once

#include <memory>
#include <string>

#include "pe/result.hpp"
#include "scanner/catalog/sql.hpp"

namespace scanner::catalog {

inline constexpr int kSchemaVersion = 5;
inline constexpr int kApplicationId =
    0x706F6F6C;  // "pool", so that file(1) and we tell a catalogue from other databases

/// `write` creates the file and its tables when there are none, and brings a catalogue of an older schema up to date.
/// The message of an error says what to do, without the
/// path.
pe::Result<std::unique_ptr<Sql>> open_catalog(const std::string& path, Sql::Mode mode);

/// What to do about a failed statement, in words for the user.
std::string remedy(const Sql& sql);

}  // namespace scanner::catalog
