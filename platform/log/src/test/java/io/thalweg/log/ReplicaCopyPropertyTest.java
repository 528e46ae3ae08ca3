package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.producer.ProducerEntry;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import io.thalweg.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;

/**
 * A leader that takes plain, idempotent and transactional batches in one epoch after the other, and a follower on another
 * machine that copies it in fetches of any size, begins anew when it lags behind the leader's start, and loses its power
 * now and then. In the end both are equal: batches byte for byte, epochs, voters, producers, transactions.
 */
class ReplicaCopyPropertyTest {

    private static final Path ROOT = Path.of("/data");
    private static final LogId ID = new LogId(new Uuid(1, 2), 0);
    private static final int STEPS = 120;

    /** A broker's disk and what is open on it. */
    private static final class Machine {
        private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
        private final ManualEnvironment environment;
        private final LogConfig settings;
        private LogDirectory directory;
        private PartitionLog log;

        Machine(long seed, Random random) throws IOException {
            environment = ManualEnvironment.on(seed, disk);
            settings = LogConfig.defaults()
                    .with()
                    .segmentBytes(500 + random.nextInt(4000))
                    .indexIntervalBytes(random.nextInt(300))
                    .retentionMillis(-1)
                    .fileDeleteDelayMillis(0)
                    .build();
            open();
        }

        void open() throws IOException {
            directory = LogDirectory.open(
                    environment.environment(),
                    ROOT,
                    LogDirectoryConfig.defaults()
                            .withBounds(LogDirectoryConfig.JOURNAL_BYTES_MIN, 8, 64 << 10)
                            .withIntervals(1, 0));
            log = directory.log(ID, settings);
        }

        void append(List<Append> group) {
            directory.append(group);
            directory.checkInvariants();
        }
    }

    private Random random;
    private Machine leader;
    private Machine follower;
    private int epoch = 1;
    private int values;
    private final Map<Long, Integer> sequences = new HashMap<>();

    @Seeds(count = 150)
    void aFollowerComesToEqualItsLeader(long seed) throws IOException {
        random = new Random(seed);
        leader = new Machine(seed, random);
        follower = new Machine(seed, random);
        for (int step = 0; step < STEPS; step++) {
            step();
        }
        follower.disk.crash(seed);
        follower.open();
        leader.log.advanceHighWatermark(leader.log.logEndOffset());
        for (int i = 0; i < 20 * STEPS && !follower.log.end().equals(leader.log.end()); i++) {
            fetch();
        }
        fetch();
        verify();
        follower.disk.crash(seed);
        follower.open();
        // The leader tells its start again.
        fetch();
        verify();
    }

    private void step() throws IOException {
        switch (random.nextInt(20)) {
            case 0 -> {
                epoch += 1 + random.nextInt(2);
                lead(ControlRecords.leaderChange(now(), 1, List.of(1, 2), List.of(1)), AppendOrigin.COORDINATOR);
            }
            case 1 -> lead(ControlRecords.voters(now(), List.of(1, 2, values)), AppendOrigin.COORDINATOR);
            case 2 ->
                lead(
                        Batches.marker(now(), 20 + random.nextInt(2), 0, random.nextBoolean(), 1),
                        AppendOrigin.COORDINATOR);
            case 3, 4, 5, 6 -> produce(10 + random.nextInt(2), false);
            case 7, 8, 9 -> produce(20 + random.nextInt(2), true);
            case 10, 11, 12 -> lead(Batches.of(now(), value(), value()), AppendOrigin.CLIENT);
            case 13 -> {
                leader.directory.maintain();
                follower.directory.maintain();
            }
            case 14 -> follower.disk.powerOffAfter(random.nextInt(40));
            case 15 -> {
                if (random.nextInt(3) == 0) {
                    long end = leader.log.logEndOffset();
                    leader.log.advanceHighWatermark(end);
                    leader.log.deleteRecordsBefore(end - random.nextLong(end - leader.log.logStartOffset() + 1));
                }
            }
            default -> fetch();
        }
        leader.environment.clock().advance(1);
    }

    private long now() {
        return leader.environment.clock().wallMillis();
    }

    private String value() {
        return "v" + values++ + "x".repeat(random.nextInt(200));
    }

    private void produce(long producerId, boolean transactional) {
        int sequence = sequences.getOrDefault(producerId, 0);
        sequences.put(producerId, sequence + 1);
        lead(Batches.idempotent(now(), producerId, 0, sequence, transactional, value()), AppendOrigin.CLIENT);
    }

    private void lead(ValidatedBatches batch, AppendOrigin origin) {
        Append append = new Append(leader.log, batch, epoch, origin);
        leader.append(List.of(append));
        assertThat(append.failure()).isNull();
    }

    /** What a broker does for a follower, and what the follower does with the answer. */
    private void fetch() throws IOException {
        try {
            LogView view = leader.log.view();
            EpochOffset asked = follower.log.end();
            if (asked.offset() < view.start().offset()
                    || asked.epoch() < view.start().epoch()) {
                VotersAt voters = view.votersAt(view.start().offset());
                follower.log.restartAt(view.start(), voters == null ? List.of() : voters.ids());
            } else {
                follower.append(Replicas.fetch(leader.log, follower.log, random.nextInt(3000)));
                follower.log.advanceHighWatermark(follower.log.logEndOffset());
                follower.log.followStart(view.start().offset());
            }
        } catch (IOException | RuntimeException failure) {
            assertThat(follower.disk.poweredOff()).as("%s", failure).isTrue();
        }
        if (follower.disk.poweredOff()) {
            follower.disk.crash(random.nextLong());
            follower.open();
            follower.log.open();
            assertThat(follower.log.damage()).isNull();
        }
    }

    private void verify() throws IOException {
        PartitionLog theirs = leader.log;
        PartitionLog ours = follower.log;
        assertThat(ours.damage()).isNull();
        assertThat(Replicas.batches(ours)).isEqualTo(Replicas.batches(theirs));
        assertThat(ours.view().start()).isEqualTo(theirs.view().start());
        assertThat(ours.view().end()).isEqualTo(theirs.view().end());
        for (int asked = 0; asked <= epoch + 1; asked++) {
            assertThat(ours.view().endOfEpoch(asked)).isEqualTo(theirs.view().endOfEpoch(asked));
            assertThat(ours.endOfEpoch(asked)).isEqualTo(theirs.endOfEpoch(asked));
        }
        assertThat(idsOf(ours.view().latestVoters()))
                .isEqualTo(idsOf(theirs.view().latestVoters()));
        long start = ours.logStartOffset();
        for (long producerId : sequences.keySet()) {
            ProducerEntry known = theirs.producer(producerId);
            ProducerEntry.Batch last = known == null || known.batches().isEmpty()
                    ? null
                    : known.batches().get(known.batches().size() - 1);
            if (last != null && last.firstOffset() >= start) {
                List<ProducerEntry.Batch> found = ours.producer(producerId).batches();
                // A snapshot keeps the time of the producer's last batch or marker for it.
                assertThat(found.get(found.size() - 1).lastOffset()).isEqualTo(last.lastOffset());
                assertThat(found.get(found.size() - 1).lastSequence()).isEqualTo(last.lastSequence());
                assertThat(found.get(found.size() - 1).offsetDelta()).isEqualTo(last.offsetDelta());
            }
        }
        assertThat(aborted(ours, start)).containsAll(aborted(theirs, start));
    }

    /**
     * Where transactions that began at the start or later were aborted. A follower that began anew knows nothing of one that
     * was open then, so its last stable offsets are its own; what they hide lies before the start.
     */
    private static List<String> aborted(PartitionLog log, long start) throws IOException {
        return log.abortedTransactions(start, Long.MAX_VALUE).stream()
                .filter(txn -> txn.firstOffset() >= start)
                .map(txn -> txn.producerId() + " from " + txn.firstOffset() + " to " + txn.lastOffset())
                .toList();
    }

    private static List<Integer> idsOf(VotersAt voters) {
        return voters == null ? List.of() : List.copyOf(voters.ids());
    }
}
