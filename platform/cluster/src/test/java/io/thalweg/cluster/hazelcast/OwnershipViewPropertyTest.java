package io.thalweg.cluster.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.cluster.Ownership;
import io.thalweg.cluster.PartitionId;
import io.thalweg.testkit.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OwnershipViewPropertyTest {

    private static final UUID TOPIC = new UUID(3, 4);

    /** Random walks of leaders that publish, late, in any order and more than once. */
    @Seeds(count = 300)
    void whateverTheOrderTheGreatestEpochIsShownAndNeverALowerOneAfterIt(long seed) {
        Random random = new Random(seed);
        int partitions = 1 + random.nextInt(5);
        Map<Integer, Map<PartitionId, Ownership>> said = new HashMap<>();
        List<OwnershipChunk> sent = new ArrayList<>();
        long version = 0;
        for (int epoch = 1; epoch <= 30; epoch++) {
            PartitionId partition = new PartitionId(TOPIC, random.nextInt(partitions));
            int leader = 1 + random.nextInt(3);
            said.computeIfAbsent(leader, broker -> new HashMap<>()).put(partition, entry(partition, leader, epoch));
            if (random.nextInt(4) == 0) {
                said.get(leader).keySet().removeIf(known -> !known.equals(partition) && random.nextBoolean());
            }
            for (int index = 0; index < OwnershipChunk.CHUNKS; index++) {
                int chunk = index;
                List<Ownership> entries = said.get(leader).values().stream()
                        .filter(entry -> OwnershipChunk.indexOf(entry.partition()) == chunk)
                        .toList();
                sent.add(new OwnershipChunk(leader, 1, ++version, index, entries));
            }
        }
        List<OwnershipChunk> arriving = new ArrayList<>(sent);
        arriving.addAll(sent.subList(0, sent.size() / 2));
        Collections.shuffle(arriving, random);

        OwnershipView view = new OwnershipView();
        Map<PartitionId, Integer> greatest = new HashMap<>();
        Map<PartitionId, Ownership> told = new HashMap<>();
        for (OwnershipChunk chunk : arriving) {
            OwnershipView.Changes changes = view.hear(chunk, 0);
            changes.changed().forEach(entry -> told.put(entry.partition(), entry));
            changes.gone().forEach(told::remove);
            view.shown().forEach((partition, entry) -> {
                assertThat(entry.leaderEpoch()).isGreaterThanOrEqualTo(greatest.getOrDefault(partition, 0));
                greatest.put(partition, entry.leaderEpoch());
            });
        }

        assertThat(told).isEqualTo(view.shown());
        Map<PartitionId, Integer> greatestSaid = new HashMap<>();
        said.values()
                .forEach(entries -> entries.forEach(
                        (partition, entry) -> greatestSaid.merge(partition, entry.leaderEpoch(), Math::max)));
        view.shown()
                .forEach((partition, entry) -> assertThat(entry.leaderEpoch()).isEqualTo(greatestSaid.get(partition)));
        Set<PartitionId> missing = new HashSet<>(greatestSaid.keySet());
        missing.removeAll(view.shown().keySet());
        // Only what a greater epoch was withdrawn from.
        assertThat(missing).allMatch(partition -> greatest.getOrDefault(partition, 0) > greatestSaid.get(partition));
    }

    @Test
    void aBrokerThatIsGoneIsForgottenAfterAWhile() {
        OwnershipView view = new OwnershipView();
        PartitionId partition = new PartitionId(TOPIC, 0);
        int index = OwnershipChunk.indexOf(partition);
        view.hear(new OwnershipChunk(1, 1, 1, index, List.of(entry(partition, 1, 5))), 0);

        assertThat(view.forget(broker -> true, 1_000, 100).isEmpty()).isTrue();
        assertThat(view.forget(broker -> false, 100, 100).isEmpty()).isTrue();
        assertThat(view.forget(broker -> false, 101, 100).gone()).containsExactly(partition);
        assertThat(view.shown()).isEmpty();
    }

    @Test
    void aRestartedBrokerIsBelievedWhateverItsVersions() {
        OwnershipView view = new OwnershipView();
        PartitionId partition = new PartitionId(TOPIC, 0);
        int index = OwnershipChunk.indexOf(partition);
        view.hear(new OwnershipChunk(1, 1, 99, index, List.of(entry(partition, 1, 5))), 0);

        OwnershipView.Changes changes =
                view.hear(new OwnershipChunk(1, 2, 1, index, List.of(entry(partition, 1, 6))), 0);

        assertThat(changes.changed()).containsExactly(entry(partition, 1, 6));
    }

    @Test
    void offsetsAloneAreNoChange() {
        OwnershipView view = new OwnershipView();
        PartitionId partition = new PartitionId(TOPIC, 0);
        int index = OwnershipChunk.indexOf(partition);
        view.hear(new OwnershipChunk(1, 1, 1, index, List.of(entry(partition, 1, 5))), 0);
        Ownership later = new Ownership(partition, 1, 5, List.of(1, 2), List.of(1), 9, 9, List.of(9L, 9L));

        assertThat(view.hear(new OwnershipChunk(1, 1, 2, index, List.of(later)), 0)
                        .isEmpty())
                .isTrue();
        assertThat(view.shown()).containsEntry(partition, later);
    }

    @Test
    void chunksAreFilledEvenly() {
        int[] counts = new int[OwnershipChunk.CHUNKS];
        for (int topic = 0; topic < 100; topic++) {
            for (int partition = 0; partition < 64; partition++) {
                counts[OwnershipChunk.indexOf(new PartitionId(new UUID(topic, topic * 31L), partition))]++;
            }
        }
        for (int count : counts) {
            assertThat(count).isBetween(50, 200);
        }
    }

    private static Ownership entry(PartitionId partition, int leader, int epoch) {
        return new Ownership(partition, leader, epoch, List.of(1, 2), List.of(1), 0, 0, List.of(0L, 0L));
    }
}
