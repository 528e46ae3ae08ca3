package io.thalweg.replication.promise;

import io.thalweg.environment.FileHandle;
import io.thalweg.environment.FileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A file as bytes. */
final class WholeFile {

    private WholeFile() {}

    static byte[] read(FileSystem files, Path path) throws IOException {
        try (FileHandle file = files.openForRead(path)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            file.read(bytes, 0);
            return bytes.array();
        }
    }

    static void write(FileSystem files, Path path, byte[] bytes) throws IOException {
        try (FileHandle file = files.openForWrite(path)) {
            file.truncate(0);
            file.write(ByteBuffer.wrap(bytes), 0);
        }
    }

    /** Without the zeros at its end. */
    static int used(byte[] bytes) {
        int used = bytes.length;
        while (used > 0 && bytes[used - 1] == 0) {
            used--;
        }
        return used;
    }
}
