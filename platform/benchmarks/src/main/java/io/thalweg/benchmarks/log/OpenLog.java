package io.thalweg.benchmarks.log;

import io.thalweg.environment.Clock;
import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.environment.Timers;
import io.thalweg.log.Append;
import io.thalweg.log.Durability;
import io.thalweg.log.LogConfig;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogDirectoryConfig;
import io.thalweg.log.LogId;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchValidator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** A log directory on the machine's disk with a few logs, and the worker that maintains it. */
final class OpenLog implements AutoCloseable {

    private static final long MAINTENANCE_MILLIS = 200;
    private static final LogConfig CONFIG = LogConfig.defaults()
            .with()
            .segmentBytes(64 << 20)
            .retentionBytes(512 << 20)
            .build();
    private static final Timers NO_TIMERS = (delayMillis, task) -> {
        throw new UnsupportedOperationException("the log needs no timers");
    };

    private final Path root;
    private final Durability durability;
    private final int partitions;
    private final List<PartitionLog> logs = new ArrayList<>();
    private @Nullable LogDirectory directory;
    private @Nullable ScheduledExecutorService worker;

    OpenLog(Durability durability, int partitions) throws IOException {
        this.root = Files.createTempDirectory("thalweg-benchmark");
        this.durability = durability;
        this.partitions = partitions;
        open();
    }

    void open() throws IOException {
        LogDirectory opened = LogDirectory.open(
                new Environment(Clock.system(), NO_TIMERS, new Random(1), FileSystem.system()),
                root,
                LogDirectoryConfig.defaults().withDurability(durability));
        logs.clear();
        for (int i = 0; i < partitions; i++) {
            logs.add(opened.log(new LogId(new Uuid(7, 7), i), CONFIG));
        }
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor();
        var unused = started.scheduleWithFixedDelay(
                opened::maintain, MAINTENANCE_MILLIS, MAINTENANCE_MILLIS, TimeUnit.MILLISECONDS);
        opened.onFlushWanted(() -> started.execute(opened::flushBehind));
        directory = opened;
        worker = started;
    }

    PartitionLog log(int index) {
        return logs.get(index);
    }

    /** Commits one group with a batch for each log. */
    void append(ByteBuffer batch) {
        LogDirectory target = directory;
        if (target == null) {
            throw new IllegalStateException("not open");
        }
        List<Append> group = new ArrayList<>(logs.size());
        for (PartitionLog log : logs) {
            group.add(new Append(
                    log,
                    BatchValidator.validate(batch, CONFIG.validationRules(), System.currentTimeMillis()),
                    0,
                    AppendOrigin.CLIENT));
        }
        target.append(group);
        for (Append append : group) {
            if (append.failure() != null) {
                throw new IllegalStateException("the append was refused", append.failure());
            }
            append.log().advanceHighWatermark(append.lastOffset() + 1);
        }
    }

    /** Leaves the segments alone; everything else must be made anew from them. */
    void closeAndForgetWhatIsDerived() throws IOException {
        closeDirectory();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*(index|\\.snapshot|checkpoint)"))
                    .forEach(OpenLog::delete);
        }
    }

    private void closeDirectory() throws IOException {
        if (worker != null) {
            worker.shutdown();
            try {
                worker.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (directory != null) {
            directory.close();
        }
        worker = null;
        directory = null;
    }

    @Override
    public void close() throws IOException {
        closeDirectory();
        try (Stream<Path> files = Files.walk(root)) {
            files.sorted(Comparator.reverseOrder()).forEach(OpenLog::delete);
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
