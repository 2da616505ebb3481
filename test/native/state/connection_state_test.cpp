#include "state/connection_state.hpp"

#include <set>
#include <string>

#include "native/tap.hpp"

using namespace vsw;

TEST("state/connection_state: every state has its name and its sentence") {
  CHECK_EQUAL(std::string(name_of(ConnectionState::k_new)), "new");
  CHECK_EQUAL(std::string(name_of(ConnectionState::k_syn_received)), "syn_received");
  CHECK_EQUAL(std::string(name_of(ConnectionState::k_time_wait)), "time_wait");
  std::set<std::string> names;
  for (std::uint8_t i = 0; i < static_cast<std::uint8_t>(ConnectionState::kCount); ++i) {
    names.insert(name_of(static_cast<ConnectionState>(i)));
    CHECK(std::string(sentence_of(static_cast<ConnectionState>(i))).size() > 10);
  }
  CHECK_EQUAL(names.size(), static_cast<std::size_t>(ConnectionState::kCount));
}

TEST("state/connection_state: an invalid frame says why") {
  CHECK(Tracked::valid() == Tracked{});
  CHECK(Tracked::invalid(Invalidity::kTag).what == Tracked::What::kInvalid);
  CHECK(!(Tracked::invalid(Invalidity::kTag) == Tracked::invalid(Invalidity::kReset)));
  CHECK(std::string(sentence_of(Invalidity::kTag)).find("verification tag") != std::string::npos);
}
