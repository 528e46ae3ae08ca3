package io.thalweg.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.testkit.ManualEnvironment;
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

    private final ManualEnvironment machine = ManualEnvironment.create(1, Path.of("/data"));
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
                sent.add(read);
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
