// What the lists, and the drivers that were found, say of tags that grow together.
#pragma once

#include <vector>

#include "scanner/poolmon/lockstep.hpp"
#include "scanner/report/model.hpp"
#include "tagdb/database.hpp"

namespace scanner {

/// `leaks` have their candidates, if drivers were searched: whose product they are decides before the lists do.
poolmon::TagRole role_of(tagdb::PoolTag tag, const tagdb::Database& database, const std::vector<report::Leak>& leaks);

}  // namespace scanner
