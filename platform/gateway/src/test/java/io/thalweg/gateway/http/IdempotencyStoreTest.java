package io.thalweg.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.gateway.http.IdempotencyStore.KeptAnswer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IdempotencyStoreTest {
    private static final byte[] BODY = {1};
    private static final byte[] OTHER_BODY = {2};

    private final AtomicLong now = new AtomicLong();
    private final IdempotencyStore store = new IdempotencyStore(3, 1_000, now::get);
    private int published;

    @Test
    void secondRequestGetsTheFirstAnswerAndPublishesNothing() {
        Future<KeptAnswer> first = store.once("t", "k", BODY, this::counting);
        Future<KeptAnswer> second = store.once("t", "k", BODY, this::counting);

        assertThat(second.result()).isSameAs(first.result());
        assertThat(published).isEqualTo(1);
    }

    @Test
    void requestThatComesMeanwhileWaitsForTheFirst() {
        Promise<KeptAnswer> underWay = Promise.promise();
        store.once("t", "k", BODY, underWay::future);
        Future<KeptAnswer> second = store.once("t", "k", BODY, this::counting);

        assertThat(second.isComplete()).isFalse();
        underWay.complete(new KeptAnswer(200, new byte[0]));

        assertThat(second.succeeded()).isTrue();
        assertThat(published).isZero();
    }

    @Test
    void anotherBodyWithTheKeyIsRefusedButAnotherTopicIsNot() {
        store.once("t", "k", BODY, this::counting);

        Future<KeptAnswer> otherBody = store.once("t", "k", OTHER_BODY, this::counting);
        Future<KeptAnswer> otherTopic = store.once("u", "k", OTHER_BODY, this::counting);

        assertThat(((HttpProblem) otherBody.cause()).status()).isEqualTo(422);
        assertThat(otherTopic.succeeded()).isTrue();
    }

    @Test
    void failureIsToldToThoseWhoWaitAndNotKept() {
        Promise<KeptAnswer> underWay = Promise.promise();
        store.once("t", "k", BODY, underWay::future);
        Future<KeptAnswer> waiting = store.once("t", "k", BODY, this::counting);
        underWay.fail("full");

        Future<KeptAnswer> retry = store.once("t", "k", BODY, this::counting);

        assertThat(waiting.failed()).isTrue();
        assertThat(retry.succeeded()).isTrue();
        assertThat(published).isEqualTo(1);
    }

    @Test
    void answersExpireAndTheOldestMakesRoom() {
        store.once("t", "old", BODY, this::counting);
        now.set(1_000);
        store.once("t", "old", BODY, this::counting);
        assertThat(published).isEqualTo(2);

        store.once("t", "a", BODY, this::counting);
        store.once("t", "b", BODY, this::counting);
        store.once("t", "c", BODY, this::counting);
        assertThat(store.size()).isEqualTo(3);
        store.once("t", "old", BODY, this::counting);

        assertThat(published).isEqualTo(6);
    }

    private Future<KeptAnswer> counting() {
        published++;
        return Future.succeededFuture(new KeptAnswer(200, new byte[] {(byte) published}));
    }
}
