// LinkWatch: which ports' devices the kernel says were changed.
// Home: control.
//
// A device is changed by whoever is root in its namespace, and its TAP says nothing of it. So each port
// keeps a netlink socket there, subscribed to links and filtered to its own device by the kernel, and
// all of them hang in one epoll set: asking costs one call, however many ports there are. What was
// changed is not read from the messages, which may be lost when there are many; they only say where to look.
#pragma once
#include <vector>
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace vsw {

// Readable when the link of this number, in the caller's namespace, was changed, moved or deleted.
[[nodiscard]] Result<UniqueFd> open_link_socket(int index);

class LinkWatch {
 public:
  LinkWatch();
  // No-ops for descriptor -1. A descriptor is removed before it is closed.
  void add(PortId port, int fd) noexcept;
  void remove(int fd) noexcept;
  // Ports whose devices were changed since the last call; some may be left for the next.
  [[nodiscard]] std::vector<PortId> changed();

 private:
  UniqueFd poll_;
};

}  // namespace vsw
