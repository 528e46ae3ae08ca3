package io.thalweg.log;

import io.thalweg.environment.FileHandle;
import io.thalweg.log.checkpoint.CleanerCheckpoint;
import io.thalweg.log.compaction.ClosedSegment;
import io.thalweg.log.compaction.CompactedSegment;
import io.thalweg.log.compaction.Compaction;
import io.thalweg.log.compaction.CompactionPlan;
import io.thalweg.log.compaction.CompactionSettings;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts the logs of a directory, one at a time, the dirtiest first. It goes on by a slice whenever it is called, and
 * what it reads in a second is bounded, so it needs no thread and starves nobody. Its lock is taken before all others.
 */
final class LogCompactor {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogCompactor.class);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int SLICE_BYTES = 1 << 20;

    /** After nothing was found to do. */
    private static final long LOOK_NANOS = 5 * NANOS_PER_SECOND;

    /** After a run over a log failed. */
    private static final long RETRY_NANOS = 600 * NANOS_PER_SECOND;

    private record Candidate(PartitionLog log, List<Segment> segments, CompactionPlan plan) {}

    private final LogHost host;
    private final long bytesPerSecond;
    private final ReentrantLock lock = new ReentrantLock();

    /** Where the next run over a log begins; absent for its beginning. Truncations lower it, from any thread. */
    private final Map<LogId, Long> firstDirtyOffsets = new ConcurrentHashMap<>();

    /** Logs whose last run failed, and when to try again. */
    private final Map<LogId, Long> notBeforeNanos = new ConcurrentHashMap<>();

    private volatile boolean closed;

    // Guarded by lock.
    private @Nullable Candidate current;
    private @Nullable Compaction run;
    private long lookAtNanos;
    private long lastNanos;

    LogCompactor(LogHost host, long bytesPerSecond, long nowNanos) {
        this.host = host;
        this.bytesPerSecond = bytesPerSecond;
        this.lookAtNanos = nowNanos;
        this.lastNanos = nowNanos - NANOS_PER_SECOND;
    }

    /** Reads and returns how far logs were compacted; what cannot be read costs a run. */
    Map<LogId, Long> load() throws IOException {
        try {
            firstDirtyOffsets.putAll(CleanerCheckpoint.decode(
                            WholeFile.read(host.files(), host.root().resolve(CleanerCheckpoint.FILE)))
                    .firstDirtyOffsets());
        } catch (NoSuchFileException absent) {
            // Nothing was compacted yet.
        }
        return Map.copyOf(firstDirtyOffsets);
    }

    /** The log was cut: what is written from {@code offset} on is dirty. Any thread. */
    void onTruncated(LogId id, long offset) {
        firstDirtyOffsets.computeIfPresent(id, (log, before) -> Math.min(before, offset));
    }

    /** The log begins anew: everything is dirty. Any thread. */
    void onRestarted(LogId id) {
        firstDirtyOffsets.remove(id);
    }

    /** Any thread. */
    void onDeleted(LogId id) {
        firstDirtyOffsets.remove(id);
        notBeforeNanos.remove(id);
    }

    /**
     * Works off what may be read since the last call, at most a second's worth, and stops early when the journal waits for
     * the same worker. Blocks on disk; holds no other lock.
     */
    void advance(Collection<PartitionLog> logs, long nowNanos) {
        if (host.health().offline() || !lock.tryLock()) {
            return;
        }
        try {
            long elapsed = Math.min(nowNanos - lastNanos, NANOS_PER_SECOND);
            lastNanos = nowNanos;
            double allowed = (double) bytesPerSecond * elapsed / NANOS_PER_SECOND;
            while (allowed > 0 && !closed && !host.journalWaits() && (run != null || begin(logs, nowNanos))) {
                allowed -= slice(nowNanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Abandons what is under way. */
    void close() throws IOException {
        closed = true;
        lock.lock();
        try {
            end();
        } finally {
            lock.unlock();
        }
    }

    private boolean begin(Collection<PartitionLog> logs, long nowNanos) {
        if (nowNanos - lookAtNanos < 0) {
            return false;
        }
        Candidate best = null;
        for (PartitionLog log : logs) {
            Candidate next = candidate(log, nowNanos);
            if (next != null && (best == null || next.plan.dirtyRatio() > best.plan.dirtyRatio())) {
                best = next;
            }
        }
        if (best == null) {
            lookAtNanos = nowNanos + LOOK_NANOS;
            return false;
        }
        try {
            LogConfig config = best.log.config();
            run = new Compaction(
                    host.files(),
                    best.plan,
                    new CompactionSettings(
                            config.segmentBytes(),
                            config.deleteRetentionMillis(),
                            CompactionSettings.DEFAULT_MAP_BYTES),
                    best.log.abortedTransactions(best.plan.segments().get(0).baseOffset(), best.plan.endOffset()),
                    best.log.lastOfProducers(),
                    best.log.epochStarts(),
                    host.believedMillis());
            current = best;
            return true;
        } catch (IOException failure) {
            failed(best.log, failure, nowNanos);
            return false;
        }
    }

    private @Nullable Candidate candidate(PartitionLog log, long nowNanos) {
        LogConfig config = log.config();
        Long notBefore = notBeforeNanos.get(log.id());
        if (!config.compact() || !log.isOpen() || (notBefore != null && nowNanos - notBefore < 0)) {
            return null;
        }
        List<Segment> segments = log.closedSegments.list();
        if (segments.isEmpty()) {
            return null;
        }
        try {
            List<ClosedSegment> closedSegments = new ArrayList<>(segments.size());
            for (Segment segment : segments) {
                closedSegments.add(describe(segment, config));
            }
            CompactionPlan plan = CompactionPlan.of(
                    closedSegments,
                    firstDirtyOffsets.getOrDefault(log.id(), 0L),
                    log.lastStableOffset(),
                    config.minCompactionLagMillis(),
                    config.maxCompactionLagMillis(),
                    host.believedMillis());
            return plan.worthIt(config.minCleanableDirtyRatio()) ? new Candidate(log, segments, plan) : null;
        } catch (IOException | ThalwegException failure) {
            failed(log, failure, nowNanos);
            return null;
        }
    }

    /** Times are read only where the settings ask for them. */
    private ClosedSegment describe(Segment segment, LogConfig config) throws IOException {
        boolean first = config.maxCompactionLagMillis() < Long.MAX_VALUE;
        boolean largest = config.minCompactionLagMillis() > 0;
        return new ClosedSegment(
                segment.file().path(),
                segment.baseOffset(),
                segment.nextOffset(),
                segment.sizeBytes(),
                first ? firstTimestamp(segment) : -1,
                largest ? segment.largestTimestamp(host.indexes()) : -1);
    }

    private static long firstTimestamp(Segment segment) throws IOException {
        if (segment.firstTimestamp() >= 0) {
            return segment.firstTimestamp();
        }
        ByteBuffer header = ByteBuffer.allocate(BatchHeader.BYTES);
        FileHandle handle = segment.file().acquire();
        try {
            return handle.read(header, 0) < BatchHeader.BYTES ? -1 : BatchHeader.maxTimestamp(header, 0);
        } finally {
            segment.file().release();
        }
    }

    /** Goes on by a slice; returns the bytes that were read. */
    private long slice(long nowNanos) {
        Compaction compaction = run;
        Candidate target = current;
        if (compaction == null || target == null) {
            return 0;
        }
        long before = compaction.bytesRead();
        try {
            boolean complete = compaction.advance(SLICE_BYTES);
            if (complete) {
                swapIn(target, compaction);
            }
            if (complete || target.log.isDeleted()) {
                end();
            }
        } catch (NoSuchFileException gone) {
            // Retention or a deletion was faster: what is left is looked at again.
            endQuietly();
        } catch (IOException | ThalwegException failure) {
            failed(target.log, failure, nowNanos);
            endQuietly();
        }
        return Math.max(1, compaction.bytesRead() - before);
    }

    private void swapIn(Candidate target, Compaction compaction) throws IOException {
        int from = 0;
        for (CompactedSegment result : compaction.results()) {
            int to = from + result.replaced().size();
            if (!target.log.closedSegments.replace(target.segments.subList(from, to), result)) {
                LOGGER.atDebug().addKeyValue("partition", target.log.id()).log("compaction given up: the log was cut");
                return;
            }
            from = to;
        }
        firstDirtyOffsets.put(target.log.id(), compaction.endOffset());
        WholeFile.replaceDurably(
                host.files(),
                host.root().resolve(CleanerCheckpoint.FILE),
                new CleanerCheckpoint(firstDirtyOffsets).encode());
        LOGGER.atInfo()
                .addKeyValue("partition", target.log.id())
                .addKeyValue("offset", compaction.endOffset())
                .log(
                        "log compacted: bytesBefore={} bytesAfter={}",
                        target.plan.segments().stream()
                                .mapToLong(ClosedSegment::sizeInBytes)
                                .sum(),
                        compaction.bytesWritten());
    }

    private void failed(PartitionLog log, Exception failure, long nowNanos) {
        if (!log.isDeleted()) {
            notBeforeNanos.put(log.id(), nowNanos + RETRY_NANOS);
            LOGGER.atWarn()
                    .addKeyValue("partition", log.id())
                    .addKeyValue("error", failure.toString())
                    .log("log not compacted; it is tried again later");
        }
    }

    private void endQuietly() {
        try {
            end();
        } catch (IOException leftOver) {
            LOGGER.atDebug()
                    .addKeyValue("error", leftOver.toString())
                    .log("files left over; the next start deletes them");
        }
    }

    private void end() throws IOException {
        Compaction ended = run;
        run = null;
        current = null;
        if (ended != null) {
            ended.close();
        }
    }
}
