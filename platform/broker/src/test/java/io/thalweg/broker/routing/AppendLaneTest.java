package io.thalweg.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.Futures;
import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.AppendResult;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.routing.FakeBroker.Arrived;
import io.thalweg.broker.storage.UndecidedAppendException;
import io.thalweg.environment.Clock;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppendLaneTest {

    private final Vertx vertx = Vertx.vertx();
    private final FakeBroker broker = new FakeBroker();
    private final AppendLane lane =
            new AppendLane(new Router(vertx, Clock.system(), broker, 1, broker, id -> true, 30_000));

    @AfterEach
    void stop() {
        Futures.await(vertx.close());
    }

    @Test
    void appendsOfOneLeaderAreUnderWayTogether() {
        Future<AppendResult> first = append("a");
        Future<AppendResult> second = append("b");

        assertThat(values()).containsExactly("1a", "1b");
        arrived(1).ok(8);
        arrived(0).ok(7);

        assertThat(Futures.await(first).baseOffset()).isEqualTo(7);
        assertThat(Futures.await(second).baseOffset()).isEqualTo(8);
        assertThat(lane.isIdle()).isTrue();
    }

    @Test
    void nothingGoesToANewLeaderWhileSomethingIsUnderWayToTheOneBefore() {
        append("a");
        broker.leader = 2;
        append("b");
        assertThat(values()).containsExactly("1a");

        arrived(0).ok(1);

        awaitArrived(2);
        assertThat(values()).containsExactly("1a", "2b");
    }

    @Test
    void whatIsRefusedIsSentAgainInItsOrder() {
        Future<AppendResult> first = append("a");
        Future<AppendResult> second = append("b");
        broker.leader = 2;
        append("c");
        // The answers overtake each other.
        arrived(1).fail(FakeBroker.notLeader());
        arrived(0).fail(FakeBroker.notLeader());

        awaitArrived(3);
        arrived(2).ok(1);
        awaitArrived(4);
        arrived(3).ok(2);
        awaitArrived(5);
        assertThat(values()).containsExactly("1a", "1b", "2a", "2b", "2c");
        assertThat(Futures.await(first).baseOffset()).isOne();
        assertThat(Futures.await(second).baseOffset()).isEqualTo(2);
    }

    @Test
    void whatMayBeInALogIsNotSentAgainForAProducerWithoutAnIdentity() {
        Future<AppendResult> append = append("a");

        arrived(0).fail(new UndecidedAppendException(ErrorCode.NOT_LEADER_OR_FOLLOWER, "gone"));

        assertThatThrownBy(() -> Futures.await(append))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        failure -> assertThat(failure.error()).isEqualTo(ErrorCode.REQUEST_TIMED_OUT));
        assertThat(broker.arrived()).hasSize(1);
    }

    @Test
    void whileNobodyLeadsAppendsWaitAndThoseThatMayNotFail() {
        broker.leader = -1;
        Future<AppendResult> hasty = append("a", 1);
        Future<AppendResult> patient = append("b");

        assertThatThrownBy(() -> Futures.await(hasty))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        failure -> assertThat(failure.error()).isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE));
        broker.leader = 2;
        awaitArrived(1);
        arrived(0).ok(5);
        assertThat(Futures.await(patient).baseOffset()).isEqualTo(5);
        assertThat(values()).containsExactly("2b");
    }

    private Future<AppendResult> append(String value) {
        return append(value, 10_000);
    }

    private Future<AppendResult> append(String value, int timeoutMillis) {
        Promise<AppendResult> promise = Promise.promise();
        lane.enter()
                .append(
                        new AppendRequest(
                                FakeBroker.P0,
                                ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)),
                                Acks.ALL,
                                timeoutMillis),
                        promise);
        return promise.future();
    }

    private Arrived arrived(int index) {
        return broker.arrived().get(index);
    }

    private List<String> values() {
        return broker.arrived().stream().map(one -> one.broker() + one.value()).toList();
    }

    private void awaitArrived(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (broker.arrived().size() < count) {
            assertThat(System.nanoTime() - deadline).as("arrived: " + values()).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
