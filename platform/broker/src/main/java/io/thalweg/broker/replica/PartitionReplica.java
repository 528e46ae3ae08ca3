package io.thalweg.broker.replica;

import io.thalweg.broker.partition.Partition;
import io.thalweg.broker.partition.ReplicatedLog;
import io.thalweg.broker.storage.Deliveries;
import io.thalweg.broker.storage.Delivery;
import io.thalweg.log.Append;
import io.thalweg.log.EpochOffset;
import io.thalweg.log.LogId;
import io.thalweg.log.LogRead;
import io.thalweg.log.LogView;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.StagedListener;
import io.thalweg.log.VotersAt;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Voters;
import io.thalweg.replication.node.ReplicaStore;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What one replica does to its disk: appends and cuts through the log writer, in its order; reads on the caller's thread what is
 * in memory and on the storage pool what is not. What it tells of its log moves in one order: the writer takes a picture of the
 * log behind each append and hands it to the loop, where it is looked at. What a leader's clients append is told of before that,
 * while it is being flushed: it is behind {@link #durableEnd} then, and followers can have it already.
 */
final class PartitionReplica implements ReplicaStore, ReplicatedLog, StagedListener, Delivery {

    private final LogId id;
    private final Partition partition;
    private final PartitionLog log;
    private final ReplicaDisk disk;
    /** Those at the partition's creation: the voters of a log that names none. */
    private final Voters firstVoters;

    /** As the writer left it last. */
    private volatile LogView written;

    /** Whether the loop was told to look at {@link #written} and has not yet. */
    private final AtomicBoolean told = new AtomicBoolean();

    /** Confined to the loop. */
    private LogView view;

    /** On its way to the disk; null if nothing is, or nothing that anybody was shown. */
    private @Nullable StagedGroup staged;

    /** What an older leadership staged is not looked at any more. */
    private int promisedEpoch;

    /** The log is open. */
    PartitionReplica(LogId id, Partition partition, ReplicaDisk disk, Voters firstVoters) {
        this.id = id;
        this.partition = partition;
        this.log = partition.log();
        this.disk = disk;
        this.firstVoters = firstVoters;
        this.view = log.view();
        this.written = view;
    }

    Partition partition() {
        return partition;
    }

    Voters firstVoters() {
        return firstVoters;
    }

    // ---- what the log holds: on the loop, from memory

    @Override
    public LogPosition end() {
        StagedGroup coming = staged;
        return position(coming == null ? view.end() : coming.end());
    }

    /** What the log itself holds is as durable as this node promises; what is staged is not. */
    @Override
    public long durableEnd() {
        return view.end().offset();
    }

    @Override
    public LogPosition start() {
        return position(view.start());
    }

    @Override
    public LogPosition endOfEpoch(int epoch) {
        StagedGroup coming = staged;
        if (coming != null && coming.end().epoch() <= epoch) {
            return position(coming.end());
        }
        return position(view.endOfEpoch(epoch));
    }

    @Override
    public Voters voters() {
        VotersAt latest = view.latestVoters();
        return latest == null ? firstVoters : new Voters(latest.ids());
    }

    @Override
    public Voters votersBefore() {
        VotersAt before = view.votersBefore();
        return before == null ? firstVoters : new Voters(before.ids());
    }

    @Override
    public long votersOffset() {
        VotersAt latest = view.latestVoters();
        return latest == null ? 0 : latest.offset() + 1;
    }

    private static LogPosition position(EpochOffset at) {
        return new LogPosition(Math.max(0, at.epoch()), at.offset());
    }

    // ---- told by the writer

    @Override
    public void onAppended(Deliveries deliveries) {
        written = log.view();
        if (told.compareAndSet(false, true)) {
            deliveries.add(this);
        }
    }

    @Override
    public ContextInternal context() {
        return disk.loop();
    }

    @Override
    public void deliver() {
        told.set(false);
        view = written;
        if (staged != null && view.end().offset() >= staged.end().offset()) {
            staged = null;
        }
        disk.onAppended(id);
    }

    /** One that decides alone has nobody to send it to. */
    @Override
    public boolean wantsStaged() {
        VotersAt voters = written.latestVoters();
        return (voters == null ? firstVoters.ids().size() : voters.ids().size()) > 1;
    }

    @Override
    public void onStaged(long from, EpochOffset end, ByteBuffer batches) {
        onLoop(() -> {
            // The flush may be done by now.
            if (end.epoch() >= promisedEpoch && from == view.end().offset()) {
                staged = new StagedGroup(end, batches);
                disk.onAppended(id);
            }
        });
    }

    @Override
    public void onStagedLost() {
        onLoop(() -> {
            staged = null;
            disk.onStagedLost(id);
        });
    }

    /** In the order in which the writer says it, {@link #deliver} among it. */
    private void onLoop(Runnable task) {
        try {
            disk.loop().nettyEventLoop().execute(task);
        } catch (RejectedExecutionException closed) {
            // Nothing is decided any more.
        }
    }

    /** Retention, or an order, has moved the log's start. */
    void look() {
        written = log.view();
        deliver();
    }

    // ---- changes

    @Override
    public Future<Void> promise(EpochPromise promise) {
        log.fence(promise.epoch());
        promisedEpoch = promise.epoch();
        staged = null;
        return Future.all(disk.promises().promise(id, promise), disk.barrier()).mapEmpty();
    }

    @Override
    public Future<Void> appendLeaderChange(int epoch) {
        List<Integer> all = List.copyOf(voters().ids());
        return append(ControlRecords.leaderChange(disk.nowMillis(), disk.self(), all, List.of(disk.self())), epoch);
    }

    @Override
    public Future<Void> appendVoters(int epoch, Voters voters) {
        return append(ControlRecords.voters(disk.nowMillis(), voters.ids()), epoch);
    }

    private Future<Void> append(ValidatedBatches batch, int epoch) {
        return disk.append(partition, List.of(new Append(log, batch, epoch, AppendOrigin.COORDINATOR)));
    }

    @Override
    public Future<Void> appendFetched(ByteBuffer batches) {
        List<Append> appends;
        try {
            appends = Append.fetched(log, batches, view.end(), endOf(batches));
        } catch (ThalwegException damaged) {
            return Future.failedFuture(new IllegalArgumentException(damaged.getMessage(), damaged));
        }
        return disk.append(partition, appends).recover(this::refetchOrGiveUp);
    }

    private EpochOffset endOf(ByteBuffer batches) {
        ByteBuffer bytes = batches.slice();
        EpochOffset end = view.end();
        int at = 0;
        while (bytes.limit() - at >= BatchHeader.BYTES) {
            int size = BatchHeader.sizeInBytes(bytes, at);
            if (size < BatchHeader.BYTES || size > bytes.limit() - at) {
                throw new ThalwegException(
                        ErrorCode.CORRUPT_MESSAGE,
                        "fetched records are cut off: log=" + id + " position=" + at + " of=" + bytes.limit());
            }
            end = new EpochOffset(BatchHeader.leaderEpoch(bytes, at), BatchHeader.lastOffset(bytes, at) + 1);
            at += size;
        }
        return end;
    }

    /** A full disk gets room again; a failed one is offline. */
    private Future<Void> refetchOrGiveUp(Throwable failure) {
        if (disk.offline()) {
            return Future.failedFuture(failure);
        }
        return disk.later()
                .compose(waited -> Future.failedFuture(new IllegalArgumentException(failure.getMessage(), failure)));
    }

    @Override
    public Future<Void> truncateTo(long offset) {
        return disk.cuts().cut(log, offset, cut -> written = cut).map(cut -> {
            view = cut;
            partition.onCut(offset);
            return null;
        });
    }

    @Override
    public Future<Void> restartAt(LogPosition start, Voters voters) {
        // Before the first record there is no epoch.
        EpochOffset at = new EpochOffset(start.offset() == 0 ? -1 : start.epoch(), start.offset());
        return disk.onWriter(() -> {
                    log.restartAt(at, voters.ids());
                    LogView begun = log.view();
                    written = begun;
                    return begun;
                })
                .map(begun -> {
                    view = begun;
                    partition.onRestarted();
                    return null;
                });
    }

    @Override
    public Future<Void> trusted() {
        return disk.promises().trusted(id, true);
    }

    // ---- reads for followers

    @Override
    public Future<ByteBuffer> read(long offset, int bytesMax) {
        long end = view.end().offset();
        if (offset >= end) {
            StagedGroup coming = staged;
            return disk.loop().succeededFuture(coming == null ? ByteBuffer.allocate(0) : coming.read(offset, bytesMax));
        }
        try {
            @Nullable LogRead inMemory = log.readTail(offset, bytesMax, end, true);
            if (inMemory != null) {
                return disk.loop().succeededFuture(copy(inMemory));
            }
        } catch (ThalwegException | IOException failure) {
            return nothingIfGone(failure);
        }
        return disk.storage()
                .run(() -> copy(log.read(offset, bytesMax, end, true)))
                .recover(this::nothingIfGone);
    }

    /** Retention has deleted it meanwhile, or the whole topic is gone: the follower finds out when it asks again. */
    private Future<ByteBuffer> nothingIfGone(Throwable failure) {
        ErrorCode why = ThalwegException.codeOf(failure);
        if (why != ErrorCode.OFFSET_OUT_OF_RANGE && why != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
            return disk.loop().failedFuture(failure);
        }
        if (why == ErrorCode.OFFSET_OUT_OF_RANGE) {
            disk.loop().runOnContext(nothing -> look());
        }
        return disk.loop().succeededFuture(ByteBuffer.allocate(0));
    }

    private static ByteBuffer copy(LogRead read) throws IOException {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(read.records().sizeInBytes());
            read.records().copyTo(bytes);
            return bytes.flip();
        } finally {
            read.records().close();
        }
    }
}
