package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileHandle;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchHeader;
import io.thalweg.log.record.ControlRecords;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.testkit.DelegatingFileHandle;
import io.thalweg.testkit.DelegatingFileSystem;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What replication is shown of a group before it is durable, and what becomes of it if it never is. */
class StagedListenerTest {

    private static final LogDirectoryConfig FSYNC =
            LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 1 << 20).withIntervals(0, 0);

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final ManualEnvironment manual = ManualEnvironment.on(1, disk);
    private final List<String> seen = new ArrayList<>();
    private @Nullable IOException journalFailure;

    /** Notes when the journal is written; that fails while it is told to. */
    private final class Watched extends DelegatingFileSystem {
        Watched() {
            super(disk);
        }

        @Override
        protected FileHandle writable(FileHandle file, Path path) {
            return new DelegatingFileHandle(file) {
                @Override
                public void write(ByteBuffer[] sources, long position) throws IOException {
                    if (path.toString().endsWith(".journal")) {
                        seen.add("write");
                        if (journalFailure != null) {
                            throw journalFailure;
                        }
                    }
                    super.write(sources, position);
                }
            };
        }
    }

    private final class Listener implements StagedListener {
        private final int partition;

        Listener(int partition) {
            this.partition = partition;
        }

        @Override
        public boolean wantsStaged() {
            return true;
        }

        @Override
        public void onStaged(long from, EpochOffset end, ByteBuffer batches) {
            assertThat(BatchHeader.baseOffset(batches, 0)).isEqualTo(from);
            assertThat(BatchHeader.leaderEpoch(batches, 0)).isEqualTo(end.epoch());
            seen.add(partition + " shown " + from + " to " + end.offset());
        }

        @Override
        public void onStagedLost() {
            seen.add(partition + " lost");
        }
    }

    private LogDirectory open(LogDirectoryConfig config) throws IOException {
        Environment real = manual.environment();
        return LogDirectory.open(
                new Environment(real.clock(), real.timers(), real.random(), new Watched()), Path.of("/data"), config);
    }

    private PartitionLog log(LogDirectory directory, int partition) {
        PartitionLog log = directory.log(new LogId(new Uuid(1, 2), partition), LogConfig.defaults());
        log.onStaged(new Listener(partition));
        return log;
    }

    private Append of(PartitionLog log, int epoch) {
        return new Append(log, batch("value"), epoch, AppendOrigin.CLIENT);
    }

    private ValidatedBatches batch(String... values) {
        return Batches.of(manual.clock().wallMillis(), values);
    }

    @Test
    void aGroupIsShownBeforeTheJournalIsWritten() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog first = log(directory, 0);
            PartitionLog second = log(directory, 1);
            directory.append(List.of(of(first, 3), of(second, 4), of(first, 3)));
            directory.append(List.of(of(first, 3)));

            assertThat(seen).containsExactly("0 shown 0 to 2", "1 shown 0 to 1", "write", "0 shown 2 to 3", "write");
            assertThat(first.logEndOffset()).isEqualTo(3);
        }
    }

    @Test
    void whereNobodyWaitsForADiskNothingIsShown() throws IOException {
        try (LogDirectory directory = open(FSYNC.withDurability(Durability.OS))) {
            directory.append(List.of(of(log(directory, 0), 1)));

            assertThat(seen).isEmpty();
        }
    }

    @Test
    void whatChangesHowALogIsReplicatedIsNotShownNorWhatIsBesideIt() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = log(directory, 0);
            ValidatedBatches voters = ControlRecords.voters(manual.clock().wallMillis(), List.of(1, 2));
            directory.append(List.of(of(log, 1), new Append(log, voters, 1, AppendOrigin.COORDINATOR)));
            directory.append(List.of(of(log, 1), of(log, 2)));

            assertThat(seen).containsExactly("write", "write");
        }
    }

    @Test
    void whatAFollowerFetchedIsNotShown() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog leader = directory.log(new LogId(new Uuid(3, 4), 0), LogConfig.defaults());
            directory.append(List.of(of(leader, 1)));
            directory.append(Replicas.fetch(leader, log(directory, 0), 1_000));

            assertThat(seen).containsExactly("write", "write");
        }
    }

    /** Another record in its place, in the same epoch, would be taken for it. */
    @Test
    void whatWasShownAndNotWrittenIsReplacedByNothingOfItsEpoch() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = log(directory, 0);
            directory.append(List.of(of(log, 5)));
            journalFailure = new IOException("No space left on device");
            Append lost = of(log, 5);
            directory.append(List.of(lost));
            journalFailure = null;

            assertThat(seen).endsWith("0 shown 1 to 2", "write", "0 lost");
            assertThat(lost.failure()).isNotNull();
            assertThat(lost.undecided()).isTrue();
            assertThat(directory.offline()).isFalse();
            Append next = of(log, 5);
            directory.append(List.of(next));
            assertThat(next.failure()).isNotNull();
            assertThat(next.failure().error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            assertThat(next.undecided()).isFalse();
            Append later = of(log, 6);
            directory.append(List.of(later));
            assertThat(later.failure()).isNull();
            assertThat(later.baseOffset()).isEqualTo(1);
        }
    }

    @Test
    void whatIsRefusedAloneIsNotShown() throws IOException {
        try (LogDirectory directory = open(FSYNC)) {
            PartitionLog log = log(directory, 0);
            log.fence(2);
            Append late = of(log, 1);
            directory.append(List.of(late, of(log, 2)));

            assertThat(late.failure()).isNotNull();
            assertThat(seen).containsExactly("0 shown 0 to 1", "write");
        }
    }
}
