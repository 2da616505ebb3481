// DeviceFinding: what became of a port's device inside its container, and what was put right.
// Home: control.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace vsw {

struct DeviceChange {
  enum class Field : std::uint8_t { kName, kMac, kMtu, kLink } field;
  std::string seen, wanted;
  bool put_back = false;   // it is as wanted again
  std::string trouble;     // why it could not be put back; empty when it was, or shall stay
};

struct DeviceFinding {
  enum class Place : std::uint8_t { kHere, kMoved, kDeleted } place = Place::kHere;
  std::vector<DeviceChange> changes;  // all that is, or until now was, not as wanted
};

}  // namespace vsw
