package io.thalweg.replication.node;

import static io.thalweg.replication.LogPosition.EMPTY;
import static io.thalweg.replication.Message.Outcome.NOT_LEADER;
import static io.thalweg.replication.Message.Outcome.OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.LogPosition;
import io.thalweg.replication.Message;
import io.thalweg.replication.Message.EpochBegun;
import io.thalweg.replication.Message.EpochEnded;
import io.thalweg.replication.Message.FetchAnswer;
import io.thalweg.replication.Message.VoteAnswer;
import io.thalweg.replication.Message.VoteRequest;
import io.thalweg.testkit.ManualEnvironment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class ReplicationNodeTest {

    private static final long SESSION = 77;
    private static final LogId PARTITION = new LogId(new Uuid(7, 7), 0);
    private static final Frame.Request REQUEST = new Frame.Request(0, 0, 0, 0, true);

    private final ManualEnvironment machine = ManualEnvironment.create(1, Path.of("/data"));
    /** To broker 2, in order. */
    private final List<Frame> sent = new ArrayList<>();
    /** Peers that were asked for records, in order. */
    private final List<Integer> asked = new ArrayList<>();
    /** All if empty. */
    private final Set<Integer> up = new HashSet<>();

    private final ReplicationConfig config = ReplicationConfig.defaults();
    private final ReplicationNode node =
            new ReplicationNode(1, 1, machine.environment(), config, new Link(), new DeafListener());

    /** One whose replicas all wait for their disks names none; it must not take this node for silent. */
    @Test
    void aPeerThatNamesNothingIsAnswered() {
        node.peerUp(2);
        for (int sequence = 0; sequence < 10; sequence++) {
            node.onFrame(2, FrameWriter.fetch(SESSION, sequence, 1, List.of()));
            machine.timers().advance(2L * config.fetchWaitMillis());
            assertThat(sent).containsExactly(new Frame.Answers(SESSION, sequence, List.of()));
            sent.clear();
        }
        machine.timers().advance(10L * config.silenceMillis());
        assertThat(sent).isEmpty();
    }

    /** Of two nodes that connect to each other one is first: what it asks at once must not be lost. */
    @Test
    void whoAsksBeforeThisNodeReachesItIsAnsweredOnceItDoes() {
        up.add(3);
        node.onFrame(2, FrameWriter.fetch(SESSION, 0, 1, List.of(new Frame.Named(PARTITION, REQUEST, 0, true))));
        machine.timers().advance(2L * config.fetchWaitMillis());
        assertThat(sent).isEmpty();

        up.add(2);
        node.peerUp(2);
        machine.timers().advance(1);

        List<Frame.Answers> answers = sent.stream()
                .filter(Frame.Answers.class::isInstance)
                .map(Frame.Answers.class::cast)
                .toList();
        assertThat(answers).extracting(Frame.Answers::sequence).containsExactly(0);
        assertThat(answers.get(0).answers()).extracting(Frame.Answer::partition).containsExactly(PARTITION);
    }

    /** A node that starts is told by one peer that it knows nothing: it must not wait before it asks the one that leads. */
    @Test
    void whoNeverHeardALeaderAsksTheNextAtOnce() {
        openObserver(2, 3);
        node.peerUp(2);
        node.peerUp(3);
        machine.timers().advance(1);
        assertThat(asked).containsExactly(2);
        node.onFrame(2, unknown(sessionWith2()));
        machine.timers().advance(1);
        assertThat(asked).containsExactly(2, 3);
    }

    /** Each peer is asked once, then not before the next round. */
    @Test
    void whoNeverHeardALeaderAsksNobodyTwiceInARound() {
        openObserver(2);
        node.peerUp(2);
        machine.timers().advance(1);
        node.onFrame(2, unknown(sessionWith2()));
        machine.timers().advance(config.fetchWaitMillis() / 2);
        assertThat(asked).containsExactly(2);
        machine.timers().advance(2L * config.fetchWaitMillis());
        assertThat(asked).hasSizeGreaterThan(1);
    }

    /** A node that starts knows no epoch: the leader does not serve it in that one, and says which is its own. */
    @Test
    void whoAskedTheLeaderInAnEarlierEpochAsksItAgainAtOnce() {
        openObserver(2);
        node.peerUp(2);
        machine.timers().advance(1);
        assertThat(asked).containsExactly(2);

        node.onFrame(2, answer(0, new FetchAnswer(2, 1, 2, NOT_LEADER, EMPTY, EMPTY, 0, false)));
        machine.timers().advance(1);

        assertThat(asked).containsExactly(2, 2);
        assertThat(lastNamed().request().epoch()).isEqualTo(1);
    }

    /**
     * Who votes asks the candidate who leads, and is told that it does not, yet. When it does, it must be fetched from at once, and
     * from nobody else then.
     */
    @Test
    void whoIsRefusedByACandidateFollowsItOnceItLeads() {
        voteFor2AndBeRefused();
        machine.timers().advance(1);
        asked.clear();

        say(new EpochBegun(2, 1));
        machine.timers().advance(1);
        assertThat(asked).containsExactly(2);
        node.onFrame(2, answer(1, new FetchAnswer(2, 1, 2, OK, EMPTY, EMPTY, 0, false)));
        up.add(3);
        node.peerUp(3);
        machine.timers().advance(config.silenceMillis() - 10);
        assertThat(asked).doesNotContain(3);
    }

    /** What a leader said when it did not lead yet is void, even if nothing but its answers tells that it does. */
    @Test
    void whoIsServedByWhomItWasRefusedStaysThere() {
        voteFor2AndBeRefused();
        machine.timers().advance(3L * config.fetchWaitMillis());
        assertThat(asked).containsExactly(2, 2, 2);
        node.onFrame(2, answer(1, new FetchAnswer(2, 1, 2, OK, EMPTY, EMPTY, 0, false)));
        asked.clear();

        up.add(3);
        node.peerUp(3);
        machine.timers().advance(config.silenceMillis() - 10);
        assertThat(asked).doesNotContain(3);
        assertThat(node.view(PARTITION).leader()).isEqualTo(2);
    }

    /** Else it would take the refusal for the end of the leadership that it has just heard of. */
    @Test
    void whoAskedACandidateHearsThatItDoesNotLeadBeforeItHearsThatItDoes() {
        node.open(PARTITION, new EmptyStore(List.of(1, 2, 3)), EpochPromise.NONE, true, 0, 1);
        node.peerUp(2);
        say(new EpochBegun(2, 1));
        say(new EpochEnded(2, 1, List.of(1)));
        machine.timers().advance(1);
        sent.clear();
        Frame.Request request = new Frame.Request(2, 0, 0, 0, true);
        node.onFrame(2, FrameWriter.fetch(SESSION, 0, 1, List.of(new Frame.Named(PARTITION, request, 0, true))));
        say(new VoteAnswer(2, 2, 2, false, true, EpochPromise.NOBODY));
        machine.timers().advance(1);

        List<Class<?>> kinds = sent.stream().<Class<?>>map(Frame::getClass).toList();
        assertThat(kinds).containsSubsequence(Frame.Answers.class, Frame.Messages.class);
        assertThat(node.view(PARTITION).leads()).isTrue();
    }

    /** The log was fenced with what is lost: that its own record is refused by it says nothing of the disk. */
    @Test
    void aLeaderWhoseOwnRecordIsRefusedBecauseOfWhatIsLostLeadsNoLongerAndStays() {
        Promise<Void> ownRecord = Promise.promise();
        EmptyStore store = new EmptyStore(List.of(1, 2, 3)) {
            @Override
            public Future<Void> appendLeaderChange(int epoch) {
                return ownRecord.future();
            }
        };
        node.open(PARTITION, store, EpochPromise.NONE, true, 0, 1);
        node.peerUp(2);
        say(new EpochBegun(2, 1));
        say(new EpochEnded(2, 1, List.of(1)));
        machine.timers().advance(1);
        say(new VoteAnswer(2, 2, 2, false, true, EpochPromise.NOBODY));
        assertThat(node.view(PARTITION).leads()).isTrue();

        node.onStagedLost(PARTITION);
        ownRecord.fail("fenced");

        assertThat(node.view(PARTITION).leads()).isFalse();
        assertThat(node.view(PARTITION).offline()).isNull();
    }

    private void voteFor2AndBeRefused() {
        up.add(2);
        node.open(PARTITION, new EmptyStore(List.of(1, 2, 3)), EpochPromise.NONE, true, 0, 1);
        node.peerUp(2);
        machine.timers().advance(1);
        say(new VoteRequest(2, 1, false, LogPosition.EMPTY));
        machine.timers().advance(1);
        assertThat(asked).containsExactly(2, 2);
        node.onFrame(2, answer(0, new FetchAnswer(2, 1, -1, NOT_LEADER, EMPTY, EMPTY, 0, false)));
    }

    private void say(Message message) {
        node.onFrame(2, FrameWriter.messages(List.of(new Frame.Addressed(PARTITION, message))));
    }

    private Buffer answer(int sequence, FetchAnswer answer) {
        return FrameWriter.answers(
                sessionWith2(),
                sequence,
                List.of(new Frame.Answer(PARTITION, answer, null, ByteBuffer.allocate(0))),
                FrameWriter.ANSWER_BYTES);
    }

    private void openObserver(Integer... peers) {
        up.addAll(List.of(peers));
        node.open(PARTITION, new EmptyStore(List.of(2, 3)), EpochPromise.NONE, true, 0, 0);
    }

    private long sessionWith2() {
        return sent.stream()
                .filter(Frame.Fetch.class::isInstance)
                .map(frame -> ((Frame.Fetch) frame).session())
                .findFirst()
                .orElseThrow();
    }

    private Frame.Named lastNamed() {
        return sent.stream()
                .filter(Frame.Fetch.class::isInstance)
                .flatMap(frame -> ((Frame.Fetch) frame).partitions().stream())
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private static Buffer unknown(long session) {
        return FrameWriter.answers(
                session, 0, List.of(new Frame.Answer(PARTITION, null, null, ByteBuffer.allocate(0))), 0);
    }

    private final class Link implements PeerLink {
        @Override
        public void send(int broker, Buffer frame) {
            try {
                Frame read = FrameReader.read(1, frame);
                if (read instanceof Frame.Fetch fetch
                        && fetch.partitions().stream().anyMatch(named -> named.request() != null)) {
                    asked.add(broker);
                }
                if (broker == 2) {
                    sent.add(read);
                }
            } catch (MalformedFrame malformed) {
                throw new AssertionError(malformed);
            }
        }

        @Override
        public boolean isUp(int broker) {
            return up.isEmpty() || up.contains(broker);
        }
    }
}
