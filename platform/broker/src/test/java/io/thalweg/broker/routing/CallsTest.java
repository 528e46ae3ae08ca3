package io.thalweg.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.broker.Futures;
import io.thalweg.broker.api.AppendRequest;
import io.thalweg.broker.api.BrokerApi.Acks;
import io.thalweg.broker.api.BrokerApi.EpochEndOffset;
import io.thalweg.broker.api.BrokerApi.IsolationLevel;
import io.thalweg.broker.api.FetchRequest;
import io.thalweg.broker.api.FetchRequest.FetchPartition;
import io.thalweg.broker.api.FetchedPartition;
import io.thalweg.broker.api.FetchedPartition.AbortedTransaction;
import io.thalweg.broker.storage.UndecidedAppendException;
import io.thalweg.coordination.group.api.GroupsApi.CommitOffsets;
import io.thalweg.coordination.group.api.GroupsApi.OffsetToCommit;
import io.thalweg.coordination.group.api.MemberIdRequiredException;
import io.thalweg.log.RecordSlices;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.InvalidRecordException;
import io.thalweg.log.error.InvalidRecordException.RecordError;
import io.thalweg.log.error.ThalwegException;
import io.thalweg.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** What one broker says to another arrives as it was said. */
class CallsTest {

    private static final TopicPartition P0 = new TopicPartition("tōpic", 3);

    @Test
    void anAppendArrivesWhole() {
        ByteBuffer records =
                ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 9}).position(1).limit(4);
        AppendRequest sent = new AppendRequest(P0, records, Acks.ALL, 123);

        AppendRequest arrived = RecordCalls.appendRequest(new WireReader(RecordCalls.encode(sent)));

        assertThat(arrived).isEqualTo(sent);
        assertThat(records.position()).isOne();
    }

    @Test
    void aFetchAndItsAnswerArriveWhole() {
        FetchRequest sent = new FetchRequest(
                List.of(new FetchPartition(P0, new Uuid(1, 2), 5, 6, 7, 8), new FetchPartition(P0, null, 1, 2, -1, -1)),
                10,
                11,
                12,
                IsolationLevel.READ_COMMITTED);
        assertThat(RecordCalls.fetchRequest(new WireReader(RecordCalls.encode(sent))))
                .isEqualTo(sent);

        FetchedPartition answer = new FetchedPartition(
                P0,
                ErrorCode.NONE,
                10,
                9,
                1,
                List.of(new AbortedTransaction(4, 5)),
                new EpochEndOffset(2, 3),
                RecordSlices.EMPTY);
        WireWriter out = new WireWriter();
        RecordCalls.write(out, answer, ByteBuffer.wrap(new byte[] {1, 2}));
        FetchedPartition arrived = RecordCalls.fetchedPartition(new WireReader(out.buffer()));
        assertThat(arrived.records().sizeInBytes()).isEqualTo(2);
        assertThat(arrived.divergingEpoch()).isEqualTo(answer.divergingEpoch());
        assertThat(arrived.abortedTransactions()).isEqualTo(answer.abortedTransactions());
        assertThat(arrived.lastStableOffset()).isEqualTo(9);
    }

    @Test
    void aCommitArrivesWhole() {
        CommitOffsets sent = new CommitOffsets("g", 4, "m", null, Map.of(P0, new OffsetToCommit(7, -1, "note")), -1);
        WireWriter out = new WireWriter();
        GroupCalls.write(out, sent);

        assertThat(GroupCalls.commitOffsets(new WireReader(out.buffer()))).isEqualTo(sent);
    }

    @Test
    void failuresArriveAsWhatTheyWere() {
        assertThatThrownBy(() -> passed(new MemberIdRequiredException("given")))
                .isInstanceOfSatisfying(
                        MemberIdRequiredException.class,
                        failure -> assertThat(failure.memberId()).isEqualTo("given"));
        List<RecordError> errors = List.of(new RecordError(2, "too late"));
        assertThatThrownBy(() -> passed(new InvalidRecordException(ErrorCode.INVALID_TIMESTAMP, "no", errors)))
                .isInstanceOfSatisfying(
                        InvalidRecordException.class,
                        failure -> assertThat(failure.recordErrors()).isEqualTo(errors));
        assertThatThrownBy(() -> passed(new UndecidedAppendException(ErrorCode.NOT_LEADER_OR_FOLLOWER, "gone")))
                .isInstanceOf(UndecidedAppendException.class);
        assertThatThrownBy(() -> passed(new IllegalStateException("a defect")))
                .isInstanceOfSatisfying(
                        ThalwegException.class,
                        failure -> assertThat(failure.error()).isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR));
        assertThat(Futures.await(Envelope.open(Envelope.answer(Buffer.buffer("yes")))))
                .isEqualTo(Buffer.buffer("yes"));
    }

    private static Buffer passed(Exception failure) {
        return Futures.await(Envelope.open(Envelope.failure(failure)));
    }

    @Seeds(count = 200)
    void whatIsCutOrDamagedIsRefusedAndNeverTakenForMuchMemory(long seed) {
        Random random = new Random(seed);
        FetchRequest sent = new FetchRequest(
                List.of(new FetchPartition(P0, new Uuid(1, 2), 5, 6, 7, 8)),
                10,
                11,
                12,
                IsolationLevel.READ_UNCOMMITTED);
        byte[] bytes = RecordCalls.encode(sent).getBytes();
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        Buffer damaged = Buffer.buffer(bytes).slice(0, random.nextInt(bytes.length + 1));

        try {
            RecordCalls.fetchRequest(new WireReader(damaged));
        } catch (ThalwegException refused) {
            assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_REQUEST);
        } catch (ArrayIndexOutOfBoundsException unknown) {
            assertThat(unknown).hasMessageContaining("out of bounds");
        }
    }
}
