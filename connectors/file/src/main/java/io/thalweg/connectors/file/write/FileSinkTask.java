package io.thalweg.connectors.file.write;

import io.thalweg.connectors.api.RetriableException;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.api.SinkTask;
import io.thalweg.connectors.api.SinkTaskContext;
import io.thalweg.connectors.api.TopicPartition;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the records of its topic-partitions, each into a file of its own. Runs on a worker context. */
public final class FileSinkTask implements SinkTask {

    private static final Logger LOGGER = LoggerFactory.getLogger(FileSinkTask.class);
    private static final long AGE_CHECK_MILLIS_MAX = 1_000;

    private final Disk disk;
    private final LongSupplier clockMillis;
    private final Map<TopicPartition, PartitionFile> files = new LinkedHashMap<>();

    private @Nullable SinkTaskContext context;
    private @Nullable FileSinkConfig config;
    private @Nullable RecordEncoder encoder;
    private @Nullable OutputBuffer buffer;
    private @Nullable SinkStateStore states;
    private @Nullable Path directory;

    /** Whose records are in the buffer; null if it is empty. */
    private @Nullable PartitionFile buffered;

    /** A put waits for a refused record. */
    private boolean busy;

    /** What the disk holds is not certain, or a record is missing: nothing is flushed any more. */
    private boolean failed;

    private long timer = -1;

    public FileSinkTask() {
        this(new Disk(), System::currentTimeMillis);
    }

    FileSinkTask(Disk disk, LongSupplier clockMillis) {
        this.disk = disk;
        this.clockMillis = clockMillis;
    }

    @Override
    public Future<Void> start(SinkTaskContext given) {
        return blocking(() -> {
            FileSinkConfig read = FileSinkConfig.of(given.config());
            Path target = given.policy().path(read.directory());
            SinkStateStore store = new SinkStateStore(disk, target);
            disk.createDirectories(target);
            store.open();
            context = given;
            config = read;
            directory = target;
            states = store;
            encoder = RecordEncoder.of(read);
            buffer = new OutputBuffer(read.bufferBytes());
            if (read.rollIntervalMillis() > 0) {
                timer = given.vertx()
                        .setPeriodic(Math.min(AGE_CHECK_MILLIS_MAX, read.rollIntervalMillis()), fired -> rollAged());
            }
        });
    }

    @Override
    public Future<Map<TopicPartition, Long>> assigned(Set<TopicPartition> partitions) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        return blocking(() -> {
                    for (TopicPartition partition : partitions) {
                        close(files.remove(partition)); // an earlier try got as far as it
                        PartitionFile file = new PartitionFile(
                                disk,
                                Objects.requireNonNull(states),
                                config(),
                                context().connectorName(),
                                Objects.requireNonNull(directory),
                                partition);
                        files.put(partition, file);
                        file.recover();
                        if (file.nextOffset() >= 0) {
                            positions.put(partition, file.nextOffset());
                        }
                    }
                })
                .map(recovered -> positions);
    }

    @Override
    public Future<Void> put(List<SinkRecord> records) {
        Promise<Void> done = Promise.promise();
        putFrom(records, 0, done);
        return done.future();
    }

    /** One promise for all of them: a chain of futures would be as long as there are refused records. */
    private void putFrom(List<SinkRecord> records, int first, Promise<Void> done) {
        busy = false;
        for (int i = first; i < records.size(); i++) {
            SinkRecord record = records.get(i);
            try {
                write(record);
            } catch (UnwritableRecordException unwritable) {
                Future<Void> refused = context().refuse(record, unwritable);
                if (!refused.succeeded()) {
                    busy = true;
                    int at = i;
                    refused.onComplete(outcome -> afterRefusal(outcome, records, at, done));
                    return;
                }
                skip(record);
            } catch (IOException | RuntimeException e) {
                done.fail(failure(e));
                return;
            }
        }
        done.complete();
    }

    private void afterRefusal(AsyncResult<Void> refused, List<SinkRecord> records, int at, Promise<Void> done) {
        if (refused.succeeded()) {
            skip(records.get(at));
            putFrom(records, at + 1, done);
        } else {
            busy = false;
            failed = true;
            done.fail(refused.cause());
        }
    }

    private void skip(SinkRecord record) {
        file(record).skipped(record.offset());
    }

    private PartitionFile file(SinkRecord record) {
        PartitionFile file = files.get(record.topicPartition());
        if (file == null) {
            throw new IllegalStateException("record of a partition that is not assigned: topicPartition="
                    + record.topicPartition() + " offset=" + record.offset());
        }
        return file;
    }

    private void write(SinkRecord record) throws IOException {
        PartitionFile file = file(record);
        if (file.wasTaken(record.offset())) {
            return;
        }
        OutputBuffer out = out();
        if (buffered != file || out.full()) {
            drain();
        }
        long nowMillis = clockMillis.getAsLong();
        if (file.due(out.length(), nowMillis)) {
            roll(file);
        }
        RecordEncoder encoding = Objects.requireNonNull(encoder);
        int before = out.length();
        try {
            if (!file.isOpen()) {
                encoding.begin(out);
            }
            encoding.encode(record, out);
        } catch (UnwritableRecordException e) {
            out.cutTo(before);
            throw e;
        }
        try {
            file.begin(record.offset(), nowMillis);
        } catch (IOException e) {
            out.cutTo(before);
            throw e;
        }
        buffered = file;
        file.taken(record.offset());
        if (file.due(out.length(), nowMillis)) {
            roll(file);
        }
    }

    /** What is in the buffer goes to its file. */
    private void drain() throws IOException {
        PartitionFile file = buffered;
        OutputBuffer out = out();
        if (file != null && out.length() > 0) {
            file.write(out);
        }
        out.clear();
        buffered = null;
    }

    private void roll(PartitionFile file) throws IOException {
        drain();
        try {
            file.complete();
        } catch (IOException e) {
            throw notDurable(e);
        }
        context().requestCommit();
    }

    @Override
    public Future<Void> flush() {
        return blocking(() -> {
            if (failed) {
                throw new IllegalStateException("an earlier write failed for good; restart the task");
            }
            drain();
            List<PartitionFile> dirty = new ArrayList<>();
            for (PartitionFile file : files.values()) {
                if (file.dirty()) {
                    dirty.add(file);
                }
            }
            if (!dirty.isEmpty()) {
                makeDurable(dirty);
            }
        });
    }

    private void makeDurable(List<PartitionFile> dirty) {
        try {
            boolean unnamed = false;
            for (PartitionFile file : dirty) {
                file.forceBytes();
                unnamed |= file.unnamed();
            }
            if (unnamed) {
                disk.forceDirectory(Objects.requireNonNull(directory));
            }
            for (PartitionFile file : dirty) {
                file.writeState();
            }
            Objects.requireNonNull(states).force();
        } catch (IOException e) {
            throw notDurable(e);
        }
    }

    private IllegalStateException notDurable(IOException e) {
        failed = true;
        return new IllegalStateException(
                "flush of a file sink failed: directory=" + directory + " error=" + e.getMessage()
                        + "; mend the disk and restart the task, which goes on from the last flush",
                e);
    }

    private void rollAged() {
        if (busy || failed) {
            return;
        }
        long nowMillis = clockMillis.getAsLong();
        try {
            for (PartitionFile file : files.values()) {
                if (file.due(0, nowMillis)) {
                    roll(file);
                }
            }
        } catch (IOException e) {
            // The bytes are still in the buffer; the next put or flush writes them, or says that it cannot.
            LOGGER.atWarn()
                    .addKeyValue("connector", context().connectorName())
                    .addKeyValue("error", e.toString())
                    .log("file could not be written");
        } catch (RuntimeException e) {
            failed = true;
            context().fail(e);
        }
    }

    @Override
    public Future<Void> revoked(Set<TopicPartition> partitions) {
        return blocking(() -> {
            for (TopicPartition partition : partitions) {
                close(files.remove(partition));
            }
        });
    }

    /** What of it is in the buffer is given up: it was flushed before, or comes again. */
    private void close(@Nullable PartitionFile file) throws IOException {
        if (file == null) {
            return;
        }
        if (file == buffered) {
            out().clear();
            buffered = null;
        }
        file.close();
    }

    @Override
    public Future<Void> stop() {
        SinkTaskContext given = context;
        if (given != null && timer >= 0) {
            given.vertx().cancelTimer(timer);
        }
        return blocking(() -> {
            for (TopicPartition partition : List.copyOf(files.keySet())) {
                close(files.remove(partition));
            }
        });
    }

    /** A step that blocks; the task is on a worker context. */
    private interface Step {
        void run() throws IOException;
    }

    private static Future<Void> blocking(Step step) {
        try {
            step.run();
            return Future.succeededFuture();
        } catch (IOException | RuntimeException e) {
            return Future.failedFuture(failure(e));
        }
    }

    private static Throwable failure(Exception e) {
        return e instanceof IOException
                ? new RetriableException("writing a file failed: " + e.getMessage() + "; it is tried again", e)
                : e;
    }

    private FileSinkConfig config() {
        return Objects.requireNonNull(config, "not started");
    }

    private SinkTaskContext context() {
        return Objects.requireNonNull(context, "not started");
    }

    private OutputBuffer out() {
        return Objects.requireNonNull(buffer, "not started");
    }
}
