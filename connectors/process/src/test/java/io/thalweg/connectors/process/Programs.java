package io.thalweg.connectors.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonArray;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs of other languages that tests run: the examples, and scripts of their own. */
final class Programs {

    static final Path EXAMPLES =
            Path.of("../../conf/examples/process").toAbsolutePath().normalize();

    private static final int PATIENCE_SECONDS = 60;

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

    /** Until these processes have ended. */
    static void awaitEnd(List<Long> pids) throws Exception {
        for (long pid : pids) {
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            if (process.isPresent()) {
                process.get().onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    /** Until a file that a program writes holds the text; the file system tells of every change beside it. */
    static void awaitText(Path file, String text) throws Exception {
        Path directory = Objects.requireNonNull(file.getParent());
        try (WatchService changes = directory.getFileSystem().newWatchService()) {
            directory.register(changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!Files.exists(file) || !Files.readString(file).contains(text)) {
                WatchKey change = changes.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (change == null) {
                    throw new AssertionError("not within " + PATIENCE_SECONDS + " s: " + file + " with " + text);
                }
                change.pollEvents();
                change.reset();
            }
        }
    }
}
