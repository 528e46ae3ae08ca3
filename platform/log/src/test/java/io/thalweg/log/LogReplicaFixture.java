package io.thalweg.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.ValidatedBatches;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** Two logs of one directory, as replication drives them: a leader's and a follower's. */
abstract class LogReplicaFixture {

    static final Path ROOT = Path.of("/data");
    static final LogId LEADER = new LogId(new Uuid(1, 2), 0);
    static final LogId FOLLOWER = new LogId(new Uuid(3, 4), 0);
    static final LogConfig SETTINGS =
            LogConfig.defaults().with().segmentBytes(2000).build();
    static final LogDirectoryConfig FSYNC =
            LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 1 << 20).withIntervals(0, 0);

    final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    final ManualEnvironment manual = ManualEnvironment.on(1, disk);
    final Environment environment = manual.environment();
    LogDirectory directory;
    PartitionLog leader;
    PartitionLog follower;

    void open(LogDirectoryConfig config) throws IOException {
        directory = LogDirectory.open(environment, ROOT, config);
        leader = directory.log(LEADER, SETTINGS);
        follower = directory.log(FOLLOWER, SETTINGS);
    }

    long now() {
        return environment.clock().wallMillis();
    }

    Append append(PartitionLog log, int epoch, ValidatedBatches batches, AppendOrigin origin) {
        Append append = new Append(log, batches, epoch, origin);
        directory.append(List.of(append));
        directory.checkInvariants();
        return append;
    }

    void lead(PartitionLog log, int epoch, String... values) {
        assertThat(append(log, epoch, Batches.of(now(), values), AppendOrigin.CLIENT)
                        .failure())
                .isNull();
    }

    void control(PartitionLog log, int epoch, ValidatedBatches batches) {
        assertThat(append(log, epoch, batches, AppendOrigin.COORDINATOR).failure())
                .isNull();
    }

    void copyAll() throws IOException {
        while (true) {
            List<Append> appends = Replicas.fetch(leader, follower, 300);
            if (appends.isEmpty()) {
                return;
            }
            directory.append(appends);
            directory.checkInvariants();
            assertThat(appends)
                    .allSatisfy(append -> assertThat(append.failure()).isNull());
        }
    }

    static void refused(Append append, ErrorCode error) {
        ThalwegException failure = append.failure();
        assertThat(failure).isNotNull();
        assertThat(failure.error()).isEqualTo(error);
    }

    /** A batch that has its place, as it comes from a leader. */
    static ByteBuffer placed(long base, int epoch, String... values) {
        BatchBuilder builder = BatchBuilder.uncompressed().position(base, epoch);
        for (String value : values) {
            builder.append(1000, null, value.getBytes(UTF_8));
        }
        return builder.build();
    }

    static Append fetched(PartitionLog log, EpochOffset from, ByteBuffer batch) {
        return Append.fetched(log, batch, from, Replicas.endOf(batch, from)).get(0);
    }

    Append fetchedOf(ByteBuffer batch, EpochOffset from) {
        Append append = fetched(follower, from, batch);
        directory.append(List.of(append));
        return append;
    }
}
