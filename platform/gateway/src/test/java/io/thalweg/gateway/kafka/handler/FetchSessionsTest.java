package io.thalweg.gateway.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.gateway.kafka.handler.FetchSession.PartitionKey;
import io.thalweg.gateway.kafka.handler.FetchSession.Wanted;
import io.thalweg.gateway.kafka.handler.FetchSessions.Opened;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {

    private long nowNanos;
    private final FetchSessions sessions = new FetchSessions(2, () -> nowNanos);

    @Test
    void anIncrementalFetchWantsAllPartitionsOfItsSession() {
        Opened full = sessions.open(request(0, 0, 0, 1, 2), false);
        Opened next = sessions.open(request(full.session().id(), 1, 1), false);
        assertThat(next.incremental()).isTrue();
        assertThat(next.wanted()).extracting(wanted -> wanted.key().partition()).containsExactly(0, 1, 2);
    }

    @Test
    void forgottenPartitionsAreNotWantedAnyMore() {
        Opened full = sessions.open(request(0, 0, 0, 1), false);
        FetchRequestData forgetting = request(full.session().id(), 1);
        forgetting.setForgottenTopicsData(
                List.of(new ForgottenTopic().setTopic("t").setPartitions(List.of(0))));
        Opened next = sessions.open(forgetting, false);
        assertThat(next.wanted()).extracting(wanted -> wanted.key().partition()).containsExactly(1);
    }

    @Test
    void anEpochThatIsNotTheNextIsRefused() {
        int id = sessions.open(request(0, 0, 0), false).session().id();
        assertThat(sessions.open(request(id, 2), false).error()).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(sessions.open(request(id, 1), false).error()).isEqualTo(ErrorCode.NONE);
        assertThat(sessions.open(request(id, 1), false).error()).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(sessions.open(request(id, 2), false).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void anUnknownOrClosedSessionIsNotFound() {
        assertThat(sessions.open(request(17, 1), false).error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        int id = sessions.open(request(0, 0, 0), false).session().id();
        assertThat(sessions.open(request(id, -1, 0), false).session()).isNull();
        assertThat(sessions.open(request(id, 1), false).error()).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void aSessionByNameIsNotOneById() {
        int id = sessions.open(request(0, 0, 0), false).session().id();
        assertThat(sessions.open(request(id, 1), true).error()).isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    }

    @Test
    void thereAreNeverMoreSessionsThanAllowedAndUnusedOnesMakeRoom() {
        sessions.open(request(0, 0, 0), false);
        sessions.open(request(0, 0, 0), false);
        assertThat(sessions.open(request(0, 0, 0), false).session()).isNull();
        assertThat(sessions.size()).isEqualTo(2);
        nowNanos += 121_000_000_000L;
        assertThat(sessions.open(request(0, 0, 0), false).session()).isNotNull();
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void partitionsAreBoundedOverAllSessions() {
        int[] many = new int[1_900];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        assertThat(sessions.open(request(0, 0, many), false).session()).isNotNull();
        assertThat(sessions.open(request(0, 0, many), false).session()).isNull();
    }

    @Test
    void onlyNewsIsToldAndFailuresUntilTheyAreGone() {
        PartitionKey key = new PartitionKey("t", org.apache.kafka.common.Uuid.ZERO_UUID, 0);
        FetchSession session = new FetchSession(1, false, List.of(new Wanted(key, 0, 1, -1, -1)));
        assertThat(session.noteAndTest(key, answer(ErrorCode.NONE, 5))).isTrue();
        assertThat(session.noteAndTest(key, answer(ErrorCode.NONE, 5))).isFalse();
        assertThat(session.noteAndTest(key, answer(ErrorCode.NONE, 6))).isTrue();
        assertThat(session.noteAndTest(key, answer(ErrorCode.NOT_LEADER_OR_FOLLOWER, 6)))
                .isTrue();
        assertThat(session.noteAndTest(key, answer(ErrorCode.NOT_LEADER_OR_FOLLOWER, 6)))
                .isTrue();
        assertThat(session.noteAndTest(key, answer(ErrorCode.NONE, 6))).isTrue();
        assertThat(session.noteAndTest(key, answer(ErrorCode.NONE, 6))).isFalse();
    }

    private static FetchedPartition answer(ErrorCode error, long highWatermark) {
        return new FetchedPartition(
                new TopicPartition("t", 0),
                error,
                highWatermark,
                highWatermark,
                0,
                List.of(),
                null,
                RecordSlices.EMPTY);
    }

    private static FetchRequestData request(int id, int epoch, int... partitions) {
        FetchTopic topic = new FetchTopic().setTopic("t");
        for (int partition : partitions) {
            topic.partitions().add(new FetchPartition().setPartition(partition).setPartitionMaxBytes(1 << 20));
        }
        return new FetchRequestData()
                .setSessionId(id)
                .setSessionEpoch(epoch)
                .setTopics(partitions.length == 0 ? List.of() : new ArrayList<>(List.of(topic)));
    }
}
