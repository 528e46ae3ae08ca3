package io.thalweg.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.node.Frame.Answer;
import io.thalweg.replication.node.Frame.Named;
import io.thalweg.replication.node.Frame.Request;
import io.thalweg.testkit.ManualEnvironment;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a leader sends to new replicas must not stand in the way of what its clients wait for. */
class CatchUpTest {

    private static final long SESSION = 77;
    private static final int COPIES = 12;
    private static final int COPIED_BATCHES = 1_000;
    private static final int BATCH_BYTES = 10_000;
    private static final LogId LIVE = new LogId(new Uuid(7, 7), COPIES);

    private static final EpochPromise PROMISED = new EpochPromise(LedStore.EPOCH - 1, EpochPromise.NOBODY);

    private final ManualEnvironment machine = ManualEnvironment.create(1, Path.of("/data"));
    private final ReplicationConfig config = ReplicationConfig.defaults();
    private final List<Answer> answers = new ArrayList<>();
    private final ReplicationNode node =
            new ReplicationNode(1, 1, machine.environment(), config, new Link(), new DeafListener());
    private final LedStore live = new LedStore(1, 0, BATCH_BYTES);
    /** As all that are copied. */
    private final LedStore copied = new LedStore(1, COPIED_BATCHES, BATCH_BYTES);

    private int sequence;

    @BeforeEach
    void leads() {
        for (int copy = 0; copy < COPIES; copy++) {
            node.open(copied(copy), new LedStore(1, COPIED_BATCHES, BATCH_BYTES), PROMISED, true, 0, 0);
        }
        node.open(LIVE, live, PROMISED, true, 0, 0);
        machine.timers().advance(config.electionMillisMax());
        assertThat(node.view(LIVE).epoch()).isEqualTo(LedStore.EPOCH);
        assertThat(node.view(LIVE).leads()).isTrue();
        node.peerUp(2);
    }

    @Test
    void asMuchAsOnePartitionMayBeSentIsOnItsWayToNewReplicas() {
        nameCopiesAt(0);
        int first = recordBytes();
        assertThat(first).isPositive().isLessThanOrEqualTo(config.partitionBytesMax() + BATCH_BYTES);
        machine.timers().advance(10L * config.fetchWaitMillis());
        assertThat(recordBytes()).isEqualTo(first);

        // The next follows when the follower has that in its log, and it is another partition's turn.
        Answer sent = withRecords().get(0);
        answers.clear();
        name(List.of(at(sent.partition(), sent.message().position().offset())));
        assertThat(withRecords()).isNotEmpty();
        assertThat(withRecords().get(0).partition()).isNotEqualTo(sent.partition());
    }

    @Test
    void allIsCopiedInTheEnd() {
        nameCopiesAt(0);
        int copied = 0;
        while (copied < COPIES) {
            List<Answer> sent = withRecords();
            assertThat(sent).as("copied=%d", copied).isNotEmpty();
            answers.clear();
            List<Named> next = new ArrayList<>();
            for (Answer answer : sent) {
                long end = answer.message().position().offset();
                copied += end == COPIED_BATCHES ? 1 : 0;
                next.add(at(answer.partition(), end));
            }
            name(next);
            // The throttle fills again.
            machine.timers().advance(config.fetchWaitMillis());
        }
    }

    @Test
    void whatClientsWaitForOvertakesWhatNobodyWaitsFor() {
        append();
        name(List.of(at(LIVE, 1)));
        nameCopiesAt(0);
        answers.clear();

        append();
        assertThat(withRecords()).extracting(Answer::partition).containsExactly(LIVE);
    }

    private void append() {
        live.grow();
        node.onAppended(LIVE);
        machine.timers().advance(1);
    }

    private void nameCopiesAt(long offset) {
        List<Named> named = new ArrayList<>();
        for (int copy = 0; copy < COPIES; copy++) {
            named.add(at(copied(copy), offset));
        }
        name(named);
    }

    private static LogId copied(int number) {
        return new LogId(new Uuid(7, 7), number);
    }

    private Named at(LogId id, long offset) {
        int endEpoch = (id.equals(LIVE) ? live : copied).at(offset).epoch();
        return new Named(id, new Request(LedStore.EPOCH, endEpoch, offset, offset, true), 0, true);
    }

    private void name(List<Named> named) {
        node.onFrame(2, FrameWriter.fetch(SESSION, sequence++, 1, named));
        machine.timers().advance(1);
    }

    private List<Answer> withRecords() {
        return answers.stream()
                .filter(answer -> answer.records().hasRemaining())
                .toList();
    }

    private int recordBytes() {
        return answers.stream().mapToInt(answer -> answer.records().remaining()).sum();
    }

    private final class Link implements PeerLink {
        @Override
        public void send(int broker, Buffer frame) {
            try {
                if (FrameReader.read(1, frame) instanceof Frame.Answers said) {
                    answers.addAll(said.answers());
                }
            } catch (MalformedFrame malformed) {
                throw new AssertionError(malformed);
            }
        }

        @Override
        public boolean isUp(int broker) {
            return true;
        }
    }
}
