package io.thalweg.connectors.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories that the node's user alone may enter, for what children are given: pipes, and files that may hold secrets. All of
 * a process lie in one, beside a file that the process holds locked as long as it lives:
 *
 * <pre>
 *   thalweg-process-ID.lock    locked by the process
 *   thalweg-process-ID/        rwx------
 *     CHILD.../                one for each task
 * </pre>
 *
 * A lock ends with its process however that ends, so what stands beside a lock that can be taken is nobody's any more: {@link
 * #sweep} removes it. Process ids would not do, since a container does not see those of another. Blocks on the disk;
 * thread-safe.
 */
final class PrivateDirectories {

    private static final Logger LOGGER = LoggerFactory.getLogger(PrivateDirectories.class);
    private static final String PREFIX = "thalweg-process-";
    private static final String LOCK = ".lock";

    /** Those of this process, where the JVM keeps temporary files. */
    static final PrivateDirectories OF_PROCESS = new PrivateDirectories(Path.of(System.getProperty("java.io.tmpdir")));

    private final Path parent;
    private @Nullable Path base; // guarded by this, as all below
    private @Nullable FileChannel lock;
    private int count;

    PrivateDirectories(Path parent) {
        this.parent = parent;
    }

    private static FileAttribute<?> only(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    /** A new one; to be given back with {@link #remove}. */
    synchronized Path create() throws IOException {
        Path directory = Files.createTempDirectory(open(), "child-", only("rwx------"));
        count++;
        return directory;
    }

    private Path open() throws IOException {
        Path opened = base;
        if (opened != null) {
            return opened;
        }
        for (int tries = 0; tries < 10; tries++) {
            String id = PREFIX + UUID.randomUUID();
            Path file = parent.resolve(id + LOCK);
            FileChannel channel = FileChannel.open(
                    file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), only("rw-------"));
            // Between the two another process may have taken it for one that is left over, and removed it.
            if (channel.tryLock() != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                lock = channel;
                opened = Files.createDirectory(parent.resolve(id), only("rwx------"));
                base = opened;
                return opened;
            }
            channel.close();
        }
        throw new IOException("no private directory could be made: parent=" + parent);
    }

    /** Removes one and all that is in it; with the last one, the process's own. */
    synchronized void remove(Path directory) throws IOException {
        removeTree(directory);
        count--;
        if (count == 0) {
            Path empty = base;
            FileChannel held = lock;
            base = null;
            lock = null;
            if (empty != null && held != null) {
                try (held) {
                    removeTree(empty);
                    Files.deleteIfExists(lockOf(empty));
                }
            }
        }
    }

    private static Path lockOf(Path directory) {
        return directory.resolveSibling(directory.getFileName() + LOCK);
    }

    /** Removes what processes of this user have left that are gone; says so in the log. */
    void sweep() throws IOException {
        UserPrincipal me = me();
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, PREFIX + "*" + LOCK)) {
            for (Path file : locks) {
                try {
                    sweep(file, me);
                } catch (IOException failure) {
                    LOGGER.atWarn()
                            .addKeyValue("error", failure.toString())
                            .log("what an earlier run of the node left cannot be removed: lock={}", file);
                }
            }
        }
    }

    private synchronized void sweep(Path file, UserPrincipal me) throws IOException {
        Path own = base;
        if ((own != null && file.equals(lockOf(own))) || !isMine(file, me, false)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.tryLock() == null) {
                return; // its process lives
            }
            String name = file.getFileName().toString();
            Path directory = parent.resolve(name.substring(0, name.length() - LOCK.length()));
            if (isMine(directory, me, true)) {
                removeTree(directory);
                LOGGER.atInfo().log("removed what an earlier run of the node left: directory={}", directory);
            }
            Files.deleteIfExists(file);
        } catch (OverlappingFileLockException mine) {
            // Of this process, by another class loader's copy of this class.
        } catch (NoSuchFileException gone) {
            // Its process has ended in order meanwhile.
        }
    }

    /** The user whose files this process makes. */
    private UserPrincipal me() throws IOException {
        Path probe = Files.createTempFile(parent, "thalweg-", null);
        try {
            return Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
        } finally {
            Files.delete(probe);
        }
    }

    /** Not a link, and nobody else's: anybody may put such names into a directory for temporary files. */
    private static boolean isMine(Path path, UserPrincipal me, boolean directory) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            boolean kind = directory ? attributes.isDirectory() : attributes.isRegularFile();
            return kind && Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(me);
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /** Follows no links. */
    private static void removeTree(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
