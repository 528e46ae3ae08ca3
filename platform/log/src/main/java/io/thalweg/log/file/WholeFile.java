package io.thalweg.log.file;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/** Small files that are read and replaced as a whole. */
public final class WholeFile {

    /** Ends the name of a file that is being written; what is left of one after a crash is removed. */
    public static final String TEMPORARY_SUFFIX = ".tmp";

    private static final long BYTES_MAX = 256L << 20;

    private WholeFile() {}

    /** All bytes of {@code file}. */
    public static ByteBuffer read(FileSystem files, Path file) throws IOException {
        try (FileHandle handle = files.openForRead(file)) {
            long size = handle.size();
            if (size > BYTES_MAX) {
                throw new IOException("file is too large to be read: file=" + file + " bytes=" + size);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            handle.read(bytes, 0);
            return bytes.flip();
        }
    }

    /** Replaces {@code file}, old or new after a crash but never a mixture; durable when it returns. */
    public static void replaceDurably(FileSystem files, Path file, ByteBuffer bytes) throws IOException {
        replace(files, file, bytes);
        files.syncDirectory(Objects.requireNonNull(file.getParent(), "a file has a directory"));
    }

    /** Replaces {@code file}, old or new after a crash but never a mixture; new for good once its directory is synced. */
    public static void replace(FileSystem files, Path file, ByteBuffer bytes) throws IOException {
        files.rename(write(files, file, bytes), file);
    }

    private static Path write(FileSystem files, Path file, ByteBuffer bytes) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
        try (FileHandle handle = files.openForWrite(temporary)) {
            handle.truncate(0);
            handle.write(bytes, 0);
            handle.force(true);
        } catch (IOException failure) {
            try {
                files.delete(temporary);
            } catch (IOException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
        return temporary;
    }
}
