package io.thalweg.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A scenario as a process of its own, in another network than the test's: a JVM cannot be in two. */
final class ScenarioProcess {

    private ScenarioProcess() {}

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
