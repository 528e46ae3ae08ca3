package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** A scenario as a process of its own, in another network than the test's: a JVM cannot be in two. */
final class ScenarioProcess {

    private ScenarioProcess() {}

    /**
     * Three nodes, not started, each in its place of a network.
     *
     * @param at what to put before a command so that it runs at a place
     */
    static ClusterProcesses cluster(Path directory, IntFunction<String[]> at) throws Exception {
        ClusterProcesses cluster = ClusterProcesses.in(directory);
        for (int id = 1; id <= 3; id++) {
            int place = id;
            cluster.add(
                    id, node -> node.withHost(IsolatedNetwork.host(place)).withWrapper(at.apply(place)), "--insecure");
        }
        return cluster;
    }

    /** Runs a main class to its end with the test's class path; it must exit 0. What it prints goes into the test's report. */
    static void run(String[] wrapper, Class<?> main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(wrapper));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        // Inherited output would go past the test's report, and with it the figures.
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        process.getInputStream().transferTo(System.out);
        assertThat(process.waitFor())
                .as("exit code of scenario %s", arguments[0])
                .isZero();
    }
}
