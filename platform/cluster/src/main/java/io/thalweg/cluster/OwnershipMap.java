package io.thalweg.cluster;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Who leads what, over all nodes: each leader publishes its own partitions, everybody reads all. What a node publishes is
 * sent again every few seconds, so that whatever was lost on the way is healed.
 */
public interface OwnershipMap {

    /**
     * Notes what this node says of partitions that it leads, in place of what it said of them before. Sent within some tens of
     * milliseconds, together with what else is published by then; offsets alone travel with the next round.
     */
    void publish(Collection<Ownership> own);

    /** This node does not lead these partitions any more, or they are gone. What others say of them remains. */
    void withdraw(Collection<PartitionId> partitions);

    /** The entry of the greatest leader epoch that was seen, or null. */
    @Nullable
    Ownership ownership(PartitionId partition);

    /**
     * All entries, this node's own among them. A live view that cannot be changed: it may change while it is read. An entry
     * remains when its leader is gone, until another leads, the leader withdrew it, or nobody has said it for a minute.
     */
    Map<PartitionId, Ownership> ownerships();

    /** Tells {@code listener} of what changes from now on. Read {@link #ownerships} after this call, not before it. */
    void listen(Executor executor, OwnershipListener listener);
}
