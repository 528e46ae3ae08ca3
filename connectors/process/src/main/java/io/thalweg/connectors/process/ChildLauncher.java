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
import org.jspecify.annotations.Nullable;

/** Asks the operator's policy and makes ready what a task's children need: a private directory, files in it, variables. */
final class ChildLauncher {

    private static final String PRIVATE_FILE = "rw-------";

    private final TaskContext context;
    private final ProcessConfig config;
    private final PrivateDirectories directories;
    private final Object lock = new Object();
    private @Nullable Path privateDirectory; // guarded by lock
    private boolean released; // guarded by lock

    ChildLauncher(TaskContext context, ProcessConfig config) {
        this(context, config, PrivateDirectories.OF_PROCESS);
    }

    ChildLauncher(TaskContext context, ProcessConfig config, PrivateDirectories directories) {
        this.context = context;
        this.config = config;
        this.directories = directories;
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
        Path scratch;
        synchronized (lock) {
            // The files may hold secrets: none is written once the directory was removed.
            scratch = directory();
            for (Map.Entry<String, byte[]> option : options.entrySet()) {
                Path file = scratch.resolve(option.getKey().replace("-", "") + ".json");
                write(file, option.getValue());
                arguments.add(option.getKey());
                arguments.add(file.toString());
            }
        }
        Path working = config.directory() == null ? scratch : context.policy().path(config.directory());
        Map<String, String> environment = ChildEnvironment.of(System.getenv(), config.environment());
        return new ChildCommand(config.name(), arguments, environment, working, scratch, config.lineBytesMax());
    }

    private Path directory() throws IOException {
        Path directory = privateDirectory;
        if (released) {
            throw new IllegalStateException("stopped while a child process was being started");
        }
        if (directory == null) {
            directory = directories.create();
            privateDirectory = directory;
        }
        return directory;
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE_FILE)));
        Files.write(file, content, StandardOpenOption.WRITE);
    }

    /** Ends the child, if there is one, and removes the private directory. The last call: no other child is made ready. */
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
        synchronized (lock) {
            Path directory = privateDirectory;
            privateDirectory = null;
            released = true;
            if (directory != null) {
                directories.remove(directory);
            }
        }
    }
}
