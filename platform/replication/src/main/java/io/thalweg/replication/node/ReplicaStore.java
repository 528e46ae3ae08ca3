package io.thalweg.replication.node;

import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.ReplicaLog;
import io.thalweg.replication.Voters;
import io.vertx.core.Future;
import java.nio.ByteBuffer;

/**
 * What one replica does to its disk. Implemented by the broker over its log writer; called on the replication loop, and
 * futures complete there. The node asks for one change at a time and hands the replica no event before it is done, so that
 * the reads of {@link ReplicaLog}, which answer from memory, stand still meanwhile but for appends of the leader's clients:
 * those move them only through {@link ReplicationNode#onAppended}.
 *
 * <p>A future that fails means that the disk is unusable: the replica goes offline.
 */
public interface ReplicaStore extends ReplicaLog {

    /**
     * Makes a promise durable and fences the log: completes when it is flushed, no append of an older epoch can enter the log
     * any more, and every append that entered before was told through {@link ReplicationNode#onAppended}.
     */
    Future<Void> promise(EpochPromise promise);

    /** Appends the record that begins this replica's epoch as a leader (KIP-595). Completes when it is in the log. */
    Future<Void> appendLeaderChange(int epoch);

    /** Appends a voter record (KIP-853). Completes when it is in the log and {@link #voters} says so. */
    Future<Void> appendVoters(int epoch, Voters voters);

    /**
     * Appends what the leader sent: whole batches with their offsets and epochs. Completes when they are in the log, flushed
     * as durability asks. Fails with an {@link IllegalArgumentException}, the log unchanged, if they are damaged or do not
     * continue the log: then they are fetched again.
     *
     * @param batches valid until the future completes
     */
    Future<Void> appendFetched(ByteBuffer batches);

    /** Cuts the log off; durable when it completes. */
    Future<Void> truncateTo(long offset);

    /** Throws the log away and begins it there; durable when it completes. */
    Future<Void> restartAt(LogPosition start, Voters voters);

    /** Notes durably that the replica holds all that was committed. */
    Future<Void> trusted();

    /**
     * Whole batches from an offset on, up to the log's end, committed or not.
     *
     * @param bytesMax soft: the first batch is returned even if it alone is larger
     * @return completes with a copy or a slice that stays valid; empty at the end of the log, and where records were deleted
     *     meanwhile
     */
    Future<ByteBuffer> read(long offset, int bytesMax);
}
