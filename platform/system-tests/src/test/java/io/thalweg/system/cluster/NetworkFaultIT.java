package io.thalweg.system.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that cannot hear each other (reliability scenarios 6, 7 and 8), each in a network namespace of its own. */
@Tag("heavy")
class NetworkFaultIT {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"leader-alone", "one-way", "bridge", "split-membership"})
    void nothingIsLost(String scenario) throws Exception {
        assumeTrue(IsolatedNetwork.available(), "needs root and iproute2 to make namespaces: skipped");
        try (IsolatedNetwork network = IsolatedNetwork.create()) {
            ScenarioProcess.run(
                    network.at(IsolatedNetwork.CLIENT),
                    NetworkScenario.class,
                    scenario,
                    network.prefix(),
                    directory.toString());
        }
    }
}
