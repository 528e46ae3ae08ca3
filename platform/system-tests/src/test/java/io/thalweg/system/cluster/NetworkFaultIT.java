package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
            List<String> command = new ArrayList<>(List.of(network.at(IsolatedNetwork.CLIENT)));
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
            command.addAll(List.of(NetworkScenario.class.getName(), scenario, network.prefix(), directory.toString()));
            // Inherited output would go past the test's report, and with it the figures.
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            process.getInputStream().transferTo(System.out);
            assertThat(process.waitFor())
                    .as("exit code of scenario %s", scenario)
                    .isZero();
        }
    }
}
