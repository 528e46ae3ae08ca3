package io.thalweg.connectors.file.write;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write the files of one topic-partition in one directory. A task that was given up while the disk stood still may
 * come to life again beside its successor, and would write over it: it holds this until it is closed.
 */
final class PartitionLock implements Closeable {

    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionLock.class);

    /**
     * Of this process. The operating system's locks are the process's own: to close a second channel of a file gives up the
     * lock that the first one took.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private PartitionLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes it; the file is made if it is absent, and stays.
     *
     * @throws IOException also if somebody else has it, who may give it back
     */
    static PartitionLock take(Path file) throws IOException {
        if (!HELD.add(file)) {
            throw held(file);
        }
        FileChannel opened = null;
        boolean taken = false;
        try {
            opened = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            taken = locked(opened, file);
            if (!taken) {
                throw held(file);
            }
            return new PartitionLock(file, opened);
        } finally {
            if (!taken) {
                HELD.remove(file);
                if (opened != null) {
                    opened.close();
                }
            }
        }
    }

    private static boolean locked(FileChannel channel, Path file) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException elsewhere) {
            return false; // by another class loader's copy of this class
        } catch (IOException unsupported) {
            // Some network file systems have no locks: then this process alone is kept in order.
            LOGGER.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("error", unsupported.toString())
                    .log("the file system has no locks; two nodes must not write one directory");
            return true;
        }
    }

    private static IOException held(Path file) {
        return new IOException("another task still writes this topic-partition into the directory: lock=" + file);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(file);
        }
    }
}
