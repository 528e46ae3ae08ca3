package io.thalweg.broker.fetch;

import io.thalweg.broker.api.BrokerApi.EpochEndOffset;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.broker.api.FetchedPartition.AbortedTransaction;
import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.PartitionState;
import io.thalweg.broker.partition.Partitions;
import io.thalweg.log.AbortedTxn;
import io.thalweg.log.EpochEnd;
import io.thalweg.log.LogRead;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's part in one look at the log. {@link #readTail} on the caller's thread; if it answers that it must
 * block, {@link #readBlocking} on a storage thread, with the same limits.
 */
final class PartitionRead {

    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionRead.class);

    private final FetchPartition request;
    private final IsolationLevel isolation;
    private final boolean anyReplica;
    private final Partitions partitions;
    private final @Nullable Partition partition;

    private ErrorCode error = ErrorCode.NONE;
    private long highWatermark = -1;
    private long lastStableOffset = -1;
    private long logStartOffset = -1;
    private @Nullable EpochEndOffset diverging;
    private List<AbortedTransaction> aborted = List.of();
    private @Nullable LogRead read;
    private int bytesMax;
    private boolean minOneBatch;
    private boolean starved;
    /** This follower has not got what its reader had already. */
    private boolean behind;

    PartitionRead(FetchPartition request, FetchRequest whole, Partitions partitions) {
        this.request = request;
        this.isolation = whole.isolation();
        this.anyReplica = whole.anyReplica();
        this.partitions = partitions;
        this.partition = partitions.get(request.partition());
    }

    @Nullable
    Partition partition() {
        return partition;
    }

    int sizeInBytes() {
        return read == null ? 0 : read.records().sizeInBytes();
    }

    /** From the offset that was asked for to the one behind what was read. */
    long offsetsPassed() {
        return read == null ? 0 : read.nextOffset() - request.offset();
    }

    /**
     * Whether the caller should hear of this at once, records or not. A leader that has not committed its epoch yet does so in
     * a moment: that is waited for.
     */
    boolean conclusive() {
        return (error != ErrorCode.NONE && error != ErrorCode.OFFSET_NOT_AVAILABLE) || diverging != null;
    }

    /** Whether there is something to read for which the request had no bytes left. */
    boolean starved() {
        return starved && sizeInBytes() == 0;
    }

    /** Whether more can be read, or something else changed, since this read was made. */
    boolean outdated() {
        Partition known = partition;
        if (known == null) {
            return false;
        }
        ErrorCode refusal = known.readRefusal(request.currentLeaderEpoch(), anyReplica);
        if (behind) {
            return refusal != ErrorCode.NONE || known.log().logEndOffset() >= request.offset();
        }
        return refusal != error || (error == ErrorCode.NONE && upTo(known.log()) > upTo());
    }

    /**
     * Reads what is in memory.
     *
     * @return false if the rest must be done by {@link #readBlocking}, for which {@code limit} bytes are set aside
     */
    boolean readTail(int limit, boolean mustReturnOneBatch) {
        bytesMax = limit;
        minOneBatch = mustReturnOneBatch;
        Partition known = checkedPartition();
        if (known == null) {
            return true;
        }
        if (!known.isOpen() || mayDiverge(known)) {
            return false;
        }
        PartitionLog log = known.log();
        if (!look(log) || request.offset() >= upTo()) {
            return true;
        }
        starved = bytesMax <= 0 && !minOneBatch;
        if (starved) {
            return true;
        }
        try {
            read = log.readTail(request.offset(), bytesMax, upTo(), minOneBatch);
        } catch (ThalwegException refused) {
            // The log start moved, or the topic went, since the look above.
            fail(refused.error());
            return true;
        }
        return read != null && noteAborted(log, read.nextOffset());
    }

    /** Looks up which of the records that were read are aborted; false if that cannot be told without blocking. */
    private boolean noteAborted(PartitionLog log, long nextOffset) {
        if (isolation == IsolationLevel.READ_UNCOMMITTED || sizeInBytes() == 0) {
            return true;
        }
        List<AbortedTxn> found = log.abortedTransactionsIfOpen(request.offset(), nextOffset);
        if (found == null) {
            return false;
        }
        aborted = transactions(found);
        return true;
    }

    /** Opens the log if need be, reads what is not in memory and looks aborted transactions up. Blocks; never throws. */
    void readBlocking() {
        Partition known = partition;
        if (known == null) {
            return;
        }
        try {
            known.open();
            PartitionLog log = known.log();
            if (!look(log) || diverges(known, log) || request.offset() >= upTo() || (bytesMax <= 0 && !minOneBatch)) {
                return;
            }
            LogRead found = read;
            if (found == null) {
                found = log.read(request.offset(), bytesMax, upTo(), minOneBatch);
                read = found;
            }
            if (isolation == IsolationLevel.READ_COMMITTED && sizeInBytes() > 0) {
                aborted = transactions(log.abortedTransactions(request.offset(), found.nextOffset()));
            }
        } catch (ThalwegException refused) {
            fail(refused.error());
        } catch (IOException | RuntimeException failure) {
            LOGGER.atError()
                    .setMessage("read failed")
                    .addKeyValue("topic", request.partition().topic())
                    .addKeyValue("partition", request.partition().partition())
                    .addKeyValue("offset", request.offset())
                    .setCause(failure)
                    .log();
            fail(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    /** The most that this partition may answer. */
    int bytesWanted() {
        return Math.max(request.maxBytes(), 0);
    }

    /** Gives back what was read; the next look begins anew. */
    void close() {
        LogRead opened = read;
        read = null;
        if (opened != null) {
            opened.records().close();
        }
    }

    void fail(ErrorCode why) {
        close();
        error = why;
    }

    /** Hands what was read over to the answer. */
    FetchedPartition answer(LentMemory memory) {
        if (error != ErrorCode.NONE) {
            return FetchedPartition.failed(request.partition(), error);
        }
        LogRead found = read;
        RecordSlices records = found == null ? RecordSlices.EMPTY : memory.lend(found.records());
        read = null;
        return new FetchedPartition(
                request.partition(),
                ErrorCode.NONE,
                highWatermark,
                lastStableOffset,
                logStartOffset,
                aborted,
                diverging,
                records);
    }

    private @Nullable Partition checkedPartition() {
        Partition known = partition;
        if (known == null) {
            error = partitions.refusalOfAbsent(request.partition());
            return null;
        }
        if (request.topicId() != null && !request.topicId().equals(known.topicId())) {
            error = ErrorCode.INCONSISTENT_TOPIC_ID;
            return null;
        }
        error = known.readRefusal(request.currentLeaderEpoch(), anyReplica);
        return error == ErrorCode.NONE ? known : null;
    }

    /** Notes where the log is; false if the offset is not in it. */
    private boolean look(PartitionLog log) {
        // Read before the end of the log, so that an offset below it is never taken for one out of range.
        highWatermark = log.highWatermark();
        lastStableOffset = log.lastStableOffset();
        logStartOffset = log.logStartOffset();
        if (request.offset() < logStartOffset || request.offset() > log.logEndOffset()) {
            // A follower may be behind what its reader had from the leader.
            behind = request.offset() >= logStartOffset && isFollower();
            error = behind ? ErrorCode.OFFSET_NOT_AVAILABLE : ErrorCode.OFFSET_OUT_OF_RANGE;
            return false;
        }
        return true;
    }

    private boolean isFollower() {
        return partition != null && partition.state() instanceof PartitionState.Following;
    }

    /** Whether the reader's log may have left this one, so that the epochs must be looked up, on disk if need be. */
    private boolean mayDiverge(Partition known) {
        return request.lastFetchedEpoch() >= 0
                && request.lastFetchedEpoch() != known.state().leaderEpoch();
    }

    /** Notes where the reader's log left this one (KIP-595), if it did. */
    private boolean diverges(Partition known, PartitionLog log) {
        if (!mayDiverge(known)) {
            return false;
        }
        EpochEnd end = log.endOfEpoch(request.lastFetchedEpoch());
        if (end.leaderEpoch() < 0) {
            error = ErrorCode.OFFSET_OUT_OF_RANGE;
            return true;
        }
        if (end.leaderEpoch() < request.lastFetchedEpoch() || end.endOffset() < request.offset()) {
            diverging = new EpochEndOffset(end.leaderEpoch(), end.endOffset());
            return true;
        }
        return false;
    }

    private static List<AbortedTransaction> transactions(List<AbortedTxn> found) {
        if (found.isEmpty()) {
            return List.of();
        }
        List<AbortedTransaction> transactions = new ArrayList<>(found.size());
        for (AbortedTxn transaction : found) {
            transactions.add(new AbortedTransaction(transaction.producerId(), transaction.firstOffset()));
        }
        return transactions;
    }

    private long upTo() {
        return isolation == IsolationLevel.READ_COMMITTED ? lastStableOffset : highWatermark;
    }

    private long upTo(PartitionLog log) {
        return isolation == IsolationLevel.READ_COMMITTED ? log.lastStableOffset() : log.highWatermark();
    }
}
