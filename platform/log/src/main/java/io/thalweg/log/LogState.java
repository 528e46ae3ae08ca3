package io.thalweg.log;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.segment.Segment;
import io.thalweg.log.tail.Tail;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one log is at this moment, shared by the classes that each do one thing to it.
 *
 * <p>Locks, in this order, after those of the directory: {@link #fileLock} (held while files are flushed, cut or deleted),
 * {@link #lock} (held for a moment, and while batches are written). Volatile fields are written under the lock and read
 * from any thread.
 */
final class LogState {

    /** Action: each says what may be done. Transition: UNOPENED to OPEN at first use; both to DELETED. */
    enum Phase {
        /** Only what the checkpoint says is known, if it says anything. */
        UNOPENED,
        /** Everything is in memory but the records. */
        OPEN,
        /** The directory is gone or going. */
        DELETED
    }

    final LogHost host;
    final LogId id;
    final ReentrantLock fileLock = new ReentrantLock();
    final Object lock = new Object();

    final LogOffsets offsets = new LogOffsets();
    final LogDamage damage;
    final LogFolder folder;
    final LogGaps gaps;
    final LogSegments segments = new LogSegments();
    final LogHistory history = new LogHistory();
    final SegmentCutter cutter;
    final LogCaches caches;
    final LogWriter writer;
    final WaitingRuns waiting;
    final Tail tail = new Tail();

    volatile LogConfig config;
    volatile Phase phase = Phase.UNOPENED;

    /** The offsets are right: the log is open, or the checkpoint of a clean shutdown told them. */
    volatile boolean known;

    /** Guarded by the lock. */
    boolean changedSinceOpen;

    /** Of the open log. */
    private volatile LogView view = new LogView(new EpochOffset(-1, 0), new EpochOffset(-1, 0), List.of(), List.of());

    LogState(LogHost host, LogId id, LogConfig config, boolean exists) {
        this.host = host;
        this.id = id;
        this.config = config;
        this.damage = new LogDamage(id);
        this.folder = new LogFolder(host, id, exists);
        this.gaps = new LogGaps(host.files(), folder.path());
        this.cutter = new SegmentCutter(host.files(), host.indexes(), folder.path());
        this.caches = new LogCaches(id, host.files(), host.indexes(), folder.path());
        this.writer = new LogWriter(this);
        this.waiting = new WaitingRuns(writer);
    }

    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    boolean isDeleted() {
        return phase == Phase.DELETED;
    }

    void checkNotDeleted() {
        if (isDeleted()) {
            throw new ThalwegException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "log is deleted: log=" + id);
        }
    }

    LogView view() {
        return view;
    }

    /** Publishes what replication sees; the caller holds the lock. */
    void noteView() {
        long start = offsets.logStart;
        view = new LogView(
                new EpochOffset(history.epochs().epochOf(start - 1), start),
                new EpochOffset(offsets.leaderEpoch, offsets.logEnd),
                history.epochs().entries(),
                history.voters().entries());
    }

    /** What the batches told of epochs and transactions shows in the offsets; the caller holds the lock. */
    void noteHistory() {
        offsets.leaderEpoch = history.epochs().latest();
        offsets.firstUnstable = history.transactions().firstUnstableOffset();
    }

    /** Moves the log start offset up, at most to the log end offset. */
    void startAt(long offset) {
        synchronized (lock) {
            long next = Math.min(offset, offsets.logEnd);
            if (next > offsets.logStart) {
                offsets.logStart = next;
                offsets.highWatermark = Math.max(offsets.highWatermark, next);
                changedSinceOpen = true;
                noteView();
            }
        }
    }

    /** What lay in memory for readers, or for space on the disk, holds no more; the caller holds the lock. */
    void dropMemory() {
        tail.clear();
        waiting.drop();
    }

    /** Takes from the files what lies at {@code offset} and beyond, as far as it can be read; the caller holds the lock. */
    void cutFiles(long offset) throws IOException {
        Segment[] now = segments.all();
        Segment[] left = cutter.cut(now, offset, !damage.any(), config.indexIntervalBytes());
        if (left != now) {
            segments.set(left);
        }
        folder.markChanged();
    }
}
