package io.thalweg.log;

import io.thalweg.testkit.Seeds;
import java.io.IOException;
import org.junit.jupiter.api.Tag;

/** Goal: no acknowledged batch is lost, no refused one comes back, whatever happens between. Method: {@link CrashModel}. */
class CrashRecoveryPropertyTest {

    private static final int STEPS = 60;

    @Seeds(count = 400)
    void whatWasAcknowledgedSurvivesPowerCuts(long seed) throws IOException {
        new CrashModel(seed, Durability.FSYNC).run(STEPS);
    }

    @Seeds(count = 100)
    void whatWasAcknowledgedSurvivesKillsWithoutAJournal(long seed) throws IOException {
        new CrashModel(seed, Durability.OS).run(STEPS);
    }

    @Tag("heavy")
    @Seeds(count = 5000)
    void whatWasAcknowledgedSurvivesPowerCutsAtManySeeds(long seed) throws IOException {
        new CrashModel(seed + 1_000_000, Durability.FSYNC).run(3 * STEPS);
    }
}
