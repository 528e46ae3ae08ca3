package io.thalweg.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.testkit.ManualEnvironment;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicationNodeTest {

    private static final long SESSION = 77;

    private final ManualEnvironment machine = ManualEnvironment.create(1, Path.of("/data"));
    private final List<Frame> sent = new ArrayList<>();
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

    private final class Link implements PeerLink {
        @Override
        public void send(int broker, Buffer frame) {
            try {
                sent.add(FrameReader.read(1, frame));
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
