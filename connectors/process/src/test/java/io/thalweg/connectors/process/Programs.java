package io.thalweg.connectors.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonArray;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of other languages that tests run: the examples, and scripts of their own. */
final class Programs {

    static final Path EXAMPLES =
            Path.of("../../conf/examples/process").toAbsolutePath().normalize();

    private Programs() {}

    /** A command line; skips the test, saying so, where the interpreter is absent. */
    static String command(String interpreter, String... arguments) {
        boolean there = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, interpreter)));
        assumeTrue(there, interpreter + " is not on the PATH: this test needs it");
        JsonArray command = new JsonArray().add(interpreter);
        List.of(arguments).forEach(command::add);
        return command.encode();
    }

    static String example(String interpreter, String name) {
        return command(interpreter, EXAMPLES.resolve(name).toString());
    }

    /** A Python script that may import the examples' module. */
    static String python(Path directory, String name, String code) throws IOException {
        Path script = directory.resolve(name);
        Files.writeString(script, "import sys\nsys.path.insert(0, '" + EXAMPLES + "')\n" + code);
        return command("python3", script.toString());
    }

    /** Children of this JVM, and theirs, whose command line holds the word. */
    static List<ProcessHandle> running(String word) {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> commandLine(process.pid()).contains(word))
                .toList();
    }

    /** Processes anywhere whose command line holds the word, zombies left out. */
    static List<Long> anywhere(String word) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> commandLine(pid).contains(word))
                .toList();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
        } catch (IOException gone) {
            return "";
        }
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    static void until(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 60 s: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }
}
