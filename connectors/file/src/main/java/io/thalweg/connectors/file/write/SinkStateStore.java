package io.thalweg.connectors.file.write;

import io.thalweg.connectors.api.TopicPartition;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** States as small files in {@code .thalweg} below the sink's directory, each replaced at once. Blocks on the disk. */
final class SinkStateStore {

    private static final String TEMPORARY = ".tmp";

    private final Disk disk;
    private final Path directory;

    SinkStateStore(Disk disk, Path sinkDirectory) {
        this.disk = disk;
        this.directory = sinkDirectory.resolve(".thalweg");
    }

    void open() throws IOException {
        disk.createDirectories(directory);
    }

    /** Nobody else writes the topic-partition until it is closed. */
    PartitionLock lock(TopicPartition partition) throws IOException {
        return PartitionLock.take(directory.resolve(partition + ".lock"));
    }

    private Path file(TopicPartition partition) {
        return directory.resolve(partition + ".json");
    }

    /** @throws IllegalStateException if there is one that cannot be read; says what to do */
    @Nullable
    SinkState read(TopicPartition partition) throws IOException {
        Path file = file(partition);
        try {
            return SinkState.of(new JsonObject(Buffer.buffer(Files.readAllBytes(file))));
        } catch (NoSuchFileException e) {
            return null;
        } catch (DecodeException | ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "state of a file sink cannot be read: file=" + file + " error=" + e.getMessage()
                            + "; if it is deleted, the sink begins where the connector's group stands",
                    e);
        }
    }

    /** Durable as to contents; its name after {@link #force}. */
    void write(TopicPartition partition, SinkState state) throws IOException {
        Path file = file(partition);
        Path temporary = directory.resolve(partition + TEMPORARY);
        disk.delete(temporary);
        try (FileChannel channel = disk.create(temporary)) {
            disk.write(channel, ByteBuffer.wrap(state.toJson().encode().getBytes(StandardCharsets.UTF_8)), 0);
            disk.force(channel);
        }
        disk.replace(temporary, file);
    }

    void force() throws IOException {
        disk.forceDirectory(directory);
    }
}
