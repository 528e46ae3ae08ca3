package io.thalweg.broker.cluster;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.checkpoint.MetaProperties;
import io.thalweg.log.file.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Who a broker is before it has opened anything, by its data directory.
 *
 * @param clusterId that the directory belongs to; null of a new one
 * @param incarnation of this start: greater than of any before, also of one with another disk
 */
public record ClusterIdentity(@Nullable Uuid clusterId, int incarnation) {

    /** Holds the last incarnation, in decimal. */
    static final String FILE = "thalweg-incarnation";

    /** The first second of 2024: incarnations are at least the seconds since, so that they grow even if the disk is replaced. */
    private static final long EPOCH_SECONDS = 1_704_067_200L;

    private static final int DIGITS_MAX = 10;

    /** Reads the directory and takes the next incarnation, durably. Blocks. */
    public static ClusterIdentity read(Environment environment, Path dataDirectory) throws IOException {
        FileSystem files = environment.fileSystem();
        files.createDirectories(dataDirectory);
        long seconds = environment.clock().wallMillis() / 1000 - EPOCH_SECONDS;
        long next = Math.max(before(files, dataDirectory) + 1L, seconds);
        int incarnation = (int) Math.min(Integer.MAX_VALUE, Math.max(1, next));
        WholeFile.replaceDurably(
                files, dataDirectory.resolve(FILE), StandardCharsets.US_ASCII.encode(Integer.toString(incarnation)));
        MetaProperties owner = owner(files, dataDirectory);
        return new ClusterIdentity(owner == null ? null : owner.clusterId(), incarnation);
    }

    /** The id of the directory, which was opened before. Blocks. */
    static Uuid directoryId(Environment environment, Path dataDirectory) throws IOException {
        MetaProperties owner = owner(environment.fileSystem(), dataDirectory);
        if (owner == null) {
            throw new IOException(
                    "the data directory has no owner: directory=" + dataDirectory + " file=" + MetaProperties.FILE);
        }
        return owner.directoryId();
    }

    private static @Nullable MetaProperties owner(FileSystem files, Path directory) throws IOException {
        try {
            return MetaProperties.decode(WholeFile.read(files, directory.resolve(MetaProperties.FILE)));
        } catch (NoSuchFileException fresh) {
            return null;
        }
    }

    /** Of a file that is damaged: nothing, then the clock alone decides. */
    private static int before(FileSystem files, Path directory) throws IOException {
        try {
            ByteBuffer bytes = WholeFile.read(files, directory.resolve(FILE));
            if (bytes.remaining() > DIGITS_MAX) {
                return 0;
            }
            return Integer.parseInt(StandardCharsets.US_ASCII.decode(bytes).toString());
        } catch (NoSuchFileException | NumberFormatException unknown) {
            return 0;
        }
    }
}
