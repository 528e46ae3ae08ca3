package io.thalweg.log.journal;

import io.thalweg.environment.FileHandle;
import java.nio.file.Path;

/** One preallocated file. {@code ordinal} counts how often files were begun: a larger one holds later groups. */
public final class JournalFile {

    final int number;
    final Path path;
    final FileHandle handle;

    /** Bytes preallocated. */
    long size;

    /** Where the next group goes; the writer's. */
    long position;

    /** Set when the file is begun. */
    long ordinal;

    /** Of the first group since the file was begun. */
    long firstSequence;

    JournalFile(int number, Path path, FileHandle handle, long size) {
        this.number = number;
        this.path = path;
        this.handle = handle;
        this.size = size;
    }

    public long ordinal() {
        return ordinal;
    }
}
