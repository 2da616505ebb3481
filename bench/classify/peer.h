/* Peer: a classifier that is measured, behind five functions; in C, since some of them are.
 *
 * Rules are in the order in which they decide; flags are ignored. A header's answer is the index of the first rule that
 * matches, -1: none. `peer_put` puts a rule before the one with this index, by whatever the peer has for that, and leaves
 * it there; the program ends afterwards. Where a peer has no change but building anew, it builds anew. */
#ifndef CLASSIFY_PEER_H
#define CLASSIFY_PEER_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_rule {
  uint32_t source, destination;
  uint8_t source_length, destination_length, protocol, any_protocol;
  uint16_t source_port[2], destination_port[2];
};
struct peer_header {
  uint32_t source, destination;
  uint16_t source_port, destination_port;
  uint8_t protocol;
};

const char *peer_start(void); /* what there is before any rule; a sentence when it cannot be */
const char *peer_build(const struct peer_rule *rules, uint32_t count);
int peer_first(const struct peer_header *header);
void peer_first_of_many(const struct peer_header *headers, uint32_t count, int *answers); /* at most 64 */
const char *peer_put(const struct peer_rule *rule, uint32_t before);

#ifdef __cplusplus
}
#endif
#endif
