package io.thalweg.system.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that hear each other late, not always, or slowly (reliability scenarios 22 and 23). */
@Tag("heavy")
class SlowNetworkFaultIT {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"far-apart", "narrow"})
    void nothingIsLost(String scenario) throws Exception {
        assumeTrue(SlowNetwork.available(), "needs root, iproute2, /dev/net/tun and Python: skipped");
        try (SlowNetwork network = SlowNetwork.create(directory)) {
            ScenarioProcess.run(
                    network.at(IsolatedNetwork.CLIENT),
                    SlowNetworkScenario.class,
                    scenario,
                    network.prefix(),
                    network.control().toString(),
                    directory.toString());
        }
    }
}
