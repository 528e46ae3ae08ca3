package io.thalweg.log;

import io.thalweg.environment.Environment;
import io.thalweg.environment.FileSystem;
import io.thalweg.log.checkpoint.DirectoryCheckpoint;
import io.thalweg.log.checkpoint.MetaProperties;
import io.thalweg.log.file.WholeFile;
import io.thalweg.log.recovery.RestartPoint;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files that a log directory has beside its logs. */
final class DirectoryFiles {

    private static final Logger LOGGER = LoggerFactory.getLogger(DirectoryFiles.class);
    private static final String LOCK = ".lock";
    private static final String JOURNAL = "journal";
    private static final String DELETED_SUFFIX = "-delete";

    private final FileSystem files;
    private final Path root;

    DirectoryFiles(FileSystem files, Path root) {
        this.files = files;
        this.root = root;
    }

    Path root() {
        return root;
    }

    Path journal() {
        return root.resolve(JOURNAL);
    }

    /** Creates the directory; it and the parents that were missing are durable when it returns. */
    void create() throws IOException {
        Path existing = root.toAbsolutePath();
        while (existing.getParent() != null && !files.exists(existing)) {
            existing = existing.getParent();
        }
        files.createDirectories(root);
        Path created = root.toAbsolutePath();
        while (!created.equals(existing) && created.getParent() != null) {
            created = created.getParent();
            files.syncDirectory(created);
        }
    }

    AutoCloseable lock() throws IOException {
        return files.lock(root.resolve(LOCK));
    }

    /** Null if there is none or it is damaged. */
    @Nullable
    DirectoryCheckpoint readCheckpoint() throws IOException {
        try {
            DirectoryCheckpoint read =
                    DirectoryCheckpoint.decode(WholeFile.read(files, root.resolve(DirectoryCheckpoint.FILE)));
            if (read == null) {
                LOGGER.atWarn()
                        .addKeyValue("error", "checksum")
                        .log("{} is damaged; the logs are read from their beginning", DirectoryCheckpoint.FILE);
            }
            return read;
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    void writeCheckpoint(DirectoryCheckpoint checkpoint) throws IOException {
        WholeFile.replaceDurably(files, root.resolve(DirectoryCheckpoint.FILE), checkpoint.encode());
    }

    /**
     * Whom the directory belongs to. Refuses a foreign or newer one; writes nothing.
     *
     * @param checkpoint carries the owner too, for a directory whose own file is damaged
     */
    Uuid checkOwner(LogDirectoryConfig config, @Nullable DirectoryCheckpoint checkpoint, Environment environment)
            throws IOException {
        Uuid cluster = null;
        int node = config.nodeId();
        MetaProperties meta = readMeta();
        if (meta != null) {
            if (meta.format() > MetaProperties.FORMAT) {
                throw new IOException("log directory is of a newer version: directory=" + root + " format="
                        + meta.format() + " supported=" + MetaProperties.FORMAT + "; start that version");
            }
            cluster = meta.clusterId();
            node = meta.nodeId();
        } else if (checkpoint != null) {
            cluster = checkpoint.clusterId();
            node = checkpoint.nodeId();
        }
        Uuid wanted = config.clusterId();
        if (cluster != null && wanted != null && !cluster.equals(wanted)) {
            throw new IOException("log directory belongs to another cluster: directory=" + root + " found=" + cluster
                    + " expected=" + wanted + "; use another directory");
        }
        if (node != config.nodeId()) {
            throw new IOException("log directory belongs to another node: directory=" + root + " found=" + node
                    + " expected=" + config.nodeId() + "; use another directory");
        }
        if (cluster != null) {
            return cluster;
        }
        return wanted != null ? wanted : random(environment);
    }

    private @Nullable MetaProperties readMeta() throws IOException {
        try {
            MetaProperties meta = MetaProperties.decode(WholeFile.read(files, root.resolve(MetaProperties.FILE)));
            if (meta == null) {
                LOGGER.atWarn()
                        .addKeyValue("error", "checksum")
                        .log("{} is damaged and is written anew", MetaProperties.FILE);
            }
            return meta;
        } catch (NoSuchFileException absent) {
            return null;
        }
    }

    /** Writes whom the directory belongs to, unless that is there. */
    void writeOwner(Uuid cluster, int node, Environment environment) throws IOException {
        if (readMeta() == null) {
            WholeFile.replaceDurably(
                    files,
                    root.resolve(MetaProperties.FILE),
                    new MetaProperties(MetaProperties.FORMAT, cluster, node, random(environment)).encode());
        }
    }

    private static Uuid random(Environment environment) {
        while (true) {
            Uuid uuid = new Uuid(
                    environment.random().nextLong(), environment.random().nextLong());
            if (!uuid.equals(Uuid.ZERO_UUID) && !uuid.toString().startsWith("-")) {
                return uuid;
            }
        }
    }

    /** The logs that have a directory. */
    Set<LogId> stored() throws IOException {
        Set<LogId> stored = new TreeSet<>((a, b) -> a.directoryName().compareTo(b.directoryName()));
        for (String name : files.list(root)) {
            LogId id = LogId.parse(name);
            if (id != null) {
                stored.add(id);
            }
        }
        return stored;
    }

    /** What was announced and not finished before the process died; null for nothing. */
    @Nullable
    RestartPoint announcedRestart(LogId id) throws IOException {
        try {
            return RestartPoint.decode(
                    WholeFile.read(files, root.resolve(id.directoryName()).resolve(RestartPoint.FILE)));
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    /** Takes the log's directory out of sight at once, durably; returns where it went, or null if there is none. */
    @Nullable
    Path hide(LogId id) throws IOException {
        Path directory = root.resolve(id.directoryName());
        if (!files.exists(directory)) {
            return null;
        }
        Path hidden = root.resolve(id.directoryName() + DELETED_SUFFIX);
        removeTree(hidden);
        files.rename(directory, hidden);
        files.syncDirectory(root);
        return hidden;
    }

    /** Removes what deletions before the last stop left. */
    void removeHidden() throws IOException {
        for (String name : files.list(root)) {
            if (name.endsWith(DELETED_SUFFIX)) {
                removeTree(root.resolve(name));
            }
        }
    }

    /** Removes a file, or a directory of files. */
    void removeTree(Path path) throws IOException {
        if (!files.exists(path)) {
            return;
        }
        String name = String.valueOf(path.getFileName());
        if (name.endsWith(DELETED_SUFFIX)) {
            for (String child : files.list(path)) {
                files.delete(path.resolve(child));
            }
        }
        files.delete(path);
    }
}
