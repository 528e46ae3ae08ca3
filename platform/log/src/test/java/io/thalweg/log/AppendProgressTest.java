package io.thalweg.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.record.AppendOrigin;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a directory lets others see of its disk while it appends. */
class AppendProgressTest {

    private static final int LOGS = 5;

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final ManualEnvironment manual = ManualEnvironment.on(1, disk);
    private final List<Long> stepsAtWrites = new ArrayList<>();
    private @Nullable LogDirectory directory;

    /** Looks at the directory with each write to a segment, as from another thread. */
    private final class Watched extends DelegatingFileSystem {
        Watched() {
            super(disk);
        }

        @Override
        protected FileHandle writable(FileHandle file, Path path) {
            return new DelegatingFileHandle(file) {
                @Override
                public void write(ByteBuffer source, long position) throws IOException {
                    look(path);
                    super.write(source, position);
                }

                @Override
                public void write(ByteBuffer[] sources, long position) throws IOException {
                    look(path);
                    super.write(sources, position);
                }
            };
        }

        private void look(Path path) {
            LogDirectory seen = directory;
            if (seen != null && path.toString().endsWith(".log")) {
                assertThat(seen.appending()).isTrue();
                stepsAtWrites.add(seen.steps());
            }
        }
    }

    @BeforeEach
    void open() throws IOException {
        FileSystem watched = new Watched();
        Environment real = manual.environment();
        directory = LogDirectory.open(
                new Environment(real.clock(), real.timers(), real.random(), watched),
                Path.of("/data"),
                LogDirectoryConfig.defaults().withBounds(4 << 20, 64, 1 << 20).withIntervals(0, 0));
    }

    @AfterEach
    void close() throws IOException {
        directory.close();
    }

    private List<Append> append() {
        List<Append> group = new ArrayList<>();
        for (int log = 0; log < LOGS; log++) {
            PartitionLog of = directory.log(new LogId(new Uuid(1, 2), log), LogConfig.defaults());
            group.add(new Append(of, Batches.of(manual.clock().wallMillis(), "value"), 0, AppendOrigin.CLIENT));
        }
        directory.append(group);
        return group;
    }

    @Test
    void aGroupOfManyLogsIsSeenToGetFurther() {
        assertThat(append()).allMatch(append -> append.failure() == null);

        assertThat(stepsAtWrites).hasSizeGreaterThanOrEqualTo(LOGS).isSorted();
        assertThat(stepsAtWrites.stream().distinct().count()).isGreaterThanOrEqualTo(LOGS);
        assertThat(directory.appending()).isFalse();
    }

    @Test
    void aFullDiskIsSeenUntilThereIsRoom() {
        assertThat(directory.full()).isFalse();
        disk.setCapacity(disk.usedBytes());
        append();
        assertThat(directory.full()).isTrue();
        assertThat(append()).allMatch(append -> append.failure() != null);
        assertThat(directory.full()).isTrue();

        disk.setCapacity(Long.MAX_VALUE);
        manual.timers().advance(1_000);

        assertThat(append()).allMatch(append -> append.failure() == null);
        assertThat(directory.full()).isFalse();
        assertThat(directory.offlineReason()).isNull();
    }

    @Test
    void whatTookADirectoryOfflineIsTold() {
        disk.failNextForce();
        append();

        assertThat(directory.offlineReason()).contains("journal cannot be written");
        assertThat(directory.appending()).isFalse();
    }
}
