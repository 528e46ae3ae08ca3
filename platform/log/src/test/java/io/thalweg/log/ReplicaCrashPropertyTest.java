package io.thalweg.log;

import io.thalweg.testkit.Seeds;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** Goal: a replica holds what it said it holds, whatever happens between. Method: {@link ReplicaCrashModel}. */
class ReplicaCrashPropertyTest {

    private static final int STEPS = 60;

    @Seeds(count = 300)
    void aReplicaHoldsWhatItSaidOverPowerCuts(long seed) throws IOException {
        new ReplicaCrashModel(seed, Durability.FSYNC).run(STEPS);
    }

    @Seeds(count = 100)
    void aReplicaHoldsWhatItSaidOverKillsWithoutAJournal(long seed) throws IOException {
        new ReplicaCrashModel(seed, Durability.OS).run(STEPS);
    }

    @Tag("heavy")
    @Seeds(count = 5000)
    void aReplicaHoldsWhatItSaidAtManySeeds(long seed) throws IOException {
        new ReplicaCrashModel(seed + 1_000_000, seed % 5 == 0 ? Durability.OS : Durability.FSYNC).run(3 * STEPS);
    }
}
