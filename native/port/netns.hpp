// in_netns: runs something inside a network namespace.
// Home: control.
//
// On a thread of its own, which enters the namespace and ends: the caller's thread never changes its
// own. What is opened there (a TAP, a netlink socket) stays in that namespace for its whole life.
#pragma once
#include <functional>
#include <string>
#include "base/result.hpp"

namespace vsw {

// `path` is a namespace's file (/run/netns/NAME, /proc/PID/ns/net); empty: the caller's own.
// kNamespaceAbsent when nothing is there, or what is there is no network namespace any more.
[[nodiscard]] Outcome in_netns(const std::string& path, const std::function<Outcome()>& work);

}  // namespace vsw
