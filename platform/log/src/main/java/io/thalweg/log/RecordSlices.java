package io.thalweg.log;

import io.thalweg.environment.FileHandle;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Record batches (magic 2) as they lie in memory or in files, whole and in offset order; the last one may be cut when a
 * limit fell inside it and an earlier one was returned whole. Whoever receives it closes it exactly once, after the
 * bytes were copied or sent: closing gives the memory and the file handle back, and the parts must not be touched
 * afterwards.
 */
public interface RecordSlices extends AutoCloseable {

    int sizeInBytes();

    /** In order. The buffers are read-only views with position 0; do not share one between threads. */
    List<Part> parts();

    /** Copies all bytes into {@code target}; blocks on disk if a part is a region of a file. */
    void copyTo(ByteBuffer target) throws java.io.IOException;

    @Override
    void close();

    /** Nothing. */
    RecordSlices EMPTY = new RecordSlices() {
        @Override
        public int sizeInBytes() {
            return 0;
        }

        @Override
        public List<Part> parts() {
            return List.of();
        }

        @Override
        public void copyTo(ByteBuffer target) {}

        @Override
        public void close() {}
    };

    /** One run of bytes. */
    sealed interface Part {
        int length();
    }

    /** Bytes in memory, most often direct. */
    record Memory(ByteBuffer bytes) implements Part {
        @Override
        public int length() {
            return bytes.remaining();
        }
    }

    /** Bytes {@code [position, position + length)} of a file, to be sent without a copy. */
    record Region(FileHandle file, long position, int length) implements Part {}
}
