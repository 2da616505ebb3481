#include "port/tap_port.hpp"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

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

// virtio_net_hdr as a TAP speaks it: host byte order, ten bytes (virtio 1.2, 5.1.6).
struct VirtioHeader {
  std::uint8_t flags = 0;
  std::uint8_t gso_type = 0;
  std::uint16_t header_length = 0;
  std::uint16_t gso_size = 0;
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(VirtioHeader) == 10);
constexpr std::uint16_t kIpv6MtuMin = 1'280;  // RFC 8200, section 5
constexpr std::uint8_t kNeedsChecksum = 1, kDataValid = 2, kGsoEcn = 0x80;

Offload offload_of(const VirtioHeader& header) noexcept {
  Offload offload;
  offload.gso = static_cast<Offload::Gso>(header.gso_type & ~kGsoEcn);
  offload.ecn = (header.gso_type & kGsoEcn) != 0;
  offload.needs_checksum = (header.flags & kNeedsChecksum) != 0;
  offload.checksum_valid = (header.flags & kDataValid) != 0;
  offload.gso_size = header.gso_size;
  offload.checksum_start = header.checksum_start;
  offload.checksum_offset = header.checksum_offset;
  return offload;
}

VirtioHeader header_of(const Packet& packet) noexcept {
  const Offload& offload = packet.offload;
  VirtioHeader header;
  if (offload.needs_checksum) {
    header.flags = kNeedsChecksum;
    header.checksum_start = offload.checksum_start;
    header.checksum_offset = offload.checksum_offset;
  } else if (offload.checksum_valid) {
    header.flags = kDataValid;
  }
  if (offload.gso != Offload::Gso::kNone) {
    header.gso_type = static_cast<std::uint8_t>(static_cast<std::uint8_t>(offload.gso) | (offload.ecn ? kGsoEcn : 0));
    header.gso_size = offload.gso_size;
    header.header_length = packet.headers.payload;  // the sender's word for it is not passed on
  }
  return header;
}

// Whether the kernel knows UDP super-frames.
Result<bool> ask_offloads(int fd) {
  constexpr unsigned kTcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
  for (const unsigned wanted : {kTcp | TUN_F_USO4 | TUN_F_USO6, kTcp, unsigned{TUN_F_CSUM}, 0u})
    if (::ioctl(fd, TUNSETOFFLOAD, wanted) == 0) return (wanted & TUN_F_USO4) != 0;
  return system_error("cannot set the offloads of the TAP", errno);
}

struct Attached {
  UniqueFd fd;
  bool takes_udp;
};

Result<Attached> attach_tap(const std::string& device, const Link& link) {
  if (link.index != 0 && link.kind != "tun")
    return Error{ErrorCode::kDeviceClash,
                 "the device " + device + " is there already and is no TAP (" +
                     (link.kind.empty() ? "a device of the machine" : link.kind) +
                     "): choose another spec.device or remove it",
                 0};
  UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return system_error("cannot open /dev/net/tun (load the tun module, or give this process the device)", errno);
  ifreq request{};
  std::strncpy(request.ifr_name, device.c_str(), IFNAMSIZ - 1);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  if (::ioctl(fd.get(), TUNSETIFF, &request) != 0) {
    if (errno == EBUSY)
      return Error{ErrorCode::kDeviceClash, "the TAP " + device + " is in use by another process: end it, or choose another spec.device", 0};
    if (errno == EINVAL && link.index != 0)
      return Error{ErrorCode::kDeviceClash, "the device " + device + " is there already as a TUN or with several queues: remove it, or choose another spec.device", 0};
    return system_error("cannot create the TAP " + device + " (CAP_NET_ADMIN in its namespace is needed)", errno);
  }
  int header_size = sizeof(VirtioHeader);
  if (::ioctl(fd.get(), TUNSETVNETHDRSZ, &header_size) != 0) return system_error("cannot set the TAP's header size", errno);
  Result<bool> takes_udp = ask_offloads(fd.get());
  if (!takes_udp) return takes_udp.error();
  return Attached{std::move(fd), takes_udp.value()};
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

Result<std::shared_ptr<TapPort>> TapPort::open(const PortSettings& settings) {
  std::shared_ptr<TapPort> port;
  Outcome outcome = in_netns(settings.netns, [&]() -> Outcome {
    Result<Netlink> netlink = Netlink::open();
    if (!netlink) return netlink.error();
    Result<Link> link = netlink.value().find_link(settings.device);
    if (!link) return link.error();
    Result<Attached> tap = attach_tap(settings.device, link.value());
    if (!tap) return tap.error();
    port.reset(new TapPort(std::move(tap.value().fd), tap.value().takes_udp, std::move(netlink.value()),
                           settings.device, link.value().index == 0));
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
  int failed;
  home_ = namespace_of(fd_.get(), failed);
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
  if (::ioctl(fd_.get(), TUNSETPERSIST, settings.persist ? 1 : 0) != 0)
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
  const std::uint64_t now = namespace_of(fd_.get(), failed);
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


void TapPort::remove_device() noexcept { ::ioctl(fd_.get(), TUNSETPERSIST, 0); }

void TapPort::abandon() noexcept {
  if (created_) remove_device();
}

std::uint64_t TapPort::kernel_dropped() const noexcept {
  const std::lock_guard guard(netlink_mutex_);
  const Result<Link> link = netlink_.find_link(index_);
  if (link && link.value().index != 0) kernel_dropped_ = link.value().dropped;
  return kernel_dropped_;
}

bool TapPort::receive(Pool& pool, Batch& into) noexcept {
  while (!into.full()) {
    Packet* packet = pool.take();
    if (packet == nullptr) return false;
    VirtioHeader header;
    iovec pieces[3] = {{&header, sizeof header}, {packet->data, Packet::kSlotSize}, {pool.spill(), Pool::kSpillSize}};
    const ssize_t received = ::readv(fd_.get(), pieces, 3);
    if (received < static_cast<ssize_t>(sizeof header)) {
      pool.give(*packet);
      if (received < 0 && errno == EBADFD) gone_.store(true, std::memory_order_relaxed);
      return true;
    }
    const auto length = static_cast<std::uint32_t>(received) - static_cast<std::uint32_t>(sizeof header);
    packet->length = std::min(length, Packet::kSlotSize);
    packet->tail_length = length - packet->length;
    packet->offload = offload_of(header);
    into.push(*packet);
    if (packet->tail_length > 0) {
      packet->tail = pool.spill();
      return false;
    }
  }
  return false;
}

std::uint64_t TapPort::transmit(std::span<Packet* const> packets) noexcept {
  std::uint64_t taken = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const Packet& packet = *packets[i];
    VirtioHeader header = header_of(packet);
    iovec pieces[3] = {{&header, sizeof header}, {packet.data, packet.length}, {packet.tail, packet.tail_length}};
    const ssize_t sent = ::writev(fd_.get(), pieces, packet.tail_length > 0 ? 3 : 2);
    if (sent >= 0) taken |= std::uint64_t{1} << i;
  }
  return taken;
}

}  // namespace vsw
