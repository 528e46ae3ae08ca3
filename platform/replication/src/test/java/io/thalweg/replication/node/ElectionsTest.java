package io.thalweg.replication.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Message.EpochBegun;
import io.thalweg.replication.Message.VoteRequest;
import io.thalweg.replication.node.Frame.Addressed;
import io.thalweg.testkit.ManualEnvironment;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Broker 2 follows broker 1 in a thousand partitions, which loses them all at once; for half of them broker 3 comes first. */
class ElectionsTest {

    private static final int HALF = 500;
    private static final Uuid TOPIC = new Uuid(7, 7);

    private final ReplicationConfig config = ReplicationConfig.defaults();
    private final ManualEnvironment machine = ManualEnvironment.create(1, Path.of("/data"));
    private final Set<Integer> up = new HashSet<>(Set.of(1, 3));
    private final Set<LogId> asked = new HashSet<>();
    private final ReplicationNode node =
            new ReplicationNode(2, 1, machine.environment(), config, new Link(), new DeafListener());
    private final List<LogId> own = partitions(0);
    private final List<LogId> others = partitions(HALF);

    /** What the second in order gives the first: its stagger, and as long as all elections take. */
    private final long shareMillis = config.staggerMillis() + 2L * HALF * config.electionMicros() / 1_000;

    @BeforeEach
    void followAndLose() {
        own.forEach(id -> open(id, 1));
        others.forEach(id -> open(id, 2));
        List<Addressed> begun = new ArrayList<>();
        own.forEach(id -> begun.add(new Addressed(id, new EpochBegun(1, 1))));
        others.forEach(id -> begun.add(new Addressed(id, new EpochBegun(1, 1))));
        node.onFrame(1, FrameWriter.messages(begun));
        up.remove(1);
        node.peerDown(1);
    }

    @Test
    void whoIsFirstInOrderAsksAtOnceHoweverManyWait() {
        machine.timers().advance(config.staggerMillis() + 1L);
        assertThat(asked).containsExactlyInAnyOrderElementsOf(own);
    }

    @Test
    void whoIsSecondAsksWhenTheElectionsOfAllHaveHadTheirTime() {
        machine.timers().advance(shareMillis - 1);
        assertThat(asked).doesNotContainAnyElementsOf(others);
        machine.timers().advance(shareMillis + 2);
        assertThat(asked).containsAll(others);
    }

    @Test
    void whoIsSecondDoesNotWaitForElectionsThatAreOver() {
        List<Addressed> won = new ArrayList<>();
        own.forEach(id -> won.add(new Addressed(id, new EpochBegun(3, 2))));
        others.subList(1, HALF).forEach(id -> won.add(new Addressed(id, new EpochBegun(3, 2))));
        node.onFrame(3, FrameWriter.messages(won));
        // It was to be looked at after at most twice its share; half of what is left is the next look.
        machine.timers().advance(shareMillis);
        assertThat(asked).contains(others.get(0));
        assertThat(asked).doesNotContainAnyElementsOf(others.subList(1, HALF));
    }

    /** Broker 3 had not made its replica when it was asked, and asks now itself. */
    @Test
    void whoeverComesLateIsAskedOnceMore() {
        machine.timers().advance(config.staggerMillis() + 1L);
        asked.clear();
        LogId late = own.get(0);
        Frame.Request request = new Frame.Request(1, 0, 0, 0, true);
        node.onFrame(3, FrameWriter.fetch(9, 0, 1, List.of(new Frame.Named(late, request, 0, true))));
        machine.timers().advance(config.electionMillis());
        assertThat(asked).contains(late);
    }

    private static List<LogId> partitions(int from) {
        List<LogId> ids = new ArrayList<>();
        for (int partition = from; partition < from + HALF; partition++) {
            ids.add(new LogId(TOPIC, partition));
        }
        return ids;
    }

    private void open(LogId id, int preference) {
        node.open(id, new EmptyStore(List.of(1, 2, 3)), EpochPromise.NONE, true, 0, preference);
        node.hint(id, List.of(1, 3));
    }

    private final class Link implements PeerLink {
        @Override
        public void send(int broker, Buffer frame) {
            try {
                if (FrameReader.read(2, frame) instanceof Frame.Messages messages) {
                    messages.messages().stream()
                            .filter(addressed -> addressed.message() instanceof VoteRequest)
                            .forEach(addressed -> asked.add(addressed.partition()));
                }
            } catch (MalformedFrame malformed) {
                throw new AssertionError(malformed);
            }
        }

        @Override
        public boolean isUp(int broker) {
            return up.contains(broker);
        }
    }
}
