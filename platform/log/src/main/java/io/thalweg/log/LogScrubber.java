package io.thalweg.log;

import io.thalweg.log.segment.Segment;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the closed segments of a directory again and verifies their checksums, so that rot is found while a backup or a
 * replica still has what it spoils, not when a reader comes. It goes on by a slice whenever it is called. Confined to
 * the background worker.
 */
final class LogScrubber {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogScrubber.class);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int SLICE_BYTES = 1 << 20;

    /** From the start of the node to the first pass. */
    static final long FIRST_PASS_NANOS = 600 * NANOS_PER_SECOND;

    private final LogHost host;
    private final LogUpkeep upkeep;
    private final ArrayDeque<PartitionLog> logs = new ArrayDeque<>();
    private final ArrayDeque<Segment> segments = new ArrayDeque<>();
    private boolean passing;
    private long passAtNanos;
    private long lastNanos;
    private @Nullable PartitionLog log;
    private ClosedSegments.@Nullable Verified reached;

    LogScrubber(LogHost host, LogUpkeep upkeep, long nowNanos) {
        this.host = host;
        this.upkeep = upkeep;
        this.passAtNanos = nowNanos + FIRST_PASS_NANOS;
        this.lastNanos = nowNanos;
    }

    /** Works off what may be read since the last call, at most a second's worth. Blocks on disk. */
    void advance(Collection<PartitionLog> all, long nowNanos) {
        long elapsed = Math.min(nowNanos - lastNanos, NANOS_PER_SECOND);
        lastNanos = nowNanos;
        if (!passing) {
            if (upkeep.scrubBytesPerSecond() == 0 || nowNanos - passAtNanos < 0) {
                return;
            }
            passing = true;
            logs.addAll(all);
        }
        double allowed = (double) upkeep.scrubBytesPerSecond() * elapsed / NANOS_PER_SECOND;
        while (allowed > 0 && passing && !host.health().offline() && !host.journalWaits()) {
            allowed -= slice(nowNanos);
        }
    }

    /** Returns the bytes that were read. */
    private int slice(long nowNanos) {
        Segment segment = segments.peek();
        PartitionLog now = log;
        if (segment == null || now == null) {
            nextLog(nowNanos);
            return 0;
        }
        ClosedSegments.Verified from = reached == null ? ClosedSegments.Verified.none(segment) : reached;
        ClosedSegments.Verified next = null;
        try {
            next = now.closedSegments.verify(segment, from, SLICE_BYTES);
        } catch (IOException failure) {
            LOGGER.atWarn()
                    .addKeyValue("partition", now.id())
                    .addKeyValue("offset", segment.baseOffset())
                    .addKeyValue("error", failure.toString())
                    .log("segment cannot be verified");
        }
        if (next == null || next.position() < 0) {
            segments.remove();
            reached = null;
            return Math.min(SLICE_BYTES, segment.sizeBytes() - from.position());
        }
        reached = next;
        return next.position() - from.position();
    }

    private void nextLog(long nowNanos) {
        PartitionLog next = logs.poll();
        log = next;
        reached = null;
        if (next == null) {
            passing = false;
            passAtNanos = nowNanos + upkeep.scrubIntervalMillis() * NANOS_PER_MILLI;
            return;
        }
        List<Segment> closed = next.closedSegments.list();
        segments.addAll(closed);
    }
}
