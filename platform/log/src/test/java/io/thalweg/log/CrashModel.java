package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Drives a log directory at random through appends, rolls, retention, truncations, deletions, full disks, failing
 * flushes, kills and power cuts, and holds after each restart what it must hold: every batch whose append succeeded is
 * there, identical and in order; of those whose outcome was not told, a prefix may be; nothing else is; producers are
 * known.
 */
final class CrashModel {

    private static final Path ROOT = Path.of("/data");
    private static final int LOGS = 3;

    /** A batch that was sent. */
    private record Sent(long base, List<String> values, long producerId, int epoch, int sequence, long timestamp) {
        long next() {
            return base + values.size();
        }
    }

    private static final class Model {
        LogId id;
        /** Acknowledged, in order. */
        List<Sent> acked = new ArrayList<>();
        /** Sent after those, outcome unknown, in order. */
        List<Sent> unknown = new ArrayList<>();

        long start;
        /** Of a deletion of records that was answered. */
        long promisedStart;
        /** A truncation or a new start that was begun and not answered. */
        long unansweredTruncation = -1;

        long unansweredStart = -1;
        final Map<Long, Integer> sequences = new HashMap<>();

        Model(LogId id) {
            this.id = id;
        }

        long end() {
            return acked.isEmpty() ? start : acked.get(acked.size() - 1).next();
        }
    }

    private final Random random;
    private final Durability durability;
    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final Environment environment;
    private final ManualEnvironment manual;
    private final List<Model> models = new ArrayList<>();
    private final StringBuilder story = new StringBuilder();
    private int values;
    private int topics;
    private LogDirectory directory;
    private LogConfig settings;

    CrashModel(long seed, Durability durability) throws IOException {
        this.random = new Random(seed);
        this.durability = durability;
        this.manual = ManualEnvironment.on(seed, disk);
        this.environment = manual.environment();
        for (int i = 0; i < LOGS; i++) {
            models.add(new Model(newId()));
        }
        settings = LogConfig.defaults()
                .with()
                .segmentBytes(400 + random.nextInt(4000))
                .indexIntervalBytes(random.nextInt(300))
                .retentionBytes(random.nextInt(3) == 0 ? 8000 + random.nextInt(20000) : -1)
                .fileDeleteDelayMillis(random.nextInt(3))
                .build();
        directory = openDirectory();
    }

    private LogId newId() {
        return new LogId(new Uuid(7, ++topics), random.nextInt(3));
    }

    private LogDirectory openDirectory() throws IOException {
        LogDirectoryConfig config = LogDirectoryConfig.defaults()
                .withDurability(durability)
                .withBounds(LogDirectoryConfig.JOURNAL_BYTES_MIN, 8, 64 << 10)
                .withIntervals(random.nextInt(2), 0);
        return LogDirectory.open(environment, ROOT, config);
    }

    private PartitionLog log(Model model) {
        return directory.log(model.id, settings);
    }

    /** Runs {@code steps} steps and then restarts once more; a failure tells the story. */
    void run(int steps) {
        try {
            for (int i = 0; i < steps; i++) {
                step();
            }
            story.append("end\n");
            restart();
        } catch (Throwable failure) {
            throw new AssertionError(failure + "\n" + story.substring(Math.max(0, story.length() - 6000)), failure);
        }
    }

    private void step() throws IOException {
        int dice = random.nextInt(100);
        if (dice < 62) {
            append();
        } else if (dice < 72) {
            manual.clock().advance(random.nextInt(5));
            story.append("maintain\n");
            directory.maintain();
            afterRetention();
        } else if (dice < 81 && directory.offline()) {
            // Maintenance may have met the flush that was to fail: nothing can be changed before a restart.
            restart();
        } else if (dice < 76) {
            truncate();
        } else if (dice < 79) {
            deleteRecords();
        } else if (dice < 81) {
            delete();
        } else if (dice < 83) {
            readAll();
        } else if (dice < 85) {
            fullDisk();
        } else if (dice < 87 && durability == Durability.FSYNC) {
            story.append("next force fails\n");
            disk.failNextForce();
            append();
            if (directory.offline()) {
                restart();
            }
        } else if (dice < 92) {
            long operations = random.nextInt(60);
            story.append("power off after ").append(operations).append('\n');
            disk.powerOffAfter(operations);
            for (int i = 0; i < 30 && !disk.poweredOff(); i++) {
                stepWhilePowerFails();
            }
            restart();
        } else if (dice < 96) {
            restart();
        } else {
            story.append("close\n");
            directory.close();
            if (random.nextBoolean()) {
                crash();
            }
            reopen();
        }
        if (!directory.offline()) {
            directory.checkInvariants();
        }
    }

    private void stepWhilePowerFails() {
        try {
            int dice = random.nextInt(10);
            if (dice < 6) {
                append();
            } else if (dice < 8) {
                story.append("maintain\n");
                directory.maintain();
            } else if (dice < 9) {
                truncate();
            } else {
                deleteRecords();
            }
        } catch (IOException | RuntimeException expected) {
            story.append("  failed: ").append(expected).append('\n');
        }
    }

    // ---- steps

    private void append() {
        List<Append> group = new ArrayList<>();
        List<Model> targets = new ArrayList<>();
        List<Sent> sent = new ArrayList<>();
        int size = 1 + random.nextInt(random.nextInt(8) == 0 ? 40 : 6);
        Map<Model, Map<Long, Integer>> sequences = new HashMap<>();
        for (int i = 0; i < size; i++) {
            Model model = models.get(random.nextInt(LOGS));
            List<String> batch = new ArrayList<>();
            for (int r = 1 + random.nextInt(3); r > 0; r--) {
                batch.add("v" + values++ + "x".repeat(random.nextInt(120)));
            }
            long now = environment.clock().wallMillis();
            long producerId = random.nextInt(3) == 0 ? 10 + random.nextInt(2) : -1;
            int sequence = 0;
            ValidatedBatches batches;
            if (producerId < 0) {
                batches = Batches.of(now, batch.toArray(new String[0]));
            } else {
                Map<Long, Integer> next = sequences.computeIfAbsent(model, m -> new HashMap<>(m.sequences));
                sequence = next.getOrDefault(producerId, 0);
                next.put(producerId, sequence + batch.size());
                batches = Batches.idempotent(now, producerId, 0, sequence, false, batch.toArray(new String[0]));
            }
            group.add(new Append(log(model), batches, 0, AppendOrigin.CLIENT));
            targets.add(model);
            sent.add(new Sent(-1, batch, producerId, 0, sequence, now));
        }
        directory.append(group);
        int succeeded = 0;
        for (int i = 0; i < group.size(); i++) {
            Append append = group.get(i);
            Model model = targets.get(i);
            Sent batch = sent.get(i);
            if (append.failure() == null) {
                succeeded++;
                assertThat(append.duplicate())
                        .as("fresh batch taken for a duplicate")
                        .isFalse();
                Sent at = new Sent(
                        append.baseOffset(),
                        batch.values,
                        batch.producerId,
                        batch.epoch,
                        batch.sequence,
                        batch.timestamp);
                assertThat(at.base).isGreaterThanOrEqualTo(model.end());
                model.acked.add(at);
                if (batch.producerId >= 0) {
                    model.sequences.put(batch.producerId, batch.sequence + batch.values.size());
                }
            } else {
                model.unknown.add(batch);
            }
        }
        story.append("append ").append(succeeded).append(" of ").append(size);
        group.stream()
                .map(Append::failure)
                .filter(f -> f != null)
                .findFirst()
                .ifPresent(f -> story.append("  ").append(f.getMessage()));
        story.append('\n');
        if (!directory.offline() && !disk.poweredOff()) {
            // Refused for good: the log goes on without them.
            for (Model model : models) {
                if (model.unknown.isEmpty() || log(model).logEndOffset() > model.end()) {
                    continue;
                }
                model.unknown.clear();
            }
        }
        for (Model model : models) {
            try {
                log(model).advanceHighWatermark(Long.MAX_VALUE);
            } catch (RuntimeException poweredOff) {
                assertThat(disk.poweredOff()).as("%s", poweredOff).isTrue();
            }
        }
    }

    /** One log, or several together. */
    private void truncate() throws IOException {
        Model first = models.get(random.nextInt(LOGS));
        List<Truncation> group = new ArrayList<>();
        for (Model model : models) {
            if (model.acked.isEmpty() || (model != first && random.nextInt(4) != 0)) {
                continue;
            }
            long offset = model.acked.get(random.nextInt(model.acked.size())).base;
            if (offset >= model.start) {
                story.append("truncate " + model.id + " to " + offset + "\n");
                group.add(new Truncation(log(model), offset));
                model.unansweredTruncation = offset;
            }
        }
        directory.truncate(group);
        for (Model model : models) {
            if (model.unansweredTruncation >= 0) {
                truncated(model, model.unansweredTruncation);
                assertThat(log(model).logEndOffset()).isEqualTo(model.unansweredTruncation);
                model.unansweredTruncation = -1;
            }
        }
    }

    private void truncated(Model model, long offset) {
        model.acked.removeIf(sent -> sent.base >= offset);
        forgetSequences(model);
    }

    /** What a producer may send next follows what the log still holds. */
    private void forgetSequences(Model model) {
        model.sequences.clear();
        for (Sent sent : model.acked) {
            if (sent.producerId >= 0) {
                model.sequences.put(sent.producerId, sent.sequence + sent.values.size());
            }
        }
    }

    private void deleteRecords() throws IOException {
        Model model = models.get(random.nextInt(LOGS));
        if (model.end() == model.start) {
            return;
        }
        long offset = model.start + random.nextInt((int) (model.end() - model.start) + 1);
        story.append("start ").append(model.id).append(" at ").append(offset).append('\n');
        model.unansweredStart = offset;
        log(model).deleteRecordsBefore(offset);
        model.unansweredStart = -1;
        model.start = Math.max(model.start, offset);
        model.promisedStart = Math.max(model.promisedStart, offset);
    }

    private void delete() throws IOException {
        int which = random.nextInt(LOGS);
        Model model = models.get(which);
        story.append("delete ").append(model.id).append('\n');
        directory.delete(model.id);
        assertThat(directory.stored()).doesNotContain(model.id);
        models.set(which, new Model(newId()));
    }

    private void fullDisk() {
        story.append("disk full\n");
        disk.setCapacity(disk.usedBytes() + random.nextInt(2000));
        for (int i = random.nextInt(6); i >= 0; i--) {
            append();
            manual.clock().advance(random.nextInt(200));
            if (random.nextInt(3) == 0) {
                directory.maintain();
                afterRetention();
            }
        }
        boolean restartWhileFull = random.nextInt(4) == 0;
        if (restartWhileFull) {
            crashOrKill();
        }
        disk.setCapacity(Long.MAX_VALUE);
        story.append("space again\n");
        if (restartWhileFull) {
            try {
                reopen();
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        } else {
            manual.clock().advance(200);
            int before = story.length();
            append();
            if (!directory.offline()) {
                assertThat(story.substring(before))
                        .as("writes resume")
                        .doesNotContain("No space")
                        .doesNotContain("no space");
            }
        }
    }

    /** Retention may move the start up, to the beginning of a batch. */
    private void afterRetention() {
        for (Model model : models) {
            if (log(model).isOpen()) {
                model.start = Math.max(model.start, log(model).logStartOffset());
            }
        }
    }

    private void readAll() throws IOException {
        story.append("read\n");
        for (Model model : models) {
            verify(model, false);
        }
    }

    private void restart() throws IOException {
        crashOrKill();
        reopen();
    }

    private void crashOrKill() {
        if (durability == Durability.OS || random.nextInt(3) == 0) {
            story.append("kill\n");
            disk.killProcess();
        } else {
            crash();
        }
    }

    private void crash() {
        if (durability == Durability.OS) {
            disk.killProcess();
            return;
        }
        long seed = random.nextLong();
        story.append("crash\n");
        disk.crash(seed);
    }

    private void reopen() throws IOException {
        directory = openDirectory();
        for (Model model : models) {
            verify(model, true);
        }
        directory.checkInvariants();
        story.append("reopened\n");
    }

    // ---- what must hold

    private void verify(Model model, boolean restarted) throws IOException {
        PartitionLog log = log(model);
        assertThat(log.damage()).as("%s", model.id).isNull();
        log.open();
        assertThat(log.damage()).as("%s", model.id).isNull();
        if (restarted) {
            settle(model, log);
            log.advanceHighWatermark(log.logEndOffset());
        }
        List<String> expected = new ArrayList<>();
        for (Sent sent : model.acked) {
            for (int i = 0; i < sent.values.size(); i++) {
                if (sent.base + i >= log.logStartOffset()) {
                    expected.add(sent.base + i + "=" + sent.values.get(i));
                }
            }
        }
        assertSame(expected, Batches.read(log, log.logStartOffset(), 1 + random.nextInt(5000)), model.id);
        if (restarted) {
            verifyProducers(model, log);
        }
    }

    private static void assertSame(List<String> expected, List<String> found, LogId id) {
        int same = 0;
        while (same < expected.size()
                && same < found.size()
                && expected.get(same).equals(found.get(same))) {
            same++;
        }
        if (same < expected.size() || same < found.size()) {
            throw new AssertionError(id + ": the same are " + same + " of " + expected.size() + ", found "
                    + found.size()
                    + "; expected next " + expected.subList(same, Math.min(same + 2, expected.size())) + " found "
                    + found.subList(same, Math.min(same + 2, found.size())));
        }
    }

    /** Finds out what became of what was not answered; only what may be there is. */
    private void settle(Model model, PartitionLog log) throws IOException {
        long end = log.logEndOffset();
        if (model.unansweredTruncation >= 0 && end < model.end()) {
            assertThat(end).isGreaterThanOrEqualTo(model.unansweredTruncation);
            if (durability == Durability.FSYNC) {
                assertThat(end).isEqualTo(model.unansweredTruncation);
            }
            truncated(model, end);
        }
        model.unansweredTruncation = -1;
        long start = log.logStartOffset();
        if (settings.retentionBytes() < 0) {
            assertThat(start).isLessThanOrEqualTo(Math.max(model.start, model.unansweredStart));
        }
        if (durability == Durability.FSYNC) {
            assertThat(start).as("log start of %s", model.id).isGreaterThanOrEqualTo(model.promisedStart);
        }
        model.start = start;
        model.unansweredStart = -1;
        assertThat(end).as("log end offset of %s", model.id).isGreaterThanOrEqualTo(model.end());
        long at = model.end();
        List<String> found = Batches.read(log, Math.max(at, start), 1 << 20);
        int index = 0;
        for (Sent sent : model.unknown) {
            if (index == found.size()) {
                break;
            }
            // Each is there whole or not at all; those refused for their sequence are not.
            if (!found.get(index).endsWith("=" + sent.values.get(0))) {
                continue;
            }
            long base = at + index;
            for (String value : sent.values) {
                assertThat(found.get(index)).isEqualTo(at + index + "=" + value);
                index++;
            }
            model.acked.add(new Sent(base, sent.values, sent.producerId, sent.epoch, sent.sequence, sent.timestamp));
        }
        assertThat(found.subList(index, found.size()))
                .as("phantoms in %s", model.id)
                .isEmpty();
        model.unknown.clear();
        forgetSequences(model);
    }

    private void verifyProducers(Model model, PartitionLog log) {
        for (long producerId = 10; producerId < 12; producerId++) {
            List<Sent> last = new ArrayList<>();
            for (Sent sent : model.acked) {
                if (sent.producerId == producerId) {
                    last.add(sent);
                }
            }
            for (Sent sent : last.subList(Math.max(0, last.size() - 5), last.size())) {
                if (sent.base < model.start) {
                    continue;
                }
                Append retry = retry(log, sent);
                assertThat(retry.failure())
                        .as("retry of %s in %s", sent.base, model.id)
                        .isNull();
                assertThat(retry.duplicate()).isTrue();
                assertThat(retry.baseOffset()).isEqualTo(sent.base);
            }
        }
    }

    private Append retry(PartitionLog log, Sent sent) {
        Append retry = new Append(
                log,
                Batches.idempotent(
                        sent.timestamp,
                        sent.producerId,
                        sent.epoch,
                        sent.sequence,
                        false,
                        sent.values.toArray(new String[0])),
                0,
                AppendOrigin.CLIENT);
        directory.append(List.of(retry));
        return retry;
    }

    /** For the debugger: what happened. */
    @Nullable
    String story() {
        return story.toString();
    }
}
