package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.producer.ProducerEntry;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.Uuid;

/**
 * Drives the logs of a directory at random as replication does: as followers that fetch, with gaps that compaction left,
 * and as leaders; fenced, cut off, begun anew, their starts and high watermarks moved; through failing flushes, kills and
 * power cuts. After each restart every batch that was answered is there, byte for byte, and so are epochs, voters,
 * producers; what was not answered is there as a prefix or not at all; a new beginning that was not answered happened
 * wholly or not at all; and the high watermark claims no more than was told.
 */
final class ReplicaCrashModel {

    private static final Path ROOT = Path.of("/data");
    private static final int LOGS = 3;

    private final Random random;
    private final Durability durability;
    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final Environment environment;
    private final ManualEnvironment manual;
    private final List<ReplicaModel> models = new ArrayList<>();
    private final StringBuilder story = new StringBuilder();
    private final LogConfig settings;
    private LogDirectory directory;

    ReplicaCrashModel(long seed, Durability durability) throws IOException {
        this.random = new Random(seed);
        this.durability = durability;
        this.manual = ManualEnvironment.on(seed, disk);
        this.environment = manual.environment();
        for (int i = 0; i < LOGS; i++) {
            models.add(new ReplicaModel(new LogId(new Uuid(7, i + 1), i), random));
        }
        settings = LogConfig.defaults()
                .with()
                .segmentBytes(400 + random.nextInt(3000))
                .indexIntervalBytes(random.nextInt(300))
                // Starts are moved by the model alone.
                .retentionMillis(-1)
                .fileDeleteDelayMillis(random.nextInt(3))
                .build();
        directory = openDirectory();
    }

    private LogDirectory openDirectory() throws IOException {
        return LogDirectory.open(
                environment,
                ROOT,
                LogDirectoryConfig.defaults()
                        .withDurability(durability)
                        .withBounds(LogDirectoryConfig.JOURNAL_BYTES_MIN, 8, 64 << 10)
                        .withIntervals(random.nextInt(2), 0));
    }

    private PartitionLog log(ReplicaModel model) {
        return directory.log(model.id, settings);
    }

    private ReplicaModel any() {
        return models.get(random.nextInt(LOGS));
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
        if (dice < 55) {
            append();
        } else if (dice < 63) {
            maintain();
        } else if (dice < 69) {
            truncate();
        } else if (dice < 73) {
            beginAnew();
        } else if (dice < 77) {
            moveStart();
        } else if (dice < 79) {
            fence();
        } else if (dice < 82) {
            for (ReplicaModel model : models) {
                verify(model);
            }
        } else if (dice < 84 && durability == Durability.FSYNC) {
            story.append("next force fails\n");
            disk.failNextForce();
            append();
            if (directory.offline()) {
                restart();
            }
        } else if (dice < 91) {
            powerFails();
        } else if (dice < 96) {
            restart();
        } else {
            story.append("close\n");
            directory.close();
            if (random.nextBoolean()) {
                crashOrKill();
            }
            reopen();
        }
        if (!directory.offline()) {
            directory.checkInvariants();
        }
    }

    private void powerFails() throws IOException {
        long operations = random.nextInt(60);
        story.append("power off after ").append(operations).append('\n');
        disk.powerOffAfter(operations);
        for (int i = 0; i < 30 && !disk.poweredOff(); i++) {
            try {
                int dice = random.nextInt(10);
                if (dice < 5) {
                    append();
                } else if (dice < 7) {
                    maintain();
                } else if (dice < 8) {
                    truncate();
                } else if (dice < 9) {
                    beginAnew();
                } else {
                    moveStart();
                }
            } catch (IOException | ThalwegException expected) {
                story.append("  failed: ").append(expected).append('\n');
            }
        }
        restart();
    }

    // ---- steps

    private void append() {
        List<Append> group = new ArrayList<>();
        List<ReplicaModel.Sent> sent = new ArrayList<>();
        long now = environment.clock().wallMillis();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            ReplicaModel model = any();
            if (sent.stream().anyMatch(other -> other.model() == model)) {
                continue;
            }
            List<Append> appends = random.nextInt(4) == 0
                    ? List.of(model.lead(log(model), now, sent))
                    : model.fetch(log(model), now, sent);
            group.addAll(appends);
        }
        directory.append(group);
        for (int i = 0; i < group.size(); i++) {
            sent.get(i).model().answered(sent.get(i).batch(), group.get(i));
            assertThat(group.get(i).failure() == null || disk.poweredOff() || directory.offline())
                    .as("refused: %s", group.get(i).failure())
                    .isTrue();
        }
        story.append("append ");
        for (ReplicaModel model : models) {
            story.append(model.end()).append(' ').append(model.unknown.size()).append("; ");
        }
        story.append('\n');
        if (!disk.poweredOff() && !directory.offline()) {
            for (ReplicaModel model : models) {
                model.commit(log(model));
            }
        }
    }

    private void maintain() {
        manual.clock().advance(random.nextInt(5));
        story.append("maintain\n");
        directory.maintain();
    }

    /** One log, or several together. */
    private void truncate() throws IOException {
        ReplicaModel first = any();
        List<Truncation> group = new ArrayList<>();
        for (ReplicaModel model : models) {
            if (model == first || random.nextInt(4) == 0) {
                // Now and then below the high watermark: a replica that is not trusted.
                long offset = model.boundary(random.nextInt(6) == 0 ? model.start : model.highWatermark);
                story.append("truncate " + model.id + " to " + offset + "\n");
                group.add(new Truncation(log(model), offset));
                model.unansweredTruncation = offset;
            }
        }
        directory.truncate(group);
        for (ReplicaModel model : models) {
            if (model.unansweredTruncation >= 0) {
                model.truncated(model.unansweredTruncation);
                model.unansweredTruncation = -1;
                assertThat(log(model).end()).isEqualTo(model.end());
            }
        }
    }

    private void beginAnew() throws IOException {
        ReplicaModel model = any();
        ReplicaModel.NewStart start = model.newStart();
        story.append("restart ").append(model.id).append(" at ").append(start).append('\n');
        model.unansweredStart = start;
        log(model).restartAt(start.at(), start.voters());
        model.unansweredStart = null;
        model.restarted(start);
        verify(model);
    }

    private void moveStart() throws IOException {
        ReplicaModel model = any();
        if (model.highWatermark == model.start) {
            return;
        }
        long offset = model.start + 1 + random.nextLong(model.highWatermark - model.start);
        story.append("start ").append(model.id).append(" at ").append(offset).append('\n');
        if (random.nextBoolean()) {
            log(model).followStart(offset);
        } else {
            model.unansweredDeletion = offset;
            log(model).deleteRecordsBefore(offset);
            model.unansweredDeletion = -1;
            model.promisedStart = offset;
        }
        model.start = offset;
    }

    private void fence() {
        ReplicaModel model = any();
        int epoch = model.nextEpoch();
        log(model).fence(epoch);
        Append stale = new Append(log(model), Batches.of(1, "stale"), epoch - 1, AppendOrigin.CLIENT);
        directory.append(List.of(stale));
        assertThat(stale.failure()).isNotNull();
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
            story.append("crash\n");
            disk.crash(random.nextLong());
        }
    }

    private void reopen() throws IOException {
        directory = openDirectory();
        for (ReplicaModel model : models) {
            PartitionLog log = log(model);
            log.open();
            assertThat(log.damage()).as("%s", model.id).isNull();
            model.settle(log, durability == Durability.FSYNC);
            verify(model);
        }
        directory.checkInvariants();
        story.append("reopened\n");
    }

    // ---- what must hold

    private void verify(ReplicaModel model) throws IOException {
        PartitionLog log = log(model);
        LogView view = log.view();
        assertThat(log.damage()).as("%s", model.id).isNull();
        assertThat(view.end()).as("end of %s", model.id).isEqualTo(model.end());
        assertThat(log.end()).isEqualTo(model.end());
        assertThat(view.start()).as("start of %s", model.id).isEqualTo(model.startPosition());
        assertThat(Replicas.batches(log)).as("batches of %s", model.id).isEqualTo(model.bytes());
        assertThat(log.highWatermark()).as("high watermark of %s", model.id).isEqualTo(model.highWatermark);
        assertThat(view.latestVoters()).as("voters of %s", model.id).isEqualTo(model.latestVoters());
        assertThat(view.votersAt(view.start().offset())).isEqualTo(model.votersAtStart());
        for (int epoch = 0; epoch <= model.lastEpoch() + 1; epoch++) {
            assertThat(view.endOfEpoch(epoch))
                    .as("end of epoch %s in %s of %s", epoch, view, model.id)
                    .isEqualTo(model.endOfEpoch(epoch));
        }
        for (long producerId = ReplicaModel.PRODUCER; producerId < ReplicaModel.PRODUCER + 2; producerId++) {
            long last = model.lastOffsetOf(producerId);
            ProducerEntry entry = log.producer(producerId);
            if (last >= 0) {
                assertThat(entry).isNotNull();
                assertThat(entry.batches().get(entry.batches().size() - 1).lastOffset())
                        .isEqualTo(last);
            }
        }
    }
}
