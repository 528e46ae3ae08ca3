package io.thalweg.replication.node;

import io.thalweg.environment.Environment;
import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Voters;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * All replicas of one node. Carries out what they decide, and tells them what peers, disk and clock have to say.
 *
 * <p>Confined to the replication loop: every method is called there, and the environment's timers run there. A timer of 0 ms
 * is the end of a turn: it must run as soon as what waits on the loop has run, not a millisecond later.
 */
public final class ReplicationNode {

    /**
     * @param incarnation this broker's epoch, greater with each start of the process
     */
    public ReplicationNode(
            int broker,
            int incarnation,
            Environment environment,
            ReplicationConfig config,
            PeerLink link,
            ReplicationListener listener) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes a replica in. One whose log does not name this node as a voter observes: it follows the log and has no vote, until
     * {@link #changeVoters} on the leader makes it a voter.
     *
     * @param promise as it was last made durable, at least the epoch of the log's last record
     * @param trusted false if the machine may have lost what was not flushed, or if the disk was replaced
     * @param highWatermark a lower bound from before
     * @param preference its place in the assignment, 0 for the preferred leader
     */
    public void open(
            LogId id, ReplicaStore store, EpochPromise promise, boolean trusted, long highWatermark, int preference) {
        throw new UnsupportedOperationException();
    }

    /** The partition was deleted or moved away. Its store is not called again but for what is on its way to the disk. */
    public void close(LogId id) {
        throw new UnsupportedOperationException();
    }

    /** Whom else to ask who leads, of a replica whose log may name no voter that is still one. Replaces what was said before. */
    public void hint(LogId id, Collection<Integer> brokers) {
        throw new UnsupportedOperationException();
    }

    /** Its place in the assignment changed. */
    public void prefer(LogId id, int preference) {
        throw new UnsupportedOperationException();
    }

    /** How many voters must hold a record before {@link ReplicationListener#onHeld} says so; no more than a majority: never. */
    public void holders(LogId id, int atLeast) {
        throw new UnsupportedOperationException();
    }

    /** The peer sent this. One that cannot be read is dropped and logged. */
    public void onFrame(int from, Buffer frame) {
        throw new UnsupportedOperationException();
    }

    /** A connection to the peer stands, whoever dialled. */
    public void peerUp(int broker) {
        throw new UnsupportedOperationException();
    }

    /** The last connection to the peer is lost, or membership says that it is gone. */
    public void peerDown(int broker) {
        throw new UnsupportedOperationException();
    }

    /** The store's end moved by appends of clients. */
    public void onAppended(LogId id) {
        throw new UnsupportedOperationException();
    }

    /**
     * Adds or removes one voter of a partition that this node leads. Completes when that is committed. Fails with {@link
     * NotLeading}, {@link io.thalweg.replication.VoterChangeRefused} or {@link LeadershipLost}.
     */
    public Future<Void> changeVoters(LogId id, Voters next) {
        throw new UnsupportedOperationException();
    }

    /**
     * Hands the leadership of a partition to a voter that is in sync. No record is lost and nobody waits for an election
     * time-out. Completes when it leads. Fails with {@link NotLeading} or {@link TransferRefused}.
     */
    public Future<Void> transfer(LogId id, int to) {
        throw new UnsupportedOperationException();
    }

    /**
     * Hands over everything that this node leads, and stands for nothing any more. Completes when others lead, or after {@code
     * atMost} if some do not; it never fails. Partitions of which this node is the only voter stay.
     */
    public Future<Void> handOver(Duration atMost) {
        throw new UnsupportedOperationException();
    }

    /** Null if the replica is not open here. */
    public @Nullable ReplicaView view(LogId id) {
        throw new UnsupportedOperationException();
    }

    /** Every partition that is open here. */
    public Collection<LogId> partitions() {
        throw new UnsupportedOperationException();
    }

    /** Ends timers; nothing is sent or called any more. */
    public void close() {
        throw new UnsupportedOperationException();
    }

    /** Throws {@link io.thalweg.replication.InvariantViolation} if this node contradicts itself. */
    public void checkInvariants() {
        throw new UnsupportedOperationException();
    }
}
