package io.thalweg.broker.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.Futures;
import io.thalweg.broker.storage.LogWriter;
import io.thalweg.environment.Environment;
import io.thalweg.log.Append;
import io.thalweg.log.LogConfig;
import io.thalweg.log.LogDirectory;
import io.thalweg.log.LogDirectoryConfig;
import io.thalweg.log.LogId;
import io.thalweg.log.LogView;
import io.thalweg.log.PartitionLog;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.log.record.AppendOrigin;
import io.thalweg.log.record.BatchBuilder;
import io.thalweg.log.record.BatchValidator;
import io.thalweg.testkit.InMemoryFileSystem;
import io.thalweg.testkit.ManualEnvironment;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogCutsTest {

    private static final int LOGS = 3;

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final Environment environment = ManualEnvironment.on(1, disk).environment();
    private final Vertx vertx = Vertx.vertx();
    private final ContextInternal loop = (ContextInternal) vertx.getOrCreateContext();
    /** Until it is counted down the writer has no time for cuts. */
    private final CountDownLatch free = new CountDownLatch(1);

    private LogDirectory directory;
    private LogWriter writer;
    private LogCuts cuts;

    @BeforeEach
    void open() throws IOException {
        directory = LogDirectory.open(environment, Path.of("/data"), LogDirectoryConfig.defaults());
        for (int partition = 0; partition < LOGS; partition++) {
            append(log(partition));
            append(log(partition));
        }
        // Nothing is open and nothing is left to the journal.
        directory.close();
        directory = LogDirectory.open(environment, Path.of("/data"), LogDirectoryConfig.defaults());
        writer = new LogWriter(directory, environment.clock(), 1 << 20, (group, nanos) -> {});
        writer.start();
        cuts = new LogCuts(loop, directory, writer);
        writer.execute(() -> {
            try {
                free.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void close() throws InterruptedException {
        writer.close();
        Futures.await(vertx.close());
    }

    private PartitionLog log(int partition) {
        return directory.log(new LogId(new Uuid(1, 2), partition), LogConfig.defaults());
    }

    private void append(PartitionLog log) {
        byte[] value = "value".getBytes(StandardCharsets.UTF_8);
        Append append = new Append(
                log,
                BatchValidator.validate(
                        BatchBuilder.uncompressed().append(1, null, value).build(),
                        LogConfig.defaults().validationRules(),
                        AppendOrigin.CLIENT,
                        1),
                0,
                AppendOrigin.CLIENT);
        directory.append(List.of(append));
        assertThat(append.failure()).isNull();
    }

    /** Asks for a cut of each log, the first of them to {@code first}, while the writer is busy; then lets it go on. */
    private List<Future<LogView>> cutAll(long first) {
        List<Future<LogView>> asked = new ArrayList<>();
        for (int partition = 0; partition < LOGS; partition++) {
            asked.add(cuts.cut(log(partition), partition == 0 ? first : 1, cut -> {}));
        }
        free.countDown();
        return asked;
    }

    private static void assertThatTheOthersAreCut(List<Future<LogView>> asked) {
        for (Future<LogView> other : asked.subList(1, LOGS)) {
            assertThat(Futures.await(other).end().offset()).isEqualTo(1);
        }
    }

    @Test
    void whatWaitsIsCutTogether() {
        List<Future<LogView>> asked = cutAll(1);

        assertThat(Futures.await(asked.get(0)).end().offset()).isEqualTo(1);
        assertThatTheOthersAreCut(asked);
    }

    @Test
    void oneThatMayNotBeCutFailsAlone() {
        List<Future<LogView>> asked = cutAll(3);

        assertThatThrownBy(() -> Futures.await(asked.get(0)))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE));
        assertThatTheOthersAreCut(asked);
    }

    @Test
    void oneThatCannotBeOpenedFailsAlone() {
        disk.failReads(Path.of("/data", log(0).id().toString(), "00000000000000000000.log"));

        List<Future<LogView>> asked = cutAll(1);

        assertThatThrownBy(() -> Futures.await(asked.get(0))).hasRootCauseInstanceOf(IOException.class);
        assertThatTheOthersAreCut(asked);
    }
}
