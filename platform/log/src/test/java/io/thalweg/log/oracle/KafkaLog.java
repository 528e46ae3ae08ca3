package io.thalweg.log.oracle;

import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.testkit.ManualClock;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.util.Scheduler;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.RecordValidationException;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/** Apache Kafka's log of one partition, on a temporary directory and a manual clock: what ours is compared with. */
public final class KafkaLog implements AutoCloseable {

    private static final short LATEST_TRANSACTION_VERSION = 1;

    /** @param baseOffset -1 if it was refused */
    public record Outcome(ErrorCode error, long baseOffset, long lastOffset) {}

    private final UnifiedLog log;
    private final BrokerTopicStats stats = new BrokerTopicStats(false);

    private KafkaLog(Path root, Map<String, String> settings, ManualClock clock, long logStartOffset)
            throws IOException {
        File directory = Files.createDirectories(root.resolve("kafka-0")).toFile();
        Properties properties = new Properties();
        properties.putAll(settings);
        this.log = UnifiedLog.create(
                directory,
                new LogConfig(properties),
                logStartOffset,
                0,
                new NoScheduler(),
                stats,
                new KafkaTime(clock),
                300_000,
                new ProducerStateManagerConfig(86_400_000, false),
                600_000,
                new LogDirFailureChannel(10),
                true,
                Optional.<Uuid>empty());
    }

    public static KafkaLog open(Path root, Map<String, String> settings, ManualClock clock) throws IOException {
        return new KafkaLog(root, settings, clock, 0);
    }

    /** Opens a log again; Kafka keeps the log start offset in a checkpoint outside of the log. */
    public static KafkaLog reopen(Path root, Map<String, String> settings, ManualClock clock, long logStartOffset)
            throws IOException {
        return new KafkaLog(root, settings, clock, logStartOffset);
    }

    /** Appends as the leader does; the buffer is not changed. */
    public Outcome append(ByteBuffer batch, int leaderEpoch, AppendOrigin origin) {
        ByteBuffer copy =
                ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        try {
            LogAppendInfo info = log.appendAsLeader(
                    MemoryRecords.readableRecords(copy),
                    leaderEpoch,
                    org.apache.kafka.storage.internals.log.AppendOrigin.valueOf(origin.name()),
                    RequestLocal.noCaching(),
                    VerificationGuard.SENTINEL,
                    LATEST_TRANSACTION_VERSION);
            log.updateHighWatermark(log.logEndOffset());
            return new Outcome(ErrorCode.NONE, info.firstOffset(), info.lastOffset());
        } catch (RecordValidationException records) {
            return new Outcome(
                    ErrorCode.of(Errors.forException(records.invalidException()).code()), -1, -1);
        } catch (Exception refused) {
            return new Outcome(ErrorCode.of(Errors.forException(refused).code()), -1, -1);
        }
    }

    public UnifiedLog log() {
        return log;
    }

    @Override
    public void close() {
        log.close();
        stats.close();
    }

    /** Kafka's clock over ours. */
    record KafkaTime(ManualClock clock) implements Time {
        @Override
        public long milliseconds() {
            return clock.wallMillis();
        }

        @Override
        public long nanoseconds() {
            return clock.monotonicNanos();
        }

        @Override
        public void sleep(long millis) {
            clock.advance(millis);
        }

        @Override
        public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMillis) {
            throw new UnsupportedOperationException("nothing waits in these tests");
        }
    }

    /** Background tasks delete and flush files, which nothing here depends on. */
    private static final class NoScheduler implements Scheduler {
        @Override
        public void startup() {}

        @Override
        public void shutdown() {}

        @Override
        public ScheduledFuture<?> schedule(String name, Runnable task, long delayMillis, long periodMillis) {
            return new NeverRuns();
        }

        @Override
        public void resizeThreadPool(int size) {}
    }

    private static final class NeverRuns extends CompletableFuture<Object> implements ScheduledFuture<Object> {
        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }
}
