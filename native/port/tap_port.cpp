#include "port/tap_port.hpp"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/system_error.hpp"
#include "port/link_watch.hpp"
#include "port/netns.hpp"
#include "wire/dissect.hpp"

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

namespace vsw {

namespace {

constexpr std::uint16_t kIpv6MtuMin = 1'280;  // RFC 8200, section 5

// Whether the kernel knows UDP super-frames.
Result<bool> ask_offloads(int fd) {
  constexpr unsigned kTcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
  for (const unsigned wanted : {kTcp | TUN_F_USO4 | TUN_F_USO6, kTcp, unsigned{TUN_F_CSUM}, 0u})
    if (::ioctl(fd, TUNSETOFFLOAD, wanted) == 0) return (wanted & TUN_F_USO4) != 0;
  return system_error("cannot set the offloads of the TAP", errno);
}

Error in_use(const std::string& device) {
  return {ErrorCode::kDeviceClash, "the TAP " + device + " is in use by another process: end it, or choose another spec.device", 0};
}

// One more queue of the TAP, which is made when it is not there. `several`: of a TAP that may have more
// than one, which is decided when it is made and never again.
Result<UniqueFd> attach_queue(const std::string& device, const Link& link, bool several) {
  UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return system_error("cannot open /dev/net/tun (load the tun module, or give this process the device)", errno);
  ifreq request{};
  std::strncpy(request.ifr_name, device.c_str(), IFNAMSIZ - 1);
  request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (several ? IFF_MULTI_QUEUE : 0));
  if (::ioctl(fd.get(), TUNSETIFF, &request) != 0) {
    if (errno == EBUSY) return in_use(device);
    if (errno == EINVAL && link.index != 0)
      return Error{ErrorCode::kDeviceClash,
                   "the device " + device + " is there already as a TUN or for " + (several ? "one queue" : "several queues") +
                       ", which never changes: remove it, choose another spec.device, or write spec.queues: " +
                       (several ? "1" : "2 or more"),
                   0};
    return system_error("cannot create the TAP " + device + " (CAP_NET_ADMIN in its namespace is needed)", errno);
  }
  return fd;
}

Result<std::vector<std::unique_ptr<TapQueue>>> attach_tap(const std::string& device, const Link& link, bool several,
                                                          std::uint32_t count) {
  if (link.index != 0 && link.kind != "tun")
    return Error{ErrorCode::kDeviceClash,
                 "the device " + device + " is there already and is no TAP (" +
                     (link.kind.empty() ? "a device of the machine" : link.kind) +
                     "): choose another spec.device or remove it",
                 0};
  if (link.tap_queues > 0) return in_use(device);
  std::vector<std::unique_ptr<TapQueue>> queues;
  bool takes_udp = false;
  while (queues.size() < count) {
    Result<UniqueFd> fd = attach_queue(device, link, several);
    if (!fd) return fd.error();
    if (queues.empty()) {  // what is the whole device's
      int header_size = kVirtioHeaderSize;
      if (::ioctl(fd.value().get(), TUNSETVNETHDRSZ, &header_size) != 0) return system_error("cannot set the TAP's header size", errno);
      Result<bool> asked = ask_offloads(fd.value().get());
      if (!asked) return asked.error();
      takes_udp = asked.value();
    }
    queues.push_back(std::make_unique<TapQueue>(std::move(fd.value()), takes_udp));
  }
  return queues;
}

// The inode of the namespace that a TAP is in now; 0 when it may not be known. An errno when there is no device any more.
std::uint64_t namespace_of(int fd, int& failed) noexcept {
  const UniqueFd netns(::ioctl(fd, TUNGETDEVNETNS));
  failed = netns ? 0 : errno;
  struct stat status {};
  return netns && ::fstat(netns.get(), &status) == 0 ? status.st_ino : 0;
}

template <class Item>
bool contains(const std::vector<Item>& items, const Item& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

}  // namespace

Result<std::shared_ptr<TapPort>> TapPort::open(const PortSettings& settings, std::uint32_t queues_max) {
  std::shared_ptr<TapPort> port;
  Outcome outcome = in_netns(settings.netns, [&]() -> Outcome {
    Result<Netlink> netlink = Netlink::open();
    if (!netlink) return netlink.error();
    Result<Link> link = netlink.value().find_link(settings.device);
    if (!link) return link.error();
    const std::uint32_t count = std::min<std::uint32_t>(settings.queues, queues_max);
    auto queues = attach_tap(settings.device, link.value(), settings.queues > 1, count);
    if (!queues) return queues.error();
    port.reset(new TapPort(std::move(queues.value()), std::move(netlink.value()), settings.device,
                           link.value().index == 0));
    if (Outcome settled = port->settle(); !settled) return settled;
    return port->configure(nullptr, settings);
  });
  if (outcome) return port;
  if (port) port->abandon();
  outcome.error().message = "device " + settings.device +
                            (settings.netns.empty() ? std::string() : " in " + settings.netns) + ": " +
                            outcome.error().message;
  return outcome.error();
}

Outcome TapPort::settle() {
  Result<Link> made = netlink_.find_link(device_);
  if (!made) return made.error();
  index_ = made.value().index;
  // Nobody is told that he shares a TAP of several queues: two who open one at once find each other only now.
  if (made.value().tap_queues > queues_.size()) return in_use(device_);
  int failed;
  home_ = namespace_of(wake_fd(), failed);
  Result<UniqueFd> socket = open_link_socket(index_);
  if (!socket) return socket.error();
  changes_ = std::move(socket.value());
  return Done{};
}

Outcome TapPort::reconfigure(const PortSettings& previous, const PortSettings& settings) {
  const std::lock_guard guard(netlink_mutex_);
  Outcome outcome = configure(&previous, settings);
  if (!outcome) {
    (void)configure(&settings, previous);
    outcome.error().message = "device " + device_ + ": " + outcome.error().message;
  }
  return outcome;
}

Outcome TapPort::configure(const PortSettings* previous, const PortSettings& settings) {
  if (settings.mtu < kIpv6MtuMin)
    for (const Prefix& prefix : settings.addresses)
      if (!prefix.address.is_v4())
        return Error{ErrorCode::kInvalid,
                     "IPv6 needs an MTU of at least 1280: raise spec.mtu, or give the port IPv4 addresses only", 0};
  Result<Link> found = netlink_.find_link(index_);
  if (!found) return found.error();
  const Link& link = found.value();
  if (link.index == 0 || place() != DeviceFinding::Place::kHere)
    return Error{ErrorCode::kDeviceClash, "it was moved or deleted inside its namespace", 0};
  if (link.name != device_)
    if (Outcome named = netlink_.rename_link(link, device_); !named) return named;

  const std::uint32_t mtu = settings.mtu;
  const Mac* mac = link.mac == settings.mac ? nullptr : &settings.mac;
  const std::uint32_t* new_mtu = link.mtu == mtu ? nullptr : &mtu;
  if (mac != nullptr || new_mtu != nullptr || !link.up)
    if (Outcome set = netlink_.set_link(link.index, mac, new_mtu, true); !set) return set;
  if (Outcome furnished = furnish(previous, settings); !furnished) return furnished;
  // Last, so that a device that was found and could not be made as wanted is still there afterwards.
  if (::ioctl(wake_fd(), TUNSETPERSIST, settings.persist ? 1 : 0) != 0)
    return system_error("cannot make the TAP persistent", errno);
  wanted_ = settings;
  left_down_ = false;
  return Done{};
}

Outcome TapPort::furnish(const PortSettings* previous, const PortSettings& settings) {
  if (previous != nullptr) {
    for (const Route& route : previous->routes)
      if (!contains(settings.routes, route))
        if (Outcome gone = netlink_.delete_route(index_, route); !gone) return gone;
    // An IPv6 address is one whatever its length: the old one goes before it comes back with another.
    for (const Prefix& prefix : previous->addresses)
      if (!prefix.address.is_v4() && !contains(settings.addresses, prefix))
        if (Outcome gone = netlink_.delete_address(index_, prefix); !gone) return gone;
  }
  for (const Prefix& prefix : settings.addresses)
    if (Outcome added = netlink_.add_address(index_, prefix); !added) return added;
  if (previous != nullptr) {
    // IPv4 the other way round: with its last address a device loses all routes, the container's too.
    bool kept = false;
    for (const Prefix& prefix : previous->addresses) {
      if (!prefix.address.is_v4() || contains(settings.addresses, prefix)) continue;
      if (!kept)
        if (Outcome asked = netlink_.keep_other_addresses(index_); !asked) return asked;
      kept = true;
      if (Outcome gone = netlink_.delete_address(index_, prefix); !gone) return gone;
    }
    if (kept)
      if (Outcome sorted = netlink_.put_first(index_, settings.addresses); !sorted) return sorted;
  }
  for (const Route& route : settings.routes)
    if (Outcome added = netlink_.replace_route(index_, route); !added) return added;
  return Done{};
}

DeviceFinding::Place TapPort::place() const noexcept {
  int failed;
  const std::uint64_t now = namespace_of(wake_fd(), failed);
  if (failed == EBADFD) return DeviceFinding::Place::kDeleted;
  return home_ != 0 && now != home_ ? DeviceFinding::Place::kMoved : DeviceFinding::Place::kHere;
}

DeviceFinding TapPort::inspect() {
  const std::lock_guard guard(netlink_mutex_);
  DeviceFinding finding{place(), {}};
  if (finding.place != DeviceFinding::Place::kHere) return finding;
  const Result<Link> found = netlink_.find_link(index_);
  if (!found || found.value().index == 0) return finding;  // it goes just now, and says so
  const Link& link = found.value();
  const auto note = [&](DeviceChange::Field field, std::string seen, std::string wanted, const Outcome& put) {
    finding.changes.push_back({field, std::move(seen), std::move(wanted), put.ok(), put ? "" : put.error().message});
  };
  using Field = DeviceChange::Field;
  if (link.name != device_) note(Field::kName, link.name, device_, netlink_.rename_link(link, device_));
  if (link.mac != wanted_.mac)
    note(Field::kMac, to_string(link.mac), to_string(wanted_.mac),
         netlink_.set_link(index_, &wanted_.mac, nullptr, false));
  const std::uint32_t mtu = wanted_.mtu;
  if (link.mtu != mtu)
    note(Field::kMtu, std::to_string(link.mtu), std::to_string(mtu), netlink_.set_link(index_, nullptr, &mtu, false));
  const bool came_up = link.up && left_down_;
  if (!link.up) finding.changes.push_back({Field::kLink, "down", "up", false, ""});
  left_down_ = !link.up;
  // A device that was down, or too small for IPv6, lost what it had of it.
  if (link.up && (came_up || !finding.changes.empty()))
    if (const Outcome furnished = furnish(nullptr, wanted_); !furnished && !finding.changes.empty())
      finding.changes.back().trouble = furnished.error().message;
  return finding;
}


void TapPort::remove_device() noexcept { ::ioctl(wake_fd(), TUNSETPERSIST, 0); }

void TapPort::abandon() noexcept {
  if (created_) remove_device();
}

std::uint64_t TapPort::kernel_dropped() const noexcept {
  const std::lock_guard guard(netlink_mutex_);
  const Result<Link> link = netlink_.find_link(index_);
  if (link && link.value().index != 0) kernel_dropped_ = link.value().dropped;
  return kernel_dropped_;
}

}  // namespace vsw
