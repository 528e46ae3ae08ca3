package io.thalweg.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.api.AppendResult;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.testkit.InMemoryFileSystem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the broker does while the disk is slow, and when it fails. */
class SlowDiskIT {

    private static final Path DIRECTORY = Path.of("/data");
    private static final TopicPartition P0 = new TopicPartition("orders", 0);

    private final InMemoryFileSystem disk = InMemoryFileSystem.with(Path.of("/"));
    private final GatedFileSystem gated = new GatedFileSystem(disk);
    private TestBroker node;

    @AfterEach
    void stop() {
        gated.open();
        node.close();
    }

    @Test
    void aDiskThatHangsHoldsUpAppendsAndNothingElse() {
        node = TestBroker.start(DIRECTORY, gated, config -> config);
        node.create("orders", 1);
        node.appended(P0, "a");

        gated.close();
        Future<AppendResult> stuck = node.append(P0, "b");
        gated.awaitBlocked();

        // The event loops are free: they run tasks and serve reads from memory.
        Promise<Void> turn = Promise.promise();
        node.vertx.runOnContext(nothing -> turn.complete());
        Futures.await(turn.future());
        assertThat(TestBroker.valuesOf(Futures.await(node.fetch(P0, 0, 0, 0)))).containsExactly("a");
        assertThat(stuck.isComplete()).isFalse();

        gated.open();
        assertThat(Futures.await(stuck).baseOffset()).isEqualTo(1);
    }

    @Test
    void appendsBeyondTheBoundAreRefusedAndRoomComesBack() {
        node = TestBroker.start(DIRECTORY, gated, config -> config.withInFlightBytesMax(4 << 20));
        node.create("orders", 1);
        String value = "x".repeat(500_000);

        gated.close();
        List<Future<AppendResult>> appends = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            appends.add(node.append(P0, value));
        }
        assertThat(node.api.appendsCongested()).isTrue();
        assertThat(node.broker.metrics().inFlightBytes()).isLessThanOrEqualTo(4 << 20);
        Future<Void> relief = node.api.appendsUncongested();
        assertThat(relief.isComplete()).isFalse();
        gated.open();

        Futures.await(relief);
        int accepted = 0;
        for (Future<AppendResult> append : appends) {
            try {
                Futures.await(append);
                accepted++;
            } catch (ThalwegException refused) {
                assertThat(refused.error()).isEqualTo(ErrorCode.THROTTLING_QUOTA_EXCEEDED);
                assertThat(refused.error().retriable()).isTrue();
            }
        }
        assertThat(accepted).isBetween(3, 5);
        assertThat(node.values(P0)).hasSize(accepted);
        assertThat(node.broker.metrics().inFlightBytes()).isZero();
        assertThat(node.broker.metrics().appendsThrottled()).isEqualTo(10 - accepted);
    }

    @Test
    void afterAFailedFlushNothingIsAcceptedReadsGoOnAndTheNodeIsNotReady() {
        node = TestBroker.start(DIRECTORY, gated, config -> config);
        node.create("orders", 1);
        node.appended(P0, "a");
        assertThat(node.broker.ready()).isTrue();

        disk.failNextForce();

        assertThatThrownBy(() -> Futures.await(node.append(P0, "lost")))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.KAFKA_STORAGE_ERROR));
        assertThatThrownBy(() -> Futures.await(node.append(P0, "lost too")))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.KAFKA_STORAGE_ERROR));
        assertThatThrownBy(() -> node.create("more", 1))
                .satisfies(AppendFetchIT.failedWith(ErrorCode.KAFKA_STORAGE_ERROR));
        assertThat(node.broker.ready()).isFalse();
        assertThat(node.values(P0)).containsExactly("a");
        assertThat(node.api.cluster().topics()).containsOnlyKeys("orders");
        assertThat(Futures.await(node.api.describeLogs(null)).get(0).error()).contains("offline");
    }

    @Test
    void aFullDiskRefusesAppendsKeepsServingReadsAndRecoversWithoutARestart() {
        node = TestBroker.start(DIRECTORY, gated, config -> config);
        node.create("orders", 1);
        node.appended(P0, "a");

        disk.setCapacity(disk.usedBytes());
        String large = "x".repeat(400_000);
        ErrorCode refusal = null;
        for (int i = 0; i < 100 && refusal == null; i++) {
            try {
                node.appended(P0, large);
            } catch (ThalwegException refused) {
                refusal = refused.error();
            }
        }
        assertThat(refusal).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(TestBroker.valuesOf(Futures.await(node.fetch(P0, 0, 0, 1))).get(0))
                .isEqualTo("a");

        disk.setCapacity(Long.MAX_VALUE);
        node.awaitAppend(P0, "b");
        assertThat(node.broker.ready()).isTrue();
    }

    @Test
    void closingCommitsWhatWasAccepted() {
        node = TestBroker.start(DIRECTORY, gated, config -> config);
        node.create("orders", 1);
        gated.close();
        List<Future<AppendResult>> accepted = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            accepted.add(node.append(P0, "v" + i));
        }
        Future<Void> closed = node.broker.close();
        gated.open();
        Futures.await(closed);

        for (Future<AppendResult> append : accepted) {
            Futures.await(append);
        }
        node.close();
        node = TestBroker.start(DIRECTORY, gated, config -> config);
        assertThat(node.values(P0)).hasSize(20);
    }
}
