package io.thalweg.connectors.process;

import io.thalweg.connectors.api.TaskContext;
import io.thalweg.connectors.process.child.ChildCommand;
import io.thalweg.connectors.process.child.ChildProcess;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks the operator's policy and makes ready what a task's children need: a private directory, files in it, variables. */
final class ChildLauncher {

    private static final String PRIVATE_FILE = "rw-------";

    private final TaskContext context;
    private final ProcessConfig config;
    private final Object lock = new Object();
    private @Nullable Path privateDirectory; // guarded by lock

    ChildLauncher(TaskContext context, ProcessConfig config) {
        this.context = context;
        this.config = config;
    }

    /**
     * The command for a new child.
     *
     * @param options by flag, for example {@code --config}: the content of a file of the private directory, which nobody else
     *     may read and whose path is put behind the flag
     * @return fails with IllegalArgumentException if the policy refuses
     */
    Future<ChildCommand> prepare(Map<String, byte[]> options) {
        Map<String, byte[]> files = new LinkedHashMap<>(options);
        return context.vertx().executeBlocking(() -> command(files), false);
    }

    private ChildCommand command(Map<String, byte[]> options) throws IOException {
        List<String> arguments = new ArrayList<>(context.policy().command(config.command()));
        Path scratch = directory();
        for (Map.Entry<String, byte[]> option : options.entrySet()) {
            Path file = scratch.resolve(option.getKey().replace("-", "") + ".json");
            write(file, option.getValue());
            arguments.add(option.getKey());
            arguments.add(file.toString());
        }
        Path working = config.directory() == null ? scratch : context.policy().path(config.directory());
        Map<String, String> environment = ChildEnvironment.of(System.getenv(), config.environment());
        return new ChildCommand(config.name(), arguments, environment, working, scratch, config.lineBytesMax());
    }

    private Path directory() throws IOException {
        synchronized (lock) {
            Path directory = privateDirectory;
            if (directory == null) {
                // Only its owner may enter it.
                directory = Files.createTempDirectory("thalweg-process-");
                privateDirectory = directory;
            }
            return directory;
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE_FILE)));
        Files.write(file, content, StandardOpenOption.WRITE);
    }

    /** Ends the child, if there is one, and removes the private directory. */
    Future<Void> release(@Nullable ChildProcess child) {
        return context.vertx()
                .executeBlocking(
                        () -> {
                            if (child != null) {
                                child.terminate(config.stopGraceMillis());
                            }
                            removeDirectory();
                            return null;
                        },
                        false);
    }

    /** SIGKILL, off the event loop. */
    Future<Void> kill(ChildProcess child) {
        return context.vertx()
                .executeBlocking(
                        () -> {
                            child.kill();
                            return null;
                        },
                        false);
    }

    private void removeDirectory() throws IOException {
        Path directory;
        synchronized (lock) {
            directory = privateDirectory;
            privateDirectory = null;
        }
        if (directory == null) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = new ArrayList<>(walk.toList());
        }
        for (int i = paths.size() - 1; i >= 0; i--) {
            Files.deleteIfExists(paths.get(i));
        }
    }
}
