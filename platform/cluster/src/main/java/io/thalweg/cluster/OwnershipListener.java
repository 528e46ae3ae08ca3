package io.thalweg.cluster;

import java.util.Collection;

/** Told when entries change in more than their offsets. */
public interface OwnershipListener {

    /**
     * @param changed new entries, and entries with another leader, epoch, replicas or in-sync replicas
     * @param gone partitions without an entry from now on
     */
    void onOwnership(Collection<Ownership> changed, Collection<PartitionId> gone);
}
