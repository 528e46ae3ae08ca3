package io.thalweg.environment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Directories and files. All methods block. */
public interface FileSystem {

    /** Opens an existing file for reading only. Fails with NoSuchFileException if it is absent. */
    FileHandle openForRead(Path file) throws IOException;

    /** Opens a file for reading and writing, creating it empty if it is absent. The parent must exist. */
    FileHandle openForWrite(Path file) throws IOException;

    boolean exists(Path path) throws IOException;

    /** Size in bytes. Fails with NoSuchFileException if the file is absent. */
    long size(Path file) throws IOException;

    /** The names of the entries directly below {@code directory}, sorted. */
    List<String> list(Path directory) throws IOException;

    /** Creates the directory and its missing parents; a no-op if it exists. */
    void createDirectories(Path directory) throws IOException;

    /** Renames atomically, replacing {@code target}; both must be on one volume. */
    void rename(Path source, Path target) throws IOException;

    /** Deletes a file or an empty directory; a no-op if it is absent. */
    void delete(Path path) throws IOException;

    /** Makes creations, renames and deletions directly below {@code directory} durable. */
    void syncDirectory(Path directory) throws IOException;

    /** Bytes that can still be written on the volume of {@code path}. */
    long usableBytes(Path path) throws IOException;

    /**
     * Takes the exclusive lock of {@code file}, creating it; fails with an IOException that names the file if another
     * process or another holder in this one has it. Closing the result releases it.
     */
    AutoCloseable lock(Path file) throws IOException;

    /** The machine's files. */
    static FileSystem system() {
        return SystemFileSystem.INSTANCE;
    }
}
