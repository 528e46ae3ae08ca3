package io.thalweg.broker.cluster;

import io.thalweg.cluster.Membership;
import io.thalweg.cluster.OwnershipMap;

/** What a broker in a cluster stands on, beside its disk. */
public record ClusterParts(ClusterSettings settings, ClusterPeer peer, Membership membership, OwnershipMap ownership) {}
