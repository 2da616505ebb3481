/* Open vSwitch's classifier as a peer: a table of hashes for each shape of masks, tries of addresses before them, as its
 * slow path uses it. OpenFlow has no ranges of ports: a range becomes prefixes, and a rule as many flows as it then has. */
#include <config.h>

#include "classifier.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "flow.h"
#include "ovs-thread.h"
#include "util.h"

#include "classify/peer.h"

struct entry {
    struct cls_rule rule;
    int index;
};

static struct classifier classifier;
static uint32_t rules_count;

const char *
peer_start(void)
{
    static const enum mf_field_id tries[] = { MFF_IPV4_DST, MFF_IPV4_SRC };
    set_program_name("classify");
    classifier_init(&classifier, flow_segment_u64s);
    classifier_set_prefix_fields(&classifier, tries, ARRAY_SIZE(tries));
    return NULL;
}

struct port_prefix {
    uint16_t value, mask;
};

/* The fewest prefixes that are first ... last; at most 30. */
static int
port_prefixes(const uint16_t range[2], struct port_prefix *into)
{
    uint32_t first = range[0], last = range[1];
    int count = 0;
    while (first <= last) {
        uint32_t size = first == 0 ? 65536 : first & -first;
        while (first + size - 1 > last) {
            size /= 2;
        }
        into[count].value = first;
        into[count++].mask = ~(size - 1);
        first += size;
    }
    return count;
}

/* Rules have even priorities, so that another finds its place between two. */
static void
insert(const struct peer_rule *rule, int index, int priority)
{
    struct port_prefix source[32], destination[32];
    int sources = port_prefixes(rule->source_port, source);
    int destinations = port_prefixes(rule->destination_port, destination);
    for (int i = 0; i < sources; i++) {
        for (int j = 0; j < destinations; j++) {
            struct match match;
            struct entry *entry = xmalloc(sizeof *entry);
            match_init_catchall(&match);
            match_set_dl_type(&match, htons(ETH_TYPE_IP));
            if (!rule->any_protocol) {
                match_set_nw_proto(&match, rule->protocol);
            }
            match_set_nw_src_masked(&match, htonl(rule->source), be32_prefix_mask(rule->source_length));
            match_set_nw_dst_masked(&match, htonl(rule->destination), be32_prefix_mask(rule->destination_length));
            match_set_tp_src_masked(&match, htons(source[i].value), htons(source[i].mask));
            match_set_tp_dst_masked(&match, htons(destination[j].value), htons(destination[j].mask));
            cls_rule_init(&entry->rule, &match, priority);
            entry->index = index;
            classifier_insert(&classifier, &entry->rule, OVS_VERSION_MIN, NULL, 0);
        }
    }
}

const char *
peer_build(const struct peer_rule *rules, uint32_t count)
{
    rules_count = count;
    classifier_defer(&classifier);
    for (uint32_t i = 0; i < count; i++) {
        insert(&rules[i], i, 2 * (count - i));
    }
    classifier_publish(&classifier);
    ovsrcu_quiesce();
    return NULL;
}

int
peer_first(const struct peer_header *header)
{
    struct flow flow;
    const struct cls_rule *found;
    memset(&flow, 0, sizeof flow);
    flow.dl_type = htons(ETH_TYPE_IP);
    flow.nw_proto = header->protocol;
    flow.nw_src = htonl(header->source);
    flow.nw_dst = htonl(header->destination);
    flow.tp_src = htons(header->source_port);
    flow.tp_dst = htons(header->destination_port);
    found = classifier_lookup(&classifier, OVS_VERSION_MIN, &flow, NULL);
    return found ? CONTAINER_OF(found, struct entry, rule)->index : -1;
}

void
peer_first_of_many(const struct peer_header *headers, uint32_t count, int *answers)
{
    for (uint32_t i = 0; i < count; i++) {
        answers[i] = peer_first(&headers[i]);
    }
}

const char *
peer_put(const struct peer_rule *rule, uint32_t before)
{
    insert(rule, rules_count++, 2 * (rules_count - before) + 1);
    return NULL;
}
